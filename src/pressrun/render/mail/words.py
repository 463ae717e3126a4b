"""What Pressrun itself says within a post's email, in the language of the post."""

from dataclasses import dataclass

from pressrun.render.languages import decimal_point
from pressrun.render.words import Say


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


def words_in(language: str, say: Say) -> Words:
    """Find the words of a language; ``say`` translates into it."""
    return Words(
        point=decimal_point(language),
        video=say("Video"),
        watch=say("Watch: {}"),
        listen=say("Listen: {}"),
        download=say("Download: {}"),
        watch_at=say("Watch on {}"),
        listen_at=say("Listen on {}"),
        look_at=say("Look at it on {}"),
        formulas=say("See the formulas as they are set on the web"),
        diagram=say("See this diagram on the web"),
    )
