"""Three colours make a palette that can be read, and an email has the theme it is given."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.model import Body
from pressrun.publication import Colours, DarkColours, Email, Theme
from pressrun.render.email import render
from pressrun.render.theme import contrast, look, mix, palette, too_faint
from support.publications import post, settings

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def html(**fields) -> str:
    publication = settings(email=Email(**fields))
    return render(publication, "main", post(), Body("<p>Hello.</p>", "Hello."), ()).html


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),  # https://webaim.org/resources/contrastchecker/
        ("#1f2328", "#1f2328", 1.0),
    ],
)
def test_contrast_is_that_of_the_standard(one, other, expected):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(expected, abs=0.01)


@given(colours, colours)
def test_what_is_mixed_for_reading_can_be_read_where_the_text_can(text, background):
    made = palette(Colours(background, text, text))
    least = min(contrast(text, background), 4.5)
    assert contrast(made.muted, background) >= least
    assert contrast(made.soft, background) >= least


@given(colours, colours)
def test_a_mix_lies_between_its_colours(one, other):
    assert mix(one, other, 1) == one
    assert mix(one, other, 0) == other
    assert re.fullmatch("#[0-9a-f]{6}", mix(one, other, 0.5))


@pytest.mark.parametrize("preset", [Colours(), DarkColours()])
def test_the_presets_can_be_read(preset):
    assert list(too_faint(preset)) == []
    assert contrast(palette(preset).text, palette(preset).tint) >= 4.5


def test_what_is_too_faint_is_named():
    assert [name for name, _ in too_faint(Colours(accent="#cccccc"))] == ["accent"]


def test_an_email_has_the_colours_of_its_theme_by_day_and_by_night():
    theme = Theme(Colours("#fffff0", "#101010", "#004488"), DarkColours("#000011", "#ffffee"))
    by_day, _, by_night = html(theme=theme).partition("prefers-color-scheme: dark")
    assert "#000011" in by_night
    assert 'background-color:#fffff0; color:#101010">' in by_night  # after the style block
    assert "#1f2328" not in by_day + by_night


def test_a_theme_sets_fonts_width_and_logo():
    written = html(
        theme=Theme(
            text_font="Verdana, sans-serif",
            heading_font="sans",
            logo="https://notes.example/logo.png",
            logo_width=90,
            width=560,
        )
    )
    assert "font-family:Verdana, sans-serif" in written
    assert re.search(r"<h1 [^>]*font-family:Helvetica Neue, Helvetica, Arial, sans-serif", written)
    assert re.search(
        r'<img [^>]*src="https://notes.example/logo.png" alt="Notes" width="90"', written
    )
    assert '<!--[if mso]><table role="presentation" align="center" width="560"' in written
    assert "max-width:560px" in written


def test_pictures_are_as_wide_as_the_sheet_lets_them():
    assert look(Theme(width=560)).inner_width == 520
