"""What the W3C feed validator would say of a feed, as far as it can apply to one of ours.

Each rule has the name of the validator's message and finds what the message is about; its source
says when: https://github.com/w3c/feedvalidator/tree/main/src/feedvalidator. The rules on what
stands in HTML are in ``feed_html_rules``.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from html.entities import name2codepoint
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from pressrun.podcast import PARENTS


def words(text: str) -> set[str]:
    """Take a text apart into words, without the star behind some."""
    return {word.rstrip("*") for word in text.split()}


ATOM = "http://www.w3.org/2005/Atom"
KNOWN = {
    ATOM: "atom",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/syndication/history/1.0": "fh",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
UNSUPPORTED = {"https://podcastindex.org/namespace/1.0": "podcast"}

# What may stand where, once each; with a star, as often as one likes.
RSS_CHANNEL = """title link description atom:link* cloud docs generator language lastBuildDate
    item* itunes:author itunes:type itunes:explicit itunes:image itunes:owner itunes:category*
    copyright category* fh:archive fh:complete"""
RSS_ITEM = """title link description content:encoded guid category* pubDate enclosure dc:creator*
    dc:language atom:updated atom:link* media:content* media:thumbnail* media:group*
    itunes:duration itunes:season itunes:episode itunes:episodeType itunes:explicit itunes:image
    itunes:title"""
ATOM_FEED = """id title updated author* link* category* generator subtitle rights entry*
    fh:archive fh:complete"""
ATOM_ENTRY = """id title updated author* link* content summary category* published rights
    media:content* media:thumbnail* media:group*"""
CHILDREN = {
    ("rss", "rss"): "channel",
    ("rss", "channel"): RSS_CHANNEL,
    ("rss", "item"): RSS_ITEM,
    ("rss", "itunes:owner"): "itunes:name itunes:email",
    ("rss", "itunes:category"): "itunes:category*",
    ("atom", "feed"): ATOM_FEED,
    ("atom", "entry"): ATOM_ENTRY,
    ("atom", "author"): "name uri email",
    ("rss", "media:content"): "media:description media:title",
    ("atom", "media:content"): "media:description media:title",
    ("rss", "media:group"): "media:content*",
    ("atom", "media:group"): "media:content*",
}
ATTRIBUTES = {
    "rss": "version",
    "guid": "isPermaLink",
    "enclosure": "url length type",
    "cloud": "domain port path registerProcedure protocol",
    "category": "term scheme label domain",
    "link": "href rel type hreflang title length",
    "atom:link": "href rel type hreflang title length",
    "content": "type src",
    "title": "type",
    "subtitle": "type",
    "summary": "type",
    "generator": "uri version",
    "media:content": "url medium type width height fileSize duration lang isDefault",
    "media:thumbnail": "url width height time",
    "media:description": "type",
    "itunes:image": "href",
    "itunes:category": "text",
}
REQUIRED = {
    ("rss", "channel"): "title link description",
    ("atom", "feed"): "id title updated",
    ("atom", "entry"): "id title updated",
    ("rss", "itunes:owner"): "itunes:email",
    ("atom", "author"): "name",
}
REQUIRED_ATTRIBUTES = {
    "enclosure": "url length type",
    "cloud": "domain port path registerProcedure protocol",
    "link": "href",
    "atom:link": "href",
    "itunes:image": "href",
    "itunes:category": "text",
    "media:thumbnail": "url",
}
PLAIN_IN_RSS = {"title", "description", "category", "media:description", "itunes:author"}
TEXTS_IN_ATOM = {"title", "subtitle", "summary"}
RELATIONS = words("""alternate current enclosure first hub last license next related self via""")
RELATIONS |= {"next-archive", "prev-archive", "previous"}
HISTORY = {"current", "first", "last", "next", "next-archive", "prev-archive", "previous"}
SELF_TYPES = {"application/atom+xml", "application/rss+xml"}

URI = re.compile(r"[a-zA-Z][0-9a-zA-Z+.-]*:(//)?[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]+")
TAG_URI = re.compile(
    r"tag:([\w.-]+@)?[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]*", re.ASCII
)
URN = re.compile(
    r"urn:[a-z0-9][a-z0-9-]{1,31}:([a-z0-9()+,.:=@;$_!*'-]|%[0-9a-f]{2})+", re.IGNORECASE
)
UUID_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SCHEMES = words("http https ftp mailto tag urn data news tel xmpp info dav sip im")
WEB_URL = re.compile(r"https?://([A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*(:\d+)?(/.*)?")
MEDIA_TYPE = re.compile(r'[^\s()<>,;:\\"/\[\]?=]+/[^\s()<>,;:\\"/\[\]?=]+')
RFC822 = re.compile(
    r"(\w{3}, )?\d\d? \w{3} \d{4} \d\d:\d\d(:\d\d)? (GMT|UT|[A-Z]{3}|[+-]\d\d[03]0)", re.ASCII
)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
END_TAG = re.compile(r"</(\w+)>")
REFERENCE = re.compile(r"&(#?\w+)")
MAILBOX = re.compile(r"<[\w.+'-]+@[\w.-]+\.\w+>")
HTML_TAGS = words(
    """a abbr address article aside audio b bdi bdo big blockquote body br button canvas
    caption center cite code col data dd del details dfn dialog div dl dt em embed fieldset
    figcaption figure font footer form frame h1 h2 h3 h4 h5 h6 head header hr html i iframe
    img input ins kbd label legend li link main map mark menu meta nav noscript object ol
    option p param picture pre q rp rt ruby s samp script section select small source span
    strike strong style sub summary sup table tbody td template textarea tfoot th thead time
    title tr track tt u ul var video wbr"""
)


@dataclass(frozen=True)
class Document:
    """A feed, taken apart; ``at`` is where it will lie."""

    raw: bytes
    root: Any
    at: str = ""

    @cached_property
    def kind(self) -> str:
        return "atom" if etree.QName(self.root).namespace == ATOM else "rss"

    def name(self, element: Any) -> str:
        """Name an element as the tables do: without a prefix where it is of the format itself."""
        parts = etree.QName(element)
        home = ATOM if self.kind == "atom" else None
        if parts.namespace == home:
            return parts.localname
        return f"{KNOWN.get(parts.namespace, '?')}:{parts.localname}"

    def named(self, *names: str) -> Iterator[Any]:
        return (each for each in self.elements if self.name(each) in names)

    def children(self, element: Any, name: str) -> list[Any]:
        return [each for each in element.iterchildren("*") if self.name(each) == name]

    @cached_property
    def elements(self) -> list[Any]:
        return [each for each in self.root.iter("*") if self.name(each)[0] != "?"]

    @property
    def entries(self) -> list[Any]:
        return list(self.named("item" if self.kind == "rss" else "entry"))

    @cached_property
    def head(self) -> Any:
        return self.root if self.kind == "atom" else self.root[0]

    @cached_property
    def links(self) -> list[Any]:
        return self.children(self.head, "link" if self.kind == "atom" else "atom:link")

    def in_hex(self, element: Any) -> bool:
        """Whether a line of the element has a hex reference, by which the validator goes."""
        start = element.sourceline - 1
        lines = self.raw.split(b"\n")[start : start + 1 + (element.text or "").count("\n")]
        return any(b"&#x" in line for line in lines)


Rule = Callable[[Document], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Enter a rule under the name of its message."""

    def enter(function: Rule) -> Rule:
        RULES[name] = function
        return function

    return enter


