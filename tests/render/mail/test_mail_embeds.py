"""Embedded pages, films and sounds in an inbox."""

import pytest

from pressrun.model import Body
from support.mail_posts import for_inbox
from support.publications import post


def mailed(body: str) -> Body:
    return for_inbox(post(body=body, body_line=10))


@pytest.mark.parametrize(
    ("source", "page", "action"),
    [
        ("https://www.youtube.com/embed/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
         "Watch on YouTube"),
        ("//www.youtube-nocookie.com/embed/a-_?start=3", "https://www.youtube.com/watch?v=a-_",
         "Watch on YouTube"),
        ("https://youtu.be/abc", "https://www.youtube.com/watch?v=abc", "Watch on YouTube"),
        ("https://www.youtube.com/embed/videoseries?list=PL1",
         "https://www.youtube.com/playlist?list=PL1", "Watch on YouTube"),
        ("https://player.vimeo.com/video/76?h=8", "https://vimeo.com/76", "Watch on Vimeo"),
        ("https://www.dailymotion.com/embed/video/x8", "https://www.dailymotion.com/video/x8",
         "Watch on Dailymotion"),
        ("https://open.spotify.com/embed/track/4a", "https://open.spotify.com/track/4a",
         "Listen on Spotify"),
        ("https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b",
         "https://soundcloud.com/a/b", "Listen on SoundCloud"),
        ("https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/1",
         "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/1",
         "Listen on SoundCloud"),
        ("https://embed.bsky.app/embed/did:plc:z/app.bsky.feed.post/3k",
         "https://bsky.app/profile/did:plc:z/post/3k", "Look at it on Bluesky"),
        ("https://www.instagram.com/p/Cx/embed/", "https://www.instagram.com/p/Cx/",
         "Look at it on Instagram"),
        ("https://platform.twitter.com/embed/Tweet.html?id=20", "https://x.com/i/status/20",
         "Look at it on X"),
        ("https://mastodon.social/@ada/100/embed", "https://mastodon.social/@ada/100",
         "Look at it on mastodon.social"),
        ("https://tube.example/videos/embed/4f-a", "https://tube.example/w/4f-a",
         "Watch on tube.example"),
        ("/maps/1?a=1&amp;b=2", "https://notes.example/maps/1?a=1&b=2",
         "Look at it on notes.example"),
    ],
)  # fmt: skip
def test_an_embed_leads_to_the_page_that_shows_it(source, page, action):
    body = mailed(f'One.\n\n<iframe src="{source}" title="A title"></iframe>\n')
    assert f'<a href="{page.replace("&", "&amp;")}">' in body.html
    assert f"{action}</a>" in body.html
    assert f"A title\n{action} [1]\n\n[1] {page}" in body.text
    assert [(each.line, each.rule) for each in body.findings] == [(12, "lost-content")]
    assert page in body.findings[0].what


def test_a_film_at_youtube_shows_its_picture():
    body = mailed(
        '<iframe src="https://www.youtube.com/embed/abc" title="A &quot;talk&quot;"></iframe>'
    )
    picture = (
        '<img class="mail-thumbnail" src="https://i.ytimg.com/vi/abc/hqdefault.jpg"'
        ' alt="A &quot;talk&quot;" width="480" height="360">'
    )
    assert f"{picture}<br>Watch on YouTube</a>" in body.html
    assert "ytimg" not in body.text


def test_an_embed_without_a_title_asks_for_one():
    assert "title=" in mailed('<iframe src="/x"></iframe>').findings[0].mend
    assert "title=" not in mailed('<iframe src="/x" title="y"></iframe>').findings[0].mend


def test_a_sites_own_tag_for_a_film_is_a_card_and_said_once():
    body = mailed("{{< youtube abc >}}\n")
    assert "i.ytimg.com/vi/abc/" in body.html
    assert "<p>" not in body.html
    assert [each.rule for each in body.findings] == ["template-tag"]


def test_within_a_sentence_an_embed_is_a_link():
    body = mailed('See\nx <iframe src="https://vimeo.com/1" title="A film"></iframe> now.')
    assert body.html == '<p>See\nx <a href="https://vimeo.com/1">A film</a> now.</p>'
    assert [each.line for each in body.findings] == [11]


POSTER = """\
<img class="mail-thumbnail" src="https://notes.example/p.png" alt="Video" width="80" height="60">\
<br>Watch: a.mp4</a>"""


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ('<video src="/a.mp4"></video>', "Watch: a.mp4</a>"),
        ('<video src="/a.mp4" title="A film"></video>', "Watch: A film</a>"),
        ("<video>\n<source src='/a.mp4'>\n<p>Old.</p>\n</video>", "Watch: a.mp4</a>"),
        ('<video poster="/p.png" src="/a.mp4" width="80" height="60"></video>', POSTER),
        ('<audio src="/a.mp4" aria-label="A song"></audio>', "Listen: A song</a>"),
    ],
)
def test_films_and_sounds_are_links_to_their_files(markup, html):
    body = mailed(f"One.\n\n{markup}\n")
    assert f'<div class="mail-card"><a href="https://notes.example/a.mp4">{html}' in body.html
    assert "Old" not in body.html
    assert [each.line for each in body.findings] == [12]


