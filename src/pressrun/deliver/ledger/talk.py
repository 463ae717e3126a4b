"""What another program said, made fit to be shown: one line, no secret, no control character."""

import re
from collections.abc import Iterable

from pressrun.wire import redact

_LONGEST = 400


def talk(said: str, secrets: Iterable[str] = ()) -> str:
    """Return what a program said as one line: no secret, no login of a URL, no hints."""
    text = redacted(said, secrets)
    lines = (re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line).strip() for line in text.splitlines())
    told = " / ".join(line.rstrip(".") for line in lines if line and not line.startswith("hint:"))
    return "".join(c for c in told if c.isprintable())[:_LONGEST]


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """Return ``text`` without any of ``secrets`` in whatever form, and without logins in URLs."""
    return re.sub(r"://[^/@\s']*@", "://***@", redact(text, secrets))
