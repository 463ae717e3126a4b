"""Stamps change with whatever a run reads, and are not trusted too soon."""

import os

import pytest

from pressrun.cache.stamps import YOUNG_NS, Stamp, look, of_file, of_program

LONG_AGO = 1_700_000_000_000_000_000


@pytest.fixture
def folder(tmp_path):
    for name in ("a.md", "sub/b.md", ".hidden.md"):
        path = tmp_path / "posts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text", encoding="utf-8")
        os.utime(path, ns=(LONG_AGO, LONG_AGO))
    return tmp_path / "posts"


def digest(folder):
    return look([str(folder)]).digest


def rewritten(path, text):
    """Write a file in place and set its date back, as some tools do."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(LONG_AGO, LONG_AGO))


CHANGES = {
    "longer": lambda folder: rewritten(folder / "a.md", "text."),
    "touched": lambda folder: os.utime(folder / "a.md", ns=(LONG_AGO, LONG_AGO + 1)),
    "touched below": lambda folder: os.utime(folder / "sub/b.md", ns=(LONG_AGO, LONG_AGO + 1)),
    "renamed": lambda folder: (folder / "a.md").rename(folder / "c.md"),
    "gone": lambda folder: (folder / "sub/b.md").unlink(),
    "new": lambda folder: rewritten(folder / "sub/c.md", "text"),
    "a broken link": lambda folder: (folder / "d.md").symlink_to("nowhere.md"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_gives_another_digest(folder, change):
    before = digest(folder)
    change(folder)
    assert digest(folder) != before


def test_another_file_of_the_same_size_and_date_is_known_by_its_number(folder, tmp_path):
    before = digest(folder)
    rewritten(tmp_path / "new.md", "TEXT")
    (tmp_path / "new.md").replace(folder / "a.md")
    assert digest(folder) != before


def test_what_is_hidden_does_not_matter(folder):
    before = digest(folder)
    rewritten(folder / ".hidden.md", "longer than before")
    assert digest(folder) == before


def test_what_is_not_there_has_no_stamp(tmp_path):
    assert of_file(str(tmp_path / "none.md")) is None
    assert look([str(tmp_path / "none.md")]).youngest == 0


@pytest.mark.parametrize(
    ("age", "trusted"), [(YOUNG_NS + 1, True), (YOUNG_NS, False), (0, False), (-YOUNG_NS, False)]
)
def test_what_is_younger_than_two_seconds_is_not_trusted(folder, age, trusted):
    assert look([str(folder)]).settled(LONG_AGO + age) is trusted
    assert Stamp(1, LONG_AGO, 1).settled(LONG_AGO + age) is trusted


def test_an_installation_makes_another_program(tmp_path, monkeypatch):
    packages = tmp_path / "site-packages"
    (packages / "one").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(packages))
    before = of_program()
    (packages / "another").mkdir()
    os.utime(packages, ns=(LONG_AGO, LONG_AGO))
    assert of_program() != before


def test_the_folder_that_one_works_in_is_no_part_of_the_program(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    before = of_program()
    os.utime(tmp_path, ns=(LONG_AGO, LONG_AGO))
    assert of_program() == before
