"""The bodies of the posts that feeds show: those of an earlier run, and the rest on all cores."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pressrun import posts
from pressrun.cache import stamps
from pressrun.cli.progress import watched
from pressrun.errors import PostError, Problem
from pressrun.model import Body, Post
from pressrun.parallel import Standby, beside, in_halves
from pressrun.posts.notes import raise_sorted
from pressrun.publication import Publication

if TYPE_CHECKING:
    from pressrun.cache.bodies import Bodies

# So many posts keep a second process busy for as long as this one has its own preparations to make.
A_FEW = 40

_Rendered = list[Body | tuple[Problem, ...]]
Helper = Standby[Sequence[Post], _Rendered]


def standby(publication: Publication, cores: int) -> Helper:
    """Start a process that gets ready to render a few posts while all are read."""

    def prepare() -> None:
        from pressrun.render import markdown

        markdown.prepare()

    render = partial(_render, publication=publication)
    return Standby(prepare, lambda posts: in_halves(render, posts, count=cores), count=cores)


def begin(
    wanted: Sequence[Post],
    publication: Publication,
    helper: Helper,
    *,
    cores: int,
    cache: "Bodies | None",
    now: int,
) -> Callable[[], Mapping[str, Body]]:
    """Begin to render posts that ``posts.outline`` gave; the returned function waits for the end.

    It gives a body by the path of each post, or raises PostError with all that is wrong with any.
    The ``helper`` takes all of a few; of many, half go to a process that need not be told of them.
    ``now`` is in nanoseconds.
    """
    seen = _stamps(wanted, publication) if cache else {}
    known = cache.known(seen) if cache else {}
    missing = [post for post in wanted if post.path not in known]
    ours = len(missing) // 2 if cores > 1 and len(missing) > A_FEW else 0
    render = partial(_render, publication=publication)
    if ours:
        rest = beside(lambda: render(missing[ours:]), count=cores)
    else:
        rest = helper.ask(missing) if missing else list

    def finish() -> Mapping[str, Body]:
        made = render(watched("Rendering posts", missing[:ours])) if ours else []
        made += rest()
        fresh = _checked(missing, made)
        if cache and fresh:
            cache.keep(seen, fresh, now)
        return {**known, **fresh}

    return finish


def _stamps(wanted: Iterable[Post], publication: Publication) -> dict[str, stamps.Stamp]:
    found = ((post.path, stamps.of_file(f"{publication.root}/{post.path}")) for post in wanted)
    return {path: stamp for path, stamp in found if stamp}


def _render(wanted: Iterable[Post], publication: Publication) -> _Rendered:
    from pressrun.render import markdown

    made: _Rendered = []
    for post in wanted:
        try:
            body = markdown.render(posts.whole(post, publication), publication.site, plain=False)
            made.append(body if publication.feeds.markdown else replace(body, markdown=""))
        except PostError as error:
            made.append(error.problems)
    return made


def _checked(wanted: Sequence[Post], made: _Rendered) -> dict[str, Body]:
    raise_sorted([problem for each in made if isinstance(each, tuple) for problem in each])
    pairs = zip(wanted, made, strict=True)
    return {post.path: body for post, body in pairs if isinstance(body, Body)}
