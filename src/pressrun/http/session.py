"""What both policies stand on: a session that nothing slips into, and where a redirect leads.

requests looks at every redirect even where it must not follow one: it reads that answer's body
without a bound, and an address that nobody can parse ends in a ValueError. Ours never looks.
"""

from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import SplitResult, urljoin, urlsplit

from requests import Session
from requests.adapters import BaseAdapter

from pressrun import __version__
from pressrun.http.outcomes import BAD_REQUEST, MULTIPLE_CHOICES
from pressrun.http.transport import Transport

MAX_REDIRECTS = 5


class Connected:
    """Whoever talks over a session of its own; it is closed at the end of a ``with`` block."""

    _session: Session

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Session(Session):
    def get_redirect_target(self, resp: Any) -> None:
        """Know of no redirect."""


def make(transport: BaseAdapter | None, *, ca_file: str = "", proxy: str = "") -> Session:
    """Make a session over ``transport``, or over the real network where that is None."""
    session = _Session()
    # Else a line in ~/.netrc replaces our Authorization, and HTTPS_PROXY reads along.
    session.trust_env = False
    # No answer may depend on what an earlier one has told us: where a cookie names a session,
    # listmonk does not look at our Authorization.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.verify = ca_file or True
    session.proxies = {"http": proxy, "https": proxy} if proxy else {}
    transport = transport or Transport()
    session.mount("https://", transport)
    session.mount("http://", transport)
    session.headers["User-Agent"] = f"pressrun/{__version__}"
    return session


def target(status: int, location: str, url: str) -> str:
    """Return where an answer from ``url`` redirects to; empty where it does not, or to nowhere."""
    if not (location and MULTIPLE_CHOICES <= status < BAD_REQUEST):
        return ""
    # Headers arrive as Latin-1; a path that is not ASCII was meant as UTF-8.
    location = location.encode("latin-1", "replace").decode("utf-8", "replace")
    return urljoin(url, location) if split(location) else ""


def split(url: str) -> SplitResult | None:
    """Take an address apart; None for what cannot be one."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError for a port that is no number
    except ValueError:
        return None
    return parts
