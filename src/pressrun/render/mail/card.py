"""A card: one link that stands for something which plays or runs on a page alone."""

from dataclasses import dataclass
from html import escape

from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Picture:
    """What a card shows; without a size where nobody knows it."""

    url: str
    width: str = ""
    height: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """``action`` says what happens behind the link, ``title`` what is there, if that is known.

    A ``picture`` shows what it is; the title, or else ``alt``, says it where no picture is seen.
    """

    url: str
    action: str
    title: str = ""
    picture: Picture | None = None
    alt: str = ""

    def html(self) -> str:
        """Write the card as a block: the classes are for templates, which may do without."""
        shown = self._picture(self.picture) if self.picture else self._title()
        action = escape(self.action, quote=False)
        return f'<div class="mail-card"><a href="{escape(self.url)}">{shown}{action}</a></div>'

    def tokens(self) -> list[Token]:
        """Write the card as a link within a sentence."""
        return [
            Token("link_open", "a", 1, attrs={"href": self.url}),
            Token("text", "", 0, content=self.title or self.action),
            Token("link_close", "a", -1),
        ]

    def _title(self) -> str:
        return f"<strong>{escape(self.title, quote=False)}</strong><br>" if self.title else ""

    def _picture(self, picture: Picture) -> str:
        sizes = {"width": picture.width, "height": picture.height}
        size = "".join(f' {side}="{escape(value)}"' for side, value in sizes.items() if value)
        alt = escape(self.title or self.alt)
        source = escape(picture.url)
        return f'<img class="mail-thumbnail" src="{source}" alt="{alt}"{size}><br>'
