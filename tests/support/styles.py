"""What a browser makes of each element of a document, to tell two documents apart."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from support.browser import Browser

_SIDES = ("top", "right", "bottom", "left")
_PROPERTIES = (
    *(f"margin-{side}" for side in _SIDES),
    *(f"padding-{side}" for side in _SIDES),
    *(f"border-{side}-{part}" for side in _SIDES for part in ("width", "style", "color")),
    *(f"border-{corner}-radius" for corner in ("top-left", "bottom-right")),
    *("color", "background-color", "display", "direction", "text-align", "vertical-align"),
    *("font-family", "font-size", "font-style", "font-weight", "line-height", "letter-spacing"),
    *("text-decoration-line", "white-space", "overflow-wrap", "overflow-x", "max-width"),
    *("border-collapse", "table-layout", "filter"),
)
_SCRIPT = """
(properties => [...document.querySelectorAll('html, body, body *')].map(each => {
    const style = getComputedStyle(each);
    return [each.tagName, ...properties.map(name => style.getPropertyValue(name))];
}))(%s)
"""


def styles(browser: Browser, html: str, width: int, *, dark: bool) -> list[list[str]]:
    """Give the name and the effective style of each element."""
    browser.look(width, dark=dark)
    browser.show(html)
    return browser.evaluate(_SCRIPT % list(_PROPERTIES))


def differences(one: Sequence[list[str]], other: Sequence[list[str]]) -> Iterator[str]:
    """Say where two documents differ."""
    names = ("element", *_PROPERTIES)
    for number, (first, second) in enumerate(zip_longest(one, other, fillvalue=["nothing"])):
        for name, left, right in zip(names, first, second, strict=False):
            if left != right:
                yield f"{number} {first[0].lower()}: {name} is {left}, inlined {right}"
