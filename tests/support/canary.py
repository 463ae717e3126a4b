"""Every secret of a test holds the word below, at both ends, so that the half of one shows too.

The word looks the same in a URL, in JSON, in HTML and in quoted-printable; what is left are Base64,
hexadecimal digits and folded lines. What was signed with a secret does not show it, so the fakes
say which tokens they were shown. ``support.canary_hooks`` searches what each test leaves behind.
"""

import base64
import os
import re
import subprocess
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

CANARY = b"canary"
# In Base64 a word looks in one of three ways, by what stands before it; characters that also
# depend on a neighbour are left out. See pressrun.wire, which must not be asked here.
BASE64 = tuple(
    base64.b64encode(b"\0" * before + CANARY)[-(-before * 8 // 6) : (before + len(CANARY)) * 8 // 6]
    for before in range(3)
)
# A signed token opens the door as its key does; each begins with {"alg": in Base64.
TOKEN = base64.b64encode(b'{"alg":')[:9]
FORMS = (CANARY, CANARY.upper(), CANARY.hex().encode(), CANARY.hex().upper().encode())
SIGNATURE = re.compile(rb"(?<![\w-])[\w-]{43}(?![\w-])")
FOLDS = b" \t\r\n"
AROUND = 30
LOOSE = 2  # git spreads its objects over folders with names of two digits

Contents = Iterator[tuple[str, bytes]]


@dataclass
class Watch:
    """What is known of the test that runs now.

    ``found`` are the places where a secret was found and how it looks there, ``signatures`` those
    of the tokens that a fake was shown, ``places`` what else is to be searched when it ends.
    """

    found: list[tuple[str, str]] = field(default_factory=list)
    signatures: set[bytes] = field(default_factory=set)
    places: list[Callable[[], Contents]] = field(default_factory=list)


WATCH = Watch()


def start() -> None:
    """Begin with another test."""
    WATCH.found, WATCH.signatures, WATCH.places = [], set(), []


def search(place: str, *values: object) -> None:
    """Note where a secret is in one of ``values``: bytes, or whatever has words."""
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode(errors="backslashreplace")
        if words := secret_in(data):
            WATCH.found.append((place, words))


def secret_in(data: bytes) -> str:
    """Return a secret in ``data`` with what stands around it, empty without one."""
    # Deleted, since a line may be folded in the middle of a word.
    unfolded = re.sub(rb"=\r?\n", b"", data).translate(None, FOLDS)
    for form in (*FORMS, *BASE64, TOKEN):
        if (at := unfolded.find(form)) >= 0:
            return repr(unfolded[max(0, at - AROUND) : at + len(form) + AROUND])
    signed = WATCH.signatures and WATCH.signatures.intersection(SIGNATURE.findall(data))
    return f"the signature {signed.pop()!r}" if signed else ""


def search_error(error: BaseException) -> None:
    """Search everything that an exception may show, and what a traceback would show above it."""
    search(f"an exception ({type(error).__name__})", error, repr(error), vars(error))
    above = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if above:
        search_error(above)


def search_files(folder: Path) -> None:
    """Search all files below ``folder``, their names, and the objects of git among them."""
    for parent, folders, names in os.walk(folder):
        for path in (Path(parent, name) for name in (*folders, *names)):
            place = str(path.relative_to(folder))
            search(place, place.encode(errors="surrogateescape"))
            for content in _contents(path):
                search(place, content)


def later(place: Callable[[], Contents]) -> None:
    """Search also what ``place`` yields when the test ends, by name."""
    WATCH.places.append(place)


def search_places() -> None:
    """Search what was to be searched later."""
    for place in WATCH.places:
        for name, content in place():
            search(name, content)


def shown(authorization: str | None) -> None:
    """Learn from the credentials that a fake was shown; they must hold the word, too."""
    word = (authorization or "").rpartition(" ")[2].encode()
    if word.startswith(TOKEN):
        WATCH.signatures.add(word.rpartition(b".")[2])
    elif word and not secret_in(word):
        WATCH.found.append(("a credential without a canary in it", repr(word)))


def _contents(path: Path) -> Iterator[bytes]:
    if path.is_symlink():
        yield bytes(path.readlink())
    elif path.is_file():
        data = b""
        with suppress(PermissionError):  # which a test may have taken away
            data = path.read_bytes()
        yield data
        if path.parents[1].name == "objects" and len(path.parent.name) == LOOSE:
            with suppress(zlib.error):  # damaged on purpose
                yield zlib.decompress(data)
        if path.suffix == ".pack":
            yield _unpacked(path.parents[2])


def _unpacked(repository: Path) -> bytes:
    every = ("cat-file", "--batch-all-objects", "--batch", "--buffer")
    git = ("git", f"--git-dir={repository}", *every)
    return subprocess.run(git, capture_output=True, check=False).stdout
