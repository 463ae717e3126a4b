"""The colours and fonts of an email: those of publish.yml, and what follows from them."""

from collections.abc import Iterator
from dataclasses import dataclass

from pressrun.publication import Colours, Theme

# https://www.w3.org/TR/WCAG22/#contrast-minimum
ENOUGH_CONTRAST = 4.5

_STACKS = {
    "serif": "Georgia, Cambria, Times New Roman, serif",
    "sans": "Helvetica Neue, Helvetica, Arial, sans-serif",
}
# Parts of the text's colour in what is mixed of it and the background.
_MUTED, _SOFT, _LINE, _TINT = 0.72, 0.85, 0.18, 0.06
_STEP = 0.02


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of an email on a light or a dark screen, each as six hex digits.

    ``muted`` is for bylines and the foot, ``soft`` for quotations, ``line`` for thin rules and
    ``tint`` stands behind code.
    """

    background: str
    text: str
    accent: str
    muted: str
    soft: str
    line: str
    tint: str


@dataclass(frozen=True, slots=True)
class Look:
    """A theme as stylesheets and templates use it; ``padding`` is what the sheet keeps free."""

    light: Palette
    dark: Palette
    text_font: str
    heading_font: str
    sans_font: str
    logo: str
    logo_width: int
    width: int
    padding: int = 20

    @property
    def inner_width(self) -> int:
        """The width of pictures in pixels."""
        return self.width - 2 * self.padding


def look(theme: Theme) -> Look:
    """Work a theme out."""
    return Look(
        light=palette(theme.light),
        dark=palette(theme.dark),
        text_font=_STACKS.get(theme.text_font, theme.text_font),
        heading_font=_STACKS.get(theme.heading_font, theme.heading_font),
        sans_font=_STACKS["sans"],
        logo=theme.logo,
        logo_width=theme.logo_width,
        width=theme.width,
    )


def palette(colours: Colours) -> Palette:
    """Mix what three colours leave open; what is read keeps its contrast where the text has it."""
    text, background = colours.text, colours.background
    return Palette(
        background=background,
        text=text,
        accent=colours.accent,
        muted=_readable(text, background, _MUTED),
        soft=_readable(text, background, _SOFT),
        line=mix(text, background, _LINE),
        tint=mix(text, background, _TINT),
    )


def too_faint(colours: Colours) -> Iterator[tuple[str, float]]:
    """Give each colour that is hard to read on the background, with its contrast."""
    for name in ("text", "accent"):
        found = contrast(getattr(colours, name), colours.background)
        if found < ENOUGH_CONTRAST:
            yield name, found


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21.

    https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Mix two colours; ``share`` is the part of the first, from 0 to 1."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _readable(text: str, background: str, share: float) -> str:
    """Mix as little of the text's colour as can be read, and no less than ``share``."""
    while share < 1 and contrast(mix(text, background, share), background) < ENOUGH_CONTRAST:
        share = min(share + _STEP, 1)
    return mix(text, background, share)


def _luminance(colour: str) -> float:
    # https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the standard's


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
