"""Where an embedded page can be opened: most services embed another address than they show."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from pressrun.render.mail.card import Card, Picture
from pressrun.render.mail.words import Words

Verb = Literal["watch", "listen", "look"]


@dataclass(frozen=True, slots=True)
class Service:
    """``path`` matches host and path of what is embedded; its groups fill ``page``."""

    name: str
    verb: Verb
    path: re.Pattern[str]
    page: str


def _services(rows: Iterable[tuple[str, Verb, str, str]]) -> tuple[Service, ...]:
    return tuple(Service(name, verb, re.compile(path), page) for name, verb, path, page in rows)


_YOUTUBE = "https://www.youtube.com/watch?v={}"
_SERVICES = _services(
    (
        ("YouTube", "watch", r"(?:\w+\.)?youtube(?:-nocookie)?\.com/embed/videoseries", ""),
        (
            "YouTube",
            "watch",
            r"(?:\w+\.)?youtube(?:-nocookie)?\.com/(?:embed|shorts|live|v)/([\w-]+)",
            _YOUTUBE,
        ),
        ("YouTube", "watch", r"youtu\.be/([\w-]+)", _YOUTUBE),
        ("YouTube", "watch", r"(?:\w+\.)?youtube\.com/watch", ""),
        ("Vimeo", "watch", r"player\.vimeo\.com/video/(\d+)", "https://vimeo.com/{}"),
        ("Vimeo", "watch", r"(?:www\.)?vimeo\.com/", ""),
        (
            "Dailymotion",
            "watch",
            r"(?:\w+\.)?dailymotion\.com/embed/video/(\w+)",
            "https://www.dailymotion.com/video/{}",
        ),
        ("Spotify", "listen", r"open\.spotify\.com/embed/(.+)", "https://open.spotify.com/{}"),
        ("SoundCloud", "listen", r"w\.soundcloud\.com/player", ""),
        (
            "Bluesky",
            "look",
            r"embed\.bsky\.app/embed/([^/]+)/app\.bsky\.feed\.post/(\w+)",
            "https://bsky.app/profile/{}/post/{}",
        ),
        (
            "Instagram",
            "look",
            r"(?:www\.)?instagram\.com/(p|reel|tv)/([\w-]+)",
            "https://www.instagram.com/{}/{}/",
        ),
        ("X", "look", r"platform\.(?:twitter|x)\.com/embed/", ""),
        ("{host}", "look", r"([^/]+)/(@[^/]+/\d+)/embed", "https://{}/{}"),
        ("{host}", "watch", r"([^/]+)/videos/embed/([\w-]+)", "https://{}/w/{}"),
        ("{host}", "look", r"", ""),
    )
)


def card(address: str, title: str, words: Words) -> Card:
    """Make the card for what is embedded from ``address``, which is whole."""
    parts = urlsplit(address)
    place = (parts.hostname or "") + parts.path
    service, found = _match(place)
    page = service.page.format(*found.groups()) if service.page else _page(address)
    host = (urlsplit(page).hostname or parts.scheme).removeprefix("www.")
    patterns = {"watch": words.watch_at, "listen": words.listen_at, "look": words.look_at}
    action = patterns[service.verb].replace("{}", service.name.format(host=host))
    return Card(page, action, title, _thumbnail(page), words.video)


def _match(place: str) -> tuple[Service, re.Match[str]]:
    pairs = ((service, service.path.match(place)) for service in _SERVICES)
    return next((service, found) for service, found in pairs if found)


def _page(address: str) -> str:
    """Find the page where it is a parameter of what is embedded, as the services have it."""
    query = parse_qs(urlsplit(address).query)
    host = urlsplit(address).hostname or ""
    if "youtube" in host and "/watch" not in address and "list" in query:
        return f"https://www.youtube.com/playlist?list={query['list'][0]}"
    if host == "w.soundcloud.com" and "url" in query:
        return _soundcloud(query["url"][0], address)
    if host.startswith("platform.") and "id" in query:
        return f"https://x.com/i/status/{query['id'][0]}"
    return address


def _soundcloud(named: str, address: str) -> str:
    """Leave out the address of their programming interface, which shows no page."""
    return named if named.startswith("https://soundcloud.com/") else address


def _thumbnail(page: str) -> Picture | None:
    """Name the picture that YouTube has of every film, in the one size that all films have."""
    if not page.startswith("https://www.youtube.com/watch?"):
        return None
    film = parse_qs(urlsplit(page).query).get("v", [""])[0]
    if not re.fullmatch(r"[\w-]+", film):
        return None
    return Picture(f"https://i.ytimg.com/vi/{film}/hqdefault.jpg", "480", "360")
