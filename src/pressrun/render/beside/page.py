"""The page about the feeds, for people: what they are, how to subscribe, and what is in them.

It needs no script and nothing from elsewhere, so it can lie beside the feeds of any site.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from pressrun.render import characters
from pressrun.render.beside.discovery import snippet
from pressrun.render.beside.listed import Listed, marked_up
from pressrun.render.beside.packed import filled
from pressrun.render.beside.words import Words, words_in
from pressrun.render.languages import direction, primary


def page(
    title: str,
    description: str,
    language: str,
    feeds: Sequence[Listed],
    newest: Sequence[tuple[str, str, str]],
    *,
    opml_url: str,
) -> bytes:
    """Write the page for ``feeds``, which are one or more; the first is that of the whole site.

    A feed called "title: python" is taken for a part of the site. Parts may be hundreds, so they
    stand by their short names in a list at the end. ``newest`` holds title, address and day of
    the newest posts.
    """
    site = _Site(characters.line(title), characters.line(description), language, words_in(language))
    whole = [feed for feed in feeds if not site.is_part(feed)]
    parts = [feed for feed in feeds if site.is_part(feed)]
    return filled(
        "page.html",
        links=snippet(whole),
        home=marked_up(feeds[0].home),
        whole="".join(_card(site, feed) for feed in whole),
        all_at_once=_all_at_once(site, opml_url) if len(feeds) > 1 else "",
        newest=_newest(site, newest),
        parts=_parts(site, parts),
        **_texts(site),
    )


@dataclass(frozen=True, slots=True)
class _Site:
    """Whose feeds they are, and in which words Pressrun speaks of them."""

    title: str
    description: str
    language: str
    words: Words

    def is_part(self, feed: Listed) -> bool:
        return self.name(feed) != characters.line(feed.title)

    def name(self, feed: Listed) -> str:
        return characters.line(feed.title).removeprefix(f"{self.title}: ")

    def given(self, text: str, language: str = "") -> str:
        """Write a text of the site, which runs its own way and is perhaps in its own language."""
        foreign = language not in {"", self.language} or self._speaks_another
        tag = f' lang="{marked_up(language or self.language)}"' if foreign else ""
        return f"<bdi{tag}>{marked_up(text)}</bdi>"

    def said(self, text: str, **places: str) -> str:
        """Write a sentence of ours, marked where it is not in the site's language."""
        html = escape(text, quote=False).format_map(places)
        if not self._speaks_another:
            return html
        return f'<span lang="{self.words.language}" dir="ltr">{html}</span>'

    @property
    def _speaks_another(self) -> bool:
        return primary(self.language) != self.words.language


def _texts(site: _Site) -> dict[str, str]:
    words = site.words
    lead = f'<p class="lead">{site.given(site.description)}</p>\n' if site.description else ""
    return {
        "language": marked_up(site.language),
        "direction": direction(site.language),
        "name": escape(words.follow.format(title=site.title)),
        "description": escape(site.description or words.explained),
        "title": site.given(site.title),
        "follow": site.said(words.follow, title=site.given(site.title)),
        "lead": lead,
        "what": site.said(words.what),
        "explained": site.said(words.explained),
        "how": site.said(words.how),
        "steps": "".join(f"<li>{site.said(step)}</li>\n" for step in words.steps),
        "feeds": site.said(words.feeds),
        "choice": site.said(words.choice),
    }


def _card(site: _Site, feed: Listed) -> str:
    """Show a feed with its address in full, which one click selects."""
    (_, address), *_others = feed.formats()
    about = f"<p>{site.given(feed.description, feed.language)}</p>\n" if feed.description else ""
    return (
        '<li class="feed">\n'
        f"<h3>{site.given(feed.title, feed.language)}</h3>\n"
        f"{about}"
        f'<p><span class="label">{site.said(site.words.address)}</span>'
        f' <code class="address">{marked_up(address)}</code></p>\n'
        f"{_formats(site, feed)}"
        "</li>\n"
    )


def _parts(site: _Site, parts: Sequence[Listed]) -> str:
    if not parts:
        return ""
    rows = (
        f"<li>{site.given(site.name(feed), feed.language)}\n{_formats(site, feed)}</li>\n"
        for feed in parts
    )
    return _section("parts", site.said(site.words.parts), rows)


def _formats(site: _Site, feed: Listed) -> str:
    """Link a feed's formats. Hundreds of links must not all be called RSS."""
    links = (
        f'<a href="{marked_up(address)}" type="{written.media_type}"'
        f' aria-label="{marked_up(f"{written.label}: {site.name(feed)}")}">{written.label}</a>\n'
        for written, address in feed.formats()
    )
    return f'<span class="formats">\n{"".join(links)}</span>\n'


def _all_at_once(site: _Site, url: str) -> str:
    link = f'<a href="{marked_up(url)}">OPML</a>'
    return f"<p>{site.said(site.words.all_at_once, opml=link)}</p>\n"


def _newest(site: _Site, posts: Sequence[tuple[str, str, str]]) -> str:
    if not posts:
        return ""
    rows = (
        f'<li><a href="{marked_up(url)}">{site.given(title)}</a> <span>{marked_up(day)}</span>'
        "</li>\n"
        for title, url, day in posts
    )
    return _section("newest", site.said(site.words.newest), rows)


def _section(name: str, heading: str, rows: Iterable[str]) -> str:
    return (
        f'<section aria-labelledby="{name}">\n'
        f'<h2 id="{name}">{heading}</h2>\n'
        f'<ul class="{name}" role="list">\n{"".join(rows)}</ul>\n'
        "</section>\n"
    )
