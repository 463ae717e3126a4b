"""Guard rails that need more than posts and ledger: the provider's word, and a look at the web."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pressrun.deliver import hosting
from pressrun.deliver.live import not_live
from pressrun.deliver.orders import Orders
from pressrun.deliver.plan import Action, Item
from pressrun.deliver.providers.contract import Audiences, Provider
from pressrun.deliver.steps import History, Step
from pressrun.model import Issue
from pressrun.publication import Publication

if TYPE_CHECKING:
    from pressrun.http.web import Sight

# A small list changes by half with a few friends.
FEW = 50


@dataclass(frozen=True, slots=True)
class Ready:
    """A rendered issue, and why it must not go out; nothing where it may."""

    issue: Issue
    held: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why an issue does not go out now: ``held`` until a person acts, ``wait`` by itself later."""

    action: Action
    note: str


@dataclass(frozen=True, slots=True)
class Rails:
    """What is looked at before an issue is claimed, in a run as in a dry run.

    ``look`` asks an address of the public web.
    """

    publication: Publication
    provider: Provider
    histories: Mapping[str, History]
    look: Callable[[str], "Sight"]
    orders: Orders = field(default_factory=Orders)

    def stop(self, item: Item, ready: Ready, readers: int | None) -> Stop | None:
        """Say why the issue must not go out now; None where it may."""
        if ready.held:
            return Stop(Action.HELD, ready.held)
        if lacking := self.provider.lacking(ready.issue.message):
            what = f"{self.provider.name} has no tag for {', '.join(lacking)}"
            return Stop(Action.HELD, f"{what}: set it in publish.yml or leave it out")
        if unfit := [str(one) for one in hosting.unfit(self.provider, ready.issue.pictures)]:
            return Stop(Action.HELD, " ".join(unfit))
        if item.errand.send and (note := self._resized(item, readers)):
            return Stop(Action.HELD, note)
        if item.action is Action.SEND and (note := self._not_live(ready.issue)):
            return Stop(Action.WAIT, note)
        return None

    def readers(self, newsletter: str) -> int | None:
        """Count the readers of a newsletter; None where the provider does not tell."""
        if not isinstance(self.provider, Audiences):
            return None
        return self.provider.readers(self.publication.newsletters[newsletter].audience)

    def _not_live(self, issue: Issue) -> str:
        if not self.publication.email.require_live or self.provider.can.local:
            return ""
        return not_live(issue, self.publication.site.url, self.look)

    def _resized(self, item: Item, readers: int | None) -> str:
        """Notice an audience that is not the one of last time, such as a wrong list."""
        assert item.post is not None  # noqa: S101 - only a post can be due
        most = self.publication.email.max_audience_change
        if not most or readers is None or item.post.id in self.orders.resized:
            return ""
        before = self._readers_before(item)
        if before is None:
            return ""
        change = readers - before
        if abs(change) <= FEW or abs(change) * 100 <= most * before:
            return ""
        return (
            f"its audience has {readers:,} readers and had {before:,} the last time, a change of "
            f"more than max_audience_change ({most} %): "
            f"publish email --audience-changed {item.post.slug}"
        )

    def _readers_before(self, item: Item) -> int | None:
        """Return how many readers the newsletter's last issue to the same audience had."""
        audience = self.publication.newsletters[item.newsletter].audience
        place = (self.provider.name, audience, item.newsletter)
        lines = [
            line
            for history in self.histories.values()
            for line in history.lines
            if line.step is Step.SENDING
            and line.readers
            and place == (line.provider, history.audience, history.newsletter)
        ]
        newest = max(lines, key=lambda line: line.at, default=None)
        return int(newest.readers) if newest else None
