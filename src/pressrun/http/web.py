"""The public web: does an address answer? Asked without a secret, of any host there is.

The other policy, for providers, is ``pressrun.http.client``. Here a redirect may lead to another
host, since there is nothing to steal, and an answer's body does not matter, so it is not read; of
a picture only the beginning is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from requests import exceptions
from requests.adapters import BaseAdapter
from urllib3.exceptions import HTTPError

from pressrun.http import session
from pressrun.http.outcomes import OK, reason, tidy
from pressrun.http.shown import Shown, shown_by

TIMEOUTS = (5.0, 10.0)  # seconds to connect, and between two pieces of the answer
SECOND_TRY = 1.0  # seconds after a lost connection
_UNPACKED = {"Accept-Encoding": "identity"}  # so that Content-Length is the picture's own


@dataclass(frozen=True, slots=True)
class Sight:
    """What an address showed: the status of its answer, None without one.

    ``words`` say it, to follow the address: ``answers 404``. ``shown`` is what was there, where
    that was asked for.
    """

    status: int | None
    words: str
    shown: Shown | None = None


class Web(session.Connected):
    """Eyes on the public web; close them, or use them in a ``with``.

    ``transport`` takes the place of the network in tests.
    """

    def __init__(
        self,
        sleep: Callable[[float], None],
        *,
        clock: Callable[[], float] = monotonic,
        transport: BaseAdapter | None = None,
    ) -> None:
        self._sleep = sleep
        self._clock = clock
        self._session = session.make(transport)

    def look(self, url: str) -> Sight:
        """Say what ``url`` answers, at the end of its redirects; trouble is an answer too.

        Only a 200 to HEAD is believed: there are servers that know no HEAD and say 404, 403 or 405.
        """
        if improper := _improper(url):
            return Sight(None, f"is {improper}")
        seen = self._ask("HEAD", url)
        if seen.status not in {OK, None}:
            seen = self._ask("GET", url)
        if seen.status is None:
            self._sleep(SECOND_TRY)
            seen = self._ask("GET", url)
        return seen

    def measure(self, url: str) -> Sight:
        """Say what ``url`` answers and how large the picture there is, with a single GET."""
        if improper := _improper(url):
            return Sight(None, f"is {improper}")
        seen = self._ask("GET", url, measured=True)
        if seen.status is None:
            self._sleep(SECOND_TRY)
            seen = self._ask("GET", url, measured=True)
        return seen

    def _ask(self, method: str, url: str, *, measured: bool = False) -> Sight:
        """Ask ``url``, then whatever its redirects lead to."""
        for _ in range(session.MAX_REDIRECTS + 1):
            try:
                status, target, there = self._exchange(method, url, measured=measured)
            except (OSError, HTTPError) as error:
                return Sight(None, trouble(error))
            if not target:
                return Sight(status, f"answers {status}", there)
            if leads := _improper(target, before=url):
                return Sight(status, f"answers {status} and leads to {tidy(target)}, {leads}")
            url = target
        return Sight(status, f"answers {status} again and again")

    def _exchange(self, method: str, url: str, *, measured: bool) -> tuple[int, str, Shown | None]:
        """Return the status, where the answer redirects to, and what it shows if that is wanted."""
        with self._session.request(
            method,
            url,
            headers=_UNPACKED if measured else None,
            timeout=TIMEOUTS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            location = answer.headers.get("Location", "")
            target = session.target(answer.status_code, location, url)
            there = shown_by(answer, self._clock) if measured and answer.status_code == OK else None
            return answer.status_code, target, there


def _improper(url: str, before: str = "") -> str:
    """Say why an address must not be asked; empty when it may. ``before`` has redirected to it."""
    parts = session.split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return "no address of the web"
    if parts.username or parts.password:
        return "an address with a login in it"
    if before.startswith("https:") and parts.scheme == "http":
        return "which gives up https"
    return ""


def trouble(error: Exception) -> str:
    """Say why there was no answer, to follow the address."""
    if isinstance(error, exceptions.ReadTimeout):
        return f"does not answer within {TIMEOUTS[1]:.0f} seconds"
    return f"cannot be reached ({reason(error).rstrip('.')})"
