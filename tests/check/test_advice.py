"""What a reader would stumble over: each rule speaks where it should, and is silent otherwise."""

import pytest

from pressrun import check
from pressrun.check.registry import MESSAGE_RULES, RULES
from pressrun.model import Body, Image, Severity
from pressrun.placeholders import TOKENS
from pressrun.publication import Check, Email
from pressrun.render.email import render
from pressrun.render.pictures import Picture
from pressrun.render.templates import Templates
from support.messages import ADDRESS, LEAVE, a_message, a_post, found
from support.publications import post, settings
from support.tools import ROOT


def test_lorem_ipsum_holds_an_issue_outside_of_code():
    assert found("Lorem ipsum dolor", "<p>Lorem ipsum dolor</p>") == [(8, "lorem-left")]
    assert found("`lorem ipsum`", "<p><code>lorem ipsum</code></p>") == []


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:1313/a/",
        "https://127.0.0.1/a",
        "https://192.168.1.4/a",
        "https://press.local/a",
        "https://[::1]/a",
    ],
)
def test_an_address_of_the_writers_own_machine_holds_an_issue(url):
    body, html = f"Words.\n\n[the page]({url})", f'<p>Words.</p><a href="{url}">the page</a>'
    assert found(body, html, rule="local-address") == [(10, "local-address")]


@pytest.mark.parametrize("url", ["https://local.example/", "https://8.8.8.8/", "mailto:a@x.y"])
def test_an_address_that_everybody_knows_is_fine(url):
    assert not found("x", f'<a href="{url}">the page</a>', rule="local-address")


def test_a_picture_within_the_message_holds_an_issue():
    html = '<img src="data:image/png;base64,AAAA" alt="A dot" width="1" height="1">'
    assert found("Words\n\n![A dot](data:image/png;base64,AAAA)", f"<p>Words</p>{html}") == [
        (10, "data-uri")
    ]


def test_a_long_subject_and_preheader_are_cut():
    words = "word " * 40
    assert found("x", "<p>x</p>", subject=words) == [(2, "subject-length")]
    message = a_message("<p>x</p>", LEAVE)
    long = type(message)(
        **{name: getattr(message, name) for name in message.__slots__} | {"preheader": words}
    )
    findings = check.message(a_post("x"), Body("<p>x</p>", "x"), long)
    assert [(each.line, each.rule) for each in findings] == [(4, "preheader-length")]


def test_links_that_are_not_encrypted_or_hide_where_they_lead():
    body = "[a page](http://x.example/a)\n\n[an offer](https://bit.ly/3xyz)"
    html = '<a href="http://x.example/a">a page</a> <a href="https://bit.ly/3xyz">an offer</a>'
    assert found(body, html) == [(8, "http-link"), (10, "shortened-link")]
    assert found("x", '<a href="https://orbit.ly/">a page</a>') == []


def test_a_heading_that_skips_a_level():
    body = "## One\n\nWords\n\n#### Too deep\n\nWords\n\n## Two\n\n### Fine"
    html = "<h2>One</h2><p>Words</p><h4>Too <em>deep</em></h4><h2>Two</h2><h3>Fine</h3>"
    assert found(body, html) == [(12, "heading-order")]


@pytest.mark.parametrize(
    ("levels", "wrong"),
    [("2", []), ("3", ["3"]), ("12", []), ("13", ["3"]), ("2323", []), ("212", ["2"])],
)
def test_the_title_is_the_heading_above_all(levels, wrong):
    html = "".join(f"<h{level}>Level {level}</h{level}>" for level in levels)
    findings = check.message(
        a_post("x"), Body(f"<p>x</p>{html}", "x"), a_message("<p>x</p>", LEAVE)
    )
    assert [each.what[7] for each in findings if each.rule == "heading-order"] == wrong


@pytest.mark.parametrize(
    ("line", "stale"),
    [
        ("© 2024 Notes", True),
        ("© 2024\n\n- a list", True),
        ("Copyright (c) 2023 Ada", True),
        ("© 2026 Notes", False),
        ("© 2019–2026 Notes", False),
        ("In 2024 we began.", False),
    ],
)
def test_a_copyright_of_a_year_that_is_over(line, stale):
    expected = [(10, "stale-year")] if stale else []
    assert found(f"Words\n\n{line}", f"<p>Words</p><p>{line}</p>") == expected


