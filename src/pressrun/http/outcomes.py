"""What an answer, or its absence, means: a value, or one of the three outcomes of a failed call.

Only two things prove that a call had no effect: a documented refusal in the server's own words, and
a connection that never stood. Everything else is Unsure. It is the client that knows whether the
call was a read, which has no effect anyway.
"""

import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from requests import exceptions as lost
from urllib3.exceptions import HTTPError, NewConnectionError

from pressrun.errors import NotNow, PressrunError, Problem, Rejected, Unsure, WireError
from pressrun.http.transport import NotConnected
from pressrun.wire import redact

WORDS_LIMIT = 300
MAX_SKEW = timedelta(minutes=5)
LATER = "Try again later."
CA_FILE = "Where the authority is your own, name its file in ca_file of publish.yml."

OK, ACCEPTED, NO_CONTENT = 200, 202, 204
MULTIPLE_CHOICES, BAD_REQUEST, SERVER_ERROR = 300, 400, 500
REQUEST_TIMEOUT, TOO_EARLY, TOO_MANY_REQUESTS = 408, 425, 429
# 408 and 425 are words of a proxy as often as of the server behind it, which may have acted.
UNPROVEN = frozenset({REQUEST_TIMEOUT, TOO_EARLY})
KEY_REFUSED = frozenset({401, 403})

# Raised before a connection is asked for. InvalidHeader is not among them: requests also raises it
# for a header of the answer. Nor is SSLError: see pressrun.http.transport.
NEVER_LEFT = (
    NotConnected,
    lost.ConnectTimeout,
    lost.MissingSchema,
    lost.InvalidSchema,
    lost.InvalidURL,
)
# Where servers put their reasons: RFC 9457 and what the providers' documents show.
REASONS = ("detail", "message", "msg", "error", "errors", "title")
# Where they put a word for machines: Buttondown and Ghost, Resend, Ghost again.
CODES = ("code", "name", "type")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. ``headers`` ignores case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Secrets:
    """What no message may show. ``names`` are the variables it comes from, for advice.

    Foreign words must lose their secrets before anything else: of one that a limit has cut in two,
    or whose spaces were tidied, the rest would not be known again.
    """

    names: tuple[str, ...]
    hidden: tuple[str, ...]

    def tidy(self, text: str) -> str:
        """Make foreign words fit to be shown."""
        return tidy(redact(text, self.hidden))


def lost_answer(error: Exception, where: str, secrets: Secrets) -> WireError:
    """Say what a call that ended without an answer may have done."""
    words = secrets.tidy(_last_words(error))
    if isinstance(error, NEVER_LEFT) or isinstance(_urllib3_reason(error), NewConnectionError):
        untrusted = isinstance(_root(error), ssl.SSLCertVerificationError)
        return NotNow(Problem(f"no connection ({words}).", where, CA_FILE if untrusted else LATER))
    return Unsure(Problem(f"the answer was lost ({words}).", where))


def reason(error: Exception) -> str:
    """Say why there was no answer, in the system's own words: they are the clearest."""
    return tidy(_last_words(error))


def value(answer: Answer, where: str, now: datetime, secrets: Secrets) -> Any:
    """Return the decoded answer, None for an empty one; raise the outcome of any other."""
    if answer.status == NO_CONTENT or _accepted_without_a_word(answer):
        return None
    data = _decoded(answer.body)
    if OK <= answer.status < MULTIPLE_CHOICES:
        if data is None:
            what = f"{answer.status} with an answer that is not JSON."
            raise Unsure(Problem(what, where), status=answer.status)
        return data
    raise _failure(answer, data, where, now, secrets)


def check_clock(answer: Answer, where: str, now: datetime) -> timedelta | None:
    """Stop the run when the server's time is not ours: every date in it would be wrong.

    Return how far it is ahead of ours, None where the server does not tell it.
    """
    sent = _moment(answer.headers.get("Date", ""))
    if sent is None:
        return None
    age = answer.headers.get("Age", "")
    theirs = sent + timedelta(seconds=int(age) if age.isdecimal() else 0)
    if abs(theirs - now) > MAX_SKEW:
        raise PressrunError.of(
            f"the server says it is {theirs:%Y-%m-%d %H:%M} UTC, this machine says "
            f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC.",
            where,
            "Set this machine's clock (for example with timedatectl set-ntp true), then run again.",
        )
    return theirs - now


