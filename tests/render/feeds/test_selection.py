"""Which feeds there are, what they are called, and which posts are in each."""

import re
from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pressrun.errors import ConfigError
from pressrun.model import Author
from pressrun.podcast import Podcast
from pressrun.publication import FeedPattern, FeedsBy
from pressrun.render.feeds.selection import fold, folder_name, select, shown, unknown_names
from support.publications import A_PUBLICATION, post
from support.rich_posts import EPISODE

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


def publication(**feeds):
    return replace(A_PUBLICATION, feeds=replace(A_PUBLICATION.feeds, **feeds))


def tagged(*tags, **fields):
    """Make a post for each tag or tuple of tags, newest first."""
    return [
        post(slug=f"p{number}", tags=(each,) if isinstance(each, str) else each, **fields)
        for number, each in enumerate(tags)
    ]


def by(kind, posts, path="x/{name}", **pattern):
    """Plan the feeds of one kind; path -> title and the posts' ids."""
    wanted = FeedsBy(**{kind: FeedPattern(path, **pattern)})
    _, *found = select(publication(by=wanted), posts)
    return {feed.path: (feed.about, [each.id for each in feed.posts]) for feed in found}


# --- Names


def test_spellings_of_one_tag_are_one_feed_named_as_most_posts_have_it():
    posts = tagged("web-dev", "Web Dev", "WEB_DEV", "Web  Dev ", "Web Dev")
    assert by("tag", posts) == {"x/web-dev": ("Web Dev", ["p0", "p1", "p2", "p3", "p4"])}


def test_two_spellings_in_one_post_count_it_once():
    assert by("tag", tagged(("Web Dev", "web-dev"))) == {"x/web-dev": ("web-dev", ["p0"])}


def test_as_many_of_two_spellings_make_no_difference_by_their_order():
    one, other = by("tag", tagged("Go", "go")), by("tag", tagged("go", "Go"))
    assert one["x/go"][0] == other["x/go"][0] == "Go"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Web Dev", "web-dev"),
        ("C++", "c++"),
        ("node.js", "node.js"),
        ("日本語", "日本語"),
        ("עברית", "עברית"),
        ("Straße", "strasse"),
        ("Cafe\u0301", "café"),
        ("हिन्दी", "हिन्दी"),
        ("தமிழ்", "தமிழ்"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("می\u200cشود", "می\u200cشود"),
        ("🎉", "🎉"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("a" * 80, "a" * 80),
    ],
)
def test_plain_names_are_their_folders(name, folder):
    assert folder_name(name) == folder


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("C#", r"c-sharp"),
        (".NET", r"net-[0-9a-f]{6}"),
        ("a/b", r"a-b-[0-9a-f]{6}"),
        ("../../etc", r"etc-[0-9a-f]{6}"),
        ("..", r"[0-9a-f]{6}"),
        ("<|>", r"[0-9a-f]{6}"),
        ("\u200d", r"[0-9a-f]{6}"),
        ("\ud800", r"[0-9a-f]{6}"),
        ("a\u202eb", r"a-b-[0-9a-f]{6}"),
        ("feed.xml", r"feed\.xml-[0-9a-f]{6}"),
        ("what?", r"what-[0-9a-f]{6}"),
        ("a" * 81, r"a{80}-[0-9a-f]{6}"),
    ],
)
def test_what_no_path_can_hold_goes_and_a_digest_keeps_names_apart(name, folder):
    assert re.fullmatch(folder, folder_name(name))


@given(ANY_TEXT)
@example("\U00020000" * 200)
@example("." * 300)
@example("\0")
def test_a_folders_name_is_always_one_safe_part_of_a_path(name):
    assume(fold(name))
    folder = folder_name(name)
    assert folder == folder_name(name)
    assert folder
    assert not folder.startswith(".")
    assert not folder.endswith(".")
    assert not re.search(r"[/\\\0\s:?#%{}<>|*\"]", folder)
    assert len(folder.encode()) <= 100


@given(ANY_TEXT, ANY_TEXT)
@example("a/b", "a\\b")
@example("c++", "c")
@example("a" * 81, "a" * 82)
@example(".net", "net")
def test_names_that_differ_have_folders_that_differ(one, other):
    assume(fold(one) != fold(other))
    assume(not any("#" in each or "sharp" in each for each in (fold(one), fold(other))))
    assert folder_name(one) != folder_name(other)


@given(ANY_TEXT)
def test_a_name_is_folded_once_and_for_all(name):
    assert fold(fold(name)) == fold(name)


def test_tags_of_nothing_but_signs_between_words_have_no_feed():
    assert by("tag", tagged("-", " _ ")) == {}


# --- What there is a feed for


def test_people_who_write_have_feeds_without_the_addresses_of_their_mailboxes():
    ada = (Author("Ada Lovelace <ada@mail.example>"),)
    posts = [post(slug="a", authors=ada), post(slug="b", authors=(Author("ada lovelace"),))]
    found = by("author", posts)
    assert found == {"x/ada-lovelace": ("Ada Lovelace", ["a", "b"])}
    _, feed = select(publication(by=FeedsBy(author=FeedPattern("{name}"))), posts)
    assert "mail" not in f"{feed.subject} {feed.about} {feed.path}"


