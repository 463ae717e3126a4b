"""What Chromium makes of each template: the same before and after inlining, and nothing wrong."""

import re
from dataclasses import replace
from functools import cache

import pytest

from pressrun.placeholders import fill
from pressrun.posts.related import Related
from pressrun.publication import Email
from pressrun.render.email import draw, render
from pressrun.render.templates import Templates
from support import axe
from support.mail_posts import UNCARRIED, for_inbox
from support.publications import A_PUBLICATION, settings
from support.rich_posts import EPISODE, GERMAN, RICH
from support.styles import differences, styles
from support.tools import ROOT

TEMPLATES = Templates(A_PUBLICATION.root)
SCREENS = {"wide": (700, False), "phone": (375, False), "dark": (700, True), "night": (375, True)}
STYLES = re.compile(r"<style.*?</style>", re.DOTALL)
SAMPLES = {
    "unsubscribe_url": "https://notes.example/leave/",
    "view_url": "https://notes.example/view/",
    "first_name": "Ada",
    "postal_address": "1 Example Street",
}


def posts():
    related = [Related(each.title, each.url, each.description, each) for each in (GERMAN, EPISODE)]
    return [RICH, replace(RICH, language="ar"), UNCARRIED], related


@cache
def drawn(template, number, inliner="premailer"):
    """Give a post's document before and after inlining."""
    given = Email(
        sender="Notes <notes@notes.example>",
        template=template,
        lines=("reply", "share"),
        inliner=inliner,
    )
    publication = settings(email=given)
    of, related = posts()
    body = for_inbox(of[number])
    before = draw(publication, "main", of[number], body, related, templates=TEMPLATES)
    after = render(publication, "main", of[number], body, related, templates=TEMPLATES)
    return before, fill(after.html, SAMPLES)


def uninlined(before, *, head=True):
    html = fill(before.html, SAMPLES)
    if not head:
        html = STYLES.sub("", html)
    return html.replace("</title>", f"</title><style>{before.css}</style>", 1)


@pytest.mark.parametrize("inliner", ["premailer", "css-inline"])
@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("template", TEMPLATES.names())
def test_inlining_changes_the_style_of_no_element(browser, template, number, inliner):
    before, after = drawn(template, number, inliner)
    for width, dark in SCREENS.values():
        was = styles(browser, uninlined(before), width, dark=dark)
        now = styles(browser, after, width, dark=dark)
        assert len(was) > 80
        assert list(differences(was, now)) == [], (width, dark)


@pytest.mark.parametrize("inliner", ["premailer", "css-inline"])
@pytest.mark.parametrize("template", TEMPLATES.names())
def test_without_its_style_blocks_an_email_lacks_those_of_phones_and_the_dark_alone(
    browser, template, inliner
):
    before, after = drawn(template, 0, inliner)
    was = styles(browser, uninlined(before, head=False), 700, dark=False)
    now = styles(browser, STYLES.sub("", after), 700, dark=False)
    assert list(differences(was, now)) == []


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("template", TEMPLATES.names())
def test_axe_has_nothing_to_say(browser, template, number, screen):
    _, after = drawn(template, number)
    _, dark = SCREENS[screen]
    assert axe.violations(browser, after, dark=dark) == []


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("template", TEMPLATES.names())
@pytest.mark.parametrize("number", [0, 2])
def test_nothing_is_wider_than_the_screen(browser, template, number, screen):
    _, after = drawn(template, number)
    width, dark = SCREENS[screen]
    browser.look(width, dark=dark)
    browser.show(after)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    folder = ROOT / "build" / "looks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{template}-{number}-{screen}.png").write_bytes(browser.screenshot())
