"""Every error Pressrun raises on purpose: what is wrong, where, how to mend it, and the exit code.

    PressrunError             1  failed, nothing sent
    ├── UsageError            2  the command line or the folder it runs in
    │   └── ConfigError       2  publish.yml
    ├── PostError             1  posts that cannot be read; carries every problem of the run
    ├── TemplateError         1  a template of email_templates/ that cannot be rendered
    ├── PlanStale             1  a saved plan that does not fit what there is now
    ├── LedgerError           1  the ledger cannot be read or written
    │   ├── LedgerAbsent      2  nobody has created it yet
    │   ├── LedgerMoved       2  it has moved, publish.yml names the old place
    │   ├── LedgerDamaged     1  a line that is not what we wrote
    │   └── Overtaken         1  another run wrote first; ours stops
    └── WireError             1  a failed call to a server, in one of three outcomes:
        ├── Rejected             refused in the server's own words; no effect
        ├── NotNow               nothing reached the server, or it asked us to wait; no effect
        └── Unsure               everything else: it may have happened

Exit codes 3, 4, 5 and 10 are results of a run, not errors: see ``pressrun.cli.exits``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    ``where`` is a place a person can go to: ``publish.yml:7``, ``posts/hello.md:3`` or a request
    such as ``POST https://api.example.org/v1/emails``. ``mend`` is a sentence that says what to do.
    """

    what: str
    where: str = ""
    mend: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.mend}" if self.mend else ""
        return f"{place}{self.what}{advice}"


class PressrunError(Exception):
    """Root of the tree: one or more problems, shown a line each, never as a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    @classmethod
    def of(cls, what: str, where: str = "", mend: str = "") -> Self:
        """Make an error with a single problem."""
        return cls(Problem(what, where, mend))

    @classmethod
    def raise_if_any(cls, problems: Iterable[Problem]) -> None:
        """Raise one error that carries all ``problems``; do nothing when there are none."""
        if found := tuple(problems):
            raise cls(*found)


class UsageError(PressrunError):
    """The command was called in a way, or in a place, where it cannot work."""

    exit_code = 2


class ConfigError(UsageError):
    """publish.yml says something we cannot act on."""


class PostError(PressrunError):
    """One or more posts cannot be read."""


class TemplateError(PressrunError):
    """An email template cannot be rendered."""


class PlanStale(PressrunError):
    """A saved plan is none, or what it describes has moved since."""


class LedgerError(PressrunError):
    """The ledger cannot be read or written."""


class LedgerAbsent(LedgerError):
    """No ledger has been created for this publication."""

    exit_code = 2


class LedgerMoved(LedgerError):
    """The ledger was moved to another store, and this one is closed for ever."""

    exit_code = 2


class LedgerDamaged(LedgerError):
    """The ledger holds something that we did not write."""


class Overtaken(LedgerError):
    """The ledger changed between our reading and our writing: another run owns the issue now."""


class WireError(PressrunError):
    """A call to a server failed; the subclass says what may have happened there.

    Where there was an answer, ``status`` is its HTTP status, ``code`` the server's own word for the
    error and ``retry_after`` the seconds that it asks us to wait.
    """

    def __init__(
        self,
        *problems: Problem,
        status: int | None = None,
        code: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(*problems)
        self.status = status
        self.code = code
        self.retry_after = retry_after


class Rejected(WireError):
    """The server refused in its own words: no effect."""


class NotNow(WireError):
    """No byte left us, or the server asked us to come back later: no effect."""


class Unsure(WireError):
    """The call may have had its effect or not: nobody may repeat it blindly."""
