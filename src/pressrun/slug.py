"""Names for files and addresses, made of titles."""

import re
import unicodedata


def slugify(title: str) -> str:
    """Reduce ``title`` to lower-case ASCII words with hyphens; empty when nothing is left.

    Accents go (``Café`` gives ``cafe``); letters without an ASCII form go as a whole.
    """
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    ascii_only = decomposed.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.replace("'", "")).strip("-")