def messages(raw: bytes, at: str = "") -> list[str]:
    """List what the validator would say of a feed that lies at the address ``at``."""
    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError as error:
        return [f"SAXError: {error}"]
    document = Document(raw, root, at)
    return [f"{name}: {each}" for name, find in RULES.items() for each in find(document)]


def _value(element: Any) -> str:
    return (element.text or "").strip()


# --- What may stand where


@rule("InvalidRSSVersion")
def _version(doc):
    if doc.kind == "rss" and doc.root.get("version") != "2.0":
        yield str(doc.root.get("version"))


@rule("UndefinedElement")
def _undefined(doc):
    for element in doc.elements:
        allowed = words(CHILDREN.get((doc.kind, doc.name(element)), ""))
        for child in element.iterchildren("*"):
            name = doc.name(child)
            if name not in allowed and name[0] != "?":
                yield f"{name} in {doc.name(element)}"


@rule("DuplicateElement")
def _duplicates(doc):
    for element in doc.elements:
        many = CHILDREN.get((doc.kind, doc.name(element)), "")
        once = {word for word in many.split() if not word.endswith("*")} - {"enclosure"}
        counted = Counter(doc.name(child) for child in element.iterchildren("*"))
        yield from (name for name, count in counted.items() if count > 1 and name in once)


