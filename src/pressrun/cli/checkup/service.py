"""The provider: its secrets, who we are there, who would get an issue, and what time it has."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pressrun.cli import show
from pressrun.cli.checkup.seen import Places, Seen, fine, note
from pressrun.cli.problems import finding, findings
from pressrun.cli.world import World
from pressrun.deliver.providers.contract import Audiences, Provider
from pressrun.errors import PressrunError, Problem, UsageError, WireError
from pressrun.model import Severity
from pressrun.publication import Email, Publication
from pressrun.wire import Recorder


@dataclass(frozen=True, slots=True)
class Call:
    """What came of asking the provider who we are.

    ``provider`` has its hands tied; None where publish.yml is wrong about it. ``missing`` are the
    environment variables that are not set: then nobody was asked. ``ahead`` is by how much its
    clock is ahead of ours.
    """

    provider: Provider | None
    missing: tuple[str, ...] = ()
    account: str = ""
    failure: PressrunError | None = None
    ahead: timedelta | None = None

    @property
    def wrong_clock(self) -> PressrunError | None:
        """The error that stops a run because of the time: the one that is no failed call."""
        known = isinstance(self.failure, WireError | UsageError)
        return None if known else self.failure


def call(world: World, publication: Publication) -> Call:
    """Ask the provider who we are."""
    try:
        free = world.provider(publication, offline=True)
    except PressrunError as error:
        return Call(None, failure=error)
    tied = free.over(Recorder(free.wire))
    names = tied.secret_names(tied.options)
    if missing := tuple(name for name in names if not world.environ.get(name, "").strip()):
        return Call(tied, missing, failure=_refusal(world, publication))
    try:
        account = tied.account()
    except PressrunError as error:
        return Call(tied, failure=error)
    return Call(tied, account=account, ahead=getattr(free.wire, "ahead", None))


def _refusal(world: World, publication: Publication) -> PressrunError | None:
    """Return the error by which a run without its secrets ends."""
    try:
        world.provider(publication)
    except PressrunError as error:
        return error
    return None


def secrets(made: Call, places: Places) -> Iterator[Seen]:
    """Say which of the environment variables that publish.yml names are set."""
    if made.provider is None:
        yield note("not asked")
        return
    names = made.provider.secret_names(made.provider.options)
    for name in names:
        if name not in made.missing:
            yield fine(f"{name} is set")
    if not names:
        yield fine(f"{made.provider.name} needs none")
    if made.missing and made.failure:
        yield from findings("secret", made.failure, places.at("provider"))


def account(made: Call, places: Places) -> Iterator[Seen]:
    """Say who we are at the provider."""
    if made.wrong_clock:
        yield note("it answers, and has another time")
    elif made.provider and made.missing:
        yield _unasked(made.provider)
    elif made.failure:
        yield from findings("provider", made.failure, places.at("provider", "name"))
    elif made.provider:
        yield fine(f"{made.provider.name} answers, the account is {made.account}")


def readers(made: Call, publication: Publication, places: Places) -> Iterator[Seen]:
    """Count the readers of each newsletter, and ask the provider for its own worries."""
    if made.provider and made.missing:
        yield _unasked(made.provider)
    elif made.provider is None or made.failure:
        yield note("not asked")
    else:
        for name, newsletter in publication.newsletters.items():
            place = places.at("newsletters", name, "audience")
            asked = _Asked(made.provider, name, newsletter.audience, place)
            yield from asked.look(publication.email)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A newsletter, its audience at the provider, and where publish.yml names it."""

    provider: Provider
    newsletter: str
    audience: str
    place: str

    def look(self, email: Email) -> Iterator[Seen]:
        """Count the audience; WireError and the like become findings."""
        try:
            count = self._count()
            worries = tuple(self.provider.concerns(email, self.audience))
        except PressrunError as error:
            yield from findings("readers", error, self.place)
            return
        everyone = f'audience "{self.audience or "everyone"}"'
        if count is None:
            yield note(f"{self.newsletter}: {self.provider.name} does not count them")
        else:
            yield fine(f"{self.newsletter}: {everyone}, {show.Counted(count, 'reader')}")
        if count == 0 and not worries:
            worries = (Problem(f"{everyone} has no readers.", mend="Nobody would get an issue."),)
        for worry in worries:
            yield finding("readers", worry, self.place, Severity.WARNING)

    def _count(self) -> int | None:
        if not isinstance(self.provider, Audiences):
            return None
        return self.provider.readers(self.audience)


def sender(made: Call, publication: Publication, places: Places) -> Iterator[Seen]:
    """Say from whom issues come, and whether a postal address stands in them."""
    email = publication.email
    yield fine(f"from {email.sender}") if email.sender else note("email.from is not set")
    if email.postal_address:
        yield fine("the postal address is set")
    elif made.provider and _fills_in_address(made.provider):
        yield fine(f"{made.provider.name} fills in the postal address")
    else:
        what = "there is no postal address, and many countries demand one in each issue."
        problem = Problem(what, mend="Write postal_address below email.")
        place = places.at("email", "postal_address")
        yield finding("postal-address", problem, place, Severity.WARNING)


def clock(made: Call, publication: Publication, now: datetime, places: Places) -> Iterator[Seen]:
    """Compare this machine's time with the provider's, and say what time it is for the posts."""
    zone = publication.site.timezone
    yield fine(f"in {zone.key} it is {now.astimezone(zone):%Y-%m-%d %H:%M}")
    if made.wrong_clock:
        yield from findings("clock", made.wrong_clock, places.at("provider", "name"))
    elif made.provider and made.account:
        yield _compared(made.provider.name, made.ahead)


def _compared(name: str, ahead: timedelta | None) -> Seen:
    if ahead is None:
        return note(f"{name} does not tell the time")
    seconds = round(ahead.total_seconds())
    if not seconds:
        return fine(f"{name} has the same time")
    way = "ahead of" if seconds > 0 else "behind"
    return fine(f"{name} is {show.Counted(abs(seconds), 'second')} {way} this machine")


def _unasked(provider: Provider) -> Seen:
    return note(f"{provider.name} was not asked: a secret is missing")


def _fills_in_address(provider: Provider) -> bool:
    return "postal_address" in provider.placeholders and not provider.can.local
