"""What the feed validator would say of the HTML in a feed; it enters itself in ``feed_rules``."""

import re
from collections.abc import Iterator
from html import unescape

from html5lib.html5parser import HTMLParser, ParseError

from support.feed_rules import Document, rule, words

# Of what the validator lets through, what a post of ours can hold.
TAGS = words(
    """a abbr address article aside audio b bdi blockquote br caption center cite code col
    colgroup data dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6
    header hgroup hr i img ins kbd li main mark nav ol p picture pre q rp rt ruby s samp
    section small source span strike strong sub summary sup table tbody td tfoot th thead
    time tr tt u ul var video wbr"""
)
# The validator has forgotten "controls", without which nobody could play a thing.
ATTRIBUTES = words(
    """align alt border cellpadding cellspacing cite class colspan controls datetime dir height
    href hreflang id lang loop media muted name open poster preload reversed rowspan scope
    sizes span src srcset start style summary title type valign value width"""
)
STYLES = words("background background-color color font-style font-weight text-align")
KEYWORDS = words(
    """aqua auto black block blue bold both bottom brown center dashed dotted fuchsia gray
    green italic left lime maroon medium navy none normal nowrap olive pointer purple red
    right silver solid teal top transparent underline white yellow"""
)
RELATIVE = re.compile(
    r"""<a\s+href=(?:"(.*?)"|'(.*?)')|<img\s+[^>]*src=(?:"(.*?)"|'(.*?)')""", re.IGNORECASE
)


def _texts(doc: Document) -> Iterator[str]:
    if doc.kind == "rss":
        for entry in doc.entries:
            for name in ("description", "content:encoded"):
                yield from (each.text or "" for each in doc.children(entry, name))
    for element in doc.elements:
        if element.get("type") == "html" and doc.name(element) != "link":
            yield element.text or ""


def _elements(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    tree = HTMLParser(namespaceHTMLElements=False).parseFragment(text)
    return ((each.tag, each.attrib) for each in tree.iter() if isinstance(each.tag, str))


@rule("NotHtml")
def _well_formed(doc):
    for text in _texts(doc):
        try:
            HTMLParser(strict=True).parseFragment(text)
        except ParseError as error:
            yield f"{error} {text[:80]!r}"


@rule("SecurityRisk")
def _tags(doc):
    for text in _texts(doc):
        yield from (tag for tag, _ in _elements(text) if tag not in TAGS | {"DOCUMENT_FRAGMENT"})


@rule("SecurityRiskAttr")
def _attributes(doc):
    for text in _texts(doc):
        for _, attributes in _elements(text):
            names = {name for name in attributes if not str(name).startswith("data-")}
            yield from map(str, names - ATTRIBUTES)


@rule("DangerousStyleAttr")
def _styles(doc):
    for text in _texts(doc):
        for _, attributes in _elements(text):
            if "style" in attributes and not _is_harmless(attributes["style"]):
                yield attributes["style"]


@rule("ContainsRelRef")
def _relative(doc):
    for text in _texts(doc) if doc.kind == "rss" else ():
        for found in RELATIVE.findall(text):
            url = unescape("".join(found)).strip()
            if not re.match(r"\w+:", url):
                yield url


def _is_harmless(style: str) -> bool:
    if not re.fullmatch(r"(?:[:,;#%.\sa-zA-Z0-9!]|\w-\w)*", style):
        return False
    for declaration in filter(None, style.lower().split(";")):
        name, colon, value = declaration.partition(":")
        if not colon or name.strip() not in STYLES:
            return False
        checked = value.split() if name.strip().startswith("background") else []
        if any(word not in KEYWORDS and not word.startswith("#") for word in checked):
            return False
    return True
