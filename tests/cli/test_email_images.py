"""``email.images: upload``: what a dry run shows of it, and what a run and a test do."""

import json

import pytest

from support.newsroom import press
from support.publishing import NEW_POST
from support.wire_fakes.buttondown import ButtondownFake
from support.wire_fakes.mailchimp import MailchimpFake

HARBOUR = b"\x89PNG\r\n bytes of a harbour"
URL = "https://notes.example/once/harbour.png"
UPLOAD = "  images: upload\n"


@pytest.fixture(params=[ButtondownFake, MailchimpFake])
def here(request, tmp_path, capsys):
    """Return a publication that uploads, with one new post that shows a picture beside it."""
    here = press(tmp_path, capsys, request.param, more=UPLOAD)
    here.publish("baseline")
    here.write("posts/once/index.md", f"{NEW_POST}\n![The harbour](harbour.png)\n")
    (here.root / "posts/once/harbour.png").write_bytes(HARBOUR)
    return here


def test_a_dry_run_lists_the_upload_by_name_and_length_and_uploads_nothing(here):
    said = here.publish("email", "--dry-run")
    folder = here.root / "build/email/once"
    upload, draft, *_ = json.loads((folder / "request.json").read_text())["requests"]
    fields = upload.get("form") or upload["json"]
    (file,) = [value for value in fields.values() if isinstance(value, dict)]
    assert file["file"].startswith("harbour-")
    assert file["bytes"] == len(HARBOUR)
    assert "of a harbour" not in (folder / "request.json").read_text()
    assert draft["path"] in {"/emails", "/campaigns"}
    assert said.code == 0
    assert "   1 picture   1 finding" in said.out
    assert here.internet.writes() == []
    assert here.service.pictures == []
    told = json.loads(here.publish("email", "--dry-run", "--json").out)
    (issue,) = [each for each in told["issues"] if "uploads" in each]
    assert issue["uploads"] == ["posts/once/harbour.png"]


def test_the_message_of_a_dry_run_names_what_is_still_to_come_and_its_preview_the_file(here):
    here.publish("email", "--dry-run")
    folder = here.root / "build/email/once"
    message = (folder / "message.html").read_text()
    assert "of request 1}" in message
    assert URL not in message
    assert 'src="../../../posts/once/harbour.png"' in (folder / "preview.html").read_text()


def test_a_dry_run_shows_a_picture_that_is_there_already_from_there(here):
    here.publish("email", "--test-to", "me@example.org", "--post", "once")
    (kept,) = here.service.pictures
    here.publish("email", "--dry-run")
    assert kept.url in (here.root / "build/email/once/message.html").read_text()


def test_without_the_secret_a_dry_run_says_so_and_still_shows_the_message(here):
    here.world.environ.clear()
    said = here.publish("email", "--dry-run")
    folder = here.root / "build/email/once"
    assert said.code == 0
    told = json.loads((folder / "request.json").read_text())
    assert told["incomplete"].endswith("is not set.")
    assert URL in (folder / "message.html").read_text()


def test_a_run_shows_the_picture_from_the_provider_although_the_site_has_it_not(here):
    here.internet.site.missing.add("/once/harbour.png")
    said = here.publish("email")
    assert said.out.endswith("Sent 1 issue.\n")
    (kept,) = here.service.pictures
    assert kept.content == HARBOUR
    (copy,) = here.delivered
    assert kept.url in copy.body
    assert URL not in copy.body


def test_a_test_shows_it_from_there_too(here):
    said = here.publish("email", "--test-to", "me@example.org", "--post", "once")
    assert said.code == 0
    assert here.service.pictures[0].url in here.service.tests[0].body


def test_a_picture_that_the_provider_does_not_take_holds_issue_and_test(here):
    here.write("posts/once/index.md", f"{NEW_POST}\n![The harbour](harbour.tiff)\n")
    (here.root / "posts/once/harbour.tiff").write_bytes(HARBOUR)
    words = "posts/once/harbour.tiff: "
    for order in (["--dry-run"], []):
        said = here.publish("email", *order)
        assert said.code == 4
        assert words in said.out
    said = here.publish("email", "--test-to", "me@example.org", "--post", "once")
    assert said.code == 2
    assert words in said.err
    assert here.internet.writes() == []


def test_a_check_tells_of_it_before(here):
    (here.root / "posts/once/harbour.bmp").write_bytes(b"BM")
    here.write("posts/once/index.md", f"{NEW_POST}\n![The harbour](harbour.bmp)\n")
    said = here.publish("check")
    assert said.code == 3
    line = NEW_POST.count("\n") + 2
    assert f"posts/once/index.md:{line}: error unfit-picture: posts/once/harbour" in said.out
    assert "hosts no .bmp pictures: Make it one of image/gif" in said.out


def test_pictures_stay_at_the_site_by_default(here):
    here.configure(UPLOAD, "")
    here.publish("email")
    assert here.service.pictures == []
    assert URL in here.delivered[0].body


@pytest.mark.parametrize(
    "command",
    [
        ["email"],
        ["email", "--dry-run"],
        ["email", "--test-to", "a@b.example"],
        ["status"],
    ],
)
def test_a_provider_that_hosts_none_is_refused_with_the_line(tmp_path, capsys, command):
    here = press(tmp_path, capsys, more=UPLOAD)
    here.publish("baseline")
    here.configure("name: buttondown", "name: outbox")
    said = here.publish(*command)
    assert "publish.yml:11: images: upload, but outbox hosts no pictures." in said.err
    assert said.code == 2


@pytest.mark.parametrize("command", ["check", "doctor"])
def test_check_and_doctor_say_so_too(tmp_path, capsys, command):
    here = press(tmp_path, capsys, more=UPLOAD)
    here.configure("name: buttondown", "name: outbox")
    said = here.publish(command)
    assert said.code == 3
    assert "images: upload, but outbox hosts no pictures" in said.out