def test_a_message_without_a_postal_address():
    html = a_message("<p>x</p>", LEAVE).html
    message = a_message("<p>x</p>", LEAVE)
    without = type(message)(
        **{name: getattr(message, name) for name in message.__slots__}
        | {"html": html.replace(ADDRESS, "")}
    )
    body = Body("<p>x</p>", "x")
    assert [each.rule for each in check.message(a_post("x"), body, without)] == ["no-address"]
    shown = check.message(a_post("x"), body, message, email=Email(postal_address="1 A Street"))
    assert [each.rule for each in shown] == ["no-address"]


def test_what_a_family_of_clients_does_not_show_is_told_with_the_share():
    html = '<p>x</p><img src="https://x.example/a.webp" alt="A" width="1" height="1">'
    body = "x\n\n![A](a.webp)"
    assert found(body, html) == [(10, "unsupported")]
    message, given = a_message(html, LEAVE), Body(html, "x")
    (told,) = check.message(a_post(body), given, message)
    assert told.what == "WebP picture works in 50 % of gmail and 83 % of outlook"
    apple = Email(clients=("apple-mail",))
    assert check.message(a_post(body), given, message, email=apple) == ()


def test_a_picture_that_the_post_does_not_hold_is_named_at_the_line_that_brings_it():
    url = "https://x.example/other/cover.svg"
    image = f'<img src="{url}" alt="A" width="1" height="1">'
    message = a_message(f"<p>x</p>{image}", LEAVE)

    def told(written, html, **fields):
        given = Body(html, "x")
        (one,) = check.message(a_post(written, **fields), given, message)
        return one.line, one.what.partition(" works")[0]

    lines = {"cover": 5, "related": 6}
    assert told("x", "<p>x</p>") == (1, f"SVG picture ({url})")
    assert told("x", "<p>x</p>", lines=lines) == (6, f"SVG picture ({url})")
    own = Image(url, "A", 1, 1)
    assert told("x", "<p>x</p>", lines=lines, cover=own) == (5, "SVG picture")
    assert told("x\n\n![A](cover.svg)", f"<p>x</p>{image}", lines=lines) == (10, "SVG picture")
    assert told("x\n\n![A][here]", f"<p>x</p>{image}", lines=lines) == (8, "SVG picture")


def test_what_our_templates_use_is_no_finding():
    publication = settings(email=Email(postal_address="1 A Street"))
    body = Body("<p>Hello.</p>", "Hello.")
    for name in Templates(publication.root).names():
        message = render(publication, "main", post(email_template=name), body, ())
        assert check.message(post(body="Hello."), body, message, email=publication.email) == ()


# --- Switches


HERE = '<p>TK <a href="https://x.example/">here</a></p>'


def switched(**rules):
    findings = check.message(
        a_post("TK [here](https://x.example/)"),
        Body(HERE, "TK"),
        a_message(HERE, ""),
        check=Check({name.replace("_", "-"): said for name, said in rules.items()}),
    )
    return [(each.rule, each.severity) for each in findings]


def test_a_rule_weighs_what_publish_yml_says():
    usual = [("tk-left", "error"), ("no-unsubscribe", "error"), ("link-text", "warning")]
    assert switched() == usual
    assert switched(tk_left="off", link_text="error") == [
        ("no-unsubscribe", "error"),
        ("link-text", "error"),
    ]
    assert switched(tk_left="warning")[0] == ("tk-left", "warning")


def test_what_must_hold_always_cannot_be_switched():
    assert ("no-unsubscribe", "error") in switched(no_unsubscribe="off")
    told = [str(each) for each in check.unknown_switches(Check({"no-unsubscribe": "off"}))]
    assert "no-unsubscribe holds always: Remove it." in told[0]


def test_a_switch_for_no_rule_is_told_with_what_may_be_meant():
    (told,) = check.unknown_switches(Check({"link-txt": "off"}, line=12))
    assert (told.path, told.line, told.mend) == ("publish.yml", 12, 'Did you mean "link-text"?')


# --- Comments


def ignored(body, rule="link-text"):
    html = '<p><a href="https://x.example/">here</a></p>' * body.count("[here]")
    return found(body, html, rule=rule)


