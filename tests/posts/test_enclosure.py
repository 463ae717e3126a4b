"""``enclosure:``: an address, or all that an episode says of itself."""

import pytest

from pressrun.errors import PostError
from pressrun.model import Enclosure, Person, Post
from pressrun.posts.reading import read
from support.publications import A_PUBLICATION


def written(enclosure: str) -> Post:
    text = f"---\ntitle: T\ndate: 2026-11-10\n{enclosure}\n---\nBody\n"
    return read(text.encode(), "talk.md", A_PUBLICATION)


EVERYTHING = """\
enclosure:
  url: talk 1.mp3
  type: Audio/MPEG
  length: 12
  title: The talk
  duration: 1:02:03
  season: 1
  episode: 2
  episode_type: bonus
  explicit: false
  image: /7.jpg
  transcript: [talk.vtt, https://media.example/t.srt]
  people: [Ada, {name: Bo, role: guest, url: /bo}]"""


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("https://media.example/ü.mp3", "https://media.example/%C3%BC.mp3"),
        ("talk.mp3", "https://notes.example/talk/talk.mp3"),
        ("/audio/talk.mp3", "https://notes.example/audio/talk.mp3"),
    ],
)
def test_an_address_is_enough_and_relative_to_the_post(address, url):
    assert written(f"enclosure: {address}").enclosure == Enclosure(url)


def test_a_mapping_says_all_of_an_episode():
    assert written(EVERYTHING).enclosure == Enclosure(
        "https://notes.example/talk/talk%201.mp3",
        "audio/mpeg",
        12,
        "The talk",
        3723,
        season=1,
        episode=2,
        episode_type="bonus",
        explicit=False,
        image="https://notes.example/7.jpg",
        transcripts=("https://notes.example/talk/talk.vtt", "https://media.example/t.srt"),
        people=(Person("Ada"), Person("Bo", "guest", "https://notes.example/bo")),
    )


@pytest.mark.parametrize(
    ("duration", "seconds"), [("90", 90), ("1:30", 90), ("'61'", None), ("2:00:00", 7200)]
)
def test_a_duration_is_seconds_or_a_time(duration, seconds):
    text = f"enclosure: {{url: a.mp3, duration: {duration}}}"
    if seconds is None:
        with pytest.raises(PostError, match='"duration" that must be seconds'):
            written(text)
    else:
        assert written(text).enclosure.duration == seconds


@pytest.mark.parametrize("nothing", ["enclosure:", "enclosure: ''", "title_of_nothing: x"])
def test_without_a_value_there_is_none(nothing):
    assert written(nothing).enclosure is None


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        ("{type: audio/mpeg}", 'posts/talk.md:4: "enclosure" needs an address'),
        ("{url: a.mp3, lenght: 1}", 'has an unknown key "lenght". Did you mean "length"?'),
        ("{url: a.mp3, length: many}", 'has a "length" that must be a whole number above 0'),
        ("{url: a.mp3, length: -1}", 'has a "length" that must be a whole number above 0'),
        ("{url: a.mp3, length: true}", 'has a "length" that must be a whole number above 0'),
        ("{url: a.mp3, type: mp3}", 'has a "type" that must be a media type such as audio/mpeg'),
        ("{url: a.mp3, explicit: clean}", 'has a "explicit" that must be true or false'),
        ("{url: a.mp3, episode_type: ful}", 'Did you mean "full"?'),
        ("{url: a.mp3, people: [{role: guest}]}", 'has a "people" that needs a name.'),
        ("javascript:x", "is not a web address or a path"),
        ("[a.mp3]", '"enclosure" must be text, not a list.'),
    ],
)
def test_what_cannot_be_meant_is_an_error_with_its_line(inside, problem):
    with pytest.raises(PostError) as error:
        written(f"enclosure: {inside}")
    assert problem in str(error.value)
