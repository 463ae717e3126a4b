"""One file becomes one post, or everything that is wrong with it."""

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pressrun.config.words import did_you_mean
from pressrun.model import Image, Post, RelatedLink
from pressrun.posts import dates, enclosure, ids, values
from pressrun.posts.fields import Header, sort
from pressrun.posts.front_matter import Matter
from pressrun.posts.front_matter import read as read_matter
from pressrun.posts.notes import Notes, Wrong, raise_sorted
from pressrun.posts.section import Section
from pressrun.posts.section import split as split_section
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
    form = _Form(sort(matter.header, notes), notes)
    post = _post(form, matter, ids.from_file(relative), publication)
    raise_sorted(notes.problems)
    return post


def path_of(relative: str, publication: Publication) -> str:
    """Return a post's path below the publication's root, as messages and values show it."""
    return posixpath.normpath(posixpath.join(publication.posts.folder, relative))


@dataclass(frozen=True, slots=True)
class _Form:
    """The sorted front matter, asked field by field."""

    header: Header
    notes: Notes

    def has(self, field: str) -> bool:
        """Whether a field is there with a value."""
        written = self.header.known.get(field)
        return written is not None and written.value.data is not None

    def get(self, field: str, reader: Callable[[Value], T], otherwise: T) -> T:
        """Read a field; without a value it is as if it were not there."""
        return self._read(field, reader, otherwise) if self.has(field) else otherwise

    def decide(self, field: str, reader: Callable[[Value], T], otherwise: T) -> T:
        """Read a field that decides who gets a post: present without a value, it is an error."""
        return self._read(field, reader, otherwise) if field in self.header.known else otherwise

    def text(self, field: str) -> str:
        """Read a field that is text, and may be missing."""
        return self.get(field, values.text, "")

    def line(self, field: str) -> int:
        """Say where a field stands; the top of the file when it is missing."""
        written = self.header.known.get(field)
        return written.value.key_line if written else 1

    def _read(self, field: str, reader: Callable[[Value], T], otherwise: T) -> T:
        written = self.header.known[field]
        name = f'"{written.key}"'
        return self.notes.attempt(
            written.value.key_line, name, lambda: reader(written.value), otherwise
        )


def _post(form: _Form, matter: Matter, file: ids.FileName, publication: Publication) -> Post:
    site = publication.site
    published = _published(form, file, publication)
    slug = _slug(form, file)
    url = _url(form, file, slug, published, publication)
    section = split_section(matter.body)
    return Post(
        id=form.get("id", lambda value: ids.checked_id(values.text(value)), file.id),
        path=form.notes.path,
        slug=slug,
        url=url,
        title=_title(form),
        published=published,
        updated=max(
            published, form.get("updated", _moment(publication), published), key=datetime.timestamp
        ),
        body=section.body,
        body_line=matter.body_line,
        authors=form.get("authors", values.authors, site.authors),
        cover=_cover(form, url),
        enclosure=form.get("enclosure", lambda value: enclosure.read(value, url), None),
        language=form.get("language", values.language, site.language),
        draft=form.decide("draft", values.truth, False),
        expires=form.get("expires", _moment(publication), None),
        newsletter=_newsletter(form, publication),
        feed=form.decide("feed", values.truth, True),
        **_texts(form),
        **_related(form, section),
        extra={key: plain(value) for key, value in form.header.extra.items()},
        lines=form.header.lines,
    )


def _texts(form: _Form) -> Mapping[str, Any]:
    names = ("subject", "description", "summary", "preheader")
    none: tuple[str, ...] = ()
    return {name: form.text(name) for name in names} | {"tags": form.get("tags", values.tags, none)}


def _related(form: _Form, section: Section) -> Mapping[str, Any]:
    none: tuple[RelatedLink, ...] = ()
    links = form.get("related", values.related, none)
    written = "related" in form.header.known
    return {"related": links if written else section.links, "related_section": section.markdown}


def _title(form: _Form) -> str:
    if form.has("title"):
        return form.get("title", values.filled_text, "")
    _missing(form, "title", "Add title: and the post's title.")
    return ""


def _published(form: _Form, file: ids.FileName, publication: Publication) -> datetime:
    zone = publication.site.timezone
    unknown = datetime(1970, 1, 1, tzinfo=zone)
    if form.has("date"):
        return form.get("date", _moment(publication), unknown)
    if file.day:
        name = "the date in the file's name"
        return form.notes.attempt(1, name, lambda: dates.moment(file.day, zone), unknown)
    _missing(form, "date", "Add date: as YYYY-MM-DD.")
    return unknown


def _missing(form: _Form, field: str, mend: str) -> None:
    """Note that ``field`` is missing, unless a misspelt key was taken for it already."""
    if not any(problem.mend == did_you_mean(field, [field]) for problem in form.notes.problems):
        form.notes.add(form.line(field), f"there is no {field}.", mend)


def _moment(publication: Publication) -> Callable[[Value], datetime]:
    return lambda value: dates.moment(values.text(value), publication.site.timezone)


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
    usual = ids.address(pattern, site, published, slug, file.folders)
    return form.get("url", lambda value: ids.own_address(values.text(value), site), usual)


def _cover(form: _Form, url: str) -> Image | None:
    def image(value: Value) -> Image:
        cover = values.cover(value)
        return Image(ids.resolved(cover.reference, url), cover.alt, cover.width, cover.height)

    return form.get("cover", image, None)


def _newsletter(form: _Form, publication: Publication) -> bool | str | None:
    """Say where the post goes; among several newsletters, one without a name goes to the first."""
    names = list(publication.newsletters)
    said = form.decide("newsletter", lambda value: values.newsletter(value, names), None)
    unnamed = said is True or (said is None and publication.email.posts == "all")
    return names[0] if unnamed and len(names) > 1 else said
