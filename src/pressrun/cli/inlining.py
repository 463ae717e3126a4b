"""The inliner gets ready in a process of its own while this one reads posts: it loads longest."""

from typing import TYPE_CHECKING

from pressrun.parallel import Standby

if TYPE_CHECKING:
    from pressrun.render.email import Inline

_Asked = tuple[str, str, dict[str, str]]
Helper = Standby[_Asked, str]


def standby(cores: int) -> Helper:
    """Start the process; it serves one email, and this one inlines all others."""
    return Standby(_prepare, _inline, count=cores)


def by(helper: Helper) -> "Inline":
    """Inline as ``pressrun.render.inline`` does, with the help of that process."""

    def inline(html: str, css: str, **names: str) -> str:
        answer = helper.ask((html, css, names))
        # What is needed next loads while the other process works.
        import pressrun.check
        import pressrun.mime  # noqa: F401

        return answer()

    return inline


def _prepare() -> None:
    import pressrun.render.inline  # noqa: F401 - to have it


def _inline(asked: _Asked) -> str:
    from pressrun.render.inline import inline

    html, css, names = asked
    return inline(html, css, **names)
