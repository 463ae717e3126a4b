"""Two processes give what one gives: the same feeds, findings and errors, in the same order."""

from dataclasses import replace

import pytest

from support.publications import MINIMAL
from support.publishing import desk, tree

CONFIG = MINIMAL.replace("provider:", "  items: 300\n  by:\n    tag: tags/{name}\nprovider:")
FILM = '<iframe src="https://v.example/"></iframe>'
FEW, MANY = 30, 220  # below and above what keeps a second process busy


def posts(count):
    """Write posts, every seventh of which has something that no feed carries."""
    return {
        f"p{number:03}.md": (
            f"---\ntitle: Number {number}\ntags: [t{number % 3}]\n"
            f"date: 2026-01-01 {number // 60:02}:{number % 60:02}\n---\n"
            f"Text *{number}*.\n\n{'' if number % 7 else FILM}\n"
        )
        for number in range(count)
    }


@pytest.fixture
def runs(tmp_path, capsys):
    """Return a function that publishes the same posts with one process and with two."""

    def publish(written, *arguments, config=CONFIG):
        for cores in (1, 2):
            here = desk(tmp_path / f"{cores}", capsys, config=config, posts=written)
            here.world = replace(here.world, cores=cores)
            said = here.publish("feed", *arguments)
            files = {path: found for path, (found, _) in tree(here.root / "public").items()}
            yield said.code, said.out.rpartition(". ")[0], said.err, files

    return publish


@pytest.mark.parametrize("count", [FEW, 65, MANY])
@pytest.mark.parametrize("arguments", [[], ["--no-cache"]], ids=str)
def test_feeds_and_findings_are_the_same(runs, count, arguments):
    one, two = runs(posts(count), *arguments)
    assert one == two
    code, told, findings, files = one
    assert (code, told) == (0, f"public: 4 feeds: {count} of {count} posts; all changed")
    assert findings.count("warning lost-content") == len(range(0, count, 7))
    assert files["feed.xml"].count(b"<item>") == count


@pytest.mark.parametrize("count", [65, MANY])
def test_all_that_is_wrong_is_named_in_the_same_order(runs, count):
    written = posts(count)
    written["p003.md"] = "no header\n"
    written["p030.md"] = "---\ntitle: [a]\ndate: soon\n---\n"
    written[f"p{count - 2:03}.md"] = written["p001.md"].encode() + "café".encode("latin-1")
    one, two = runs(written)
    assert one == two
    code, _, errors, files = one
    assert (code, files) == (1, {})
    assert [line.split(" ")[0] for line in errors.splitlines()] == [
        "posts/p003.md:1:",
        "posts/p030.md:2:",
        "posts/p030.md:3:",
        f"posts/p{count - 2:03}.md:9:",
    ]


def test_sounds_that_are_not_here_are_named_by_file(runs):
    written = posts(65)
    for number in (60, 3, 41):
        name = f"p{number:03}.md"
        written[name] = written[name].replace("title:", f"enclosure: /{number}.mp3\ntitle:")
    one, two = runs(written)
    assert one == two
    named = [line.split(" ")[0] for line in one[2].splitlines()]
    assert named == ["posts/p003.md:2:", "posts/p041.md:2:", "posts/p060.md:2:"]


def test_pages_of_an_archive_are_the_same(runs):
    one, two = runs(posts(65), config=CONFIG.replace("items: 300", "items: 20\n  archives: 5"))
    assert one == two
    assert "archive/9/atom.xml" in one[3]


def test_bodies_that_were_rendered_on_two_cores_are_known_to_one(tmp_path, capsys):
    here = desk(tmp_path, capsys, config=CONFIG, posts=posts(65))
    here.world = replace(here.world, cores=2)
    here.publish("feed")
    before = tree(here.root / "public")
    here.world = replace(here.world, cores=1)
    assert "nothing changed" in here.publish("feed").out
    assert tree(here.root / "public") == before
