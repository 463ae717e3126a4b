"""Addresses as posts, feeds and emails need them: absolute, and in ASCII."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "xmpp", "geo", "ftp", "magnet"})

# What RFC 3986 allows besides letters and digits; "%" is handled apart.
_IN_PATH = "/:@!$&'()*+,;=-._~%"
_IN_QUERY = _IN_PATH + "?"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif)[;,]", re.IGNORECASE)
# What no host may hold: https://url.spec.whatwg.org/#forbidden-domain-code-point
_ODD_HOST = re.compile(r"[\x00-\x20#%/<>?@\[\\\]^`{|}\x7f]")
# Browsers drop these inside an address, so a scheme can hide behind them.
# https://url.spec.whatwg.org/#url-parsing
_IGNORED = str.maketrans("", "", "\t\n\r")
# One candidate of a srcset: an address, then perhaps a width or a density.
_CANDIDATE = re.compile(r"\s*,*\s*(\S*[^\s,])(?:\s+([^,]*))?(?:,|$)")


@lru_cache(maxsize=1024)
def absolute(base: str, url: str) -> str | None:
    """Resolve ``url`` against ``base``; None where it leads nowhere that a reader may go."""
    try:
        joined = urljoin(base, url.translate(_IGNORED).strip())
        parts = urlsplit(joined)
        needs_host = parts.scheme in {"http", "https", "ftp"}
        if parts.scheme not in SCHEMES or (needs_host and not _is_host(parts)):
            return None
        host = _ascii_host(parts.netloc)
    except ValueError:
        return None
    return urlunsplit(
        (
            parts.scheme,
            host,
            _encode(parts.path, _IN_PATH),
            _encode(parts.query, _IN_QUERY),
            _encode(parts.fragment, _IN_QUERY),
        )
    )


def picture(base: str, url: str) -> str | None:
    """Resolve the address of a picture, which may also be a data: URI."""
    bare = url.translate(_IGNORED).strip()
    return bare if _DATA_IMAGE.match(bare) else absolute(base, bare)


def candidates(srcset: str) -> list[tuple[str, str]]:
    """List the addresses in a srcset, each with the width or density that follows it."""
    return [(address, size.strip()) for address, size in _CANDIDATE.findall(srcset)]


def as_srcset(candidates: Iterable[tuple[str, str]]) -> str:
    """Write what ``candidates`` reads."""
    return ", ".join(f"{address} {size}".strip() for address, size in candidates)


def srcset(base: str, value: str) -> str | None:
    """Resolve each candidate of a srcset and drop those that lead nowhere."""
    resolved = ((absolute(base, address), size) for address, size in candidates(value))
    return as_srcset((url, size) for url, size in resolved if url) or None


def _encode(part: str, safe: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", part), safe=safe, errors="replace")


def _is_host(parts: SplitResult) -> bool:
    """Whether browsers would ask the host; ValueError for a port that is no number."""
    _ = parts.port
    return bool(parts.hostname) and not _ODD_HOST.search(parts.hostname or "")


def _ascii_host(netloc: str) -> str:
    if netloc.isascii():
        return quote(netloc, safe="[]:@!$&'()*+,;=-._~%")
    user, at, host = netloc.rpartition("@")
    # The host alone: "idna" knows no port, and leaves ASCII labels as they are.
    name, colon, port = host.partition(":")
    return f"{quote(user)}{at}{name.encode('idna').decode()}{colon}{port}"
