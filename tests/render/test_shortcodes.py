"""What generators would run in a post: replaced where that is certain, else said, never silent."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.model import Body
from pressrun.render import markdown
from pressrun.render.markdown import render
from support.publications import A_PUBLICATION, post
from support.tools import ROOT


def rendered(body: str) -> Body:
    return render(post(body=body, body_line=10), A_PUBLICATION.site)


def plain(html: str) -> str:
    """Give the words of HTML, also those in the place of pictures."""
    pictures = re.sub(r'<img\b(?:[^>"]|"[^"]*")*? alt="([^"]*)"[^>]*>', r"\1", html)
    return unescape(re.sub(r'<(?:[^>"]|"[^"]*")*>', "", pictures)).strip()


UNKNOWN = [
    '{{< chart data="a_b_c" >}}',  # Hugo
    "{{% notice tip %}}",
    '{{< ref "post.md" >}}',
    "{{< param title >}}",
    "{{< include _part.qmd >}}",  # Quarto
    "{{% chart Bar %}}",  # Nikola
    "{% include figure.html src='*x*' %}",  # Jekyll
    "{%- post_url 2026-11-01-hello -%}",
    "{% quote() %}",  # Zola
    '{{ gallery(dir="x") }}',
    "{{ site.baseurl }}",
    "{{ page.title | escape }}",
    "{# nobody sees this #}",  # Nunjucks
    "{% include x.html\n   width=3 %}",
]


@pytest.mark.parametrize("tag", UNKNOWN)
@pytest.mark.parametrize("around", ["{}", "Some {} text.", "- {}", "> {}", "[{}](/x)", "![{}](/x)"])
def test_what_nobody_runs_is_printed_as_written_and_said_with_its_line(tag, around):
    body = rendered(f"One.\n\n{around.format(tag)}\n")
    (finding,) = body.findings
    assert (finding.path, finding.line) == ("posts/hello.md", 12)
    assert (finding.rule, finding.severity) == ("template-tag", "warning")
    assert " ".join(tag.split()) in finding.what
    assert "backticks" in finding.mend
    for shown in (plain(body.html), body.text):
        assert " ".join(tag.split()) in " ".join(shown.split())


@pytest.mark.parametrize("tag", [*UNKNOWN[:-1], "{{< youtube abc >}}", "{% raw %}", "{/* x */}"])
@pytest.mark.parametrize(
    "code", ["```\n{}\n```", "~~~md\n{}\n~~~", "    {}", "`{}`", "<!-- {} -->", "<pre>\n{}\n</pre>"]
)
def test_in_code_and_in_comments_it_is_left_alone(tag, code):
    body = rendered(f"One.\n\n{code.format(tag)}\n")
    assert body.findings == ()
    if not code.startswith(("<", "~")):
        assert tag in plain(body.html)
        assert tag in body.text


@pytest.mark.parametrize(
    "escaped", [r"\{{ name }}", r"\{% tag %}", "<code>{{ x }}</code>", "{ x }"]
)
def test_braces_that_are_meant_make_no_finding(escaped):
    body = rendered(f"Write {escaped} here.")
    assert body.findings == ()
    assert escaped.lstrip("\\") in body.html


def test_markdown_in_double_braces_stays_markdown():
    body = rendered("See {{ the *new* [page](/x) }}.")
    assert '{{ the <em>new</em> <a href="https://notes.example/x">page</a> }}' in body.html


@pytest.mark.parametrize(
    ("tag", "address"),
    [
        ("{{< youtube dQw4w9WgXcQ >}}", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ('{{< youtube id="a-b_c" autoplay="true" >}}', "https://www.youtube.com/watch?v=a-b_c"),
        ('{{ youtube(id="abc", autoplay=true) }}', "https://www.youtube.com/watch?v=abc"),
        ("{% youtube abc %}", "https://www.youtube.com/watch?v=abc"),
        ("{{< vimeo 146022717 >}}", "https://vimeo.com/146022717"),
        ("{{< gist spf13 7896402 >}}", "https://gist.github.com/spf13/7896402"),
        (
            "{% gist parkr/931c1c8d465a04042403 %}",
            "https://gist.github.com/parkr/931c1c8d465a04042403",
        ),
        ("{{< video https://v.example/1.mp4 >}}", "https://v.example/1.mp4"),
        ("{{% media url=https://v.example/2 %}}", "https://v.example/2"),
    ],
)
def test_what_is_embedded_becomes_a_link_and_is_said(tag, address):
    body = rendered(f"One.\n\n{tag}\n")
    assert f'<a href="{address}">{address}</a>' in body.html
    assert address in body.text
    (finding,) = body.findings
    assert (finding.line, finding.rule) == (12, "template-tag")
    assert "a link stands in its place" in finding.what


def test_a_figure_becomes_a_picture_with_its_caption():
    body = rendered('{{< figure\n  src="x.png"\n  alt="A *y*"\n  caption="Z" link="/big" >}}\n')
    picture = '<img src="https://notes.example/hello/x.png" alt="A *y*">'
    assert body.html == f'<p><a href="https://notes.example/big">{picture}</a><br>\nZ</p>'
    assert "[Image: A *y*]" in body.text
    assert body.findings == ()


@pytest.mark.parametrize("tag", ["{{< figure >}}", "{{< youtube >}}", "{{< video x.mp4 >}}"])
def test_a_known_tag_without_what_it_needs_is_unknown(tag):
    assert "shown as written" in rendered(tag).findings[0].what


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("{% highlight python %}", "{% endhighlight %}"),
        ("{%- highlight python linenos -%}", "{%- endhighlight -%}"),
        ("{{< highlight python >}}", "{{< /highlight >}}"),
        ('{{% highlight lang="python" %}}', "{{%/ highlight %}}"),
    ],
)
@pytest.mark.parametrize("before", ["", "- ", "> "])
def test_highlighted_code_becomes_a_block_of_code(opening, closing, before):
    lines = (opening, "if *x*:", "    {{ y }}", "", "    {% z %}", closing)
    indent = before.replace("-", " ")
    body = rendered(before + f"\n{indent}".join(lines))
    assert body.findings == ()
    assert 'class="language-python"' in body.html
    assert plain(body.html) == "if *x*:\n    {{ y }}\n\n    {% z %}"


def test_code_that_is_not_closed_is_said():
    (finding,) = rendered("{% highlight python %}\nx\n").findings
    assert finding.line == 10


@pytest.mark.parametrize(
    "comment",
    [
        "{% comment %}\n*a*\n\n{{ b }}\n{% endcomment %}",
        "{% comment %}{{ a }}{% endcomment %}",
        "{/* a */}",
    ],
)
def test_a_comment_is_nothing(comment):
    body = rendered(f"One.\n\n{comment}\n\nTwo.\n")
    assert body.html == "<p>One.</p>\n<p>Two.</p>"
    assert body.findings == ()


def test_what_is_raw_is_its_content():
    body = rendered(
        "{% raw %}\n```\n{{ a }}\n```\n{% endraw %}\n\nB {% raw %}{{ *c* }}{% endraw %}.\n"
    )
    assert "raw" not in body.html
    assert "{{ a }}" in body.html
    assert body.html.endswith("<p>B {{ <em>c</em> }}.</p>")
    assert body.findings == ()


def test_what_follows_an_unclosed_raw_is_still_said():
    found = rendered("{% raw %}\n\n{{ a }}\n").findings
    assert [each.line for each in found] == [10, 12]


def test_an_escaped_shortcode_shows_itself():
    body = rendered("{{</* youtube abc */>}} and {{%/* x */%}}")
    assert plain(body.html) == "{{< youtube abc >}} and {{% x %}}"
    assert body.findings == ()


def test_what_closes_a_tag_is_said_with_it_and_its_content_stays():
    body = rendered(
        "{{% notice %}}\nSome *text*.\n{{% /notice %}}\n\n{% quote() %}\n> x\n\n{% end %}\n"
    )
    assert [each.line for each in body.findings] == [10, 14]
    assert "<em>text</em>" in body.html


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("{{ site.baseurl }}/a/", "/a/"),
        ("{{ site.url }}{{ site.baseurl }}/a.png", "/a.png"),
        ("{{ '/a b.png' | relative_url }}", "/a%20b.png"),
        ('{{ "a.png" | absolute_url }}', "/a.png"),
        ("{{ '/a/' | url }}#b", "/a/#b"),
        ("{static}/images/a.png", "/images/a.png"),
        ("{attach}a.pdf", "/hello/a.pdf"),
    ],
)
@pytest.mark.parametrize(
    "form", ["[x]({})", "![x]({})", '[x]({} "t")', "[x][y]\n\n[y]: {}", '<div><img src="{}"></div>']
)
def test_an_address_that_the_site_puts_together_leads_there(address, leads, form):
    if address.startswith("{attach}") and form.startswith("<"):
        leads = "/hello/a.pdf"
    body = rendered(f"{form.format(address)}\n")
    assert f'"https://notes.example{leads}"' in body.html
    assert body.findings == ()


@pytest.mark.parametrize(
    "address",
    [
        "{% post_url 2026-11-01-hello %}",
        "{% link _posts/2026-11-01-hello.md %}",
        '{{< relref "hello.md" >}}',
        "{{ page.url }}",
        "{{ page.url | relative_url }}#x",
        "{filename}/hello.md",
        "{static}a.png",
    ],
)
@pytest.mark.parametrize("form", ["[*x*]({})", "![*x*]({})"])
def test_an_address_that_nobody_knows_leaves_the_words_and_is_said(address, form):
    body = rendered(f"One\n{form.format(address)} y.\n")
    assert body.html == "<p>One\n<em>x</em> y.</p>"
    (finding,) = body.findings
    assert (finding.line, finding.rule) == (11, "template-tag")
    assert address in finding.what
    assert "address" in finding.mend


@pytest.mark.parametrize(
    "code", ["import Chart from '../Chart.astro'", 'import "./x.css";', "export const meta = {"]
)
def test_code_of_an_mdx_file_is_said(code):
    body = rendered(f"One.\n\n{code}\n\nThe import of words from 'abroad'.\n")
    assert [each.line for each in body.findings] == [12]
    assert code.split()[0] in body.html


def test_a_tag_in_raw_html_is_said_with_its_line():
    body = rendered("<div>\n<b>x</b>\n{% include y.html %}\n<code>{{ z }}</code>\n</div>\n")
    assert [each.line for each in body.findings] == [12]


def test_our_own_posts_about_braces_make_no_finding():
    source = (ROOT / "posts/braces.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    assert rendered(source).findings == ()


@given(st.text(st.characters(codec="utf-8", exclude_characters="{"), max_size=300))
def test_text_without_braces_is_the_same_to_both_parsers(text):
    def lines(tags):
        tokens = markdown._markdown(tags=tags).parse(text, {"site": "", "shortcodes": []})
        return [token.as_dict() for token in tokens]

    assert lines(tags=True) == lines(tags=False)


PIECES = (
    *(
        "{",
        "}",
        "%",
        "<",
        ">",
        '"',
        "w ",
        "`",
        "\n",
        "\n\n",
        "    ",
        "# ",
        "- ",
        "> ",
        "<b>",
        "![",
        "^[",
    ),
    *("{{ x }}", "{% y %}", "{% raw %}", "{% endraw %}", "[a](", ")", "{static}", "<!--", "-->"),
    *("{% highlight x %}\n", "\n{% endhighlight %}", "{{< figure src=a >}}", "{/*", "*/}"),
)


@given(st.lists(st.sampled_from(PIECES)))
def test_any_mixture_renders_and_no_token_of_ours_is_left(parts):
    text = "".join(parts)
    body = rendered(text)
    last = 10 + text.count("\n")
    assert all(10 <= each.line <= last for each in body.findings)


def test_a_long_text_of_nothing_but_openings_is_no_trap():
    rendered("{{< a " * 3_000 + "{% b " * 3_000 + "{{ c " * 3_000)
