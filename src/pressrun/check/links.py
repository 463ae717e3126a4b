"""Do the addresses of a post answer? The web is asked, politely, when somebody wants to know."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urldefrag, urlsplit

from pressrun.check.facts import Facts
from pressrun.model import Finding, Severity

if TYPE_CHECKING:
    from pressrun.http.web import Sight

PAUSE = 1.0  # seconds between two questions to one host
TRUSTED = 86_400.0  # seconds for which a good answer is believed

# What servers say to programs that are no browser, or that ask too often: it tells nothing.
_TELLS_NOTHING = frozenset({401, 403, 405, 406, 429, 451, 503, 999})
_GOOD = range(200, 300)


class Answer(NamedTuple):
    """What an address answered: its status, None without any; the words for it; and when."""

    status: int | None
    words: str
    at: float

    @property
    def good(self) -> bool:
        """Whether the page is there."""
        return self.status in _GOOD


def addresses(facts: Facts) -> list[str]:
    """List the addresses of the web in a post, each once and without the place in its page."""
    urls = (urldefrag(url).url for url in facts.content.addresses)
    return list(dict.fromkeys(url for url in urls if url.startswith(("https:", "http:"))))


def ask(
    urls: Iterable[str],
    look: Callable[[str], "Sight"],
    *,
    known: Mapping[str, Answer],
    now: float,
    sleep: Callable[[float], None],
) -> dict[str, Answer]:
    """Ask each address, one after the other and no host twice in a second.

    A good answer of the last day, which is in ``known``, is believed. ``now`` is in seconds.
    """
    answers: dict[str, Answer] = {}
    hosts: set[str] = set()
    for url in urls:
        earlier = known.get(url)
        if earlier and earlier.good and 0 <= now - earlier.at < TRUSTED:
            answers[url] = earlier
            continue
        host = urlsplit(url).netloc
        if host in hosts:
            sleep(PAUSE)
        hosts.add(host)
        seen = look(url)
        answers[url] = Answer(seen.status, seen.words, now)
    return answers


def dead(facts: Facts, answers: Mapping[str, Answer]) -> Iterator[Finding]:
    """Find the addresses of a post that do not answer as a page should."""
    for url in addresses(facts):
        answer = answers.get(url)
        if answer is None or answer.good or answer.status in _TELLS_NOTHING:
            continue
        yield Finding(
            rule="dead-link",
            severity=Severity.WARNING,
            path=facts.post.path,
            line=facts.line_of(url),
            what=f'"{url}" {answer.words}',
            mend="Correct it, or link to a copy at https://web.archive.org/.",
        )