@rule("DuplicateEnclosure")
def _enclosures(doc):
    for entry in doc.entries:
        if len(doc.children(entry, "enclosure")) > 1:
            yield "two"


@rule("MissingElement")
def _missing(doc):
    for element in doc.elements:
        needed = words(REQUIRED.get((doc.kind, doc.name(element)), ""))
        yield from (name for name in needed if not doc.children(element, name))
    if doc.kind == "atom" and not doc.children(doc.head, "author"):
        if not doc.entries:
            yield "author"
        yield from ("author" for entry in doc.entries if not doc.children(entry, "author"))


@rule("MissingGuid")
def _guids(doc):
    if doc.kind == "rss":
        yield from ("guid" for entry in doc.entries if not doc.children(entry, "guid"))


@rule("ItemMustContainTitleOrDescription")
def _something(doc):
    for entry in doc.entries:
        if not doc.children(entry, "title") and not doc.children(entry, "description"):
            yield "neither"


@rule("MissingTextualContent")
def _to_read(doc):
    for entry in doc.entries if doc.kind == "atom" else ():
        if not doc.children(entry, "content") and not doc.children(entry, "summary"):
            yield "nothing to read"


@rule("MissingContentOrAlternate")
def _alternate(doc):
    for entry in doc.entries if doc.kind == "atom" else ():
        links = doc.children(entry, "link")
        if not doc.children(entry, "content") and not any(map(_is_alternate, links)):
            yield "neither"


@rule("NeedDescriptionBeforeContent")
def _order(doc):
    for entry in doc.entries:
        names = [doc.name(child) for child in entry]
        if (
            "content:encoded" in names
            and "description" not in names[: names.index("content:encoded")]
        ):
            yield "content:encoded comes first"


@rule("MisplacedItem")
def _items_last(doc):
    names = [doc.name(child) for child in doc.head.iterchildren("*")] if doc.kind == "rss" else []
    if "item" in names:
        after = names[names.index("item") :]
        yield from (name for name in after if name != "item" and not name.startswith("itunes:"))


@rule("MisplacedMetadata")
def _entries_last(doc):
    names = [doc.name(child) for child in doc.head.iterchildren("*")] if doc.kind == "atom" else []
    if "entry" in names:
        yield from (name for name in names[names.index("entry") :] if name != "entry")


@rule("UnexpectedText")
def _stray_text(doc):
    for element in doc.elements:
        texts = [element.text, *(child.tail for child in element)]
        if (doc.kind, doc.name(element)) in CHILDREN and any(
            (text or "").strip() for text in texts
        ):
            yield doc.name(element)


@rule("UnexpectedAttribute")
def _attributes(doc):
    for element in doc.elements:
        known = words(ATTRIBUTES.get(doc.name(element), ""))
        yield from (
            f"{name} of {doc.name(element)}"
            for name in element.attrib
            if not name.startswith("{") and name not in known
        )


@rule("UseOfExtensionAttr")
def _extension_attributes(doc):
    for element in doc.elements if doc.kind == "rss" else ():
        for name in element.attrib:
            foreign = etree.QName(name).namespace
            if foreign and KNOWN.get(foreign) != "xml" and ":" not in doc.name(element):
                yield name


@rule("MissingAttribute")
def _needed_attributes(doc):
    for element in doc.elements:
        if doc.kind == "rss" and doc.name(element) == "link":
            continue
        needed = words(REQUIRED_ATTRIBUTES.get(doc.name(element), ""))
        yield from (f"{name} of {doc.name(element)}" for name in needed - set(element.attrib))


@rule("NotBlank")
def _blank(doc):
    names = {"title", "category", "generator", "name"} if doc.kind == "rss" else TEXTS_IN_ATOM
    for element in doc.named(*names, "content", "uri"):
        if not _value(element) and "src" not in element.attrib:
            yield doc.name(element)


@rule("AttrNotBlank")
def _blank_attributes(doc):
    for element in doc.elements:
        yield from (
            f"{name} of {doc.name(element)}"
            for name, value in element.attrib.items()
            if not value and name != "registerProcedure"
        )


# --- Namespaces


