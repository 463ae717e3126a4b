"""A message as an .eml file: what a mail program opens, the same bytes each time.

The writing is the standard library's: https://docs.python.org/3/library/email.message.html
"""

import re
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import unquote
from urllib.parse import quote

from pressrun.errors import ConfigError, Problem
from pressrun.model import Message

NOBODY = "undisclosed-recipients:;"

# The most that quoted-printable and encoded words allow: RFC 2045 6.7, RFC 2047 2.
LINE = 76

_DISPLAYED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_RESERVED = ":/?#[]@!$&'()*+,;=%"


class _Whole(UnstructuredHeader, BaseHeader):
    """A header whose value stays on its line, since the library would encode what it must break."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Subject(UnstructuredHeader, BaseHeader):
    """Written by the older ``Header``: the newer code loses blanks between encoded words."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {_encoded(self, self.name, policy)}{policy.linesep}"


class _From(UnstructuredHeader, BaseHeader):
    """Written by the older ``Header`` too, where the name needs an encoding."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        name, blank, address = self.rpartition(" ")
        if not name.isascii():
            name = _encoded(unquote(name), self.name, policy)
        return f"{self.name}: {name}{blank}{address}{policy.linesep}"


def _encoded(text: str, header: str, policy: Policy) -> str:
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    encoded = Header(text, charset, maxlinelen=LINE, header_name=header)
    return encoded.encode(linesep=policy.linesep)


def _policy() -> "EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    registry.map_to_type("subject", _Subject)
    registry.map_to_type("from", _From)
    for name in ("list-unsubscribe", "message-id"):
        registry.map_to_type(name, _Whole)
    return SMTP.clone(header_factory=registry, max_line_length=LINE)


def one_line(text: str) -> str:
    """Collapse line breaks, control characters and runs of blanks: nothing can start a header."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def message_id(message: Message, domain: str) -> str:
    """Name a message by its digest, in a form for ``to_eml``."""
    return f"<{message.digest[:32]}@{domain}>"


def to_eml(
    message: Message,
    *,
    message_id: str,
    unsubscribe_url: str = "",
    unsubscribe_mailto: str = "",
    to: str = NOBODY,
) -> bytes:
    """Return a multipart/alternative message, with the headers of a one-click unsubscribe.

    ``unsubscribe_url`` takes the POST of RFC 8058; ``unsubscribe_mailto`` is a bare address. The
    placeholders of the bodies are the caller's to fill. Raises ConfigError for an address in
    ``message.sender`` that is none.
    """
    eml = EmailMessage(policy=_policy())
    for name, value in _headers(message, to).items():
        if value:
            eml[name] = value
    eml["Date"] = message.date
    eml["Message-ID"] = message_id
    if unsubscribe_url:
        _add_unsubscribe(eml, unsubscribe_url, unsubscribe_mailto)
    eml.set_content(message.text, cte="quoted-printable")
    eml.add_alternative(message.html, subtype="html", cte="quoted-printable")
    # Set earlier it would have moved into the first part, with all other Content- headers.
    eml["Content-Language"] = message.language
    for part in eml.iter_parts():
        del part["MIME-Version"]
    eml.set_boundary(f"=_{message.digest[:32]}")
    return eml.as_bytes()


def _headers(message: Message, to: str) -> dict[str, str]:
    return {
        "From": _mailbox(message.sender),
        "To": to,
        "Reply-To": message.reply_to,
        "Subject": one_line(message.subject),
    }


def _mailbox(sender: str) -> str:
    """Read "Name <address>", where the name may hold commas, quotes and any letter."""
    parts = _DISPLAYED.fullmatch(one_line(sender))
    name, address = parts.group("name", "address") if parts else ("", sender)
    if not sender.strip():
        return ""
    try:
        address.encode("ascii")
        return str(Address(name.strip(' "'), addr_spec=address.strip()))
    except (ValueError, IndexError, MessageError) as error:
        raise ConfigError(
            Problem(
                f"the sender {sender!r} is no email address.",
                "publish.yml",
                'Write email.from as "Name <name@example.org>".',
            )
        ) from error


def _add_unsubscribe(eml: EmailMessage, url: str, mailto: str) -> None:
    """Offer one click: https://www.rfc-editor.org/rfc/rfc8058#section-3.1."""
    targets = [quote(url, safe=_RESERVED), f"mailto:{mailto}" if mailto else ""]
    eml["List-Unsubscribe"] = ", ".join(f"<{target}>" for target in targets if target)
    eml["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
