from datetime import UTC, datetime

import pytest

from pressrun.model import RelatedLink
from pressrun.posts.related import Related, choose, links, resolve, split_section
from support.publications import post

SECTION = """\
## Related posts

- [Feeds in 2026](../feeds-in-2026/) - What a feed owes its readers.
- [Elsewhere](https://other.example/page "A title"): Worth
  the time.
"""


def day(number: int) -> datetime:
    return datetime(2026, 11, number, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "heading",
    ["## Related posts", "# RELATED", "### Read next:", "## See also ##", "## Further reading"],
)
def test_a_section_of_links_at_the_end_is_cut_off(heading):
    section = SECTION.replace("## Related posts", heading)
    assert split_section(f"Text.\n\n{section}") == ("Text.\n", section)


def test_a_rule_above_the_section_goes_with_it():
    assert split_section(f"Text.\n\n---\n\n{SECTION}")[0] == "Text.\n"


def test_definitions_below_the_section_stay_with_the_body():
    body = f"Text.[^1]\n\n{SECTION}\n[^1]: A note.\n"
    assert split_section(body) == ("Text.[^1]\n\n[^1]: A note.\n", SECTION)


@pytest.mark.parametrize(
    "body",
    [
        f"{SECTION}\nMore text.\n",
        "## Related posts\n\nSome prose.\n",
        "## Related posts\n\n- no link here\n",
        "## Related posts\n\n- [a link](x)\n- none\n",
        "## Related work\n\n- [a link](x)\n",
        f"```markdown\n{SECTION}```\n",
        "",
    ],
)
def test_anything_else_stays_in_the_body(body):
    assert split_section(body) == (body, "")


def test_links_carry_title_and_description():
    assert links(SECTION) == (
        RelatedLink("../feeds-in-2026/", "Feeds in 2026", "What a feed owes its readers."),
        RelatedLink("https://other.example/page", "Elsewhere", "Worth the time."),
    )


@pytest.mark.parametrize(
    "target",
    ["feeds", "posts/feeds.md", "feeds.md", "./feeds.md", "/feeds/", "../feeds", "../feeds/#top"],
)
def test_a_post_may_be_named_in_many_ways(target):
    here, feeds = post(slug="here"), post(slug="feeds", title="Feeds", description="Old and new.")
    found = resolve(RelatedLink(target), here, [here, feeds])
    assert found == Related("Feeds", "https://notes.example/feeds/", "Old and new.")


def test_what_the_writer_says_of_a_post_wins_over_its_description():
    here, feeds = post(slug="here"), post(slug="feeds", description="Old.")
    found = resolve(RelatedLink("feeds", "", "My words."), here, [feeds])
    assert found is not None
    assert found.description == "My words."


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


def test_a_long_list_with_prose_below_it_is_read_in_no_time():
    body = "## See also\n" + "  - [a](b)\n" * 20_000 + "Prose.\n"
    assert split_section(body) == (body, "")


def test_a_heading_without_a_list_is_no_section():
    assert split_section("Text.\n\n## Related posts\n") == ("Text.\n\n## Related posts\n", "")
