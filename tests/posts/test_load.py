import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pressrun import config, posts
from pressrun.errors import ConfigError, PostError
from pressrun.model import Author
from support.publications import HELLO, MINIMAL, publication

AT = "---\ntitle: T\ndate: 2026-11-10\n---\nbody\n"


def load(tmp_path, files, text=MINIMAL):
    return posts.load(config.load(publication(tmp_path, config=text, posts=files)))


def problems(tmp_path, files, text=MINIMAL):
    with pytest.raises(PostError) as caught:
        load(tmp_path, files, text)
    return [str(problem) for problem in caught.value.problems]


def test_posts_come_newest_first_and_equal_dates_by_id(tmp_path):
    files = {"b.md": AT, "a.md": AT, "c.md": AT.replace("11-10", "11-12")}
    assert [post.id for post in load(tmp_path, files)] == ["c", "a", "b"]


def test_posts_of_an_hour_that_comes_twice_keep_their_order(tmp_path):
    times = {"a": "02:45+02:00", "b": "02:15+01:00"}
    files = {f"{name}.md": AT.replace("11-10", f"10-25T{at}") for name, at in times.items()}
    assert [post.id for post in load(tmp_path, files)] == ["b", "a"]


@pytest.mark.parametrize("folder", ["./posts", "posts/", "posts//", "posts/."])
def test_paths_are_shown_the_same_however_the_folder_is_written(tmp_path, folder):
    (post,) = load(tmp_path, {"a.md": AT}, f"{MINIMAL}posts: {{folder: {folder}}}\n")
    assert (post.path, post.id) == ("posts/a.md", "a")


def test_an_empty_folder_has_no_posts(tmp_path):
    assert load(tmp_path, {}) == []


def test_bundles_folders_and_dated_names_give_id_slug_and_url(tmp_path):
    pattern = MINIMAL + "posts: {url: '/{year}/{month}/{day}/{path}.html'}\n"
    files = {
        "2026/2026-11-10-hello.md": AT,
        "trip/index.md": AT,
        "2026-11-11.md": "---\ntitle: T\n---\n",
        "Große Reise.md": AT,
    }
    found = {post.path: (post.id, post.slug, post.url) for post in load(tmp_path, files, pattern)}
    base = "https://notes.example/2026/11"
    assert found == {
        "posts/2026/2026-11-10-hello.md": (
            "2026/2026-11-10-hello",
            "hello",
            f"{base}/10/2026/hello.html",
        ),
        "posts/trip/index.md": ("trip", "trip", f"{base}/10/trip.html"),
        "posts/2026-11-11.md": ("2026-11-11", "2026-11-11", f"{base}/11/2026-11-11.html"),
        "posts/Große Reise.md": (
            "Große Reise",
            "Große-Reise",
            f"{base}/10/Gro%C3%9Fe-Reise.html",
        ),
    }


def test_the_name_of_a_file_may_end_in_its_language(tmp_path):
    names = ["trip/index.en", "trip/index.de", "trip/index.old", "2026-11-10-b.pt_BR", "socket.io"]
    named = {"x/index.de.md": AT.replace("title", "slug: y\ntitle")}
    files = named | {f"{name}.md": AT for name in names}
    found = {post.id: (post.slug, post.language, post.url) for post in load(tmp_path, files)}
    assert found == {
        "trip/index.en": ("trip", "en", "https://notes.example/trip/"),
        "trip/index.de": ("trip-de", "de", "https://notes.example/de/trip/"),
        "x/index.de": ("y-de", "de", "https://notes.example/de/y/"),
        "2026-11-10-b.pt_BR": ("b-pt-BR", "pt-BR", "https://notes.example/pt-br/b/"),
        "socket.io": ("socket.io", "en", "https://notes.example/socket.io/"),
        "trip/index.old": ("index.old", "en", "https://notes.example/index.old/"),
    }


def test_the_posts_of_jekyll_are_read_wherever_its_folder_is(tmp_path):
    files = {"_posts/2026-11-10-a.md": AT, "trip/_posts/2026-11-10-b.markdown": AT}
    pattern = MINIMAL + "posts: {url: '/{path}/'}\n"
    found = [(post.id, post.url) for post in load(tmp_path, files | {"_drafts/c.md": "x"}, pattern)]
    assert found == [
        ("_posts/2026-11-10-a", "https://notes.example/a/"),
        ("trip/_posts/2026-11-10-b", "https://notes.example/trip/b/"),
    ]


def test_one_name_in_two_unicode_forms_is_one_id(tmp_path):
    files = {"cafe\u0301.md": AT, "sub/index.md": AT.replace("title", "id: café\ntitle")}
    assert "the id" in problems(tmp_path, files)[0]


def test_hidden_and_underscored_names_are_no_posts(tmp_path):
    files = {"_drafts/a.md": b"\xff", ".b.md": "", "_c.md": "", "d.txt": "", "e.md": AT}
    assert [post.id for post in load(tmp_path, files)] == ["e"]