def test_a_comment_silences_a_rule_for_the_next_block():
    link = "[here](https://x.example/)"
    comment = "<!-- publish-ignore: link-text -->"
    assert ignored(f"Words.\n\n{comment}\n{link}\n\n{link}\n") == [(13, "link-text")]
    assert ignored(f"Words.\n\n{comment}\n\n{link}\nand more\n") == []


def test_before_the_first_block_a_comment_is_for_the_whole_post():
    link = "[here](https://x.example/)"
    comment = "<!-- publish-ignore: image-alt, link-text -->"
    assert ignored(f"\n{comment}\n\nWords\n\n{link}\n\n{link}\n") == []


def test_a_comment_silences_nothing_that_must_hold():
    body = "<!-- publish-ignore: empty-body -->"
    assert found(body, "", rule="empty-body") == [(8, "empty-body")]
    told = check.message(a_post(body), Body("", ""), a_message("", LEAVE))
    assert 'no rule "empty-body" that a comment could silence' in told[-1].what


def test_a_comment_with_a_slip_is_told():
    told = check.message(
        a_post("Words\n\n<!-- publish-ignore: link-txt -->\nx"),
        Body("<p>Words</p>", "Words"),
        a_message("<p>Words</p>", LEAVE),
    )
    assert [(each.line, each.rule) for each in told] == [(10, "unknown-rule")]
    assert told[0].mend == 'Did you mean "link-text"?'


# --- The table


def test_every_rule_is_explained_and_has_a_name_of_its_own():
    names = [rule.name for rule in RULES.values()]
    assert len(names) == len(set(names)) == len(RULES)
    assert all(rule.why.endswith(".") for rule in RULES.values())
    assert all(rule.source.startswith("https://") for rule in RULES.values() if rule.source)
    assert all(rule.look and rule.look.__doc__ for rule in MESSAGE_RULES)


def test_readme_names_every_rule():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    checks = readme.partition("## Checks")[2].partition("\n## ")[0]
    errors, _, warnings = " ".join(checks.split()).partition("Warnings let it go")
    for rule in RULES.values():
        assert f"`{rule.name}`" in (errors if rule.severity is Severity.ERROR else warnings)


def test_only_errors_can_be_fixed_ones():
    fixed = {rule.name for rule in RULES.values() if rule.fixed}
    assert fixed == {
        "empty-body",
        "no-tag",
        "no-unsubscribe",
        "reserved-word",
        "unfit-picture",
        "unreadable",
    }
    assert all(RULES[name].severity is Severity.ERROR for name in fixed)
    assert TOKENS["unsubscribe_url"] == LEAVE


@pytest.mark.parametrize(
    ("sides", "mend"),
    [
        ("", "width 1200 and height 800, or put the picture beside the post."),
        (' width="600"', "height 400."),
        (' height="200"', "width 300."),
    ],
)
def test_the_size_of_a_picture_elsewhere_is_named_where_it_is_known(sides, mend):
    url = "https://x.example/a.jpg"
    html = f'<img src="{url}" alt="A"{sides}>'

    def told(pictures):
        message = a_message(html, LEAVE)
        found = check.message(a_post(f"![A]({url})"), Body(html, ""), message, pictures=pictures)
        return [each.mend for each in found if each.rule == "image-size"]

    known = {url: Picture(1200, 800, 90)}
    assert told(known) == [f"It is 1200 by 800 pixels: write {mend}"]
    assert told({}) == told({url: Picture(0, 0, 90)}) == ["Give it width and height in pixels."]


def test_heavy_pictures_are_weighed_together():
    def weighed(*sizes):
        pictures = {
            f"https://x.example/{n}.jpg": Picture(3000, 2000, b) for n, b in enumerate(sizes)
        }
        body, html = "Words\n\n![A](1.jpg)", "<p>Words</p>"
        message = a_message(html, LEAVE)
        found = check.message(a_post(body), Body(html, "Words"), message, pictures=pictures)
        return [(each.line, each.rule, each.what) for each in found]

    assert weighed(400_000, 500_000) == []
    what = "the pictures have 1.3 MB, of which 1.jpg has 0.9 MB at 3000 by 2000 pixels"
    assert weighed(400_000, 900_000) == [(10, "image-weight", what)]
