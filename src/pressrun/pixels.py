"""How large a picture is, as its first bytes say."""

import struct
from pathlib import Path
from typing import BinaryIO

# What imagesize says of other files; a syntax error is one of XML.
_NONE = (OSError, ValueError, SyntaxError, OverflowError, struct.error)


def size_of(file: Path | BinaryIO) -> tuple[int, int] | None:
    """Give width and height; None for what is no picture, or a broken one."""
    import imagesize  # which loads the standard library's whole HTTP client

    try:
        width, height = map(round, imagesize.get(file))  # an SVG's need not be whole
    except _NONE:
        return None
    return (width, height) if width > 0 and height > 0 else None