def test_the_first_source_that_leads_anywhere_is_the_films():
    markup = "<video src='obsidian://a'>\n<source src='/a.mp4'>\n</video>"
    assert "Watch: a.mp4</a>" in mailed(markup).html
    assert "Watch: a.mp4</a>" in mailed(f"See {markup}".replace("\n", "")).html


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ("<video></video>", ""),
        ('<audio src="obsidian://a"></audio>', ""),
        ('<video controls title="A > B">\n</video>', "<p>A &gt; B</p>"),
        ('<audio aria-label="A song" src="x://y"></audio>', "<p>A song</p>"),
        ("See <video>an *old* page</video> here", "<p>See an <em>old</em> page here</p>"),
        ("See <video title='A film'> <source src='x://y'></video>.", "<p>See A film.</p>"),
        ("<video>\n<source src='x://y'>\n<p>Old.</p>\n</video>", "<div>\n\n<p>Old.</p>\n</div>"),
        ("<video src='x://y'>\n\nOld.\n\n</video>", "<p>Old.</p>"),
        ("See `<video>` and <audio> `<source>`</audio>",
         "<p>See <code>&lt;video&gt;</code> and  <code>&lt;source&gt;</code></p>"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_gives_way_to_its_words(markup, html):
    body = mailed(f"One.\n\n{markup}\n")
    assert body.html.removeprefix("<p>One.</p>").strip() == html
    assert [(each.line, each.rule) for each in body.findings] == [(12, "lost-content")]
    assert "leads nowhere" in body.findings[0].what


def test_a_page_embedded_for_old_browsers_takes_the_place_of_a_film_that_leads_nowhere():
    page = '<iframe src="/page" title="A page"></iframe>'
    body = mailed(f"<video\nsrc='x://y'>\n{page}</video>\n<form></form>\n")
    assert '<a href="https://notes.example/page">' in body.html
    assert [each.line for each in body.findings] == [10, 12, 13]


def test_a_sound_without_an_end_in_a_sentence_is_a_link():
    assert "Listen: a.mp3</a>" in mailed("Hear <audio src='/a.mp3'> this.").html


def test_the_lines_below_a_replaced_block_stay_what_they_were():
    body = mailed('<div>\n<iframe\nsrc="/x" title="y"></iframe>\n<form></form></div>\n')
    assert [each.line for each in body.findings] == [11, 13]


TWEET = """\
<blockquote class="twitter-tweet"><p>Words</p>&mdash; Ada <a href="https://x.com/a/status/1">Day</a>
</blockquote> <script async src="https://platform.twitter.com/widgets.js"></script>
"""
BLUESKY = """\
<blockquote class="bluesky-embed" data-bluesky-uri="at://x"><p>Words</p>
<a href="https://bsky.app/profile/a/post/1?ref_src=embed">Day</a></blockquote>
<script async src="https://embed.bsky.app/static/embed.js"></script>
"""
INSTAGRAM = """\
<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/C/">
<div>Words</div></blockquote><script async src="//www.instagram.com/embed.js"></script>
"""
MASTODON = """\
<blockquote class="mastodon-embed" data-embed-url="https://m.example/@a/1/embed">
<svg viewBox="0 0 1 1"><path></path></svg>Words</blockquote>
<script data-allowed-prefixes="https://m.example/" src="https://m.example/embed.js"></script>
"""
POSTS = [
    ("X", TWEET, "https://x.com/a/status/1"),
    ("Bluesky", BLUESKY, "https://bsky.app/profile/a/post/1?ref_src=embed"),
    ("Instagram", INSTAGRAM, "https://www.instagram.com/p/C/"),
    ("Mastodon", MASTODON, "https://m.example/@a/1"),
]


@pytest.mark.parametrize(("name", "markup", "page"), POSTS)
def test_a_post_of_a_social_network_keeps_its_words_and_a_link(name, markup, page):
    body = mailed(f"One.\n\n{markup}\n")
    assert "Words" in body.html
    assert f'<a href="{page}">Look at it on {name}</a></p></blockquote>' in body.html
    assert f"Look at it on {name} [1]" in body.text
    assert [each.line for each in body.findings] == [12]
    assert name in body.findings[0].what


def test_any_other_script_is_still_reported():
    found = mailed('<blockquote>x</blockquote>\n<script src="/x.js"></script>\n').findings
    assert "<script>" in found[0].what


def test_a_quotation_with_a_broken_link_stays_a_quotation():
    written = (
        '<blockquote class="twitter-tweet"><p>Hi <a href="https://[bad">x</a></p></blockquote>'
    )
    assert "Hi" in mailed(written).html