def test_the_site_s_authors_and_language_hold_unless_a_post_says_otherwise(tmp_path):
    text = MINIMAL.replace("feeds:", "  authors: [Ada]\n  language: de\nfeeds:")
    files = {"a.md": AT, "b.md": AT.replace("title", "author: Grace\nlang: en-GB\ntitle")}
    one, two = load(tmp_path, files, text)
    assert (one.authors, one.language) == ((Author("Ada"),), "de")
    assert (two.authors, two.language) == ((Author("Grace"),), "en-GB")


PROBLEMS = """\
posts/a.md:2: "title" must be text, not a list.
posts/a.md:3: "date" is not a date that we can read: "soon". Write it like 2026-11-23 or \
2026-11-23 09:00.
posts/a.md:4: "draft" must be true or false, not "yes". Write true.
posts/b.md:1: the file is empty. Write a post. A file that is no post may have a name that begins \
with an underscore.
posts/c.md:1: there is no front matter. Begin with a line ---, then title: and date:, then a line \
---. A file that is no post may have a name that begins with an underscore.
posts/d.md:1: the front matter begins here and does not end. Add a line --- after it.
posts/e.md:2: this is not valid TOML: invalid value. Text stands in quotes, and lists in brackets.
posts/f.md:2: this is not valid YAML: mapping values are not allowed here. Put text that holds \
": " in quotes.
posts/g.md:2: this is not UTF-8 (byte 0xE9). Save the file as UTF-8.
posts/h.md:1: there is no date. Add date: as YYYY-MM-DD.
posts/i.md:1: there is no title. Add title: and the post's title.
posts/j.md:6: the character U+000C is not allowed. Remove it.
posts/k.md:1: blank lines stand before the first ---. Remove them.
posts/l.md:2: the front matter has no keys. Write a key, a colon and a space before each value.
posts/m.md:2: there is no title. Add title: and the post's title.
"""


def test_every_problem_of_every_post_comes_in_one_run(tmp_path):
    files = {
        "a.md": "---\ntitle: [x]\ndate: soon\ndraft: yes\n---\n",
        "b.md": "",
        "c.md": "no front matter",
        "d.md": "---\ntitle: x\n",
        "e.md": "+++\ntitle = x\n+++\n",
        "f.md": "---\ntitle: a: b\n---\n",
        "g.md": "---\ntitle: caf\xe9\n---\n".encode("latin-1"),
        "h.md": "---\ntitle: x\n---\n",
        "i.md": "---\ndate: 2026-11-10\n---\n",
        "j.md": AT + "\x0c",
        "k.md": "\n" + AT,
        "l.md": "---\ntitle\n---\n",
        "m.md": "---\ntitle: ''\ndate: 2026-11-10\n---\n",
    }
    assert problems(tmp_path, files) == PROBLEMS.splitlines()


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("id: same", "id: same", 'posts/b.md:2: the id "same" is also that of posts/a.md:2.'),
        ("url: /x/", "url: /x/", 'posts/b.md:2: the url "https://notes.example/x/" is also'),
        ("slug: x\nurl: /1/", "slug: x\nurl: /2/", 'posts/b.md:2: the slug "x" is also that of'),
    ],
)
def test_two_posts_with_one_name_are_both_named(tmp_path, first, second, message):
    files = {"a.md": AT.replace("title", f"{first}\ntitle"), "b.md": AT}
    files["b.md"] = files["b.md"].replace("title", f"{second}\ntitle")
    (only,) = problems(tmp_path, files)
    assert message in only
    assert "posts/a.md" in only


def test_unknown_related_posts_are_reported_with_a_guess(tmp_path):
    files = {
        "hello.md": AT,
        "b.md": AT.replace("title", "related: [helo, 'https://x.example/']\ntitle"),
    }
    assert problems(tmp_path, files) == [
        'posts/b.md:2: related names "helo", and no post is called that. Did you mean "hello"?'
    ]


def test_a_link_to_itself_leads_nowhere(tmp_path):
    root = publication(tmp_path, posts={"a.md": AT})
    (root / "posts/loop.md").symlink_to("loop.md")
    (root / "posts/loop").symlink_to("loop")
    with pytest.raises(PostError) as caught:
        posts.load(config.load(root))
    assert str(caught.value) == "posts/loop.md:1: this link leads nowhere. Remove it."