def test_sections_are_first_folders_and_neither_bundles_nor_jekylls():
    paths = [
        "top.md",
        "bundle/index.md",
        "travel/slow.md",
        "travel/north/index.md",
        "travel/south/deep/far.md",
        "_posts/2026-11-10-old.md",
        "news/_posts/2026-11-11-new.md",
    ]
    posts = [post(id=path, path=f"posts/{path}") for path in paths]
    assert by("section", posts) == {
        "x/news": ("news", ["news/_posts/2026-11-11-new.md"]),
        "x/travel": ("travel", paths[2:5]),
    }


def test_each_language_has_a_feed_in_that_language():
    posts = [post(slug="a", language="de"), post(slug="b"), post(slug="c", language="DE")]
    feeds = select(publication(by=FeedsBy(language=FeedPattern("{name}"))), posts)
    told = [(feed.path, feed.language, [each.id for each in feed.posts]) for feed in feeds]
    assert told == [("", "", ["a", "b", "c"]), ("de", "DE", ["a", "c"]), ("en", "en", ["b"])]


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({}, ["a", "b-b", "c"]),
        ({"include": ("A", "b_b")}, ["a", "b-b"]),
        ({"exclude": ("B B",)}, ["a", "c"]),
        ({"include": ("a", "c"), "exclude": ("c",)}, ["a"]),
        ({"include": ("nobody",)}, []),
    ],
    ids=str,
)
def test_a_pattern_says_what_gets_a_feed_in_any_spelling(chosen, names):
    assert list(by("tag", tagged("A", "b b", "C"), "{name}", **chosen)) == names


def test_a_pattern_has_its_own_number_of_items_and_its_own_content():
    kinds = FeedsBy(
        tag=FeedPattern("t/{name}", items=1, content="summary"),
        author=FeedPattern("a/{name}"),
    )
    feeds = select(publication(by=kinds, items=2, content="full"), tagged("x", "x", "x"))
    told = [(feed.path, len(feed.posts), feed.content) for feed in feeds]
    assert told == [("", 2, "full"), ("t/x", 1, "summary"), ("a/ada-example", 2, "full")]


def test_a_podcast_comes_last_with_all_episodes():
    show = Podcast("Ada", "cast@notes.example", "https://notes.example/show.png", "Books")
    episodes = [replace(EPISODE, id=f"e{number}") for number in range(3)]
    *_, last = select(publication(items=1, podcast=show), [*tagged("x"), *episodes])
    assert (last.kind, [each.id for each in last.posts]) == ("podcast", ["e0", "e1", "e2"])


def test_a_post_of_many_feeds_is_rendered_once_and_one_of_none_not_at_all():
    posts = tagged(("a", "b"), "a", ())
    feeds = select(publication(by=FeedsBy(tag=FeedPattern("{name}")), items=1), posts)
    assert [each.id for each in shown(feeds)] == ["p0"]


# --- What cannot be


@pytest.mark.parametrize(
    ("kinds", "tags", "named"),
    [
        (FeedsBy(tag=FeedPattern("{name}")), ["C#", "c-sharp"], ('tag "C#"', 'tag "c-sharp"')),
        (
            FeedsBy(tag=FeedPattern("x/{name}"), author=FeedPattern("x/{name}")),
            ["Ada Example"],
            ('tag "Ada Example"', 'author "Ada Example"'),
        ),
    ],
)
def test_two_feeds_in_one_folder_are_refused_by_name(kinds, tags, named):
    with pytest.raises(ConfigError) as caught:
        select(publication(by=kinds), tagged(*tags))
    assert all(each in str(caught.value) for each in named)
    assert "publish.yml:1: " in str(caught.value)


def test_two_folders_that_a_disk_may_take_for_one_are_refused_with_the_line():
    kinds = FeedsBy(tag=FeedPattern("t/{name}", line=7), section=FeedPattern("T/{name}", line=8))
    posts = [post(slug="p", path="posts/go/p.md", tags=("Go",))]
    with pytest.raises(ConfigError, match=r'^publish\.yml:8: .* tag "Go" and section "go" '):
        select(publication(by=kinds), posts)


def test_two_feeds_that_would_have_one_id_are_refused():
    kinds = FeedsBy(tag=FeedPattern("t/{name}", line=7))
    posts = tagged("x", "x", ("x", "x:archive-1"))
    with pytest.raises(ConfigError, match=r'^publish\.yml:7: .* "x:archive-1" .* have the id tag:'):
        select(publication(by=kinds, archives=1, items=1), posts)


def test_the_two_looks_of_a_sign_are_one_tag():
    assert set(by("tag", tagged("❤", "❤\ufe0f"))) == {"x/❤"}


def test_names_that_no_post_has_are_found_with_what_may_be_meant():
    wanted = FeedsBy(
        tag=FeedPattern("t/{name}", include=("web dev", "Pyton"), line=7),
        author=FeedPattern("a/{name}", exclude=("Nobody Known",), line=9),
    )
    posts = tagged(("Web-Dev", "Python"), authors=(Author("Ada Example"),))
    told = "\n".join(str(each) for each in unknown_names(publication(by=wanted), posts))
    assert told == (
        'publish.yml:7: warning unknown-name: feeds: by: tag: names "Pyton", which no post has:'
        ' Did you mean "Python"?'
        '\npublish.yml:9: warning unknown-name: feeds: by: author: names "Nobody Known", which no'
        " post has: Remove it, or spell it as posts do."
    )


def test_a_page_of_the_archive_keeps_its_folder_to_itself():
    kinds = FeedsBy(tag=FeedPattern("archive/{name}"))
    with pytest.raises(ConfigError, match=r'all posts, page 1 and tag "1" .* in archive/1\.'):
        select(publication(by=kinds, archives=1, items=1), tagged("1", "2"))