def _declared(doc: Document) -> set[tuple[str, str]]:
    spaces = {pair for element in doc.root.iter("*") for pair in element.nsmap.items()}
    return {(prefix or "", uri) for prefix, uri in spaces}


@rule("UnknownNamespace")
def _unknown_namespace(doc):
    yield from (uri for _, uri in _declared(doc) if uri not in KNOWN and uri not in UNSUPPORTED)


@rule("UnsupportedNamespace")
def _unsupported(doc):
    yield from (uri for _, uri in _declared(doc) if uri in UNSUPPORTED)


@rule("ReservedPrefix")
def _reserved(doc):
    taken = set(KNOWN.values())
    yield from (
        prefix for prefix, uri in _declared(doc) if prefix in taken and KNOWN.get(uri) != prefix
    )


@rule("NonstdPrefix")
def _usual_prefix(doc):
    usual = {uri: prefix for uri, prefix in KNOWN.items() if prefix != "xml"}
    yield from (
        prefix for prefix, uri in _declared(doc) if prefix and usual.get(uri, prefix) != prefix
    )


@rule("AvoidNamespacePrefix")
def _default_namespace(doc):
    if doc.kind == "atom":
        yield from (prefix for prefix, uri in _declared(doc) if uri == ATOM and prefix)


# --- Dates


@rule("InvalidRFC2822Date")
def _rss_dates(doc):
    for element in doc.named("pubDate", "lastBuildDate"):
        if not RFC822.fullmatch(_value(element)):
            yield _value(element)


@rule("IncorrectDOW")
def _weekdays(doc):
    for element in doc.named("pubDate", "lastBuildDate"):
        value = _value(element)
        if RFC822.fullmatch(value) and "," in value:
            moment = parsedate_to_datetime(value)
            if not value.startswith(moment.strftime("%a")):
                yield value


@rule("InvalidRFC3339Date")
def _atom_dates(doc):
    names = ("updated", "published") if doc.kind == "atom" else ("atom:updated",)
    for element in doc.named(*names):
        value = _value(element)
        if not RFC3339.fullmatch(value) or not _is_moment(value):
            yield value


@rule("ImplausibleDate")
def _old_dates(doc):
    for element in doc.named("pubDate", "lastBuildDate", "updated", "published", "atom:updated"):
        year = re.search(r"\b(\d{4})\b", _value(element))
        if year and int(year[1]) < 1990:
            yield _value(element)


@rule("DuplicateUpdated")
def _same_second(doc):
    if doc.kind == "atom":
        values = Counter(
            _value(doc.children(entry, "updated")[0])
            for entry in doc.entries
            if doc.children(entry, "updated")
        )
        yield from (value for value, count in values.items() if count > 1)


def _is_moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return date.fromisoformat(value[:10]).year > 0


# --- Addresses and ids


def _addresses(doc: Document) -> Iterator[tuple[str, str]]:
    """Yield each address that must be whole, with its place."""
    for element in doc.elements:
        name = doc.name(element)
        if name in {"docs", "uri"} or (name == "link" and doc.kind == "rss"):
            yield name, _value(element)
        if name == "id" or (name == "guid" and element.get("isPermaLink", "true") == "true"):
            yield name, _value(element)
        for attribute in ("href", "url", "uri"):
            if attribute in element.attrib:
                yield f"{name}/{attribute}", element.get(attribute)


@rule("InvalidFullLink")
def _whole_addresses(doc):
    for place, url in _addresses(doc):
        bare = re.fullmatch(r"(https?|ftp)://(?![^/]).*|(http|ftp):(?!//).*", url)
        special = url.startswith(("tag:", "urn:"))
        if not special and (not URI.fullmatch(url) or bare):
            yield f"{place} {url}"


@rule("SchemeNotIANARegistered")
def _schemes(doc):
    for place, url in _addresses(doc):
        scheme = url.partition(":")[0].lower()
        if ":" in url and scheme.isalpha() and scheme not in SCHEMES:
            yield f"{place} {url}"


@rule("InvalidTAG")
def _tags(doc):
    for place, url in _addresses(doc):
        if url.startswith("tag:") and not TAG_URI.fullmatch(url):
            yield f"{place} {url}"


@rule("InvalidURN")
def _urns(doc):
    for place, url in _addresses(doc):
        is_uuid = url.lower().startswith("urn:uuid:")
        if url.startswith("urn:") and not is_uuid and not URN.fullmatch(url):
            yield f"{place} {url}"


