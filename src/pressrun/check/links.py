"""Do the addresses of a post answer? The web is asked, politely, when somebody wants to know.

Pictures that lie elsewhere are measured on the same occasion.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urldefrag, urlsplit

from pressrun.check.facts import Facts
from pressrun.http.shown import Shown
from pressrun.http.web import Sight
from pressrun.model import Finding, Severity
from pressrun.render.pictures import Picture

PAUSE = 1.0  # seconds between two questions to one host
TRUSTED = 86_400.0  # seconds for which a good answer is believed

# What servers say to programs that are no browser, or that ask too often: it tells nothing.
_TELLS_NOTHING = frozenset({401, 403, 405, 406, 429, 451, 503, 999})
_GOOD = range(200, 300)
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


class Answer(NamedTuple):
    """What an address answered: its status, None without any; the words for it; and when.

    ``shown`` is what was there, if it was asked for as a picture.
    """

    status: int | None
    words: str
    at: float
    shown: Shown | None = None

    @property
    def good(self) -> bool:
        """Whether the page is there."""
        return self.status in _GOOD


def addresses(facts: Facts) -> list[str]:
    """List the addresses of the web in a post, each once and without the place in its page."""
    urls = map(_page, (*facts.content.addresses, *_sources(facts)))
    return list(dict.fromkeys(filter(_is_of_the_web, urls)))


def pictures(facts: Facts) -> list[str]:
    """List those of ``addresses`` that are a picture's, the cover's too."""
    return list(dict.fromkeys(filter(_is_of_the_web, map(_page, _sources(facts)))))


def ask(
    urls: Iterable[str],
    look: Callable[[str], Sight],
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
        answers[url] = Answer(seen.status, seen.words, now, seen.shown)
    return answers


def dead(facts: Facts, answers: Mapping[str, Answer]) -> Iterator[Finding]:
    """Find the addresses of a post that do not answer as a page, or a picture, should."""
    known = {url: answers[url] for url in addresses(facts) if url in answers}
    for url, answer in known.items():
        if not answer.good and answer.status not in _TELLS_NOTHING:
            mend = "Correct it, or link to a copy at https://web.archive.org/."
            yield _dead_link(facts, url, answer.words, mend)
    for url in pictures(facts):
        if url in known and _is_page(known[url]):
            what = "answers with a page where a picture is wanted"
            yield _dead_link(facts, url, what, "Write the address of the picture itself.")


def measured(facts: Facts, answers: Mapping[str, Answer]) -> dict[str, Picture]:
    """Give what is known now of a post's pictures elsewhere, by their addresses."""
    found = ((url, answers.get(_page(url))) for url in _sources(facts))
    return {
        url: Picture(answer.shown.width, answer.shown.height, answer.shown.bytes)
        for url, answer in found
        if answer and answer.shown and not _is_page(answer)
    }


def _dead_link(facts: Facts, url: str, what: str, mend: str) -> Finding:
    return Finding(
        rule="dead-link",
        severity=Severity.WARNING,
        path=facts.post.path,
        line=facts.line_of(url),
        what=f'"{url}" {what}',
        mend=mend,
    )


def _sources(facts: Facts) -> list[str]:
    images = [image.get("src", "") for image in facts.content.images]
    return [facts.post.cover.url, *images] if facts.post.cover else images


def _page(url: str) -> str:
    return urldefrag(url).url


def _is_of_the_web(url: str) -> bool:
    return url.startswith(("https:", "http:"))


def _is_page(answer: Answer) -> bool:
    """Whether the answer is a page for people, which some servers give instead of a 404."""
    return answer.shown is not None and answer.shown.media in _PAGES and not answer.shown.width
