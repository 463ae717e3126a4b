"""Is the post on the web? An issue links to it, and readers click within minutes."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit

from pressrun.model import Issue

if TYPE_CHECKING:  # else whoever has nothing to ask would load an HTTP library
    from pressrun.http.web import Sight

OK, NOT_FOUND = 200, 404


def not_live(issue: Issue, site_url: str, look: Callable[[str], "Sight"]) -> str:
    """Name the first address of the issue that does not answer 200, and what it does instead.

    Empty when all do. ``look`` asks an address; nothing is asked after the first failure.
    """
    for url in addresses(issue, site_url):
        seen = look(url)
        if seen.status != OK:
            guess = " (not deployed yet)" if seen.status == NOT_FOUND else ""
            return f"{url} {seen.words}{guess}"
    return ""


def addresses(issue: Issue, site_url: str) -> tuple[str, ...]:
    """List what must be on the web before the issue may go out, each address once.

    That is the post's own page and those of its pictures that lie on the host of ``site_url``, but
    for those that go to the provider.
    """
    site = _host(site_url)
    pictures = _Pictures()
    pictures.feed(issue.message.html)
    pictures.close()
    uploaded = {picture.url for picture in issue.pictures}
    own = (url for url in pictures.found if _host(url) == site and url not in uploaded)
    return tuple(dict.fromkeys(urldefrag(url).url for url in (issue.url, *own)))


def _host(url: str) -> str:
    """Return the host of an absolute address of the web; empty for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.hostname or "" if parts.scheme in {"http", "https"} else ""


class _Pictures(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append((dict(attrs).get("src") or "").strip())
