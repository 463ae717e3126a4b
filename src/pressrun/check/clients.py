"""What HTML, CSS and pictures a message uses, and what part of a family of mail clients shows them.

The shares are worked out from Can I email, https://www.caniemail.com, as of 2026-06-29; its facts
are by Rémi Parmentier and contributors, under the MIT licence
(https://github.com/hteumeuleu/caniemail). They are per cent of a family's platforms that were
tested, each by its newest version: full support counts 1, partial support 1/2. Where notes of the
source say which values are unsupported, they decide: ``margin: auto`` fails in Outlook for Windows
only, and commas make the difference for ``rgb()``. Many tests are some years old.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pressrun.publication import Client

FAMILIES: tuple[str, ...] = get_args(Client)

_FULL = 100

# Name, page of the source, and a column for each of FAMILIES.
_TABLE = """
@font-face           css-at-font-face                   0   8 100   0 100 100  33 100   0  33  33
@media               css-at-media                      38  33 100  50  50   0  67 100 100 100 100
prefers-color-scheme css-at-media-prefers-color-scheme   0  67 100   0 100   0   0   0 100  67  67
animation            css-animation                      0   0 100   0 100   0   0 100 100  67  67
transform            css-transform                      0   0 100   0 100 100 100 100 100  67  67
display: flex        css-display-flex                  75  67 100 100 100 100 100 100 100  67  67
display: grid        css-display-grid                  75  67 100 100 100 100 100 100 100  67  67
gap                  css-gap                           38  33 100   0 100 100 100 100  50   0   -
position             css-position                       0   0 100   0 100 100 100   0 100  67  67
position: fixed      css-position                       0  25  50  50  50 100 100  50  50 100 100
margin: auto         css-margin                       100  83 100 100 100 100 100 100 100 100 100
negative margin      css-margin                         0   0 100   0 100 100 100 100 100 100 100
background-image     css-background-image             100  67 100  50 100 100 100 100 100  83  83
linear-gradient()    css-linear-gradient               88   0 100   0  50 100 100 100 100  67  67
border-radius        css-border-radius                100  67 100  50 100 100 100 100 100  67  67
object-fit           css-object-fit                    50  67 100   0 100 100 100 100 100  67  67
::before             css-pseudo-element-before          0  25 100   0 100 100  33 100 100  67  67
var()                css-variables                      0   0 100   0 100 100 100 100   0  67  67
calc()               css-unit-calc                     75   0 100   0 100 100 100 100 100  67  67
rgba()               css-rgba                         100  67 100 100 100 100 100 100 100  67  67
rgb() without commas css-rgba                           0  67 100   0 100 100 100 100 100  67  67
<style> in <body>    html-style                         0 100 100 100 100 100  33 100 100  67  67
<video>              html-video                         0  17  75   0  50 100   0   0   0  33  33
<audio>              html-audio                         0   0 100   0 100 100   0   0   0   0   0
<form>               html-form                         88  50 100  67 100 100   0   0   0  33  33
<picture>            html-picture                       0   0  75   0 100 100   0   0   0  33  33
srcset               html-srcset                        0   0 100   0 100 100   0   0   0  33  33
<svg>                html-svg                           0   0  75   0 100 100 100   0   0  33  33
SVG picture          image-svg                         25 100 100 100 100 100 100 100 100 100 100
WebP picture         image-webp                        50  83 100 100 100 100 100 100 100 100 100
AVIF picture         image-avif                        50  67 100 100 100 100 100 100   0   0   0
data: picture        image-base64                       0  75 100 100 100 100 100   0 100  83  83
"""

# What each feature looks like in the lines that ``_used`` makes of a message.
_SIGNS: Mapping[str, str] = {
    "@font-face": r"^@font-face\b",
    "@media": r"^@media\b(?!.*prefers-color-scheme)",
    "prefers-color-scheme": r"^@media\b.*prefers-color-scheme",
    "animation": r"^animation(?:-name)?:|^@keyframes\b",
    "transform": r"^transform:",
    "display: flex": r"^display: .*\bflex\b",
    "display: grid": r"^display: .*\bgrid\b",
    "gap": r"^(?:row-|column-|grid-)?gap:",
    "position": r"^position: (?:absolute|relative)\b",
    "position: fixed": r"^position: (?:fixed|sticky)\b",
    "margin: auto": r"^margin(?:-\w+)?: .*\bauto\b",
    "negative margin": r"^margin(?:-\w+)?: (?:.*[ (])?-\.?\d",
    "background-image": r"^background(?:-image)?: .*\burl\(|^background=",
    "linear-gradient()": r"^[\w-]+: .*\blinear-gradient\(",
    "border-radius": r"^border-(?:\w+-\w+-)?radius:",
    "object-fit": r"^object-fit:",
    "::before": r"^content:",
    "var()": r"^[\w-]+: .*\bvar\(",
    "calc()": r"^[\w-]+: .*\bcalc\(",
    "rgba()": r"^[\w-]+: .*\brgba\([^(),\n]*,",
    "rgb() without commas": r"^[\w-]+: .*\brgba?\( *[\d.]+%? +[\d.]",
    "<style> in <body>": r"^<body> <style>$",
    "<video>": r"^<video>$",
    "<audio>": r"^<audio>$",
    "<form>": r"^<form>$",
    "<picture>": r"^<picture>$",
    "srcset": r"^srcset=",
    "<svg>": r"^<svg>$",
    "SVG picture": r"^src=[^?#\n]*\.svgz?(?:[?#]|$)",
    "WebP picture": r"^src=[^?#\n]*\.webp(?:[?#]|$)",
    "AVIF picture": r"^src=[^?#\n]*\.avif(?:[?#]|$)",
    "data: picture": r"^src=data:",
}

# Words in quotes and addresses may hold anything: they are taken out before CSS is read.
_OPAQUE = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|\Z))
    |(?P<address>\burl\(\s*(?:"[^"\n]*"|'[^'\n]*'|[^)\n]*)\s*\)?)
    |"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?""",
    re.DOTALL | re.VERBOSE,
)
_DECLARATION = re.compile(r"(?:^|[;{}])\s*([\w-]+)\s*:([^;{}]*)(?=[;}]|\Z)")
_AT_RULE = re.compile(r"@[\w-]+[^;{}]*")


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that not every mail client shows; ``source`` is the page with the facts.

    ``shares`` holds per cent by family, where anything is known.
    """

    name: str
    source: str
    shares: Mapping[str, int]

    def share(self, family: str) -> int:
        """Give the part of a family that shows it; nothing known counts as nothing wrong."""
        return self.shares.get(family, _FULL)


def _feature(row: str) -> Feature:
    name, page, *cells = row.rsplit(maxsplit=len(FAMILIES) + 1)
    known = {family: cell for family, cell in zip(FAMILIES, cells, strict=True) if cell != "-"}
    shares = {family: int(cell) for family, cell in known.items()}
    return Feature(name, f"https://www.caniemail.com/features/{page}/", shares)


FEATURES = tuple(map(_feature, _TABLE.strip().split("\n")))


def unsupported(page: Any, families: Sequence[str]) -> Iterator[tuple[Feature, str, int]]:
    """Find what a message, a tree of lxml, uses that not all clients of these ``FAMILIES`` show.

    Yields the feature, the family, and the share of the family that shows it, in per cent. What
    only Outlook for Windows reads, in conditional comments, does not count.
    """
    used = "\n".join(dict.fromkeys(_used(page)))
    for feature in FEATURES:
        short = [(each, share) for each in families if (share := feature.share(each)) < _FULL]
        if short and re.search(_SIGNS[feature.name], used, re.MULTILINE):
            yield from ((feature, family, share) for family, share in short)


def _used(page: Any) -> Iterator[str]:
    """Give what a document uses, one thing a line: elements, attributes, at-rules, properties."""
    yield from (f"<{element.tag}>" for element in page.iter("*"))
    yield from ("<body> <style>" for _ in page.iterfind(".//body//style"))
    for value in page.xpath("//img/@src | //img/@srcset | //@background"):
        yield f"{value.attrname}={_one_line(value)}"
    for style in dict.fromkeys(page.xpath("//@style | //style/text()")):
        yield from _styles(_OPAQUE.sub(_placeholder, style.lower()))


def _styles(css: str) -> Iterator[str]:
    yield from map(_one_line, _AT_RULE.findall(css))
    for name, value in _DECLARATION.findall(css):
        yield f"{name}: {_one_line(value)}"


def _placeholder(opaque: re.Match[str]) -> str:
    if opaque["comment"]:
        return " "
    return "url()" if opaque["address"] else '""'


def _one_line(text: str) -> str:
    return " ".join(text.lower().split())
