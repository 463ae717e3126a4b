"""What a person orders on the command line: exceptions from the rules, each for named posts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Orders:
    """The ids of posts, by what a person said of them; ``because`` is the reason given.

    ``late`` may go out although they are late, ``resized`` although their audience has another
    size; ``send`` releases drafts; ``resend`` mails once more what was sent. Of drafts that were
    changed at the provider ``overwrite`` puts ours there and ``keep`` lets theirs stand.
    ``reschedule`` hands a scheduled issue over anew, ``unschedule`` takes it back.
    """

    late: frozenset[str] = frozenset()
    resized: frozenset[str] = frozenset()
    send: frozenset[str] = frozenset()
    resend: frozenset[str] = frozenset()
    overwrite: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    reschedule: frozenset[str] = frozenset()
    unschedule: frozenset[str] = frozenset()
    because: str = ""
