import re

import pytest

from pressrun.render.highlight import INK, PAPER, PressStyle, highlight


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_token_can_be_read_on_its_background():
    for token, style in PressStyle:
        ink = f"#{style['color']}" if style["color"] else INK
        paper = f"#{style['bgcolor']}" if style["bgcolor"] else PAPER
        assert contrast(ink, paper) >= 4.5, token


def test_colours_are_inline_and_the_box_brings_both_of_its_own():
    html = highlight("def f(): pass\n", "python")
    assert html.startswith(f'<pre style="background:{PAPER};color:{INK}"><code class="language-py')
    assert re.search(r'<span style="color: #\w{6}">def</span>', html)
    assert "<table" not in html
    assert "class=" not in html.replace("language-python", "", 1).replace('class=""', "")


@pytest.mark.parametrize("language", ["", "no-such-language", "{{ x }}", "mermaid"])
def test_an_unknown_language_is_plain_code(language):
    html = highlight("a < b\n", language)
    assert "<span" not in html
    assert "a &lt; b" in html


@pytest.mark.parametrize("language", ["{.python}", "Python", "python,linenos", "py"])
def test_other_ways_to_name_a_language_are_understood(language):
    assert "<span" in highlight("def f(): pass\n", language)


@pytest.mark.parametrize("code", ["\n\n  x\n\n", "x\n", "\tx = 1  \n"])
def test_code_keeps_its_white_space(code):
    text = re.sub("<[^>]*>", "", highlight(code, "python"))
    assert text == code


def test_diffs_have_colours():
    assert highlight("-a\n+b\n", "diff").count("<span") >= 2
