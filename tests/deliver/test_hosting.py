"""Pictures go to the provider, and the message shows them from there."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.deliver.hosting import addresses, hosted, unfit
from pressrun.deliver.providers.contract import HostsPictures
from pressrun.errors import PressrunError, Rejected, Unsure
from support.issues import issue, picture
from support.providers import FakeProvider, refused

A, B = "https://notes.example/a.png?x=1&y=2", "https://notes.example/b.png"
C = "https://o.example/c.png"
QUOTED = "https://notes.example/it's.png"
ESCAPED = A.replace("&", "&amp;")


class Gallery(FakeProvider, HostsPictures):
    """A provider that hosts PNGs of a few bytes."""

    picture_types = frozenset({"image/png", "image/gif"})
    picture_limit = 30

    def host(self, picture) -> str:
        return self._do("host", lambda: f"https://gallery.example/?a=1&b={picture.name}")


def with_picture(tmp_path, html="", **fields):
    harbour = replace(picture(tmp_path), **fields)
    return replace(issue(html or f'<img src="{harbour.url}">'), pictures=(harbour,)), harbour


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (f'<img alt="1 > 0" src="{ESCAPED}">', [A]),
        (f"<IMG src='{B}' alt='say \"hi\"'>", [B]),
        (f'<img src="{B}" srcset="{B} 1x,{ESCAPED} 2x"><img src="{B}">', [B, A]),
        (f'<picture><source srcset="{B}, {C} 2x"></picture>', [B, C]),
        (f'<!--[if mso]><img src="{B}"><![endif]-->', [B]),
        (f'<!--[if mso]><v:fill type="frame" src="{B}"/><![endif]-->', [B]),
        (f'<td background="{B}"><img src="{QUOTED}">', [B, QUOTED]),
        (f'<a href="{B}">src="{B}"</a><img data-src="{B}" src="cid:x"><imgs src="{B}">', []),
    ],
)
def test_the_addresses_of_pictures_are_those_that_mail_loads(html, found):
    assert list(addresses(html)) == found


def test_each_place_of_a_picture_shows_it_from_there_and_nothing_else_changes(tmp_path):
    html = (
        '<a href="{0}"><img alt="{0}" src="{0}" srcset="{0} 1x, {0}?2 2x"></a>'
        "<!--[if mso]><img src='{0}'><![endif]--><p>{0}</p>"
    )
    url = picture(tmp_path).url
    before, harbour = with_picture(tmp_path, html.format(url))
    after = hosted(Gallery(), before)
    new = f"https://gallery.example/?a=1&amp;b={harbour.name}"
    assert after.message.html == (
        f'<a href="{url}"><img alt="{url}" src="{new}" srcset="{new} 1x, {url}?2 2x"></a>'
        f"<!--[if mso]><img src='{new}'><![endif]--><p>{url}</p>"
    )
    assert after.message.fragment == after.message.html
    assert after.message.text == before.message.text


@given(st.text(alphabet="<img src=\"'> https://x.y/,", max_size=80))
def test_html_without_pictures_of_ours_stays_as_it_is(tmp_path_factory, html):
    given, _ = with_picture(tmp_path_factory.getbasetemp(), f"{html} ")
    assert hosted(Gallery(), given).message == given.message


def test_an_issue_without_pictures_asks_nobody():
    provider = FakeProvider()
    assert hosted(provider, issue()) == issue()
    assert provider.calls == []


def test_a_picture_at_two_addresses_is_put_there_once(tmp_path):
    given, harbour = with_picture(tmp_path)
    again = replace(harbour, url=f"{harbour.url}?v=2")
    html = f'<img src="{harbour.url}"><img src="{again.url}">'
    message = replace(given.message, html=html)
    provider = Gallery()
    after = hosted(provider, replace(given, message=message, pictures=(harbour, again)))
    assert provider.calls == ["host"]
    assert after.message.html.count("gallery.example") == 2


@pytest.mark.parametrize("kind", [Rejected, Unsure])
def test_an_upload_that_fails_says_which_picture_it_was(tmp_path, kind):
    provider = Gallery()
    provider.script["host"] = [refused(kind.of("no room.", "POST /images", "Make some."))]
    with pytest.raises(kind) as error:
        hosted(provider, with_picture(tmp_path)[0])
    assert str(error.value) == (
        "POST /images: no room. That was about static/harbour.png. Make some."
    )


def test_a_file_that_has_changed_or_gone_meanwhile_is_not_put_there(tmp_path):
    given, harbour = with_picture(tmp_path)
    provider = Gallery()
    harbour.file.write_bytes(b"another one")
    with pytest.raises(PressrunError, match=r"static/harbour.png: the picture has changed"):
        hosted(provider, given)
    harbour.file.unlink()
    with pytest.raises(PressrunError, match=r"static/harbour.png: it cannot be read: No such file"):
        hosted(provider, given)
    assert provider.calls == []


def test_what_the_provider_does_not_take_is_named_with_the_mend(tmp_path):
    kinds, sizes, empty = (
        [str(one) for one in unfit(Gallery(), with_picture(tmp_path, **fields)[0].pictures)]
        for fields in ({"type": ""}, {"size": 31_000}, {"size": 0})
    )
    assert empty == ["static/harbour.png: the file is empty. Save the picture again."]
    assert kinds == [
        (
            "static/harbour.png: fake hosts no .png pictures. "
            "Make it one of image/gif, image/png, or write images: site below email:."
        )
    ]
    assert sizes == [
        (
            "static/harbour.png: it has 31,000 bytes, and fake hosts at most 30. "
            "Make the picture smaller."
        )
    ]
    assert list(unfit(Gallery(), with_picture(tmp_path)[0].pictures)) == []
    assert list(unfit(FakeProvider(), ())) == []
