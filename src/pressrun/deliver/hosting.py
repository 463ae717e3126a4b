"""Pictures that go to the provider before the draft, which then shows them from there.

It reaches no reader and may be repeated: a picture is known again by its name, which carries its
digest. Where the pictures are is no part of what an issue is: see ``Issue.digest``.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape, unescape

from pressrun.deliver.providers.contract import HostsPictures, Provider
from pressrun.errors import PressrunError, Problem, Rejected, Unsure
from pressrun.model import Issue, PictureFile
from pressrun.urls import as_srcset, candidates
from pressrun.wire import File

_WEB = re.compile("https?:", re.IGNORECASE)
# Outlook's own elements stand in comments.
_TAG = re.compile(
    r"""<(?:img|source|body|table|td|th|v:\w+)\b(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE
)
_PLACE = re.compile(r"""(?<=\s)(src|srcset|background)=("[^"]*"|'[^']*')""", re.IGNORECASE)


def addresses(html: str) -> tuple[str, ...]:
    """List the addresses of the pictures in HTML, each once."""
    places = (place for tag in _TAG.findall(html) for place in _PLACE.finditer(tag))
    found = (url for place in places for url, _ in _candidates(place))
    return tuple(dict.fromkeys(url for url in found if _WEB.match(url)))


def unfit(provider: Provider, pictures: Sequence[PictureFile]) -> Iterator[Problem]:
    """Yield what is wrong with pictures: empty, or of what the provider is known not to take."""
    if not pictures:
        return
    assert isinstance(provider, HostsPictures)  # noqa: S101 - ``check_pictures`` has seen to it
    most = provider.picture_limit
    for picture in pictures:
        if picture.type not in provider.picture_types:
            kinds = ", ".join(sorted(provider.picture_types))
            mend = f"Make it one of {kinds}, or write images: site below email:."
            what = f"{provider.name} hosts no {picture.file.suffix or 'such'} pictures."
            yield Problem(what, picture.path, mend)
        elif not picture.size:
            yield Problem("the file is empty.", picture.path, "Save the picture again.")
        elif most and picture.size > most:
            what = f"it has {picture.size:,} bytes, and {provider.name} hosts at most {most:,}."
            yield Problem(what, picture.path, "Make the picture smaller.")


def hosted(provider: Provider, issue: Issue) -> Issue:
    """Put the issue's pictures at the provider; return it with their addresses there.

    Rejected, NotNow or Unsure as the provider says; PressrunError for a file that has changed.
    """
    if not issue.pictures:
        return issue
    assert isinstance(provider, HostsPictures)  # noqa: S101 - ``check_pictures`` has seen to it
    by_name = {picture.name: picture for picture in issue.pictures}
    there = {name: _host(provider, picture) for name, picture in by_name.items()}
    urls = {picture.url: there[picture.name] for picture in issue.pictures}
    message = issue.message
    html, fragment = (_exchange(part, urls) for part in (message.html, message.fragment))
    return replace(issue, message=replace(message, html=html, fragment=fragment))


def _host(provider: HostsPictures, picture: PictureFile) -> str:
    """Put a picture there; an error says which one it was."""
    file = _read(picture)
    try:
        return provider.host(file)
    except (Rejected, Unsure) as error:
        about = f"That was about {picture.path}."
        problems = [replace(one, what=f"{one.what} {about}") for one in error.problems]
        raise type(error)(*problems, status=error.status, code=error.code) from None


def _read(picture: PictureFile) -> File:
    try:
        content = picture.file.read_bytes()
    except OSError as error:
        raise PressrunError.of(f"it cannot be read: {error.strerror}.", picture.path) from None
    if hashlib.sha256(content).hexdigest() != picture.digest:
        what = "the picture has changed since the email was made of it."
        raise PressrunError.of(what, picture.path, "Run again.")
    return File(picture.name, picture.type, content)


def _exchange(html: str, urls: Mapping[str, str]) -> str:
    """Put new addresses in the place of those in ``urls``, wherever a picture is shown."""

    def place(found: re.Match[str]) -> str:
        shown = _candidates(found)
        if not any(url in urls for url, _ in shown):
            return found[0]
        value = escape(as_srcset((urls.get(url, url), size) for url, size in shown))
        return f"{found[1]}={found[2][0]}{value}{found[2][0]}"

    return _TAG.sub(lambda tag: _PLACE.sub(place, tag[0]), html)


def _candidates(place: re.Match[str]) -> list[tuple[str, str]]:
    """Give the addresses in an attribute, and in a srcset what follows each."""
    value = unescape(place[2][1:-1]).strip()
    return candidates(value) if place[1].lower() == "srcset" else [(value, "")]
