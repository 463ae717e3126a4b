"""The folder of the feeds: what is ours there is kept up to date, all else is left alone."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.cli.output import MANIFEST, apply, changes, manifest
from support.publications import HELLO, MINIMAL
from support.publishing import NEW_POST, desk, tree

BY_TAG = f"{MINIMAL}".replace("provider:", "  by:\n    tag: tags/{name}\nprovider:")
TAGGED = HELLO.replace("title:", "tags: [Lead Type, ink]\ntitle:")
FOREIGN = "<rss><channel><title>Somebody else's</title></channel></rss>\n"
NAMES = ["atom.xml", "feed.json", "feed.xml"]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture
def here(tmp_path, capsys):
    return desk(tmp_path, capsys, config=BY_TAG, posts={"hello.md": TAGGED})


def untagged(here):
    here.write("posts/hello.md", TAGGED.replace("Lead Type, ink", "ink"))


def below(here, folder="public"):
    return {path: content for path, (content, _) in tree(here.root / folder).items()}


# --- What is there before the first run


def test_feeds_of_an_earlier_version_are_adopted(here):
    here.publish("feed")
    (here.root / "public" / MANIFEST).unlink()
    here.write("posts/hello.md", TAGGED.replace("Hello", "Welcome"))
    for name in ("feeds.html", "feeds.opml", "feed.css"):  # it wrote none of these
        (here.root / "public" / name).unlink()
    assert here.publish("feed").code == 0
    assert b"Welcome" in (here.root / "public/feed.xml").read_bytes()
    assert b"Welcome" in (here.root / "public/tags/ink/feed.json").read_bytes()


@pytest.mark.parametrize("arguments", [["feed"], ["feed", "--check"]])
@pytest.mark.parametrize(
    "name", ["feed.xml", "feed.json", "feeds.html", "tags/ink/atom.xml", "tags/ink/feed.json"]
)
def test_somebody_elses_file_is_named_and_not_touched(here, name, arguments):
    here.write(f"public/{name}", FOREIGN)
    before = tree(here.root)
    said = here.publish(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        f"public/{name}: it is there already, and Pressrun did not write it. Move it away, or name"
        " another folder in publish.yml with feeds: folder:\n"
    )
    feeds = {path: found for path, found in tree(here.root).items() if path[0] != "."}
    assert feeds == {path: found for path, found in before.items() if path[0] != "."}


def test_our_own_feed_does_not_vouch_for_what_lies_beside_it(here):
    here.publish("feed")
    (here.root / "public" / MANIFEST).unlink()
    here.write("public/tags/ink/feed.xml", FOREIGN)
    said = here.publish("feed")
    assert said.code == 2
    assert "public/tags/ink/feed.xml: it is there already" in said.err
    assert (here.root / "public/tags/ink/feed.xml").read_text() == FOREIGN


def test_every_foreign_file_is_named_at_once(here):
    here.write("public/feed.xml", FOREIGN)
    (here.root / "public/atom.xml").mkdir()
    (here.root / "public/feed.json").symlink_to("nowhere")
    said = here.publish("feed")
    assert [line.split(":")[0] for line in said.err.splitlines()] == [
        f"public/{name}" for name in ("feed.xml", "atom.xml", "feed.json")
    ]


@pytest.mark.parametrize("name", ["public", "public/tags", "public/tags/ink"])
@pytest.mark.parametrize("arguments", [["feed"], ["feed", "--check"]])
def test_a_file_in_the_place_of_a_folder_is_found_before_anything_is_written(here, name, arguments):
    here.write(name, "theirs")
    said = here.publish(*arguments)
    assert (said.code, said.out) == (2, "")
    assert [line.split(". ")[0] for line in said.err.splitlines()] == [
        f"{name}: it is there in the place of a folder"
    ]
    assert [path for path, found in below(here, ".").items() if found == b"theirs"] == [name]
    assert not list(here.root.rglob("feed.xml"))


def test_a_folder_that_is_a_link_to_itself_is_refused(here):
    (here.root / "public").symlink_to("public")
    said = here.publish("feed")
    assert said.code == 2
    assert "public: it is there in the place of a folder." in said.err


def test_a_tag_that_is_called_as_a_feed_is_in_nobodys_way(here):
    here.write("publish.yml", BY_TAG.replace("tags/{name}", "'{name}'"))
    here.write("posts/hello.md", TAGGED.replace("ink", "feed.json, feeds.html"))
    assert here.publish("feed").code == 0
    assert (here.root / "public/feed.json").is_file()


def test_files_of_others_stay_beside_ours(here):
    for name in ("index.html", "tags/ink/index.html", ".well-known/x"):
        here.write(f"public/{name}", "theirs")
    here.publish("feed")
    here.write("posts/hello.md", HELLO)
    assert "files removed" in here.publish("feed").out
    assert (here.root / "public/tags/ink/index.html").read_text() == "theirs"
    assert sorted(below(here)) == sorted(
        [
            *(".pressrun.json", ".well-known", ".well-known/x", "index.html", "tags", "tags/ink"),
            *("tags/ink/index.html", "feed.css", "feeds.html", "feeds.opml", *NAMES),
        ]
    )


@pytest.mark.parametrize("target", ["../elsewhere", "/tmp"])  # noqa: S108 - nothing is written
def test_a_link_that_leads_out_of_the_folder_is_refused(here, target):
    (here.root / "elsewhere").mkdir()
    (here.root / "public").mkdir()
    (here.root / "public/tags").symlink_to(target)
    said = here.publish("feed")
    assert said.code == 2
    assert "public/tags/ink/feed.xml: this folder is a link that leads elsewhere." in said.err
    assert list((here.root / "elsewhere").iterdir()) == []
    assert list((here.root / "public").iterdir()) == [here.root / "public/tags"]


def test_what_lies_behind_a_link_is_not_removed_either(here):
    here.publish("feed")
    (here.root / "public/tags").rename(here.root / "elsewhere")
    (here.root / "public/tags").symlink_to("../elsewhere")
    here.write("posts/hello.md", HELLO)
    assert here.publish("feed").code == 0
    assert sorted(path.name for path in (here.root / "elsewhere/ink").iterdir()) == NAMES


# --- What is ours


def test_the_feeds_of_a_tag_that_nobody_uses_go_and_so_do_empty_folders(here):
    here.publish("feed")
    untagged(here)
    said = here.publish("feed")
    assert "; 8 of 9 files changed; 3 files removed." in said.out
    assert [path.name for path in (here.root / "public/tags").iterdir()] == ["ink"]
    here.write("posts/hello.md", HELLO)
    here.publish("feed")
    assert not (here.root / "public/tags").exists()
    assert set(manifest(here.root / "public").files) == {
        *("feed.css", "feeds.html", "feeds.opml"),
        *NAMES,
    }


def test_a_file_that_somebody_edited_stays_when_its_feed_goes_and_is_named(here):
    here.publish("feed")
    here.write("public/tags/lead-type/feed.xml", FOREIGN)
    untagged(here)
    said = here.publish("feed")
    assert said.code == 0
    assert said.err == (
        "public/tags/lead-type/feed.xml: left where it is: its feed is gone, but somebody has"
        " changed the file.\n"
    )
    assert below(here, "public/tags/lead-type") == {"feed.xml": FOREIGN.encode()}


def test_a_feed_that_somebody_edited_is_written_again(here):
    here.publish("feed")
    before = below(here)
    here.write("public/tags/ink/feed.xml", FOREIGN)
    assert "feed.xml changed, the others did not" in here.publish("feed").out
    assert below(here) == before


def test_only_what_changed_has_a_new_date(here):
    here.publish("feed")
    before = tree(here.root / "public")
    here.write("posts/once.md", NEW_POST.replace("title:", "tags: [ink]\ntitle:"))
    here.publish("feed")
    after = tree(here.root / "public")
    same = [path for path in before if after[path] == before[path] and after[path][0] is not None]
    assert same == ["feed.css", "feeds.opml", *(f"tags/lead-type/{name}" for name in NAMES)]


def test_a_run_that_was_stopped_between_two_files_does_not_look_like_somebody_else(here):
    here.publish("feed")
    folder = here.root / "public"
    files = {"tags/new/feed.json": b"1", "tags/new/feed.xml": b"2"}
    wanted = changes(folder, {**below_files(here), **files}, "public")
    (folder / "tags/new/feed.xml").mkdir(parents=True)  # so that the second one cannot be written
    with pytest.raises(OSError, match="directory"):
        apply(folder, {**below_files(here), **files}, wanted, {})
    (folder / "tags/new/feed.xml").rmdir()
    assert (folder / "tags/new/feed.json").read_bytes() == b"1"
    again = {**below_files(here), "tags/new/feed.json": b"other"}
    assert changes(folder, again, "public").written == ("tags/new/feed.json",)


def below_files(here):
    ours = manifest(here.root / "public").files
    return {path: content for path, content in below(here).items() if content and path in ours}


# --- The manifest


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "null",
        "[]",
        '{"files": []}',
        '{"files": {"feed.xml": 1}, "ids": {}}',
        '{"files": {}, "ids": [["a", "b"]]}',
        "<<<<<<< HEAD\n",
        "[" * 100_000,
    ],
)
def test_a_damaged_manifest_is_made_again_from_the_same_files(here, damage):
    here.publish("feed")
    before = below(here)
    here.write(f"public/{MANIFEST}", damage)
    assert "nothing changed" in here.publish("feed").out
    assert below(here) == before


def test_without_a_manifest_every_file_of_ours_is_known_by_what_it_says(here):
    here.publish("feed")
    (here.root / "public" / MANIFEST).unlink()
    settings = (here.root / "publish.yml").read_text()
    here.write("publish.yml", settings.replace("title: ", "title: Other ", 1))
    said = here.publish("feed")
    assert (said.code, said.err) == (0, "")
    assert "files changed" in said.out


@pytest.mark.parametrize(
    "name", ["../kept.txt", "/ABSOLUTE", "x" * 5000, "\0", "\ud800", "feed.xml/x", ""]
)
def test_a_manifest_removes_nothing_that_is_not_in_the_folder(here, name):
    here.publish("feed")
    here.write("kept.txt", "kept")
    name = name.replace("/ABSOLUTE", str(here.root / "kept.txt"))
    known = json.loads((here.root / "public" / MANIFEST).read_text())
    known["files"][name] = hashlib.sha256(b"kept").hexdigest()
    here.write(f"public/{MANIFEST}", json.dumps(known))
    before = below(here)
    assert here.publish("feed").code == 0
    assert (here.root / "kept.txt").read_text() == "kept"
    assert {**below(here), MANIFEST: None} == {**before, MANIFEST: None}


@given(anything)
def test_whatever_a_manifest_holds_no_run_falls_over_it(tmp_path_factory, kept):
    folder = tmp_path_factory.mktemp("public")
    (folder / MANIFEST).write_text(json.dumps(kept), encoding="utf-8")
    assert changes(folder, {"feed.xml": b"new"}, "public").written == ("feed.xml",)


# --- Asked first


def test_a_check_says_what_would_change_and_writes_nothing_at_all(here):
    before = tree(here.root)
    said = here.publish("feed", "--check")
    assert said.code == 10
    assert "public/tags/ink/feed.xml would be written\n" in said.out
    assert tree(here.root) == before
    here.publish("feed")
    untagged(here)
    before = tree(here.root)
    said = here.publish("feed", "--check")
    assert said.code == 10
    assert "public/tags/lead-type/atom.xml would be removed\n" in said.out
    assert tree(here.root) == before


def test_a_check_of_what_is_up_to_date_is_silent_and_content(here):
    here.publish("feed")
    before = tree(here.root)
    said = here.publish("feed", "--check")
    assert (said.code, said.err) == (0, "")
    assert said.out == "public: 3 feeds: 1 of 1 posts; nothing would change.\n"
    assert tree(here.root) == before
