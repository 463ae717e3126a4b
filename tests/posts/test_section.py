import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.model import RelatedLink
from pressrun.posts.section import Section, split

LIST = """
- [Feeds in 2026](../feeds-in-2026/) - What a feed owes its readers.
- [Elsewhere](https://other.example/page "A title"): Worth
  the time.
"""
SECTION = f"## Related posts\n{LIST}"


@pytest.mark.parametrize(
    "heading",
    [
        *[
            "## Related posts",
            "# RELATED",
            "### Read next:",
            "## See also ##",
            "## Further reading",
        ],
        *[
            "## Related articles {#more}",
            "###### related post",
            "Related reading\n---",
            "Related\n=",
        ],
    ],
)
def test_a_section_of_links_at_the_end_is_taken_off(heading):
    found = split(f"Text.\n\n{heading}\n{LIST}")
    assert (found.body, found.markdown) == ("Text.\n", f"{heading}\n{LIST}")


@pytest.mark.parametrize("rule", ["---", "***", "_ _ _"])
def test_a_rule_above_the_section_goes_with_it(rule):
    found = split(f"Text.\n\n{rule}\n\n{SECTION}")
    assert (found.body, found.markdown) == ("Text.\n", f"{rule}\n\n{SECTION}")


def test_an_underline_is_not_a_rule():
    assert split(f"A heading\n---\n\n{SECTION}").body == "A heading\n---\n"


@pytest.mark.parametrize("definition", ["[^1]: A note.\n\n    - [more](of) it\n", "[x]: /y\n"])
def test_definitions_below_stay_with_the_body_on_their_lines(definition):
    body = f"Text.[^1]\n\n{SECTION}\n{definition}"
    found = split(body)
    assert found.markdown == SECTION
    assert found.body.split() == f"Text.[^1] {definition}".split()
    line = definition.splitlines()[0]
    assert found.body.splitlines().index(line) == body.splitlines().index(line)


@pytest.mark.parametrize(
    "body",
    [
        f"{SECTION}\nMore text.\n",
        f"{SECTION}\n## Another heading\n",
        "## Related posts\n\nSome prose.\n",
        "## Related posts\n\n- no link here\n",
        "## Related posts\n\n- [a link](x)\n- none\n",
        "## Related work\n\n- [a link](x)\n",
        f"```markdown\n{SECTION}```\n",
        f"```markdown\n{SECTION}",
        f"A paragraph that ends in\nRelated\n---\n{LIST}",
        "Text.\n\n## Related posts\n",
        "",
    ],
)
def test_anything_else_stays_in_the_body(body):
    assert split(body) == Section(body)


def test_links_carry_title_and_description():
    assert split(SECTION).links == (
        RelatedLink("../feeds-in-2026/", "Feeds in 2026", "What a feed owes its readers."),
        RelatedLink("https://other.example/page", "Elsewhere", "Worth the time."),
    )


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("* [*A* `b`](x) — **c** [d](e)", RelatedLink("x", "A b", "c d")),
        ("1. [Wiki](https://w.example/A_(b))", RelatedLink("https://w.example/A_(b)", "Wiki", "")),
        ("+ <https://x.example/y>", RelatedLink("https://x.example/y", "", "")),
        (r"- [A \[b\]](<a b>)", RelatedLink("a b", "A [b]", "")),
        ("- See [this](x), again", RelatedLink("x", "this", "")),
        ("- [snake_case](x): a_b", RelatedLink("x", "snake_case", "a_b")),
    ],
)
def test_markdown_around_a_link_is_left_out(item, link):
    assert split(f"# Related\n{item}\n").links == (link,)


def test_long_texts_are_read_in_no_time():
    for body in (
        "## See also\n" + "  - [a](b)\n" * 20_000 + "Prose.\n",
        "## See also\n" * 20_000,
        "## See also\n" + "- " * 20_000,
        "## See also\n- " + "[" * 20_000,
        "- " * 20_000 + "\n\n## See also\n- [a](b)",
    ):
        split(body)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([*"ab\n -#[](){}*`\\", "## Related\n", "- [a](b)\n", "[^1]: x"])))
def test_no_text_is_lost(parts):
    body = "".join(parts)
    found = split(body)
    if not found.markdown:
        assert found.body == body
    else:
        together = found.markdown + found.body
        assert sorted(together.split()) == sorted(body.split())
        assert found.links
