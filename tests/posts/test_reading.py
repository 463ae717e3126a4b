from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pressrun.errors import PostError
from pressrun.model import Author, Image, RelatedLink
from pressrun.posts import read
from pressrun.publication import Newsletter, PostsFolder
from support.publications import settings

BERLIN = ZoneInfo("Europe/Berlin")


def read_post(fields="", *, body="body\n", path="hello.md", **publication):
    content = f"---\ntitle: T\ndate: 2026-11-10\n{fields}\n---\n{body}"
    return read(content.encode(), path, settings(**publication))


def problems(fields="", **more):
    with pytest.raises(PostError) as caught:
        read_post(fields, **more)
    return [str(problem) for problem in caught.value.problems]


def test_a_post_with_little_has_sensible_defaults():
    post = read_post()
    assert (post.id, post.path, post.slug) == ("hello", "posts/hello.md", "hello")
    assert (post.url, post.language) == ("https://notes.example/hello/", "en")
    assert post.published == post.updated == datetime(2026, 11, 10, tzinfo=BERLIN)
    assert (post.body, post.body_line) == ("body\n", 6)
    assert (post.draft, post.feed, post.newsletter, post.expires) == (False, True, None, None)
    assert post.authors == (Author("Ada Example"),)
    assert post.lines == {"title": 2, "date": 3}


def test_byte_order_mark_and_carriage_returns_do_no_harm():
    unix = b"---\ntitle: T\ndate: 2026-11-10\n---\nOne\n\nTwo\n"
    windows = b"\xef\xbb\xbf" + unix.replace(b"\n", b"\r\n")
    assert read(windows, "a.md", settings()) == read(unix, "a.md", settings())


@pytest.mark.parametrize("end", ["---", "--- ", "...", "---\n"])
def test_front_matter_ends_at_the_first_closing_line(end):
    post = read(f"---\ntitle: T\ndate: 2026-11-10\n{end}".encode(), "a.md", settings())
    assert (post.body, post.body_line) == ("", 5)


def test_a_rule_in_the_body_is_body():
    assert read_post(body="a\n\n---\n\nb\n").body == "a\n\n---\n\nb\n"


def test_names_are_compared_without_case_and_hyphens():
    post = read_post("Pre-Header: p\nLANG: de_AT\nAuthor: Grace")
    assert (post.preheader, post.language, post.authors) == ("p", "de-AT", (Author("Grace"),))
    assert post.lines["language"] == 5


def test_numbers_and_words_of_yaml_are_text_where_text_is_wanted():
    post = read_post("subject: 1984\ndescription: no\ntags: [2026, 3.10, on]")
    assert (post.subject, post.description) == ("1984", "no")
    assert post.tags == ("2026", "3.10", "on")


def test_unknown_fields_are_kept_for_templates():
    post = read_post("layout: wide\nparams:\n  toc: true\n  depth: [1, 2]")
    assert post.extra == {"layout": "wide", "params": {"toc": True, "depth": [1, 2]}}
    assert post.lines["layout"] == 4


def test_text_of_several_lines_becomes_one_line():
    assert read_post("description: >\n  one\n  two\n\n  three").description == "one two three"


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("a, b ,a", ("a", "b")),
        ("[a, b, '', ~]", ("a", "b")),
        ("", ()),
        ("[]", ()),
        ("\n  - a b", ("a b",)),
    ],
)
def test_tags_are_a_list_or_text_with_commas(written, tags):
    assert read_post(f"tags: {written}").tags == tags


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Grace", (Author("Grace"),)),
        ("[Grace, {name: Ada, x: y}]", (Author("Grace"), Author("Ada"))),
        ("{name: Ada, email: a@b.example, url: /ada}", (Author("Ada", "a@b.example", "/ada"),)),
        ("{name: Ada}", (Author("Ada"),)),
    ],
)
def test_authors_are_names_or_mappings(written, authors):
    assert read_post(f"authors: {written}").authors == authors


@pytest.mark.parametrize(
    ("written", "image"),
    [
        ("a b.png", Image("https://notes.example/hello/a%20b.png")),
        ("/img/a.png", Image("https://notes.example/img/a.png")),
        ("https://cdn.example/a.png?w=1", Image("https://cdn.example/a.png?w=1")),
        ("https://bücher.example/5%.png", Image("https://xn--bcher-kva.example/5%25.png")),
        (
            "{src: ../a.png, alt: An A, width: 1200, height: 630}",
            Image("https://notes.example/a.png", "An A", 1200, 630),
        ),
    ],
)
def test_a_cover_is_resolved_against_the_post_s_own_url(written, image):
    assert read_post(f"cover: {written}").cover == image


