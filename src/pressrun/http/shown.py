"""What an address shows to those who open it: its kind, and of a picture the size."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

from requests import Response
from urllib3.exceptions import HTTPError

from pressrun.pixels import size_of

PIECE = 4096
MOST = 16 * PIECE  # bytes that are read: a picture says its size at its beginning
PATIENCE = 15.0  # seconds for them
_LENGTH = re.compile(r"[0-9]{1,15}")


class Shown(NamedTuple):
    """The media type of an answer, and a picture's size in pixels and in bytes; 0 is unknown."""

    media: str
    width: int = 0
    height: int = 0
    bytes: int = 0


def shown_by(response: Response, clock: Callable[[], float]) -> Shown:
    """Read as much of an answer as it takes to know the size of the picture in it.

    ``clock`` counts seconds.
    """
    media = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    length = _LENGTH.fullmatch(response.headers.get("Content-Length", ""))
    weight = int(length[0]) if length else 0
    body = bytearray()
    try:
        until = clock() + PATIENCE
        while len(body) < MOST and clock() < until:
            piece = response.raw.read1(PIECE, decode_content=True)
            body += piece
            if not piece:
                return Shown(media, bytes=weight or len(body))
            if size := size_of(BytesIO(body)):
                return Shown(media, *size, weight)
    except (OSError, HTTPError):  # it broke off, or is packed in a way that nobody knows
        pass
    return Shown(media, bytes=weight)
