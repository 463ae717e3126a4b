"""Neutral placeholders: what only the provider can fill in, as plain tokens that survive inlining.

A provider's own tags never go through Markdown, the templates or premailer: lxml would rewrite
``{{ unsubscribe_url }}`` in an attribute to ``{{%20unsubscribe_url%20}}``. The message carries
these tokens instead, and the adapter puts its tags in their place at the very end.
"""

from collections.abc import Mapping

NAMES = ("unsubscribe_url", "view_url", "first_name", "postal_address")

TOKENS: Mapping[str, str] = {name: f"pressrun0{name.replace('_', '0')}0" for name in NAMES}


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each token whose name is in ``values``."""
    for name, value in values.items():
        text = text.replace(TOKENS[name], value)
    return text
