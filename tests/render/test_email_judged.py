"""What others say of a whole message: Python's parser, and SpamAssassin by its local rules."""

import re
import subprocess
from email import message_from_bytes, policy
from email.utils import format_datetime

import pytest

from pressrun.mime import to_eml
from pressrun.placeholders import fill
from pressrun.publication import Email
from pressrun.render import markdown
from pressrun.render.email import render
from pressrun.render.templates import Templates
from support.publications import A_PUBLICATION, settings
from support.require import require
from support.rich_posts import GERMAN, RICH

# What a provider's mail server puts on top. An address for documentation would count against it.
RECEIVED = (
    "Received: from mail.provider.example (mail.provider.example [1.1.1.1])\r\n"
    "\tby mx.reader.example with ESMTPS id 4VxyZ1; {date}\r\n"
)
SAMPLES = {
    "unsubscribe_url": "https://notes.example/leave?reader=1",
    "view_url": "https://notes.example/view",
    "first_name": "Ada",
    "postal_address": "1 Example Street, 10115 Berlin",
}
MOST = 0.5


def eml(template, post):
    publication = settings(
        email=Email(sender="Notes <notes@notes.example>", template=template, lines=("reply",))
    )
    message = render(publication, "main", post, markdown.render(post, publication.site), ())
    filled = type(message)(
        **{name: getattr(message, name) for name in message.__slots__}
        | {"html": fill(message.html, SAMPLES), "text": fill(message.text, SAMPLES)}
    )
    written = to_eml(
        filled,
        message_id="<20261120.1@mail.provider.example>",
        unsubscribe_url=SAMPLES["unsubscribe_url"],
        to="Bo Beta <bo@reader.example>",
    )
    return filled, RECEIVED.format(date=format_datetime(message.date)).encode() + written


TEMPLATES = pytest.mark.parametrize("template", Templates(A_PUBLICATION.root).names())
POSTS = pytest.mark.parametrize("post", [RICH, GERMAN], ids=["rich", "german"])


@TEMPLATES
@POSTS
def test_pythons_parser_finds_no_defect(template, post):
    message, written = eml(template, post)
    read = message_from_bytes(written, policy=policy.default)
    assert [part.defects for part in read.walk() if part.defects] == []
    assert all(not value.defects for _, value in read.items())
    assert read.get_body(("html",)).get_content().splitlines() == message.html.splitlines()
    assert read.get_body(("plain",)).get_content().splitlines() == message.text.splitlines()


@TEMPLATES
@POSTS
def test_spamassassin_finds_nothing_to_speak_of(template, post, tmp_path):
    require("spamassassin")
    _, written = eml(template, post)
    judged = subprocess.run(
        ["spamassassin", "--local", "--test-mode", "--cf", "use_bayes 0"],
        input=written,
        capture_output=True,
        check=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8"},
        timeout=120,
    )
    said = judged.stdout.decode(errors="replace")
    (score,) = re.findall(r"^X-Spam-Status: .*?score=(-?[0-9.]+)", said, re.MULTILINE)
    assert float(score) <= MOST, said.partition("Content analysis details:")[2]
