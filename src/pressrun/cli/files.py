"""Write files the way a publisher needs: whole, and only when their bytes change."""

import os
from contextlib import suppress
from pathlib import Path


def write(path: Path, content: bytes) -> bool:
    """Put ``content`` at ``path`` by a rename; return False and touch nothing when it is there."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error  # the name people know
    return True
