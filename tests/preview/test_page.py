"""The page that shows an email: everything of it, and nothing that it could do."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from pressrun.model import Finding, Severity
from pressrun.preview import Letter, page

HTML = (
    "<!DOCTYPE html><html><head><style>\n@media (prefers-color-scheme: dark) {\n"
    ".page { color: #ffffff }\n}\n</style></head><body>Hello, &amp; bye</body></html>"
)
FINDING = Finding("alt", Severity.WARNING, "posts/a.md", 7, "a picture says nothing", "Add alt.")


def letter(**fields) -> Letter:
    given = {
        "subject": "Hello",
        "preheader": "What it says first",
        "sender": "Notes <notes@notes.example>",
        "html": HTML,
        "text": "Hello,\n  & bye",
        "headers": [("From", "Notes <notes@notes.example>"), ("List-Unsubscribe", "<https://x/>")],
        "findings": [FINDING],
    }
    return Letter(**given | fields)


def frames(drawn: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'srcdoc="([^"]*)"', drawn)]


def test_the_email_is_there_by_day_and_by_night_on_a_desk_and_on_a_phone():
    assert frames(page(letter())) == [HTML, HTML, *[HTML.replace(DARK, "@media all")] * 2]


DARK = "@media (prefers-color-scheme: dark)"


def test_text_headers_and_findings_are_there():
    drawn = unescape(page(letter()))
    assert "Hello,\n  & bye" in drawn
    assert '<th scope="row">List-Unsubscribe</th><td><https://x/></td>' in drawn
    assert "posts/a.md:7 warning alt" in drawn
    assert "a picture says nothing. Add alt." in drawn
    assert "Findings (1)" in drawn
    assert "<p>None.</p>" in page(letter(findings=[]))


@given(st.text(max_size=40))
def test_nothing_of_an_email_becomes_a_part_of_the_page(text):
    wild = f'{text}</pre></iframe><script src="https://x.example/"></script>"'
    drawn = page(letter(subject=wild, preheader=wild, sender=wild, html=wild, text=wild))
    assert "<script" not in drawn
    assert drawn.count("<iframe") == drawn.count('sandbox="allow-same-origin"') == 4
    assert frames(drawn)[0] == wild


def test_the_page_may_load_pictures_and_nothing_else():
    assert "content=\"default-src 'none'; img-src * file: data:; style-src" in page(letter())
