"""Colours that nobody can read are found, with the place where they are written."""

from dataclasses import replace

from pressrun.check.theme import faint_colours
from pressrun.publication import Colours, DarkColours, Theme
from support.publishing import MINIMAL, desk


def test_the_theme_that_comes_along_is_fine():
    assert list(faint_colours(Theme())) == []


def test_each_colour_that_is_too_faint_is_told_with_its_contrast():
    theme = replace(Theme(), light=Colours(accent="#aaaaaa"), dark=DarkColours(text="#444444"))
    light, dark = map(str, faint_colours(theme))
    assert light == (
        "publish.yml:1: warning faint-colour: email: theme: light: accent: #aaaaaa on #ffffff has"
        " a contrast of 2.3 to 1: Choose a colour with 4.5 or more."
    )
    assert "dark: text: #444444 on #15181c" in dark


def test_the_check_command_tells_it_with_its_line(tmp_path, capsys):
    theme = 'email:\n  theme:\n    light: {text: "#bbbbbb"}\n'
    config = MINIMAL + theme if "email:" not in MINIMAL else MINIMAL.replace("email:\n", theme, 1)
    said = desk(tmp_path, capsys, config=config).publish("check")
    line = config.splitlines().index("  theme:") + 1
    assert f"publish.yml:{line}: warning faint-colour: email: theme: light: text" in said.out