@rule("InvalidUUID")
def _uuids(doc):
    for place, url in _addresses(doc):
        if url.lower().startswith("urn:uuid:") and not UUID_URN.fullmatch(url):
            yield f"{place} {url}"


@rule("NonCanonicalURI")
def _canonical(doc):
    for element in doc.named("id"):
        value = _value(element)
        parts = urlsplit(value)
        lower = parts.netloc == parts.netloc.lower() and value.startswith(parts.scheme)
        empty = parts.netloc and not parts.path
        encoded = re.search(r"%([0-9A-F]?[a-f][0-9A-Fa-f]?|[4-7][1-9A]|2[DdEe]|5[Ff]|7[Ee])", value)
        if not lower or empty or (encoded and not value.startswith("urn:")):
            yield value


@rule("InvalidURLAttribute")
def _web_addresses(doc):
    attributes = {"enclosure": "url", "itunes:image": "href"}
    for element in doc.named(*attributes):
        url = element.get(attributes[doc.name(element)], "")
        if not WEB_URL.fullmatch(url) or not URI.fullmatch(url):
            yield url


@rule("InvalidBooleanAttribute")
def _permanent(doc):
    for element in doc.named("guid"):
        if element.get("isPermaLink", "true") not in {"true", "false"}:
            yield element.get("isPermaLink")


@rule("InvalidPermalink")
def _permalinks(doc):
    for element in doc.named("guid"):
        is_link = element.get("isPermaLink", "true") == "true"
        if is_link and _value(element).lower().startswith(("tag:", "urn:uuid:")):
            yield _value(element)


@rule("NotSufficientlyUnique")
def _short_guids(doc):
    for element in doc.named("guid"):
        if len(_value(element)) < 9 and _value(element).isdigit():
            yield _value(element)


@rule("DuplicateEntries")
def _same_ids(doc):
    counted = Counter(_value(each) for each in doc.named("guid", "id"))
    yield from (value for value, count in counted.items() if count > 1)


# --- Links of Atom


def _is_alternate(link: Any) -> bool:
    return link.get("rel", "alternate") == "alternate"


def _all_links(doc: Document) -> Iterator[Any]:
    return doc.named("atom:link" if doc.kind == "rss" else "link")


@rule("MissingSelf")
def _self(doc):
    if not any(link.get("rel") == "self" for link in doc.links):
        yield doc.kind


@rule("SelfDoesntMatchLocation")
def _own_address(doc):
    for link in doc.links if doc.at else ():
        if link.get("rel") == "self" and link.get("href") != doc.at:
            yield str(link.get("href"))


@rule("RelativeSelf")
def _relative_self(doc):
    for link in doc.links:
        if link.get("rel") == "self" and not urlsplit(link.get("href", "")).netloc:
            yield str(link.get("href"))


@rule("SelfNotAtom")
def _self_type(doc):
    for link in doc.links:
        if link.get("rel") == "self" and link.get("type", "application/atom+xml") not in SELF_TYPES:
            yield link.get("type")


@rule("DuplicateAtomLink")
def _one_alternate(doc):
    for holder in [doc.head, *doc.entries]:
        links = doc.children(holder, "link") if doc.kind == "atom" else []
        kinds = Counter(
            (link.get("type"), link.get("hreflang")) for link in links if _is_alternate(link)
        )
        yield from (str(kind) for kind, count in kinds.items() if count > 1)


@rule("UnregisteredAtomLinkRel")
def _relations(doc):
    for link in _all_links(doc):
        rel = link.get("rel", "alternate")
        if rel not in RELATIONS and not URI.fullmatch(rel):
            yield rel


@rule("FeedHistoryRelInEntry")
def _history(doc):
    for entry in doc.entries:
        yield from (
            link.get("rel") for link in doc.children(entry, "link") if link.get("rel") in HISTORY
        )


def _relations_of(doc: Document) -> dict[str, str]:
    """Give each relation of the feed itself with its address."""
    return {link.get("rel", "alternate"): link.get("href", "") for link in doc.links}


@rule("ArchiveIncomplete")
def _archives_are_linked(doc):
    marked = doc.children(doc.head, "fh:archive") and not doc.children(doc.head, "fh:complete")
    linked = {"prev-archive", "next-archive"} & set(_relations_of(doc))
    if doc.kind == "atom" and marked and not linked:
        yield "neither prev-archive nor next-archive"


