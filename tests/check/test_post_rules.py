"""What is wrong with posts, and between them."""

from dataclasses import replace
from datetime import UTC, datetime

from pressrun.check.posts import far_dates, same_titles
from support.publications import post


def at(day, **fields):
    return post(published=datetime(2026, 11, day, tzinfo=UTC), **fields)


def test_the_younger_of_two_posts_with_one_title_is_told():
    posts = [
        at(3, slug="b", path="posts/b.md", title="Hello  World", lines={"title": 2}),
        at(1, slug="a", path="posts/a.md", title="hello world"),
        at(4, slug="c", path="posts/c.md", title="Hello world", language="de"),
        at(5, slug="d", path="posts/d.md", title="Hello world", draft=True),
    ]
    (told,) = same_titles(posts)
    assert (told.path, told.line) == ("posts/b.md", 2)
    assert told.what == "posts/a.md:1 has the same title"


def test_a_post_of_another_year_is_told():
    now = datetime(2026, 11, 1, tzinfo=UTC)
    posts = [
        post(published=now.replace(year=2028), path="posts/typo.md", lines={"date": 3}),
        post(published=now.replace(year=2028), draft=True),
        post(published=now.replace(year=2027)),
    ]
    (told,) = far_dates(posts, now)
    assert (told.path, told.line) == ("posts/typo.md", 3)
    assert told.what == "2028-11-01 is more than a year ahead"


def test_a_comment_silences_a_date_far_ahead():
    now = datetime(2026, 11, 1, tzinfo=UTC)
    later = post(published=now.replace(year=2028), body="<!-- publish-ignore: far-date -->\n\nHi.")
    assert list(far_dates([later], now)) == []


def test_a_comment_in_the_younger_post_silences_its_title():
    comment = "<!-- publish-ignore: duplicate-title -->"
    older = at(1, slug="a", path="posts/a.md", title="Hello")
    copy = at(3, slug="b", path="posts/b.md", title="Hello", lines={"title": 2}, body_line=4)
    assert list(same_titles([older, replace(copy, body=f"{comment}\n\nWords.")])) == []
    below = replace(copy, body=f"Words.\n\n{comment}\n\nMore.")
    assert len(list(same_titles([older, below]))) == 1
    assert len(list(same_titles([replace(older, body=comment), copy]))) == 1
