"""One file becomes one post, or everything that is wrong with it."""

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pressrun.config.words import did_you_mean
from pressrun.model import Author, Image, Post, RelatedLink
from pressrun.posts import dates, enclosure, ids, values
from pressrun.posts.fields import Header, Written, sort
from pressrun.posts.front_matter import Matter
from pressrun.posts.front_matter import read as read_matter
from pressrun.posts.notes import Notes, Wrong, raise_sorted
from pressrun.publication import Publication
from pressrun.strict_yaml import Value, plain

T = TypeVar("T")


def read(content: bytes, relative: str, publication: Publication) -> Post:
    """Make a post of the bytes at ``relative``, a path below the posts folder.

    PostError with every problem of the file, each with its line.
    """
    path = path_of(relative, publication)
    notes = Notes(path)
    matter = read_matter(content, path)
    form = _Form(sort(matter.header, notes), notes, publication.site.timezone)
    post = _post(form, matter, ids.from_file(relative), publication)
    raise_sorted(notes.problems)
    return post


def path_of(relative: str, publication: Publication) -> str:
    """Return a post's path below the publication's root, as messages and values show it."""
    return f"{_normal(publication.posts.folder)}/{relative}".removeprefix("./")


_normal = lru_cache(posixpath.normpath)


@dataclass(frozen=True, slots=True)
class _Form:
    """The sorted front matter, asked field by field."""

    header: Header
    notes: Notes
    zone: ZoneInfo

    def get(self, field: str, reader: Callable[[Value], T], otherwise: T) -> T:
        """Read a field; without a value it is as if it were not there."""
        written = self.header.filled.get(field)
        return self.read(written, reader, otherwise) if written else otherwise

    def decide(self, field: str, reader: Callable[[Value], T], otherwise: T) -> T:
        """Read a field that decides who gets a post: present without a value, it is an error."""
        written = self.header.known.get(field)
        return self.read(written, reader, otherwise) if written else otherwise

    def text(self, field: str) -> str:
        """Read a field that is text, and may be missing."""
        return self.get(field, values.text, "")

    def moment(self, field: str, otherwise: datetime | None) -> Any:
        """Read a date, which is in our zone unless it says otherwise."""
        return self.get(field, self._moment, otherwise)

    def line(self, field: str) -> int:
        """Say where a field stands; the top of the file when it is missing."""
        written = self.header.known.get(field)
        return written.value.key_line if written else 1

    def read(self, written: Written, reader: Callable[[Value], T], otherwise: T) -> T:
        """Read what was written; note what is wrong with it under the name that it has there."""
        try:
            return reader(written.value)
        except Wrong as wrong:
            self.notes.add(written.value.key_line, f'"{written.key}" {wrong.what}', wrong.mend)
            return otherwise

    def _moment(self, value: Value) -> datetime:
        return dates.moment(values.text(value), self.zone)


def _post(form: _Form, matter: Matter, file: ids.FileName, publication: Publication) -> Post:
    site = publication.site
    published = _published(form, file, publication)
    slug = _slug(form, file)
    url = _url(form, file, slug, published, publication)
    if file.translated(site.language):  # the same slug in each language, and one folder for each
        slug = f"{slug}-{file.language}"
    body, section, links = _parts(matter.body)
    return Post(
        id=form.get("id", _id, file.id),
        path=form.notes.path,
        slug=slug,
        url=url,
        title=_title(form),
        published=published,
        updated=_updated(form, published, publication),
        body=body,
        body_line=matter.body_line,
        authors=_authors(form) or site.authors,
        cover=_cover(form, url),
        enclosure=form.get("enclosure", partial(enclosure.read, page=url), None),
        language=form.get("language", values.language, file.language or site.language),
        draft=form.decide("draft", values.truth, False),
        expires=form.moment("expires", None),
        newsletter=_newsletter(form, publication),
        feed=form.decide("feed", values.truth, True),
        **_texts(form),
        related=_related(form, links),
        related_section=section,
        extra={key: plain(value) for key, value in form.header.extra.items()},
        lines=form.header.lines,
    )


def _texts(form: _Form) -> Mapping[str, Any]:
    names = ("subject", "description", "summary", "preheader", "email_template")
    return {name: form.text(name) for name in names} | {"tags": _tags(form)}


