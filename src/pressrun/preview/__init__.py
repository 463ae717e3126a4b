"""The local page that shows an email as readers will see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from jinja2 import Environment, StrictUndefined

from pressrun.model import Finding

_DARK = "@media (prefers-color-scheme: dark)"


@dataclass(frozen=True, slots=True)
class Letter:
    """What there is to see of an email: placeholders are filled with samples.

    ``headers`` are those of the message as it lies in the dry run's folder.
    """

    subject: str
    preheader: str
    sender: str
    html: str
    text: str
    headers: Sequence[tuple[str, str]]
    findings: Sequence[Finding]

    @property
    def dark(self) -> str:
        """The HTML as a dark screen shows it, whatever the screen that it is looked at on."""
        return self.html.replace(_DARK, "@media all")

    @property
    def kilobytes(self) -> int:
        """The size of the HTML, of which Gmail shows the first 102."""
        return round(len(self.html.encode()) / 1000)


def page(letter: Letter) -> str:
    """Draw the page. It loads nothing but the email's own pictures, and runs no script."""
    source = (resources.files(__name__) / "page.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source).render(letter=letter)
