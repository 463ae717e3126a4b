"""An .eml is a valid message, says what the issue says, and is the same each time."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.errors import ConfigError
from pressrun.mime import message_id, one_line, to_eml
from pressrun.model import Message

URL = "https://lists.example/unsubscribe?reader=42&list=notes"
MESSAGE = Message(
    subject="Grüße aus der Presse: was eine verlorene Antwort kostet, und wer sie bezahlt",
    preheader="Vorab",
    html="<!DOCTYPE html>\n<html><body><p>Grüße, 世界</p></body></html>\n",
    fragment="<p>Grüße, 世界</p>",
    text="Grüße, 世界\n\nhttps://notes.example/a-rather-long-address-that-goes-over-the-line/index.html\n",
    sender="Müller, Jörg <joerg@notes.example>",
    reply_to="answers@notes.example",
    language="de",
    date=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
)


def eml(message: Message = MESSAGE, **options) -> bytes:
    given = {"message_id": message_id(message, "notes.example"), "unsubscribe_url": URL}
    return to_eml(message, **(given | options))


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_both_parts_arrive_as_written_the_text_first():
    message = parsed(eml())
    text, html = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert text.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    assert text.get_content().replace("\r\n", "\n") == MESSAGE.text
    assert html.get_content().replace("\r\n", "\n") == MESSAGE.html


def test_headers_say_who_when_and_how_to_leave():
    message = parsed(eml())
    assert message["Subject"] == MESSAGE.subject
    assert message["From"].addresses[0].display_name == "Müller, Jörg"
    assert message["From"].addresses[0].addr_spec == "joerg@notes.example"
    assert message["Reply-To"] == "answers@notes.example"
    assert message["To"] == "undisclosed-recipients:;"
    assert message["Date"].datetime == MESSAGE.date
    assert message["Content-Language"] == "de"
    assert message["MIME-Version"] == "1.0"
    assert message["List-Unsubscribe"] == f"<{URL}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_unsubscribing_by_mail_is_offered_where_there_is_an_address():
    message = parsed(eml(unsubscribe_mailto="leave@notes.example"))
    assert message["List-Unsubscribe"] == f"<{URL}>, <mailto:leave@notes.example>"


def test_a_long_unsubscribe_address_stays_whole_on_one_line():
    url = f"https://lists.example/{'x' * 300}?name=Jörg Müller"
    data = eml(unsubscribe_url=url)
    expected = f"List-Unsubscribe: <https://lists.example/{'x' * 300}?name=J%C3%B6rg%20M%C3%BCller>"
    assert expected.encode() in data.split(b"\r\n")


def test_no_part_of_the_parse_has_a_defect():
    for part in parsed(eml()).walk():
        assert not part.defects
        assert not [header.defects for header in part.values() if header.defects]


def test_lines_are_short_ascii_and_end_as_smtp_wants():
    data = eml(replace(MESSAGE, html=f"<p>{'wörter ' * 500}</p>"))
    lines = data.split(b"\r\n")
    assert max(len(line) for line in lines) <= 78
    assert b"\n" not in b"".join(lines)
    assert data.isascii()


def test_the_same_message_gives_the_same_bytes_and_another_gives_others():
    assert eml() == eml()
    other = replace(MESSAGE, text="Etwas anderes\n")
    assert parsed(eml()).get_boundary() != parsed(eml(other)).get_boundary()
    assert message_id(MESSAGE, "notes.example") != message_id(other, "notes.example")


def test_a_sender_without_a_name_and_none_at_all():
    assert parsed(eml(replace(MESSAGE, sender="a@notes.example")))["From"] == "a@notes.example"
    assert parsed(eml(replace(MESSAGE, sender="")))["From"] is None


@pytest.mark.parametrize(
    "sender", ["nobody", "Ada <ada>", "Ada <a b@x.example>", "a@b, c@d <", "ü@x.example"]
)
def test_a_sender_that_is_no_address_is_an_error_with_the_mend(sender):
    with pytest.raises(ConfigError, match=r"email\.from"):
        eml(replace(MESSAGE, sender=sender))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_subject_comes_back_and_starts_no_header(subject):
    message = parsed(eml(replace(MESSAGE, subject=subject)))
    assert (message["Subject"] or "") == one_line(subject)
    assert [*message.keys()].count("From") == 1
    assert "Bcc" not in message
    assert not [part.defects for part in message.walk() if part.defects]


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"])))
def test_any_name_of_a_sender_comes_back(name):
    plain = one_line(name).strip(' "').replace("<", "").replace(">", "").strip(' "')
    raw = message_from_bytes(eml(replace(MESSAGE, sender=f"{plain} <a@notes.example>")))["From"]
    written, address = parseaddr("".join(raw.splitlines()))
    assert (str(make_header(decode_header(written))), address) == (plain, "a@notes.example")


def test_a_line_break_in_a_subject_is_a_blank():
    data = eml(replace(MESSAGE, subject="Hello\r\nBcc: everyone@notes.example"))
    assert parsed(data)["Subject"] == "Hello Bcc: everyone@notes.example"
    assert b"\r\nBcc" not in data


def test_golden(file_regression):
    file_regression.check(eml(), binary=True, extension=".eml")
