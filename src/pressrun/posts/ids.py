"""What a post is called: its id for ever, its slug for folders, its URL for readers."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit

from pressrun.config.words import described
from pressrun.errors import Problem
from pressrun.model import Post
from pressrun.posts.notes import Wrong
from pressrun.urls import absolute

_DATED = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[-_ ]+(?P<name>.+))?", re.DOTALL)
# Languages that people blog in, less "io" and others that end the names of sites and programs.
_LANGUAGES = (
    "af|ar|az|be|bg|bn|bs|ca|cs|cy|da|de|el|en|eo|es|et|eu|fa|fi|fr|ga|gl|gu|he|hi|hr|hu|hy|id|is|it"
    "|ja|ka|kk|km|kn|ko|lt|lv|mk|ml|mn|mr|ms|nb|ne|nl|nn|no|pa|pl|pt|ro|ru|si|sk|sl|sq|sr|sv|sw|ta"
    "|te|th|tl|tr|uk|ur|uz|vi|zh"
)
_TRANSLATION = re.compile(rf"(?P<name>.+)\.(?P<language>(?:{_LANGUAGES})(?:[-_][A-Za-z]{{2,4}})?)")
_NOT_IN_A_SLUG = re.compile(r"[\s/\\?#%:*\"<>|]")
JEKYLL_FOLDER = "_posts"  # it is in no URL
LONGEST_SLUG = 200  # bytes; file systems end at 255
_NAMES = ("id", "url", "slug")
_PLAIN = re.compile("[A-Za-z0-9/._~-]*")  # needs no encoding, which takes seven times as long
_URL_SAFE = "/-._~!$&'()*+,;=:@%"


@dataclass(frozen=True, slots=True)
class FileName:
    """What the place of a post below the posts folder says about it."""

    id: str
    slug: str
    folders: str  # "2026/travel", empty at the top
    day: str  # "2026-11-23", empty without a date in the name
    language: str = ""  # "de" of hello.de.md or of a bundle's index.de.md

    def translated(self, site_language: str) -> bool:
        """Whether the name says that the post is in another language than the site."""
        usual = site_language.lower()
        return self.language.lower() not in {"", usual, usual.partition("-")[0]}


def from_file(relative: str) -> FileName:
    """Read a path below the posts folder, such as ``2026/2026-11-23-hello.md``."""
    parts = unicodedata.normalize("NFC", relative.rpartition(".")[0]).split("/")
    whole = "/".join(parts)
    translation = _TRANSLATION.fullmatch(parts[-1]) if "." in parts[-1] else None
    language = translation["language"].replace("_", "-") if translation else ""
    if translation:
        parts[-1] = translation["name"]
    if parts[-1] == "index" and len(parts) > 1:
        parts.pop()
    folders = [name for name in parts[:-1] if name != JEKYLL_FOLDER]
    dated = _DATED.fullmatch(parts[-1]) if parts[-1][:1].isdigit() else None
    name = (dated["name"] if dated else "") or parts[-1]
    return FileName(
        id=whole if language else "/".join(parts),
        slug=re.sub(r"\s+", "-", name),
        folders="/".join(folders),
        day=dated["day"] if dated else "",
        language=language,
    )


def checked_id(text: str) -> str:
    """Normalise an ``id:``; Wrong when it is empty or holds what no line can show."""
    written = unicodedata.normalize("NFC", text.strip())
    if not written or not written.isprintable():
        raise Wrong(f"must be a word of your own, not {described(text)}.")
    return written


def checked_slug(text: str) -> str:
    """Normalise a slug; Wrong when it cannot be both a folder's name and a part of a URL."""
    slug = unicodedata.normalize("NFC", text.strip().removeprefix("/"))  # Docusaurus' slash
    mend = "Use letters, digits and hyphens, such as my-post."
    if not slug or slug.startswith(".") or not slug.isprintable() or _NOT_IN_A_SLUG.search(slug):
        raise Wrong(f"cannot stand in a URL and name a folder: {described(text)}.", mend)
    if len(slug.encode()) > LONGEST_SLUG:
        raise Wrong(f"is longer than {LONGEST_SLUG} bytes.", mend)
    return slug


def address(pattern: str, site: str, published: datetime, slug: str, folders: str) -> str:
    """Fill the publication's URL pattern with a post's parts, and encode it."""
    path = f"{folders}/{slug}" if folders else slug
    filled = pattern.format(
        year=f"{published.year:04}",
        month=f"{published.month:02}",
        day=f"{published.day:02}",
        slug=slug if _PLAIN.fullmatch(slug) else quote(slug, safe=""),
        path=path if _PLAIN.fullmatch(path) else quote(path),
    )
    return site.rstrip("/") + (
        filled if _PLAIN.fullmatch(filled) else quote(filled, safe=_URL_SAFE)
    )


def own_address(text: str, site: str) -> str:
    """Complete a post's ``url:``; Wrong unless it is a page of the site."""
    rooted = text.startswith("/") and not text.startswith("//")
    url = site.rstrip("/") + text if rooted else text
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    dots = {".", ".."} & set(re.split(r"[/\\]", unquote(parts.path)))
    if parts.netloc != urlsplit(site).netloc or dots or not url.isprintable() or "\\" in url:
        raise Wrong(f"is no page of {site}: {described(text)}.", "Write it like /2026/hello/.")
    if parts.query or parts.fragment or " " in url:
        raise Wrong(f"must be a plain address, without ?, # or spaces: {described(text)}.")
    return f"{parts.scheme}://{parts.netloc}{quote(parts.path, safe=_URL_SAFE)}"


def resolved(reference: str, url: str) -> str:
    """Make an absolute web address of ``reference``, which stands in the post at ``url``."""
    found = absolute(url, reference)
    if not found or urlsplit(found).scheme not in {"http", "https"}:
        raise Wrong(f"is not a web address or a path: {described(reference)}.")
    return found


def clashes(posts: Iterable[Post]) -> Iterator[Problem]:
    """Yield a problem for each post that shares its id, URL or slug with one before it."""
    posts = list(posts)
    if all(len({getattr(post, kind) for post in posts}) == len(posts) for kind in _NAMES):
        return
    taken: dict[tuple[str, str], Post] = {}
    for post in sorted(posts, key=lambda each: each.path):
        names = [(kind, getattr(post, kind)) for kind in _NAMES]
        double = next(
            ((kind, taken[kind, name]) for kind, name in names if (kind, name) in taken), None
        )
        for name in names:
            taken.setdefault(name, post)
        if double:
            kind, first = double
            what = (
                f"the {kind} {described(getattr(post, kind))} is also that of {first.place(kind)}."
            )
            yield Problem(what, post.place(kind), f"Give one of the two a {kind}: of its own.")
