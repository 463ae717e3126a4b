from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pressrun.model import RelatedLink
from pressrun.posts.related import Related, choose, unknown_targets
from support.publications import post


def shown(target, here, other):
    return next(iter(choose(replace(here, related=(RelatedLink(target),)), [here, other])), None)


def day(number: int) -> datetime:
    return datetime(2026, 11, number, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "target",
    [
        *["feeds", "posts/feeds.md", "feeds.md", "./feeds.md", "/feeds/", "../feeds"],
        *["../feeds/#top", "https://notes.example/feeds", "../feeds/index.html"],
    ],
)
def test_a_post_may_be_named_in_many_ways(target):
    here, feeds = post(slug="here"), post(slug="feeds", title="Feeds", description="Old and new.")
    assert shown(target, here, feeds) == Related("Feeds", feeds.url, "Old and new.")


def test_a_post_in_a_folder_is_named_from_where_the_writer_stands():
    here = post(slug="here", path="posts/2026/here/index.md", id="2026/here")
    other = post(slug="b", path="posts/2025/b.md", id="2025/b", url="https://notes.example/x/b/")
    for target in ("../../2025/b.md", "2025/b", "2025/b.md", "b", "/x/b/"):
        assert shown(target, here, other) is not None


def test_what_the_writer_says_of_a_post_wins_over_what_the_post_says():
    link = RelatedLink("feeds", "My title", "My words.")
    here, feeds = post(slug="here", related=(link,)), post(slug="feeds", description="Old.")
    assert choose(here, [feeds]) == (Related("My title", feeds.url, "My words."),)


def test_pages_elsewhere_are_kept_as_written():
    links = (RelatedLink("https://x.example/", "X", "Good."), RelatedLink("https://y.example/"))
    assert choose(post(related=links), []) == (
        Related("X", "https://x.example/", "Good."),
        Related("https://y.example/", "https://y.example/"),
    )
    assert choose(post(related=(RelatedLink("javascript:alert(1)", "X"),)), []) == ()


def test_a_page_of_the_site_that_is_no_post_needs_a_title():
    links = (RelatedLink("/about/", "About"), RelatedLink("/gone/"))
    assert choose(post(related=links), []) == (Related("About", "https://notes.example/about/"),)


def test_an_empty_list_in_front_matter_means_none():
    here = post(slug="here", tags=("git",), published=day(10), lines={"related": 4})
    assert choose(here, [post(slug="b", tags=("git",), published=day(3))]) == ()


def test_a_post_is_never_related_to_itself_or_twice():
    links = (RelatedLink("here"), RelatedLink("b"), RelatedLink("/b/"))
    here, other = post(slug="here", related=links), post(slug="b")
    assert choose(here, [here, other]) == (Related("Hello", other.url, "The first post."),)


def test_only_front_matter_without_a_post_is_reported():
    helo = RelatedLink("helo", "A title helps only a page")
    links = (helo, RelatedLink("https://x.example/"), RelatedLink("/about/", "About"))
    named = post(slug="b", related=links, lines={"related": 4})
    by_hand = post(slug="c", related=links)
    assert [str(problem) for problem in unknown_targets([post(), named, by_hand])] == [
        'posts/b.md:4: related names "helo", and no post is called that. Did you mean "hello"?'
    ]


def test_a_link_to_nowhere_or_to_a_draft_is_left_out():
    here = post(slug="here", related=(RelatedLink("gone"), RelatedLink("draft")))
    assert choose(here, [here, post(slug="draft", draft=True)]) == ()


def test_similar_posts_come_from_before_and_best_first():
    here = post(slug="here", title="Git as a ledger", tags=("git",), published=day(10))
    others = [
        post(slug="tag", title="Branches", tags=("Git",), published=day(3)),
        post(slug="word", title="The ledger", description="", published=day(4)),
        post(slug="later", title="Git as a ledger", tags=("git",), published=day(11)),
        post(slug="draft", title="Git as a ledger", tags=("git",), published=day(2), draft=True),
        post(slug="other", title="Cooking", description="Soup.", published=day(5)),
    ]
    assert [one.title for one in choose(here, [here, *others])] == ["Branches", "The ledger"]


def test_equal_posts_come_newest_first_and_at_most_three():
    here = post(slug="here", tags=("git",), published=day(20))
    others = [
        post(slug=f"p{n}", title=f"P{n}", tags=("git",), published=day(n)) for n in (4, 9, 2, 7)
    ]
    assert [one.title for one in choose(here, others)] == ["P9", "P7", "P4"]
    assert choose(here, others) == choose(here, others[::-1])


def test_words_that_every_post_has_relate_nothing():
    here = post(slug="here", title="About the press", description="", published=day(20))
    others = [
        post(slug=f"p{n}", title=f"About the {n}", description="", published=day(n))
        for n in range(1, 10)
    ]
    assert choose(here, others) == ()


def test_a_single_common_word_of_two_descriptions_is_chance():
    here = post(slug="here", title="Soup", description="Salt it with care.", published=day(20))
    other = post(slug="b", title="Feeds", description="Written with love.", published=day(1))
    assert choose(here, [other]) == ()


def test_expired_posts_are_not_related():
    here = post(slug="here", tags=("git",), published=day(20))
    assert choose(here, [post(slug="b", tags=("git",), published=day(1), expires=day(9))]) == ()


def test_ten_thousand_posts_are_no_burden():
    others = [
        post(slug=f"p{n}", title=f"Word{n % 97} and word{n % 89}", published=day(1 + n % 18))
        for n in range(10_000)
    ]
    here = post(slug="here", title="Word1 and word2", published=day(20))
    assert len(choose(here, others)) == 3