@rule("MissingCurrentInArchive")
def _archives_lead_back(doc):
    marked = doc.children(doc.head, "fh:archive") and not doc.children(doc.head, "fh:complete")
    if doc.kind == "atom" and marked and "current" not in _relations_of(doc):
        yield "current"


@rule("FeedRelInCompleteFeed")
def _complete_is_all(doc):
    if doc.kind == "atom" and doc.children(doc.head, "fh:complete"):
        yield from set(_relations_of(doc)) & (HISTORY - {"current"})


@rule("CurrentNotSelfInCompleteFeed")
def _complete_is_current(doc):
    if doc.kind == "atom" and doc.children(doc.head, "fh:complete"):
        relations = _relations_of(doc)
        if relations.get("current", relations.get("self")) != relations.get("self"):
            yield relations["current"]


@rule("LinkPastEnd")
def _ends(doc):
    relations = _relations_of(doc)
    ends = (("first", "previous"), ("last", "next")) if doc.kind == "atom" else ()
    for end, beyond in ends:
        if beyond in relations and relations.get(end) == relations.get("self"):
            yield f"{beyond} of the {end}"


@rule("AtomLinkNotEmpty")
def _empty_links(doc):
    yield from (_value(link) for link in _all_links(doc) if _value(link))


# --- Attributes and words of other kinds


@rule("InvalidMIMEType")
def _types(doc):
    for element in doc.named("enclosure", "atom:link", "media:content"):
        kind = element.get("type", "x/x")
        if not MEDIA_TYPE.fullmatch(kind):
            yield kind
    for link in doc.named("link") if doc.kind == "atom" else ():
        if not MEDIA_TYPE.fullmatch(link.get("type", "x/x")):
            yield link.get("type")


@rule("InvalidTextType")
def _text_types(doc):
    for element in doc.named(*TEXTS_IN_ATOM, "content") if doc.kind == "atom" else ():
        if element.get("type", "text") not in {"text", "html", "xhtml"}:
            yield element.get("type")


@rule("InvalidNonNegativeInteger")
def _lengths(doc):
    for element in doc.named("enclosure", "link", "atom:link"):
        if not element.get("length", "0").isdecimal():
            yield element.get("length")


@rule("InvalidPositiveInteger")
def _sizes(doc):
    for element in doc.named("media:content", "media:thumbnail"):
        sizes = [element.get(name, "1") for name in ("width", "height")]
        yield from (size for size in sizes if not size.isdecimal() or int(size) < 1)
    for element in doc.named("itunes:episode", "itunes:season"):
        if not _value(element).isdecimal() or int(_value(element)) < 1:
            yield _value(element)


@rule("InvalidIntegerAttribute")
def _ports(doc):
    for element in doc.named("cloud"):
        if not element.get("port", "").isdecimal() or int(element.get("port")) < 1:
            yield str(element.get("port"))


@rule("InvalidMediaMedium")
def _media(doc):
    for element in doc.named("media:content"):
        if element.get("medium", "image") not in {"image", "audio", "video", "document"}:
            yield element.get("medium")


@rule("InvalidMediaTextType")
def _media_texts(doc):
    for element in doc.named("media:description"):
        if element.get("type", "plain") not in {"plain", "html"}:
            yield element.get("type")


@rule("MediaGroupWithoutAlternatives")
def _groups(doc):
    yield from ("a lone one" for group in doc.named("media:group") if len(group) < 2)


@rule("InvalidLanguage")
def _languages(doc):
    for element in doc.named("language", "dc:language"):
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", _value(element)):
            yield _value(element)
    for element in doc.elements:
        lang = element.get("{http://www.w3.org/XML/1998/namespace}lang", "en")
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", lang):
            yield lang


@rule("MissingDCLanguage")
def _some_language(doc):
    of_root = doc.root.get("{http://www.w3.org/XML/1998/namespace}lang")
    if not of_root and not doc.children(doc.head, "language"):
        yield doc.kind


@rule("DuplicateItemSemantics")
def _twice_said(doc):
    pairs = {"author": "dc:creator", "guid": "atom:id", "category": "dc:subject"}
    pairs |= {"pubDate": "dc:date"}
    for entry in doc.entries if doc.kind == "rss" else ():
        for core, other in pairs.items():
            if entry.find(core) is not None and doc.children(entry, other):
                yield f"{core} and {other}"


