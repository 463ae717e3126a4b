"""What is wrong with a theme, whatever the post."""

from collections.abc import Iterator

from pressrun.model import Finding, Severity
from pressrun.publication import Theme
from pressrun.render.theme import ENOUGH_CONTRAST, too_faint


def faint_colours(theme: Theme) -> Iterator[Finding]:
    """Find colours that are hard to read on their background.

    https://www.w3.org/WAI/WCAG22/Understanding/contrast-minimum.html
    """
    for name, colours in (("light", theme.light), ("dark", theme.dark)):
        for part, found in too_faint(colours):
            yield Finding(
                rule="faint-colour",
                severity=Severity.WARNING,
                path="publish.yml",
                line=theme.line,
                what=(
                    f"email: theme: {name}: {part}: {getattr(colours, part)} on"
                    f" {colours.background} has a contrast of {found:.1f} to 1"
                ),
                mend=f"Choose a colour with {ENOUGH_CONTRAST} or more.",
            )
