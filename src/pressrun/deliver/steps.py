"""The steps of an issue on its way out, what may follow what, and the lines that record them.

    (nothing) ── claim ─┬─ drafted ─┬─ sending ─┬─ accepted ──┬─ sent
                   ^    └─ kept ────┘   │       ├─ scheduled ─┘
                   │                    │       │     └─ unscheduled ─┐
                   └──── not-sent ──────┘       └─ failed             │
                   └──────────────────────────────────────────────────┘

A ``claim`` may be made over while nothing was sent, so that a later run can take over a dead one.
From ``sending`` on only what the provider says, or a person, moves an issue. A person may close an
issue at every step, and take it back at every step before ``sent``: else it would be held for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pressrun.errors import LedgerDamaged


class Step(StrEnum):
    """What happened to an issue."""

    CLAIM = "claim"  # a run says that it will work on the issue
    DRAFTED = "drafted"  # the provider holds the complete draft
    KEPT = "kept"  # a person lets the draft stand as somebody has changed it at the provider
    SENDING = "sending"  # the send call comes next: from here on the digest is frozen
    ACCEPTED = "accepted"  # the provider has taken the send
    SCHEDULED = "scheduled"  # the provider will send by itself at its time
    UNSCHEDULED = "unscheduled"  # taken back from the provider before its time
    SENT = "sent"  # the provider says it is done
    NOT_SENT = "not-sent"  # proved or told by a person: nobody got it
    FAILED = "failed"  # the provider says that sending failed
    ABANDONED = "abandoned"  # a person says: never
    BASELINE = "baseline"  # older than the ledger: never to be mailed


_PROVIDER_SAYS = frozenset({Step.ACCEPTED, Step.SCHEDULED, Step.SENT})
_A_PERSON_SAYS = frozenset({Step.SENT, Step.NOT_SENT, Step.ABANDONED})

MAY_FOLLOW: Mapping[Step | None, frozenset[Step]] = {
    None: frozenset({Step.CLAIM, Step.BASELINE}),
    Step.CLAIM: frozenset({Step.CLAIM, Step.DRAFTED, Step.KEPT}) | _PROVIDER_SAYS | _A_PERSON_SAYS,
    Step.DRAFTED: frozenset({Step.CLAIM, Step.SENDING}) | _PROVIDER_SAYS | _A_PERSON_SAYS,
    Step.KEPT: frozenset({Step.CLAIM, Step.SENDING}) | _PROVIDER_SAYS | _A_PERSON_SAYS,
    Step.SENDING: frozenset({Step.FAILED}) | _PROVIDER_SAYS | _A_PERSON_SAYS,
    Step.ACCEPTED: frozenset({Step.SCHEDULED, Step.FAILED}) | _A_PERSON_SAYS,
    Step.SCHEDULED: frozenset({Step.ACCEPTED, Step.UNSCHEDULED, Step.FAILED}) | _A_PERSON_SAYS,
    Step.UNSCHEDULED: frozenset({Step.CLAIM}) | _A_PERSON_SAYS,
    Step.FAILED: _A_PERSON_SAYS,
    Step.NOT_SENT: frozenset({Step.CLAIM}) | _A_PERSON_SAYS,
    Step.SENT: frozenset(),
    Step.ABANDONED: frozenset(),
    Step.BASELINE: frozenset(),
}

SETTLED = frozenset({Step.SENT, Step.ABANDONED, Step.BASELINE})
PAST_SENDING = frozenset({Step.SENDING, Step.ACCEPTED, Step.SCHEDULED, Step.FAILED})
DRAFTS = frozenset({Step.DRAFTED, Step.KEPT})


@dataclass(frozen=True, slots=True)
class Line:
    """One step of one issue, as the ledger keeps it.

    ``run`` is random for each run, so that two runs never write equal lines. A line that a person
    ordered names no ``provider``. What a claim says of the post holds until the next claim.
    """

    step: Step
    run: str
    at: datetime
    newsletter: str = ""
    post: str = ""
    title: str = ""
    body: str = ""  # digest of the post's Markdown, to recognise it under another name
    audience: str = ""  # as publish.yml defines it; empty is everybody
    readers: str = ""  # how many there were just before the send
    digest: str = ""  # of the message
    content: str = ""  # of what the provider shows of the draft, to notice another hand
    due: str = ""  # when the provider's scheduler is to send it: ISO 8601, UTC
    provider: str = ""
    account: str = ""
    campaign: str = ""
    plan: str = ""  # the saved plan that the run carried out
    because: str = ""  # the reason that a person or a provider gave


@dataclass(frozen=True, slots=True)
class History:
    """Everything the ledger knows of one issue, oldest first."""

    key: str
    lines: tuple[Line, ...] = ()

    @property
    def step(self) -> Step | None:
        """The newest step, or None for an issue that the ledger does not know."""
        return self.lines[-1].step if self.lines else None

    @property
    def settled(self) -> bool:
        """Whether nothing more can happen to the issue."""
        return self.step in SETTLED

    @property
    def campaign(self) -> str:
        """The id of the newest campaign at the provider; empty before there is one."""
        return self._newest("campaign")

    @property
    def digest(self) -> str:
        """The digest of the message that was drafted or sent last."""
        return self._newest("digest")

    @property
    def title(self) -> str:
        """The post's title when the issue was claimed."""
        return self._newest("title")

    @property
    def post(self) -> str:
        """The id of the post."""
        return self._newest("post")

    @property
    def newsletter(self) -> str:
        """The newsletter of the issue."""
        return self._newest("newsletter")

    @property
    def body(self) -> str:
        """The digest of the post's body when the issue was claimed."""
        return self._newest("body")

    @property
    def audience(self) -> str:
        """The audience that publish.yml defined when the issue was claimed."""
        claims = (line for line in reversed(self.lines) if line.step is Step.CLAIM)
        return next((line.audience for line in claims), "")

    @property
    def content(self) -> str:
        """The digest of the draft as the provider showed it when we had filled it, or kept it."""
        drafts = (line for line in reversed(self.lines) if line.step in DRAFTS)
        return next((line.content for line in drafts), "")

    @property
    def kept(self) -> bool:
        """Whether a person has let somebody else's version of the draft stand."""
        drafts = (line.step for line in reversed(self.lines) if line.step in DRAFTS)
        return next(drafts, None) is Step.KEPT

    @property
    def due(self) -> datetime | None:
        """When the provider's scheduler is to send it; None where it is not to."""
        sendings = (line.due for line in reversed(self.lines) if line.step is Step.SENDING)
        due = next(sendings, "")
        return datetime.fromisoformat(due) if due else None

    @property
    def sent_at(self) -> datetime | None:
        """When the one call that reaches readers was begun last."""
        times = (line.at for line in reversed(self.lines) if line.step is Step.SENDING)
        return next(times, None)

    @property
    def begun_at(self) -> tuple[str, str]:
        """The provider and the account of the newest campaign; both empty before there is one."""
        places = ((line.provider, line.account) for line in reversed(self.lines))
        return next((place for place in places if place[0]), ("", ""))

    def elsewhere(self, provider: str, account: str) -> str:
        """Say where the issue was begun; empty where that is this account, or nowhere yet."""
        if self.begun_at in {(provider, account), ("", "")}:
            return ""
        there = "{} ({})".format(*self.begun_at)
        return f"it was begun at {there}, publish.yml now says {provider} ({account})"

    @property
    def taken_back(self) -> bool:
        """Whether a person's word that nobody got it is the newest but claims.

        Then a new draft is right even where the old one has ended. A run that writes ``not-sent``
        only says what its own call did.
        """
        done = [line for line in self.lines if line.step is not Step.CLAIM]
        if not done:
            return False
        by_hand = done[-1].step is Step.NOT_SENT and not done[-1].provider
        return by_hand or done[-1].step is Step.UNSCHEDULED

    def then(self, line: Line) -> "History":
        """Return the history with ``line`` at its end; LedgerDamaged when it may not follow."""
        if line.step not in MAY_FOLLOW[self.step]:
            before = self.step or "the beginning"
            raise LedgerDamaged.of(
                f'step "{line.step}" cannot follow {before}',
                f"issue {self.key}, line {len(self.lines) + 1}",
                "Somebody else wrote to the ledger. Nothing is sent until a person has looked.",
            )
        return History(self.key, (*self.lines, line))

    def _newest(self, name: str) -> str:
        values = (getattr(line, name) for line in reversed(self.lines))
        return next((value for value in values if value), "")