# --- Podcasts


def _is_podcast(doc: Document) -> bool:
    return any(doc.name(each).startswith("itunes:") for each in doc.elements)


@rule("MissingItunesElement")
def _podcast_needs(doc):
    if _is_podcast(doc):
        needed = ("itunes:category", "itunes:explicit", "language")
        yield from (name for name in needed if not doc.children(doc.head, name))


@rule("MissingItunesEmail")
def _owner(doc):
    if _is_podcast(doc) and not doc.children(doc.head, "itunes:owner"):
        yield "itunes:owner"


@rule("InvalidTrueFalse")
def _explicit(doc):
    for element in doc.named("itunes:explicit"):
        if _value(element) not in {"true", "false"}:
            yield _value(element)


@rule("InvalidItunesCategory")
def _categories(doc):
    for element in doc.named("itunes:category"):
        outer = doc.name(element.getparent()) == "itunes:category"
        parent = element.getparent().get("text") if outer else ""
        if PARENTS.get(element.get("text", "")) != parent:
            yield str(element.get("text"))


@rule("InvalidItunesChannelType")
def _show_types(doc):
    said = map(_value, doc.named("itunes:type"))
    yield from (word for word in said if word not in {"episodic", "serial"})


@rule("InvalidItunesEpisodeType")
def _episode_types(doc):
    words = {"full", "trailer", "bonus"}
    yield from (
        _value(each) for each in doc.named("itunes:episodeType") if _value(each) not in words
    )


@rule("InvalidDuration")
def _durations(doc):
    for element in doc.named("itunes:duration"):
        if not re.fullmatch(r"\d+(:[0-5]\d(:[0-5]\d)?)?", _value(element)):
            yield _value(element)


@rule("InvalidContact")
def _mailboxes(doc):
    for element in doc.named("itunes:email"):
        if not re.fullmatch(r"[\w.+'-]+@([\w-]+\.)+[\w-]+", _value(element)):
            yield _value(element)


@rule("TooLong")
def _long(doc):
    for element in doc.named("itunes:author", "itunes:name"):
        if len(_value(element)) > 255:
            yield doc.name(element)


@rule("UnsupportedItunesFormat")
def _formats(doc):
    for element in doc.named("enclosure") if _is_podcast(doc) else ():
        suffix = element.get("url", "").rpartition(".")[2]
        if suffix not in {"m4a", "mp3", "mov", "mp4", "m4v", "pdf", "epub"}:
            yield suffix


# --- Plain text


@rule("BadCharacters")
def _characters(doc):
    for element in doc.root.iter("*"):
        for text in [element.text or "", *element.attrib.values()]:
            if bad := re.search("[\x7f-\x9f\ufffd\ufdd0-\ufdef\ufffe\uffff]", text):
                yield f"U+{ord(bad[0]):04X}"


def _plain(doc: Document) -> Iterator[Any]:
    """Yield each element whose text is plain, or not said to be anything else."""
    if doc.kind == "atom":
        named = doc.named(*TEXTS_IN_ATOM, "name", "media:description")
        yield from (each for each in named if each.get("type", "text") in {"text", "plain"})
        return
    for element in doc.named(*PLAIN_IN_RSS):
        in_item = doc.name(element.getparent()) == "item"
        if element.get("type") != "html" and not (in_item and doc.name(element) == "description"):
            yield element


@rule("ContainsHTML")
def _markup(doc):
    for element in _plain(doc):
        text = element.text or ""
        ends = any(tag.lower() in HTML_TAGS for tag in END_TAG.findall(text))
        refers = any(map(_is_reference, REFERENCE.findall(text)))
        if ends or (refers and not doc.in_hex(element)):
            yield text


@rule("CharacterData")
def _unhexed(doc):
    for element in _plain(doc) if doc.kind == "rss" else ():
        text = element.text or ""
        if re.search(r"&#[x0-9]|<[/a-zA-Z]", text) and not doc.in_hex(element):
            yield text


@rule("ContainsEmail")
def _mail(doc):
    yield from (_value(each) for each in doc.named("name") if MAILBOX.search(_value(each)))


def _is_reference(name: str) -> bool:
    return name in name2codepoint or name == "apos" or not name.isalpha()
