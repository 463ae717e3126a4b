"""Posts that use all that Markdown and front matter offer, for golden files."""

from datetime import UTC, datetime

from pressrun.model import Author, Enclosure, Image, Person, Post
from support.publications import post

EVERYTHING = """\
Before the fold, a [relative link](../other/?q=a%20b "A title"), an address <https://example.org/ü>
and a note.[^far] Some `code <b>`, *emphasis*, **strong**, ~~struck~~ and a line that ends\\
here.

<!-- more -->

## Größe & *weight*

- [x] bread
- [ ] milk, see [above](#größe--weight)
- plain
    1. one
    2. two

7. seven

   with a second paragraph
8. eight

> A quotation
> of two lines.

| Name      | Count | Where       |
|:----------|------:|:-----------:|
| `a \\| b` |    12 | [here](/x)  |
| 日本      |     3 |             |

| Provider | What it says about itself in its own documentation | And what we found |
|----------|----------------------------------------------------|-------------------|
| One      | It can do everything that you might ever want      | It can do some    |

```python
def twice(text: str) -> str:
    return text + text  # [not a link](/x) <!--more-->
```

```no-such-language
{{ unsubscribe_url }} & <b>
```

    indented code

![A *chart* of two](images/ch%20art.png "The title")

<figure>
  <img src="/a.png" srcset="/a.png 1x, b.png 2x" width="600" alt="The press" onload="x()">
  <figcaption>A press, by <a href="https://example.org/who">someone</a></figcaption>
</figure>

<iframe src="https://video.example/1" title="A talk"></iframe>

<script>
alert("gone")
</script>

H<sub>2</sub>O, x<sup>2</sup>, <kbd>Ctrl</kbd>, an <abbr title="Really Simple">RSS</abbr> reader.

日本語の文章はスペースなしで書かれます。だからこの行はとても長くなりますが、途中で折り返されます。

---

A [reference] and a later note.[^late]

[^far]: The *first* note.
"""

RELATED = """\
## Related posts

- [One](/one/): what came [before][reference].

[reference]: /reference/ "Elsewhere"
[^late]: The second note.
"""

RICH = post(
    slug="everything",
    title='Everything <at> once & "more"',
    body=EVERYTHING,
    body_line=9,
    related_section=RELATED,
    published=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    updated=datetime(2026, 11, 21, 9, 0, 0, 123456, tzinfo=UTC),
    authors=(Author("Ada Example", "ada@notes.example", "https://ada.example/"), Author("Bo Beta")),
    tags=("feeds", "a & b", "größe"),
    cover=Image("https://notes.example/cover.png", "A press", 1200, 630),
    description="Front-matter words.",
)

GERMAN = post(
    id="https://old.example/2019/hallo.html",
    slug="hallo",
    title="Hallo 👋 العالم",
    body="Nur ein Satz. ]]> und &nbsp; Schluß.\n",
    language="de",
    description="",
    summary="Eine < Zusammenfassung.",
    published=datetime(2026, 11, 12, 8, tzinfo=UTC),
)

EMPTY = post(slug="empty", title="Nothing inside", body="", description="")

POSTS: tuple[Post, ...] = (RICH, GERMAN, EMPTY)

EPISODE = post(
    slug="episode",
    title="Where a feed & a letter part",
    body="A talk with <abbr>Bo</abbr>.\n",
    enclosure=Enclosure(
        "https://media.example/talk%201.mp3",
        "audio/mpeg",
        12_345_678,
        "The talk",
        3723,
        season=2,
        episode=7,
        episode_type="full",
        explicit=True,
        image="https://media.example/7.jpg",
        transcripts=("https://media.example/7.vtt", "https://media.example/7.srt"),
        people=(Person("Ada Example"), Person("Bo & Co", "Guest", "https://bo.example/")),
    ),
)