def test_related_posts_are_targets_or_mappings():
    post = read_post("related: [a, {post: b, title: B}, {url: 'https://x.example/', title: X}]")
    links = (RelatedLink("a"), RelatedLink("b", "B"), RelatedLink("https://x.example/", "X"))
    assert post.related == links
    assert read_post("related: a").related == (RelatedLink("a"),)


def test_a_hand_written_section_is_taken_off_and_read():
    body = "Text.\n\n## Related posts\n\n- [A](/a/) - Good.\n"
    post = read_post(body=body)
    assert (post.body, post.related) == ("Text.\n", (RelatedLink("/a/", "A", "Good."),))
    assert post.related_section.startswith("## Related posts")
    assert read_post("related: b", body=body).related == (RelatedLink("b"),)
    assert read_post("related: false", body=body).related == ()


def test_an_update_before_the_date_counts_as_none():
    post = read_post("updated: 2026-11-01")
    assert post.updated == post.published
    assert read_post("updated: 2026-11-12").updated == datetime(2026, 11, 12, tzinfo=BERLIN)


@pytest.mark.parametrize("line", ["draft: true", "Draft: True", "published: false"])
def test_a_draft_is_a_draft_in_the_words_of_other_tools_too(line):
    post = read_post(line)
    assert post.draft
    assert post.place("draft") == "posts/hello.md:4"


def test_a_date_in_the_file_s_name_counts_when_the_key_is_missing():
    content = b"---\ntitle: T\n---\n"
    post = read(content, "2026-11-10-hello.md", settings())
    assert (post.slug, post.published) == ("hello", datetime(2026, 11, 10, tzinfo=BERLIN))
    with pytest.raises(PostError, match=r"md:1: the date in the file's name is a day or time that"):
        read(content, "2026-13-10-hello.md", settings())


def test_the_key_wins_over_the_file_s_name():
    assert read_post(path="2020-01-01-hello.md").published.year == 2026


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tittle: x", None),
        ("drfat: true", 'posts/hello.md:4: unknown key "drfat". Did you mean "draft"?'),
        ("darft: true", 'Did you mean "draft"?'),
        ("Newsleter: false", 'unknown key "Newsleter". Did you mean "newsletter"?'),
        ("expire: 2026-12-01", 'Did you mean "expires"?'),
        ("feeds: false", 'Did you mean "feed"?'),
        ("data: {}", None),
        ("newsletter_id: 5", None),
    ],
)
def test_only_a_slip_of_the_pen_for_a_missing_field_is_an_error(line, message):
    if message is None:
        assert read_post(line).extra
    else:
        assert message in problems(line)[0]


def test_a_misspelt_title_is_told_once():
    with pytest.raises(PostError) as caught:
        read(b"---\ntittle: T\ndate: 2026-11-10\n---\n", "a.md", settings())
    assert str(caught.value) == 'posts/a.md:2: unknown key "tittle". Did you mean "title"?'


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("draft:", 'posts/hello.md:4: "draft" must be true or false, not nothing.'),
        (
            "draft: 'true'",
            '"draft" must be true or false, not "true". Write true or false, without',
        ),
        ("feed: off", '"feed" must be true or false, not "off". Write false.'),
        (
            "newsletter: no",
            '"newsletter" names "no", which publish.yml does not define. Write false.',
        ),
        ("newsletter: mian", 'Did you mean "main"?'),
        ("newsletter: zzz", "publish.yml has: main."),
        ("newsletter:", '"newsletter" is empty. Write true, false or one of: main.'),
        ("date: 2026-11-11", 'posts/hello.md:4: the key "date" is there twice, first on line 3.'),
        ("author: A\nauthors: B", '"authors" says "B", but "author" on line 4 says "A". Keep one'),
        ("cover: {alt: x}", '"cover" needs an address, such as url: cover.png.'),
        ("cover: data:image/png,x", '"cover" is not a web address or a path'),
        ("cover: 'https://[x'", '"cover" is not a web address or a path'),
        ("cover: {url: x, width: wide}", '"cover" needs whole numbers of pixels, not "wide".'),
        ("related: [{title: x}]", '"related" needs a target, such as post: its-slug.'),
        ("related: ['']", '"related" is empty.'),
        ("tags: {a: b}", '"tags" must be a list of words, such as [one, two], not a mapping.'),
        ("authors: [[]]", '"authors" must be text, not a list.'),
        ("lang: klingon!", '"lang" must be a language tag such as en or de-AT, not "klingon!".'),
        ("subject: true", '"subject" must be text, not true.'),
        ("expires: never", '"expires" is not a date that we can read: "never".'),
        ('id: "a\\x7fb"', '"id" must be a word of your own'),
    ],
)
def test_a_field_that_cannot_be_used_is_explained(lines, message):
    assert message in problems(lines)[0]


