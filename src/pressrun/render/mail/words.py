"""What Pressrun itself says within a post's email, in each language that it knows."""

from dataclasses import dataclass

from pressrun.render.languages import primary


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; ``{}`` is the place for a service, a host or a title."""

    point: str
    video: str
    watch: str
    listen: str
    download: str
    watch_at: str
    listen_at: str
    look_at: str
    formulas: str
    diagram: str


_ENGLISH = Words(
    point=".",
    video="Video",
    watch="Watch: {}",
    listen="Listen: {}",
    download="Download: {}",
    watch_at="Watch on {}",
    listen_at="Listen on {}",
    look_at="Look at it on {}",
    formulas="See the formulas as they are set on the web",
    diagram="See this diagram on the web",
)

_GERMAN = Words(
    point=",",
    video="Video",
    watch="Ansehen: {}",
    listen="Anhören: {}",
    download="Herunterladen: {}",
    watch_at="Auf {} ansehen",
    listen_at="Auf {} anhören",
    look_at="Auf {} ansehen",
    formulas="Die Formeln im Satz: auf der Website",
    diagram="Dieses Diagramm auf der Website ansehen",
)


def words_in(language: str) -> Words:
    """Find the words for a language's tag; English for one that we have no words of."""
    return {"de": _GERMAN}.get(primary(language), _ENGLISH)
