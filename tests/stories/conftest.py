"""Stories of newsletters that went wrong, played at the command line with the real commands.

Each test is named for what happened to somebody, and shows that it does not happen here. The stage
is real but for its ends: the whole client over a fake of the provider's API, real repositories and
remotes, the outbox on a disk, and time that moves when it is told to.

test_twice.py          the same issue reached readers more than once
test_changed_posts.py  a post that was edited, dated anew or moved was taken for a new one
test_jobs.py           a scheduled job forgot what it had sent, or believed a wrong memory
test_failures.py       an issue got lost and nobody was told
test_provider.py       something changed at the provider: restored, renamed, deleted, left
test_readers.py        an issue reached the wrong people, or too many, or was blank
test_hours.py          an issue went out at a wrong time
test_elsewhere.py      stories that other tests play already
"""

from collections.abc import Callable, Iterator

import pytest

from support.newsroom import Newsroom, Press, press
from support.publishing import NEW_POST
from support.wire_fakes.base import Mailer
from support.wire_fakes.buttondown import ButtondownFake

At = Callable[..., Press]


@pytest.fixture
def at(tmp_path, capsys) -> Iterator[At]:
    """Make a publication at a provider, with its archive in the baseline and one new post."""
    made = []

    def make(fake: type[Mailer] = ButtondownFake, *, more: str = "") -> Press:
        here = press(tmp_path, capsys, fake, more=more)
        made.append(here)
        assert here.publish("baseline").code == 0
        here.write("posts/once.md", NEW_POST)
        return here

    yield make
    assert [one.internet.upsets for one in made] == [[] for _ in made], "a fault was never met"


@pytest.fixture
def here(at) -> Press:
    """Return such a publication at Buttondown."""
    return at()


@pytest.fixture
def room(tmp_path, capsys) -> Iterator[Newsroom]:
    """Make a repository with jobs whose writer has pushed a new post."""
    made = Newsroom.make(tmp_path, capsys)
    made.desk.write("posts/once.md", NEW_POST)
    made.push()
    yield made
    assert made.desk.internet.upsets == [], "a fault was never met"
