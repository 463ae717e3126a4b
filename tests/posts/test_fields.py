"""The names and habits of other generators, one by one; whole sites are in test_generators."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pressrun.errors import PostError
from pressrun.model import Author, Enclosure, Image
from pressrun.posts import read
from pressrun.posts.fields import FIELDS
from support.publications import settings

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 23, 12, tzinfo=BERLIN)

VALUES = {
    "id": ("one", "id", "one"),
    "uuid": ("one", "id", "one"),
    "title": ("T", "title", "T"),
    "subject": ("S", "subject", "S"),
    "date": ("2026-11-23 12:00", "published", NOON),
    "publish_date": ("2026-11-23 12:00", "published", NOON),
    "updated": ("2026-11-23 12:00", "updated", NOON),
    "expires": ("2026-11-23 12:00", "expires", NOON),
    "description": ("D", "description", "D"),
    "subtitle": ("D", "description", "D"),
    "summary": ("S", "summary", "S"),
    "preheader": ("P", "preheader", "P"),
    "email_template": ("digest", "email_template", "digest"),
    "tags": ("[a, b c]", "tags", ("a", "b c")),
    "authors": ("Grace", "authors", (Author("Grace"),)),
    "cover": ("/a.png", "cover", Image("https://notes.example/a.png")),
    "images": ("[/a.png, /b.png]", "cover", Image("https://notes.example/a.png")),
    "enclosure": ("/a.mp3", "enclosure", Enclosure("https://notes.example/a.mp3")),
    "slug": ("s", "slug", "s"),
    "url": ("/x/", "url", "https://notes.example/x/"),
    "save_as": ("x/index.html", "url", "https://notes.example/x/"),
    "language": ("de", "language", "de"),
    "draft": ("true", "draft", True),
    "unlisted": ("true", "draft", True),
    "newsletter": ("false", "newsletter", False),
    "feed": ("false", "feed", False),
}
SPECIAL = {
    ("draft", "published"): "false",
    ("draft", "status"): "draft",
    ("unlisted", "permalink"): "false",
    ("unlisted", "build.list"): "never",
    ("unlisted", "build.render"): "never",
    ("unlisted", "render"): "false",
}
NAMES = [(field, name) for field, names in FIELDS.items() if field in VALUES for name in names]


def read_post(fields="", *, path="hello.md"):
    lines = ["title: T\n" * (not fields.startswith("title:")), "date: 2026-11-10\n"]
    if fields.startswith(("date:", "publishDate:", "pubDate", "published_at", "published: 2")):
        lines.pop()
    return read(f"---\n{''.join(lines)}{fields}\n---\n".encode(), path, settings())


def problems(fields):
    with pytest.raises(PostError) as caught:
        read_post(fields)
    return str(caught.value)


def written(name, value):
    outer, dot, inner = name.partition(".")
    return f"{outer}:\n  {inner}: {value}" if dot else f"{name}: {value}"


@pytest.mark.parametrize(("field", "name"), NAMES)
def test_every_name_fills_its_field(field, name):
    usual, attribute, expected = VALUES[field]
    post = read_post(written(name, SPECIAL.get((field, name), usual)))
    assert getattr(post, attribute) == expected


def test_every_field_is_tried():
    assert set(FIELDS) - set(VALUES) == {"cover_alt", "related"}


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ("date: 2026-11-10\npublishDate: 2026-11-23 12:00", NOON),
        ("date: 2026-11-23 12:00\npublishDate: 2026-11-10", NOON),
        ("date: 2026-11-10\npublished: 2026-11-23 12:00", NOON),
        ("date: 2026-11-23 12:00\npublished: true", NOON),
        ("date: 2026-11-23 12:00\npublished:", NOON),
        ("date: ''\npubDate: 2026-11-23 12:00", NOON),
    ],
)
def test_a_post_is_due_at_the_later_of_its_date_and_its_publish_date(fields, published):
    assert read_post(fields).published == published


@pytest.mark.parametrize(
    "fields",
    [
        "published: false",
        "status: hidden",
        "Status: SKIP",
        "status: private",
        "unlisted: true",
        "draft: false\nunlisted: true",
        "permalink: false",
        "headless: true",
        "_build: {list: local, render: always}",
    ],
)
def test_what_no_list_of_its_tool_shows_is_a_draft(fields):
    post = read_post(fields)
    assert post.draft
    assert post.place("draft").endswith(str(fields.count("\n") + 4))


@pytest.mark.parametrize(
    "fields",
    [
        "published: true",
        "status: featured",
        "status: sent",
        "draft: false\npublished: true\nstatus: published",
        "unlisted: false",
        "status: evergreen",
        "status: [draft]",
        "build: {list: always, render: true}",
        "render: true",
        "eleventyExcludeFromCollections: [pages]",
    ],
)
def test_what_lists_show_is_none(fields):
    assert not read_post(fields).draft


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("status: darft", 'posts/hello.md:4: "status" is no status that we know: "darft". Did you'),
        ("unlisted: yes", '"unlisted" must be true or false, not "yes". Write true.'),
        (
            "draft: false\nstatus: draft",
            'md:5: "status" says draft, which means draft: true, but "draft" on line 4 says false.',
        ),
        (
            "published: true\ndraft: true",
            "on line 4 says true, which means draft: false.",
        ),
        (
            "lastmod: 2026-11-11\nmodified: 2026-11-12",
            '"modified" says "2026-11-12", but "lastmod" on line 4 says "2026-11-11". Keep one',
        ),
        ("author: A\nauthors: [B, C]", '"authors" says "B", "C", but "author" on line 4 says "A".'),
        ("extra:\n  image: a.png\nimage: b.png", 'but "extra.image" on line 5 says "a.png". Keep'),
        ("date: git Last Modified", '"date" is no fixed date: "git Last Modified". Write the day'),
        ("published: soon", '"published" is not a date that we can read: "soon". Write it like'),
        ("publishdat: 2026-11-11", 'unknown key "publishdat". Did you mean "publishDate"?'),
        ("unlistd: true", 'unknown key "unlistd". Did you mean "unlisted"?'),
    ],
)
def test_what_contradicts_itself_or_is_in_doubt_is_explained(fields, message):
    assert message in problems(fields)


@pytest.mark.parametrize(
    "fields",
    [
        "author: A\nauthors: [A]",
        "author:\nauthors: A",
        "authors: A\nauthor: ''",
        "date: 2026-11-10\nlastmod: 2026-11-11\npublishDate: 2026-11-12",
        "description: one\nsummary: two\nsubtitle: three",
        "id: a\nuuid: b",
        "cover: a.png\nimages: [b.png]",
        "url: /a/\nsave_as: a/index.html",
        "title: A\nsubject: B",
        "url: /a/\npermalink: a/index.html",
    ],
)
def test_names_that_agree_or_mean_different_things_do_no_harm(fields):
    assert read_post(fields).title


@pytest.mark.parametrize(
    ("fields", "path", "tags"),
    [
        ("tags: a, b\ncategories: [c, a]\ncategory: d e\nkeywords: f", "x.md", "a|b|c|d e|f"),
        ("tags: a, b; c", "x.md", "a, b|c"),
        ("tag: a, b", "x.md", "a, b"),
        ("tags: a b", "x.md", "a b"),
        ("tags: a b", "blog/_posts/2026-11-10-x.md", "a|b"),
        ("tags: a b, c", "_posts/2026-11-10-x.md", "a b|c"),
        ("category: a b", "_posts/2026-11-10-x.md", "a b"),
        ("tags:\ncategories: a", "x.md", "a"),
        ("tags: ['', '']", "x.md", ""),
    ],
)
def test_tags_are_put_together_as_each_tool_parts_them(fields, path, tags):
    assert "|".join(read_post(fields, path=path).tags) == tags


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("authors: A, B", ["A", "B"]),
        ("authors: A, PhD; B", ["A, PhD", "B"]),
        ("author: A, PhD", ["A, PhD"]),
        ("author: {name: {given: Ada, family: L}}", ["Ada L"]),
        ("author: {name: {literal: Ada L}}", ["Ada L"]),
        ("authors: ['', A]", ["A"]),
        ("author: ''", ["Ada Example"]),
    ],
)
def test_authors_come_as_each_tool_writes_them(fields, names):
    assert [author.name for author in read_post(fields).authors] == names


@pytest.mark.parametrize(
    ("fields", "cover"),
    [
        ("image: {path: /a.png, height: 2, width: 1}", ("/a.png", "", 1, 2)),
        ("cover: {image: /a.png, alt: A, relative: false}", ("/a.png", "A", None, None)),
        ("feature_image: /a.png\nfeature_image_alt: A", ("/a.png", "A", None, None)),
        ("image: [/a.png, /b.png]", ("/a.png", "", None, None)),
        ("params:\n  images: ['', /a.png]", ("/a.png", "", None, None)),
    ],
)
def test_a_cover_comes_as_each_tool_writes_it(fields, cover):
    path, *rest = cover
    assert read_post(fields).cover == Image(f"https://notes.example{path}", *rest)


@pytest.mark.parametrize(
    "fields", ["cover: {image: '', alt: x}", "image: false", "cover: ''", "images: []"]
)
def test_a_cover_that_is_left_empty_is_none(fields):
    assert read_post(fields).cover is None


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ("path: blog/x", "blog/x/"),
        ("path: /blog/x/", "blog/x/"),
        ("url: posts/x.html", "posts/x.html"),
        ("permalink: /2026/index.html", "2026/"),
        ("save_as: posts/x/index.html", "posts/x/"),
        ("slug: /x", "x/"),
        ("permalink: index.html", ""),
        ("permalink: /:year/:title/", "hello/"),
        ("url: /posts/:slug/", "hello/"),
        ("permalink: '/{{ page.fileSlug }}/'", "hello/"),
        ("permalink: '{% if draft %}x{% endif %}'", "hello/"),
        ("permalink: {build: /x/}", "hello/"),
    ],
)
def test_an_address_comes_as_each_tool_writes_it(fields, url):
    post = read_post(fields)
    assert post.url == f"https://notes.example/{url}"
    assert bool(post.extra) == (url == "hello/")


@pytest.mark.parametrize("name", ["url", "permalink", "path", "save_as", "slug"])
def test_an_address_that_is_left_empty_is_the_usual_one(name):
    assert read_post(f"{name}: ''").url == "https://notes.example/hello/"


def test_a_mapping_that_fields_are_taken_from_is_kept_as_a_whole():
    post = read_post("extra:\n  image: /a.png\n  toc: true")
    assert post.extra == {"extra": {"image": "/a.png", "toc": True}}
    assert post.lines["cover"] == 5


def test_a_word_that_a_tool_would_fill_in_is_no_update():
    post = read_post("date-modified: last-modified")
    assert post.updated == post.published


def test_an_update_may_be_a_mapping():
    assert read_post("last_update: {author: Ada}").updated == datetime(2026, 11, 10, tzinfo=BERLIN)
    assert read_post("last_update: {date: 2026-11-23 12:00}").updated == NOON


def test_an_address_without_title_is_titled_by_its_subject():
    assert read(b"---\nsubject: S\ndate: 2026-11-10\n---\n", "a.md", settings()).title == "S"


# What the tools' own documents and their starters define beyond the names in FIELDS.
DOCUMENTED = """
Hugo: aliases cascade isCJKLanguage layout linkTitle markup menu menus outputs params
resources sitemap sites translationKey type videos weight audio series toc math mermaid
featured showToc TocOpen hidemeta comments disableShare disableHLJS hideSummary searchHidden
ShowReadingTime ShowBreadCrumbs ShowPostNavLinks ShowWordCount ShowRssButtonInSectionTermList
UseHugoToc editPost canonicalURL robotsNoIndex authorTwitter showFullContent readingTime
hideComments lightgallery license hiddenFromHomePage hiddenFromSearch resourcesalt
Jekyll: layout permalink_style redirect_from redirect_to last_modified comments share sitemap
pin math mermaid toc render_with_liquid media_subpath author_profile read_time classes header
excerpt_separator canonical_url seo robots locale twitter hidden sidebar gallery
Eleventy: templateEngineOverride pagination eleventyNavigation eleventyComputed
eleventyImport dynamicPermalink eleventy data order parent key
Astro: layout heroImageWidth ogImage canonicalURL featured
hideEditPost timezone badge tagline readTime imageSource
Zola: weight aliases authors in_search_index template generate_feeds insert_anchor_links
transparent sort_by paginate_by paginate_path page_template redirect_to extra taxonomies
Pelican: translation template private series gallery status_detail Url_lang js stylesheets
Nikola: link type has_math hidetitle hyphenate nocomments password pretty_url
template filters annotations noannotations wordpress_id retired showhidetoc priority
Quarto: format execute bibliography csl toc toc-depth number-sections code-fold editor jupyter
engine freeze knitr about listing abstract abstract-title doi citation license copyright funding
affiliations order title-block-banner page-layout reading-time filters crossref theme css
html-math-method citation-url google-scholar comments date-format keep-md aliases resources
other-links code-links appendix-style title-prefix pagetitle author-title sidebar search params
Docusaurus: authors_map hide_table_of_contents toc_min_heading_level toc_max_heading_level
truncate sidebar_label sidebar_position pagination_label draft_reason author_title author_url
author_image_url hide_reading_time custom_edit_url
Ghost: html lexical mobiledoc codeinjection_head codeinjection_foot comment_id visibility featured
created_at og_image og_title og_description twitter_image twitter_title meta_title
feature_image_caption primary_author primary_tag tiers email_only email_segment frontmatter
Buttondown: email_type archival_mode secondary_id attachments filters metadata audio
dev.to: series main_image cover_image_height organization_id collection_id hashnode domain
saveAsDraft hideFromHashnodeCommunity enableToc seoTitle seoDescription subtitle_hidden
Others: date_created created gallery hero thumbnail featured icon color theme sticky pinned top
lead intro teaser rating version source via music video photos note mood place location event
events start end talks book books author_bio cover_caption image_caption imageCredit parts part
index number lang_ref translations i18n project projects client role stack github demo repo
"""
KEYS = [key for line in DOCUMENTED.splitlines() for key in line.rpartition(": ")[2].split()]


@pytest.mark.parametrize("key", sorted(set(KEYS)))
def test_no_real_key_is_taken_for_a_slip(key):
    assert read_post(f"{key}: x").title == "T"


WORDS = st.sampled_from(
    ["", "x", "2026-11-23", "/a/", "a, b; c", "draft", "{{ x }}", "//", "never"]
)
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | WORDS
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["name", "url", "date", "image", "tags"]), inner, max_size=2
        )
    ),
    max_leaves=5,
)
TOP = sorted({name.partition(".")[0] for names in FIELDS.values() for name in names})


@examples(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from(TOP), TREES, max_size=6))
@example({"authors": [[], {}], "tags": [{}], "cover": [[""]], "images": [[]]})
@example({"cover": {"url": [], "image": {}}, "last_update": {"date": []}, "build": {"list": []}})
def test_any_value_under_any_name_is_read_or_a_problem_with_its_line(data):
    header = "".join(f"{key}: {json.dumps(value)}\n" for key, value in data.items())
    try:
        read(f"---\n{header}---\n".encode(), "a.md", settings())
    except PostError as error:
        for problem in error.problems:
            assert 1 <= int(problem.where.removeprefix("posts/a.md:")) <= len(data) + 1
