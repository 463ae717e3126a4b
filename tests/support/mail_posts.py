"""A post with all that mail cannot carry, for golden files."""

from pressrun.model import Body, Enclosure, Image, Post
from pressrun.render.markdown import render
from pressrun.render.templates import Templates
from support.publications import A_PUBLICATION, post

_BODY = r"""
## What plays <a class="headerlink" href="#what-plays">¶</a>

A note[^1] and a link to [the end](#the-end).

<iframe width="560" src="https://www.youtube.com/embed/dQw4w9WgXcQ?si=x" title="A <talk>"></iframe>

<div class="video"><iframe
  src="//player.vimeo.com/video/76979871"></iframe></div>

Within <iframe src="https://www.youtube-nocookie.com/embed/abc12345678"></iframe> a sentence.

<video controls poster="/p.webp" width="800" height="450" title="A film">
<source src="/film.mp4" type="video/mp4">
Your browser is old.
</video>

<audio controls src="https://a.example/a%20sound.mp3"></audio>

{{< youtube abcdefghijk >}}

<blockquote class="twitter-tweet"><p lang="en" dir="ltr">Just words</p>&mdash; Ada
<a href="https://twitter.com/ada/status/20">March 21, 2006</a></blockquote>
<script async src="https://platform.twitter.com/widgets.js"></script>

## What is drawn

$$
E = mc^2 \\
a_1 * b * c
$$

```mermaid
graph TD; A-->B;
```

| One | Two | Three | Four | Five | Six |
|---|---|---|---|---|---|
| Configuration | Administration | Internationalisation | something | 1234567890 | x |

<picture><source srcset="/a.webp" type="image/webp"><img src="/a.jpg" alt="A" width="9"></picture>

![Logo](logo.svg)

<form><input></form>

## The end

[^1]: A note.
"""

UNCARRIED = post(
    slug="uncarried",
    body=_BODY,
    body_line=10,
    cover=Image("https://notes.example/c.avif", "A press"),
    lines={"cover": 3},
    enclosure=Enclosure("https://media.example/talk.mp3", "audio/mpeg", 8_400_000, "A talk", 750),
)


def for_inbox(given: Post) -> Body:
    """Render a post for mail, with the words that come along."""
    say = Templates(A_PUBLICATION.root).words.say(given.language)
    return render(given, A_PUBLICATION.site, mail=say)
