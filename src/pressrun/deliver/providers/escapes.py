"""What the escape rules of several adapters share: see ``Provider.escape_html``."""

import re

from pressrun.placeholders import TOKENS

# Read the same in front of it and behind it, and no template engine takes it for a part of a tag.
NOTHING = "\N{ZERO WIDTH SPACE}"

# A sign beside a neutral token would stand beside one of the provider's tags, and could become a
# part of it. These are patterns for what follows, and for what goes before.
BEFORE_TAG = f"(?={'|'.join(TOKENS.values())})"
BEHIND_TAG = f"(?:{'|'.join(f'(?<={token})' for token in TOKENS.values())})"

STYLE = re.compile(r"(<style\b.*?</style\s*>)", re.DOTALL | re.IGNORECASE)


def by_number(signs: re.Pattern[str], html: str) -> str:
    """Write each sign that ``signs`` finds by its number: every mail program shows it as it was.

    A style sheet knows no character references, but CSS has an escape of its own.
    """
    pieces = list(STYLE.split(html))
    pieces[::2] = [signs.sub(lambda one: f"&#{ord(one[0])};", text) for text in pieces[::2]]
    pieces[1::2] = [signs.sub(lambda one: rf"\{ord(one[0]):x} ", css) for css in pieces[1::2]]
    return "".join(pieces)