def tidy(text: str) -> str:
    """Make foreign words fit for a line on a terminal: no control characters, bounded."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    line = re.sub(r" +", " ", plain).strip()
    return line if len(line) <= WORDS_LIMIT else f"{line[:WORDS_LIMIT]}…"


def _accepted_without_a_word(answer: Answer) -> bool:
    """Tell a 202 that is announced to be empty from one whose words were lost on the way."""
    announced = answer.headers.get("Content-Length") == "0"
    return answer.status == ACCEPTED and announced and not answer.body


def _failure(answer: Answer, data: Any, where: str, now: datetime, secrets: Secrets) -> WireError:
    status, words, code = answer.status, secrets.tidy(_own_words(data)), secrets.tidy(_code(data))
    said = f"{status} {words}".strip().rstrip(".") + "."
    wait = _retry_after(answer.headers.get("Retry-After", ""), now)
    if status == TOO_MANY_REQUESTS:
        problem = Problem(said, where, LATER)
        return NotNow(problem, status=status, code=code, retry_after=wait)
    if BAD_REQUEST <= status < SERVER_ERROR and status not in UNPROVEN and words:
        names = " and ".join(secrets.names) if status in KEY_REFUSED else ""
        page = secrets.tidy(_page(data))
        mend = f"Check {names}, and what it is allowed to do." if names else page and f"See {page}"
        return Rejected(Problem(said, where, mend), status=status, code=code)
    return Unsure(Problem(said, where), status=status, code=code, retry_after=wait)


def _decoded(body: bytes) -> Any:
    """Return an object or a list; None for anything else, which no API of ours answers."""
    try:
        data = json.loads(body)
    except ValueError:
        return None
    return data if isinstance(data, dict | list) else None


def _own_words(data: Any) -> str:
    """Return the server's reason; empty when the answer is not an error that an API writes."""
    if isinstance(data, dict):
        data = [data[name] for name in REASONS if name in data][:1]
    return _flat(data)


def _flat(part: Any) -> str:
    if isinstance(part, list):
        return "; ".join(filter(None, map(_flat, part)))
    if not isinstance(part, dict):
        return part if isinstance(part, str) else ""
    place = _place(part)
    for name in REASONS:
        if words := _flat(part.get(name)):
            words = _in_context(words, part.get("context"))
            return f"{place}: {words}" if place else words
    return "; ".join(f"{name}: {words}" for name, item in part.items() if (words := _flat(item)))


def _place(part: Mapping[str, Any]) -> str:
    """Say what in our request a reason is about: Buttondown calls it `loc`, SendGrid `field`."""
    loc, field = part.get("loc"), part.get("field")
    if isinstance(loc, list):
        return ".".join(map(str, loc))
    return field if isinstance(field, str) else ""


def _in_context(words: str, context: Any) -> str:
    """Add what Ghost says beside its message, where the message alone says too little."""
    if not isinstance(context, str) or context in {"", words}:
        return words
    return f"{words.rstrip('.')}: {context}"


def _code(data: Any) -> str:
    """Return the server's own word for an error: at the top, or in the first of its errors."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    places = [data, first if isinstance(first, dict) else {}]
    words = (place.get(name) for place in places for name in CODES)
    return next((word for word in words if isinstance(word, str) and word), "")


def _page(data: Any) -> str:
    """Return the page that the server names for its error, empty without one."""
    more = data.get("metadata") if isinstance(data, dict) else None
    page = more.get("documentation_url") if isinstance(more, dict) else None
    return page if isinstance(page, str) and page.startswith("https://") else ""


def _retry_after(header: str, now: datetime) -> float | None:
    """Read seconds or a date (RFC 9110, section 10.2.3) as seconds from now."""
    if header.strip().isdecimal():
        return float(header)
    moment = _moment(header)
    return max(0.0, (moment - now).total_seconds()) if moment else None


def _moment(header: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _urllib3_reason(error: Exception) -> Any:
    """Return what urllib3 gave as the reason inside an exception of requests."""
    inner = error.args[0] if error.args else None
    return getattr(inner, "reason", inner)


def _last_words(error: Exception) -> str:
    root = _root(error)
    return str(getattr(root, "strerror", "") or root) or type(root).__name__


def _root(error: BaseException) -> BaseException:
    """Follow an error to where it began."""
    while True:
        inner = [error.__cause__, getattr(error, "reason", None), *reversed(error.args)]
        deeper = [one for one in inner if isinstance(one, OSError | HTTPError) and one is not error]
        if not deeper:
            return error
        error = deeper[0]
