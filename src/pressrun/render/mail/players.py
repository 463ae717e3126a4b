"""Films and sounds: a mail client that plays them is the exception, so a link leads to each.

Of one that leads nowhere the words are left that stand in it for such a case.
"""

import re
from html import escape
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pressrun import urls
from pressrun.model import Enclosure
from pressrun.render.mail.card import Card, Picture
from pressrun.render.mail.words import Words
from pressrun.render.raw import attributes, opening_tags

_MEGABYTE = 1_000_000
_KILOBYTE = 1_000
_MINUTE = 60
_SIDES = ("width", "height")
_OWN_TAG = re.compile(r"""</?(?:source|track)\b(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)


def card(
    markup: str, name: str, base: str, words: Words, enclosure: Enclosure | None
) -> Card | None:
    """Make the card for a <video> or <audio>; None where its address leads nowhere."""
    found = [(tag[1].lower(), attributes(tag.group())) for _, tag in opening_tags(markup)]
    player = found[0][1]
    sources = [player.get("src"), *(given.get("src") for tag, given in found if tag == "source")]
    addresses = (urls.absolute(base, source) for source in sources if source)
    url = next(filter(None, addresses), None)
    if not url:
        return None
    title = _title(player)
    if enclosure and enclosure.url == url:
        return of_enclosure(enclosure, title, words)
    action = (words.watch if name == "video" else words.listen).replace("{}", title or _name(url))
    return Card(url, action, picture=_poster(player, base), alt=words.video)


def fallback(opening: str, content: str) -> str:
    """Give what is left of an element that leads nowhere: its content, or else its title."""
    rest = _OWN_TAG.sub(lambda tag: "\n" * tag.group().count("\n"), content)
    if rest.strip():
        return f"<div>{rest}</div>"
    title = title_of(opening)
    return f"<p>{escape(title, quote=False)}</p>{rest}" if title else rest


def is_own(tag: str) -> bool:
    """Whether a tag within an element is none of the words that stand in it."""
    return _OWN_TAG.fullmatch(tag) is not None


def title_of(opening: str) -> str:
    """Give the title of a <video> or <audio>; empty where it has none."""
    return _title(attributes(opening))


def of_enclosure(enclosure: Enclosure, title: str, words: Words) -> Card:
    """Make the player link: ``Listen: The talk, 12:30, 8.4 MB``."""
    patterns = {"video": words.watch, "audio": words.listen}
    pattern = patterns.get(enclosure.type.partition("/")[0], words.download)
    named = enclosure.title or title or _name(enclosure.url)
    facts = (named, _duration(enclosure.duration), _size(enclosure.length, words))
    return Card(enclosure.url, pattern.replace("{}", ", ".join(filter(None, facts))))


def _title(player: dict[str, str]) -> str:
    return player.get("title") or player.get("aria-label", "")


def _poster(player: dict[str, str], base: str) -> Picture | None:
    address = player.get("poster")
    url = urls.absolute(base, address) if address else None
    if not url:
        return None
    sizes = [value if (value := player.get(side, "")).isdigit() else "" for side in _SIDES]
    return Picture(url, *sizes)


def _name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name or urlsplit(url).netloc


def _duration(seconds: int | None) -> str:
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _size(length: int | None, words: Words) -> str:
    if not length:
        return ""
    if length < _MEGABYTE:
        return f"{max(round(length / _KILOBYTE), 1)} kB"
    return f"{length / _MEGABYTE:.1f} MB".replace(".", words.point)