def _tags(form: _Form) -> tuple[str, ...]:
    """Put together what all keys say. Spaces part tags in Jekyll's own folder, and only there."""
    first = form.header.find("tags")
    if first is None:
        return ()
    spaced = f"/{ids.JEKYLL_FOLDER}/" in f"/{form.notes.path}"
    found: list[str] = []
    for each in (first, *first.also):
        reader = partial(values.tags, listed=each.listed, spaced=spaced)
        found += form.read(each, reader, []) if each.value.data is not None else []
    return tuple(dict.fromkeys(found))


def _authors(form: _Form) -> tuple[Author, ...]:
    written = form.header.find("authors")
    if written is None:
        return ()
    return form.read(written, partial(values.authors, listed=written.listed), ())


def _parts(body: str) -> tuple[str, str, tuple[RelatedLink, ...]]:
    """Take the related section off a body, where there is one."""
    if not body:
        return "", "", ()
    from pressrun.posts.section import split

    section = split(body)
    return section.body, section.markdown, section.links


def _related(form: _Form, links: tuple[RelatedLink, ...]) -> tuple[RelatedLink, ...]:
    """Give what front matter names, else the ``links`` of the section."""
    none: tuple[RelatedLink, ...] = ()
    named = form.get("related", values.related, none)
    return named if "related" in form.header.known else links


def _title(form: _Form) -> str:
    if title := form.text("title"):
        return title
    if not form.header.find("title"):
        _missing(form, "title", "Add title: and the post's title.")
    return ""


def _published(form: _Form, file: ids.FileName, publication: Publication) -> datetime:
    zone = publication.site.timezone
    unknown = datetime(1970, 1, 1, tzinfo=zone)
    if form.header.find("date"):
        day = form.moment("date", unknown)
        return _later(day, form.moment("publish_date", day))
    if file.day:
        name = "the date in the file's name"
        return form.notes.attempt(1, name, lambda: dates.moment(file.day, zone), unknown)
    _missing(form, "date", "Add date: as YYYY-MM-DD.")
    return unknown


def _updated(form: _Form, published: datetime, publication: Publication) -> datetime:
    """Say when the text last changed; a word that a tool would fill in tells us nothing."""

    def read(value: Value) -> datetime:
        written = values.text(value)
        return published if dates.moves(written) else dates.moment(written, zone)

    zone = publication.site.timezone
    return _later(published, form.get("updated", read, published))


def _later(one: datetime, other: datetime) -> datetime:
    """Give the later of two moments; clocks of one zone may show an hour twice."""
    return one if other is one else max(one, other, key=datetime.timestamp)


def _missing(form: _Form, field: str, mend: str) -> None:
    """Note that ``field`` is missing, unless a misspelt key was taken for it already."""
    if not any(problem.mend == did_you_mean(field, [field]) for problem in form.notes.problems):
        form.notes.add(form.line(field), f"there is no {field}.", mend)


def _id(value: Value) -> str:
    return ids.checked_id(values.text(value))


def _slug(form: _Form, file: ids.FileName) -> str:
    if slug := form.get("slug", lambda value: ids.checked_slug(values.text(value)), ""):
        return slug
    try:
        return ids.checked_slug(file.slug)
    except Wrong as wrong:
        mend = "Rename the file, or add slug: with letters, digits and hyphens."
        form.notes.add(1, f"the slug that the file's name gives {wrong.what}", mend)
        return "post"


def _url(
    form: _Form, file: ids.FileName, slug: str, published: datetime, publication: Publication
) -> str:
    pattern, site = publication.posts.url, publication.site.url
    base = site.rstrip("/")
    if file.translated(publication.site.language):
        base = f"{base}/{file.language.lower()}"
    usual = ids.address(pattern, base, published, slug, file.folders)
    return form.get("url", lambda value: ids.own_address(values.text(value), site), usual)


def _cover(form: _Form, url: str) -> Image | None:
    def image(value: Value) -> Image | None:
        cover = values.cover(value)
        if cover is None:
            return None
        alt = cover.alt or form.text("cover_alt")
        return Image(ids.resolved(cover.reference, url), alt, cover.width, cover.height)

    return form.get("cover", image, None)


def _newsletter(form: _Form, publication: Publication) -> bool | str | None:
    """Say where the post goes; among several newsletters, one without a name goes to the first."""
    names = list(publication.newsletters)
    said = form.decide("newsletter", lambda value: values.newsletter(value, names), None)
    unnamed = said is True or (said is None and publication.email.posts == "all")
    return names[0] if unnamed and len(names) > 1 else said
