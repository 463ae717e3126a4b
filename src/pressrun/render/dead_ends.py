"""Addresses that no feed reader and no mail client opens: cleaning leaves them out, so say it."""

from collections.abc import Iterator, Mapping, Sequence

from markdown_it.token import Token

from pressrun import urls
from pressrun.render.raw import Loss, attributes, opening_tags

_LINKS = ("href", "src", "poster")
_RAW = frozenset({"html_block", "html_inline"})


def find(tokens: Sequence[Token], base: str) -> Iterator[Loss]:
    """Yield a loss for each link or picture of ``tokens`` whose address leads nowhere."""
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        here = line
        for part in [token, *(token.children or [])]:
            here += part.type in {"softbreak", "hardbreak"}
            if not part.attrs and part.type not in _RAW:
                continue
            for below, address in _addresses(part):
                if _is_dead(address, base):
                    yield _loss(here + below, address)


def _addresses(token: Token) -> Iterator[tuple[int, str]]:
    """Yield the addresses of a token, with the line within it."""
    if token.type not in _RAW:
        yield from ((0, address) for address in _linked(token.attrs))
        return
    for below, tag in opening_tags(token.content):
        yield from ((below, address) for address in _linked(attributes(tag.group())))


def _linked(found: Mapping[str, object]) -> list[str]:
    return [str(found[name]).strip() for name in _LINKS if found.get(name)]


def _is_dead(address: str, base: str) -> bool:
    """Say whether an address is left out, unless scripts are in it: those are a loss already."""
    if address.lower().startswith("javascript:"):
        return False
    return urls.picture(base, address) is None


def _loss(line: int, address: str) -> Loss:
    return Loss(
        line,
        f'"{address}" leads nowhere from a feed or an email, so the address is left out',
        "Write an address of the web, or the words alone.",
    )
