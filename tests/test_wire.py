"""Tied hands and closed lips: what a dry run lets through, and secrets nobody can read."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pressrun.errors import Rejected
from pressrun.wire import File, Later, Recorder, Request, redact

SECRET = 'canary+/="ücanary'


class Server:
    """Answer every request, and remember it."""

    def __init__(self) -> None:
        self.seen: list[Request] = []

    def call(self, request: Request) -> dict[str, str]:
        self.seen.append(request)
        return {"id": "real"}


class TestRecorder:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_what_is_declared_a_read_goes_through(self, method):
        server = Server()
        recorder = Recorder(server)
        request = Request(method, "/emails", read=True)
        assert recorder.call(request) == {"id": "real"}
        assert (server.seen, recorder.requests) == ([request], [])

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
    def test_anything_else_is_only_written_down(self, method):
        server = Server()
        recorder = Recorder(server)
        request = Request(method, "/emails", json={"subject": "Hello"})
        recorder.call(request)
        assert (server.seen, recorder.requests) == ([], [request])

    def test_later_values_name_the_request_they_will_come_from(self):
        recorder = Recorder(Server())
        recorder.call(Request("POST", "/emails"))
        later = recorder.call(Request("POST", "/emails"))
        assert later["id"] == "{id of request 2}"
        assert f"/emails/{later['id']}/publish" == "/emails/{id of request 2}/publish"

    def test_later_knows_nothing_by_itself(self):
        assert (list(Later(1)), len(Later(1)), Later(1).get("id")) == ([], 0, "{id of request 1}")

    def test_what_a_value_will_come_from_is_known_again(self):
        later = Later.named(Later(12)["id"])
        assert later is not None
        assert later["updated_at"] == "{updated_at of request 12}"
        assert Later.named("em_12") is None

    def test_a_read_that_fails_fails(self):
        class Refusing:
            def call(self, request):
                raise Rejected.of("no.")

        with pytest.raises(Rejected):
            Recorder(Refusing()).call(Request("GET", "/", read=True))


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
    ],
)
def test_a_secret_is_hidden_however_it_is_written(form):
    assert redact(f"before {form} after {form}.", [SECRET]) == "before *** after ***."


@pytest.mark.parametrize("user", ["", "a", "ab", "abc", "api:", "a-user:"])
@pytest.mark.parametrize("tail", ["", "x", "xy", ":more"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_is_hidden_inside_base64(user, tail, encode):
    secret = "canary+key?~of>some length canary"
    written = encode(f"{user}{secret}{tail}".encode()).decode()
    left = redact(f"Basic {written}", [secret])
    assert "***" in left
    rest = left.removeprefix("Basic ").replace("***", "")
    assert len(rest) <= len(encode(f"{user}{tail}".encode())) + 4


def test_the_longer_of_two_secrets_is_hidden_whole():
    assert redact("key-and-more", ["key", "key-and-more"]) == "***"


def test_an_empty_secret_hides_nothing():
    assert redact("text", ["", ""]) == "text"


@given(st.text(), st.text(min_size=1), st.text())
def test_no_secret_is_left_in_any_text(before, secret, after):
    assume(not set(secret) <= {"*"})
    assume(secret not in before.replace(secret, "") + after.replace(secret, ""))
    left = redact(before + secret + after, [secret])
    assert not any(secret in piece for piece in left.split("***"))


@given(st.text(alphabet="abc "), st.text(alphabet="xyz", min_size=8))
def test_text_without_the_secret_is_left_alone(text, secret):
    assert redact(text, [secret]) == text


def test_a_request_names_its_files_and_shows_no_byte_of_them():
    file = File("harbour.png", "image/png", b"bytes of a picture")
    in_form = Request("POST", "/images", form={"image": file, "ref": "x"})
    in_json = Request("POST", "/files", json={"name": "x", "file_data": file})
    assert (in_form.files, in_json.files) == ((file,), (file,))
    assert Request("POST", "/lists", json=[1]).files == ()
    assert file.summary == {"file": "harbour.png", "bytes": 18}
    assert "bytes of" not in repr((in_form, in_json))
