"""HTML that feeds and emails can carry: one allow-list, every address absolute.

One pass of nh3 over the tree does both, so text and code are never touched.
https://nh3.readthedocs.io/
"""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote, unquote

import nh3

from pressrun import urls
from pressrun.render import characters

_TEXT = """a abbr b bdi bdo br cite code data del dfn em i ins kbd mark q rp rt ruby s samp small
    span strike strong sub sup time tt u var wbr"""
_BLOCKS = """address article aside blockquote center dd details div dl dt figcaption figure footer
    h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary ul"""
_TABLES = "caption col colgroup table tbody td tfoot th thead tr"
_MEDIA = "audio img picture source video"
_DROPPED = "canvas datalist head noembed noframes noscript script select style svg template title"

TAGS = frozenset(f"{_TEXT} {_BLOCKS} {_TABLES} {_MEDIA}".split())
DROPPED_WITH_CONTENT = frozenset(_DROPPED.split())

_ALIGNED = {"align", "valign"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"aria-label", "class", "dir", "id", "lang", "style", "title"},
    "a": {"href", "hreflang", "name"},
    "audio": {"controls", "loop", "preload", "src"},
    "blockquote": {"cite"},
    "col": {"span", "width", *_ALIGNED},
    "colgroup": {"span", *_ALIGNED},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"alt", "align", "height", "sizes", "src", "srcset", "width"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "source": {"height", "media", "sizes", "src", "srcset", "type", "width"},
    "table": {"align", "border", "cellpadding", "cellspacing", "summary", "width"},
    "tbody": _ALIGNED,
    "td": {"colspan", "height", "rowspan", "width", *_ALIGNED},
    "tfoot": _ALIGNED,
    "th": {"colspan", "height", "rowspan", "scope", "width", *_ALIGNED},
    "thead": _ALIGNED,
    "time": {"datetime"},
    "tr": _ALIGNED,
    "ul": {"type"},
    "video": {"controls", "height", "loop", "muted", "poster", "preload", "src", "width"},
}

# The classes that the Markdown renderer writes; a post's own mean nothing outside its site.
_FOOTNOTES = "footnote-backref footnote-ref footnotes footnotes-sep"
_MAIL = "mail-card mail-note mail-scroll mail-thumbnail"
_CLASSES = frozenset(f"{_FOOTNOTES} {_MAIL}".split())
_LANGUAGE_CLASS = "language-"

# What the highlighter and table columns need, and nothing that moves, hides or loads anything.
_PROPERTIES = frozenset(
    {"background", "background-color", "color", "font-style", "font-weight", "text-align"}
)
_PLAIN_VALUE = re.compile(r"[#\w%.-]+")

_TAG = re.compile("</?([a-z][a-z0-9-]*)", re.IGNORECASE)
_ID = re.compile(r"""<[^<>]*?\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)

_Attribute = Callable[[str], str | None]


def clean(html: str, base: str, id_prefix: str = "") -> str:
    """Keep what readers can show, resolve every address against ``base``, balance all tags.

    Ids get ``id_prefix``, and links to them follow. A link to an id that is not here goes to the
    page at ``base``.
    """
    names = _names(base, id_prefix, _ids(html))
    by_tag = {(tag, name): rule for tag, name, rule in _addresses(base)}

    def attribute(tag: str, name: str, value: str) -> str | None:
        rule = by_tag.get((tag, name)) or names.get(name)
        return rule(value) if rule else value

    cleaned = nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        link_rel=None,
        url_schemes={*urls.SCHEMES, "data"},
    )
    return characters.strip(cleaned if _knows_all_tags(html) else _balanced(cleaned))


def _knows_all_tags(html: str) -> bool:
    return {tag.lower() for tag in _TAG.findall(html)} <= TAGS


def _balanced(cleaned: str) -> str:
    """Put the tree in order after an element has gone from it: no <p> is left within a <p>."""
    return nh3.clean(
        cleaned,
        tags=set(TAGS),
        attributes=_ATTRIBUTES,
        link_rel=None,
        url_schemes={*urls.SCHEMES, "data"},
    )


def _ids(html: str) -> frozenset[str]:
    return frozenset(_ID.findall(html)) if 'href="#' in html or "href='#" in html else frozenset()


def _names(base: str, prefix: str, ids: frozenset[str]) -> dict[str, _Attribute]:
    def identified(value: str) -> str | None:
        return prefix + value if value.strip() else None

    def link(value: str) -> str | None:
        fragment = value.strip().removeprefix("#") if value.strip().startswith("#") else ""
        if unquote(fragment) in ids or fragment in ids:
            return "#" + quote(prefix + unquote(fragment), safe="/:@!$&'()*+,;=-._~?")
        return urls.absolute(base, value)

    return {"id": identified, "name": identified, "href": link, "class": _class, "style": _style}


def _addresses(base: str) -> list[tuple[str, str, _Attribute]]:
    def address(value: str) -> str | None:
        return urls.absolute(base, value)

    def picture(value: str) -> str | None:
        return urls.picture(base, value)

    def srcset(value: str) -> str | None:
        return urls.srcset(base, value)

    return [
        *((tag, "cite", address) for tag in ("blockquote", "del", "ins", "q")),
        *((tag, "src", address) for tag in ("audio", "source", "video")),
        *((tag, "srcset", srcset) for tag in ("img", "source")),
        ("video", "poster", picture),
        ("img", "src", picture),
    ]


def _class(value: str) -> str | None:
    words = (w for w in value.split() if w in _CLASSES or w.startswith(_LANGUAGE_CLASS))
    return " ".join(words) or None


@lru_cache(maxsize=256)
def _style(value: str) -> str | None:
    declarations = (part.partition(":") for part in value.split(";"))
    kept = [
        f"{name.strip().lower()}:{setting.strip()}"
        for name, _, setting in declarations
        if name.strip().lower() in _PROPERTIES and _PLAIN_VALUE.fullmatch(setting.strip())
    ]
    return ";".join(kept) or None