def test_links_out_of_the_folder_are_refused(tmp_path):
    root = publication(tmp_path, posts={"a.md": AT, "sub/b.md": AT, "keep/c.md": AT})
    (tmp_path / "secret.md").write_text(AT)
    (root / "posts/out.md").symlink_to(tmp_path / "secret.md")
    (root / "posts/away").symlink_to(tmp_path)
    (root / "posts/dangling.md").symlink_to(root / "posts/nothing.md")
    (root / "posts/twice").symlink_to(root / "posts/sub")
    (root / "posts/sub/up").symlink_to("..")
    (root / "posts/fine.md").symlink_to(root / "posts/a.md")
    with pytest.raises(PostError) as caught:
        posts.load(config.load(root))
    assert [str(problem).rsplit(".", 2)[0] for problem in caught.value.problems] == [
        "posts/away:1: this link leads out of the folder",
        "posts/dangling.md:1: this link leads nowhere",
        "posts/out.md:1: this link leads out of the folder",
        "posts/sub/up:1: this is a link to a folder",
        "posts/twice:1: this is a link to a folder",
    ]


def test_a_link_to_a_post_within_the_folder_is_a_post(tmp_path):
    root = publication(tmp_path, posts={"_pool/a.md": AT})
    (root / "posts/b.md").symlink_to("_pool/a.md")
    assert [post.id for post in posts.load(config.load(root))] == ["b"]


def test_what_is_no_file_is_not_opened(tmp_path):
    root = publication(tmp_path, posts={})
    os.mkfifo(root / "posts/pipe.md")
    with pytest.raises(PostError, match=r"posts/pipe\.md:1: this is not a file"):
        posts.load(config.load(root))


def test_a_name_that_cannot_be_shown_is_refused(tmp_path):
    assert problems(tmp_path, {"a\nb.md": AT}) == [
        "posts/a?b.md:1: the name holds characters that nobody can see. Rename it."
    ]


def test_a_missing_posts_folder_is_a_matter_of_configuration(tmp_path):
    with pytest.raises(ConfigError, match="there is no folder articles"):
        load(tmp_path, {}, MINIMAL + "posts: {folder: articles}\n")


def test_a_posts_folder_outside_the_publication_is_refused(tmp_path):
    root = publication(tmp_path, posts={})
    (root / "posts").rmdir()
    (root / "posts").symlink_to(tmp_path)
    with pytest.raises(ConfigError, match="leads out of the publication"):
        posts.load(config.load(root))


def test_among_several_newsletters_a_post_without_a_name_goes_to_the_first(tmp_path):
    text = MINIMAL + "newsletters: {main: , weekly: }\n"
    said = {
        "a": "",
        "b": "newsletter: true\n",
        "c": "newsletter: weekly\n",
        "d": "newsletter: false\n",
    }
    files = {f"{name}.md": f"---\n{line}{AT[4:]}" for name, line in said.items()}
    assert [p.newsletter for p in load(tmp_path, files, text)] == ["main", "main", "weekly", False]
    opt_in = text + "email: {posts: opt-in}\n"
    assert [p.newsletter for p in load(tmp_path, files, opt_in)] == [None, "main", "weekly", False]


def test_reading_needs_no_clock_and_no_order(tmp_path):
    files = {f"{n}.md": AT for n in range(5)}
    assert load(tmp_path, files) == load(tmp_path, dict(reversed(files.items())))
    assert load(tmp_path, files)[0].published.astimezone(UTC) == datetime(
        2026, 11, 9, 23, tzinfo=UTC
    )


def test_an_outline_is_the_post_without_body_and_related_section(tmp_path):
    body = "Text.\n\n## Related posts\n\n- [One](/one/)\n"
    root = publication(tmp_path, posts={"hello.md": f"{HELLO}{body}", "plain.md": HELLO})
    settings = config.load(root)
    for outlined, loaded in zip(posts.outline(settings), posts.load(settings), strict=True):
        bare = replace(loaded, body="", related=(), related_section="")
        assert (outlined, posts.whole(outlined, settings)) == (bare, loaded)


@pytest.mark.parametrize("cores", [1, 2])
def test_many_posts_are_read_alike_on_one_core_and_on_two(tmp_path, cores):
    slugs = [f"p{number:04}" for number in range(posts.WORTH_A_PROCESS)]
    many = {
        f"{slug}.md": HELLO.replace("-10 09", f"-{n % 20 + 1:02} 09")
        for n, slug in enumerate(slugs)
    }
    settings = config.load(publication(tmp_path, posts=many))
    found = [post.slug for post in posts.outline(settings, cores=cores)]
    assert found == sorted(slugs, key=lambda slug: (-(int(slug[1:]) % 20), slug))


def test_the_problems_of_both_halves_are_told(tmp_path):
    many = {f"p{number:04}.md": HELLO for number in range(posts.WORTH_A_PROCESS)}
    many |= {"p0000.md": "none\n", "p1499.md": "---\ntitle: C\n---\n"}
    settings = config.load(publication(tmp_path, posts=many))
    with pytest.raises(PostError) as caught:
        posts.outline(settings, cores=2)
    assert [each.where for each in caught.value.problems] == [
        "posts/p0000.md:1",
        "posts/p1499.md:1",
    ]
