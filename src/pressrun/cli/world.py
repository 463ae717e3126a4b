"""What lies outside of Pressrun, as one value: folder, environment, time, chance and the network.

Commands take it from click's context and hand on only the part that a function needs. Tests make
one of their own.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pressrun.parallel import cores

if TYPE_CHECKING:
    from pressrun.deliver.ledger.contract import Ledger
    from pressrun.deliver.providers.contract import Provider
    from pressrun.http.web import Sight
    from pressrun.publication import Publication


def _now() -> datetime:
    return datetime.now(UTC)


def _browse(url: str) -> bool:
    import webbrowser

    return webbrowser.open(url)


@dataclass(frozen=True, slots=True)
class World:
    """The outside as a command sees it.

    ``run`` is the random name of this run in the ledger; ``transport`` takes the place of the
    network in tests (a requests transport adapter); ``cores`` is how many processes may work;
    ``browse`` shows an address in a browser and says whether there is one.
    """

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep
    run: str = field(default_factory=lambda: os.urandom(8).hex())
    transport: Any = None
    cores: int = 1
    browse: Callable[[str], bool] = _browse

    @classmethod
    def real(cls) -> "World":
        """Return the world of this process."""
        return cls(Path.cwd(), dict(os.environ), cores=cores())

    def within(self, directory: Path | None) -> "World":
        """Return the same world, seen from ``directory``."""
        return replace(self, folder=self.folder / directory) if directory else self

    def provider(self, publication: "Publication", *, offline: bool = False) -> "Provider":
        """Make the publication's provider over this world's environment, time and network."""
        from pressrun.deliver.providers import connect

        return connect(
            publication,
            self.environ,
            transport=self.transport,
            clock=self.now,
            sleep=self.sleep,
            offline=offline,
        )

    def ledger(self, publication: "Publication") -> "Ledger":
        """Open the publication's ledger over this world's environment and time."""
        from pressrun.deliver.ledger import open_ledger

        return open_ledger(publication, self.environ, self.sleep)

    def look(self, url: str) -> "Sight":
        """Ask an address of the public web."""
        from pressrun.http.web import Web

        with Web(self.sleep, transport=self.transport) as web:
            return web.look(url)

    def measure(self, url: str) -> "Sight":
        """Ask a picture of the public web, and how large it is."""
        from pressrun.http.web import Web

        with Web(self.sleep, transport=self.transport) as web:
            return web.measure(url)

    @property
    def root(self) -> Path:
        """The nearest folder upwards that holds a publish.yml; the current one if none does."""
        here = self.folder.absolute()
        nearest = (path for path in (here, *here.parents) if (path / "publish.yml").is_file())
        return next(nearest, here)