@pytest.mark.parametrize(
    "slug", ["../x", "a/b", "..", ".", "a\\b", "a b", "a?b", "a%2e", "x" * 201]
)
def test_a_slug_cannot_leave_its_place(slug):
    (only,) = problems(f"slug: {slug!r}")
    assert only.startswith('posts/hello.md:4: "slug" ')


def test_a_file_name_that_gives_no_slug_is_explained():
    (only,) = problems(path="What?.md")
    assert only.startswith("posts/What?.md:1: the slug that the file's name gives cannot stand")
    assert read_post("slug: what", path="What?.md").slug == "what"


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("/x/", "https://notes.example/x/"),
        ("/größe/", "https://notes.example/gr%C3%B6%C3%9Fe/"),
        ("https://notes.example/x", "https://notes.example/x"),
        ("https://other.example/x", None),
        ("//other.example/x", None),
        ("x/", "https://notes.example/x/"),
        ("a:b/", None),
        ("/../x", None),
        ("/a/%2e%2e/x", None),
        ("/x?y", None),
        ("/x#y", None),
        ("javascript:alert(1)", None),
        ("https://notes.example\\@x.example/", None),
    ],
)
def test_a_post_s_url_is_a_page_of_the_site(url, result):
    if result is None:
        assert problems(f"url: {url!r}")[0].startswith('posts/hello.md:4: "url" ')
    else:
        assert read_post(f"url: {url!r}").url == result


def test_a_newsletter_is_known_by_its_name():
    several = {"main": Newsletter(), "weekly": Newsletter()}
    assert read_post("newsletter: weekly", newsletters=several).newsletter == "weekly"
    assert read_post("newsletter: true").newsletter is True


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
LINES = st.lists(
    st.sampled_from(
        ["title", "date", "slug", "url", "cover", "related", "tags", "draft", "newsletter"]
    ).flatmap(lambda key: TEXT.map(lambda text: f"{key}: {text}"))
    | TEXT
)


@examples(deadline=None, max_examples=200)
@given(st.binary(max_size=60) | LINES.map(lambda lines: "\n".join(["---", *lines, "---"]).encode()))
@example(b"---\n---\n")
@example(b"---")
@example(b"\xff\xfe")
def test_any_content_is_a_post_or_problems_with_a_place(content):
    try:
        read(content, "a.md", settings())
    except PostError as error:
        for problem in error.problems:
            path, _, line = problem.where.rpartition(":")
            assert path == "posts/a.md"
            assert 1 <= int(line) <= content.count(b"\n") + content.count(b"\r") + 1
            assert problem.what


@examples(deadline=None, max_examples=200)
@given(TEXT, st.sampled_from(["slug", "url"]))
@example("a/../../b", "url")
@example("%2E%2E", "slug")
def test_no_slug_and_no_url_leaves_the_site(text, field):
    quoted = "'" + " ".join(text.split()).replace("'", "''") + "'"
    try:
        post = read_post(f"{field}: {quoted}", posts=PostsFolder(url="/blog/{slug}/"))
    except PostError:
        return
    assert post.url.startswith("https://notes.example/")
    assert post.url.isascii()
    assert not {".", ".."} & set(post.url.lower().replace("%2e", ".").split("/"))
    assert "/" not in post.slug
    assert post.slug.strip(".")


@examples(deadline=None, max_examples=100)
@example(datetime(1999, 10, 31, 0, 30), 0)  # noqa: DTZ001, an hour that comes twice
@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2999, 12, 30)),  # noqa: DTZ001, made aware below
    st.integers(-14 * 60, 14 * 60),
)
def test_dates_with_an_offset_come_back_as_they_were(naive, minutes):
    sign, size = "-" if minutes < 0 else "+", abs(minutes)
    written = f"{naive.isoformat()}{sign}{size // 60:02}:{size % 60:02}"
    post = read(f"---\ntitle: T\ndate: {written}\n---\n".encode(), "a.md", settings())
    assert post.published.tzinfo == BERLIN
    expected = naive.replace(tzinfo=UTC) - timedelta(minutes=minutes)
    assert post.published.astimezone(UTC) == expected
