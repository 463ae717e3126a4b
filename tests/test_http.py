import base64
import gzip
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from unittest.mock import MagicMock
from urllib.parse import quote_plus

import pytest
import requests
import urllib3
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun import __version__
from pressrun.errors import NotNow, PressrunError, Rejected, Unsure, UsageError, WireError
from pressrun.http import Http
from pressrun.wire import File, Request, redact
from support.tls import server_tls
from support.wire_fakes.base import FakeServer, Fault, Kind, Reply, Sent, Service, listen

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = "canary-s3cr3t/+&=u-canary"
READ = Request("GET", "/emails", read=True)
WRITE = Request("POST", "/emails", json={"subject": "Hello"})
WHERE = "POST https://api.example.org/v1/emails"
EFFECT = [Kind.ERROR_AFTER, Kind.LOST, Kind.TIMEOUT, Kind.GARBAGE, Kind.BROKEN, Kind.TOO_LARGE]
NO_EFFECT = [Kind.UNAVAILABLE, Kind.ERROR_BEFORE, Kind.PROXY_PAGE, Kind.REDIRECT]


class Clock:
    """A clock that moves when somebody sleeps, and by ``tick`` seconds whenever it is read."""

    def __init__(self, tick: float = 0.0) -> None:
        self.time = NOW
        self.tick = timedelta(seconds=tick)
        self.slept: list[float] = []

    def now(self) -> datetime:
        self.time += self.tick
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


class Counter(Service):
    """Count writes; answer everything with ``reply``."""

    base_url = "https://api.example.org/v1"

    def __init__(self, reply: Reply | None = None) -> None:
        super().__init__()
        self.reply = reply or Reply.json({"ok": True})
        self.state = 0

    def answer(self, sent: Sent) -> Reply:
        self.state += sent.method != "GET"
        return self.reply


class Raises(requests.adapters.BaseAdapter):
    """A transport on which every request ends with one exception."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def send(self, *_: object, **__: object) -> requests.Response:
        raise self.error

    def close(self) -> None:
        """Close nothing."""


def client(transport=None, *, url=Counter.base_url, clock=None, **options) -> Http:
    clock = clock or Clock()
    options = {"headers": {"Authorization": f"Token {SECRET}"}, **options}
    secrets = {"PRESS_KEY": SECRET}
    return Http(
        url, secrets=secrets, clock=clock.now, sleep=clock.sleep, transport=transport, **options
    )


def faulty(*faults: Fault, reply: Reply | None = None) -> FakeServer:
    return FakeServer(Counter(reply), faults)


@contextmanager
def answering(
    handle: Callable[[BaseHTTPRequestHandler], None], tls=None, **options
) -> Iterator[Http]:
    with listen(handle, tls) as url, client(url=url, **options) as http:
        yield http


def reply(handler: BaseHTTPRequestHandler, body: bytes = b"{}", status: int = 200, **headers):
    handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def cut(handler: BaseHTTPRequestHandler) -> None:
    """End the connection without an answer, as a proxy does whose patience is over."""
    handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


# Outcomes


@pytest.mark.parametrize("kind", [*EFFECT, *NO_EFFECT])
def test_a_write_whose_effect_nobody_proved_is_unsure_and_is_made_once(kind):
    server = faulty(Fault(kind, 1))
    with pytest.raises(Unsure) as failure:
        client(server).call(WRITE)
    assert server.count == 1
    assert server.service.state == (kind in EFFECT)
    assert failure.value.problems[0].where == WHERE


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.CONNECT_TIMEOUT])
def test_a_write_of_which_no_byte_left_us_is_not_now(kind):
    server = faulty(Fault(kind, 1))
    with pytest.raises(NotNow) as failure:
        client(server).call(WRITE)
    assert server.count == 1
    (problem,) = failure.value.problems
    assert problem.what.startswith("no connection (")
    assert problem.where == WHERE
    assert problem.mend == "Try again later."


@pytest.mark.parametrize("kind", [*EFFECT, *NO_EFFECT, Kind.REFUSED, Kind.CONNECT_TIMEOUT])
def test_a_read_is_repeated(kind):
    server = faulty(Fault(kind, 1), Fault(kind, 2))
    clock = Clock()
    assert client(server, clock=clock).call(READ) == {"ok": True}
    assert clock.slept == ([] if kind is Kind.REDIRECT else [1.0, 2.0])


@pytest.mark.parametrize("kind", [*EFFECT, *NO_EFFECT, Kind.REFUSED])
def test_a_read_that_keeps_failing_has_no_effect(kind):
    server = faulty(*(Fault(kind, number) for number in range(1, 30)))
    with pytest.raises(NotNow):
        client(server).call(READ)
    assert server.count <= 24


def test_a_crash_is_not_swallowed():
    with pytest.raises(BaseException, match="before POST"):
        client(faulty(Fault(Kind.CRASH_BEFORE, 1))).call(WRITE)


@pytest.mark.parametrize("request_", [READ, WRITE])
def test_any_verb_is_repeated_after_429_when_the_server_says(request_):
    server, clock = faulty(Fault(Kind.RATE_LIMITED, 1, retry_after="7")), Clock()
    assert client(server, clock=clock).call(request_) == {"ok": True}
    assert clock.slept == [7.0]
    assert server.count == 2


def test_a_read_waits_as_long_as_a_busy_server_says():
    server, clock = faulty(Fault(Kind.UNAVAILABLE, 1, retry_after="7")), Clock()
    client(server, clock=clock).call(READ)
    assert clock.slept == [7.0]
    with pytest.raises(Unsure) as failure:
        client(faulty(Fault(Kind.UNAVAILABLE, 1))).call(WRITE)
    assert failure.value.status == 503


def test_retry_after_may_be_a_date():
    date = format_datetime(NOW + timedelta(seconds=12), usegmt=True)
    server, clock = faulty(Fault(Kind.RATE_LIMITED, 1, retry_after=date)), Clock()
    client(server, clock=clock).call(WRITE)
    assert clock.slept == [12.0]


@pytest.mark.parametrize("nonsense", ["", "soon", "-5", "1e9", "²"])
def test_a_retry_after_that_says_nothing_is_ignored(nonsense):
    server, clock = faulty(Fault(Kind.RATE_LIMITED, 1, retry_after=nonsense)), Clock()
    client(server, clock=clock).call(WRITE)
    assert clock.slept == [1.0]


def test_a_server_that_asks_for_an_hour_is_left_to_a_later_run():
    server, clock = faulty(Fault(Kind.RATE_LIMITED, 1, retry_after="3600")), Clock()
    with pytest.raises(NotNow) as failure:
        client(server, clock=clock).call(WRITE)
    assert (failure.value.status, failure.value.retry_after) == (429, 3600.0)
    (problem,) = failure.value.problems
    assert (problem.where, problem.mend) == (WHERE, "Try again later.")
    assert problem.what.startswith("429")
    assert clock.slept == []


@pytest.mark.parametrize(
    ("status", "outcome"), [(400, Rejected), (403, Rejected), (429, NotNow), (500, Unsure)]
)
def test_every_failure_carries_the_servers_own_word_for_it(status, outcome):
    body = {"name": "daily_quota_exceeded", "message": "You have reached your daily quota."}
    with pytest.raises(outcome, match="daily quota") as failure:
        client(faulty(reply=Reply.json(body, status))).call(WRITE)
    assert (failure.value.status, failure.value.code) == (status, "daily_quota_exceeded")


def test_429_is_borne_four_times():
    server, clock = faulty(*(Fault(Kind.RATE_LIMITED, number) for number in range(1, 9))), Clock()
    with pytest.raises(NotNow):
        client(server, clock=clock).call(WRITE)
    assert clock.slept == [1.0, 2.0, 4.0]
    assert server.service.state == 0


def descendants(kind: type) -> set[type]:
    return {kind}.union(*(descendants(child) for child in kind.__subclasses__()))


def made(kind: type[Exception]) -> Exception:
    for arguments in range(1, 5):
        try:
            return kind(*[MagicMock()] * arguments)
        except TypeError:
            continue
    raise AssertionError(kind)


LIBRARY = descendants(requests.exceptions.RequestException) | descendants(
    urllib3.exceptions.HTTPError
)
SURE = {
    requests.exceptions.ConnectTimeout,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidProxyURL,
}


@pytest.mark.parametrize("kind", sorted(LIBRARY, key=str))
def test_every_exception_of_the_libraries_has_an_outcome(kind):
    sure = kind in SURE or kind.__name__ == "NotConnected"
    with pytest.raises(WireError) as failure:
        client(Raises(made(kind))).call(WRITE)
    assert type(failure.value) is (NotNow if sure else Unsure)
    with pytest.raises(NotNow):
        client(Raises(made(kind))).call(READ)


def test_an_exception_without_words_is_named():
    with pytest.raises(Unsure, match=r"the answer was lost \(ConnectionError\)"):
        client(Raises(requests.ConnectionError())).call(WRITE)


# What the server says


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"detail": "No such tag"}, "400 No such tag."),
        ({"code": "x", "message": "Nope."}, "400 Nope."),
        ({"detail": "No such tag", "title": "Bad Request"}, "400 No such tag."),
        ({"error": "bad key"}, "400 bad key."),
        ({"error": {"message": "bad key", "type": "t"}}, "400 bad key."),
        ({"errors": [{"message": "a"}, {"message": "b"}]}, "400 a; b."),
        ({"errors": {"email": ["is taken"]}}, "400 email: is taken."),
        ({"detail": [{"loc": ["body", "x"], "msg": "extra"}]}, "400 body.x: extra."),
        ({"errors": [{"field": "a.b", "message": "bad"}]}, "400 a.b: bad."),
        ({"errors": [{"field": None, "message": "bad"}]}, "400 bad."),
        ({"errors": [{"field": 3, "message": "bad"}, 4, None]}, "400 bad."),
        ([{"message": "first"}, "second"], "400 first; second."),
        ({"errors": [{"message": "Sorry.", "context": "Too long."}]}, "400 Sorry: Too long."),
        ({"errors": [{"message": "Sorry.", "context": "Sorry."}]}, "400 Sorry."),
        ({"errors": [{"message": "Sorry.", "context": None}]}, "400 Sorry."),
        ({"detail": "red \x1b[31malert\nline"}, "400 red [31malert line."),
    ],
)
def test_a_refusal_carries_the_servers_own_words(body, words):
    with pytest.raises(Rejected) as failure:
        client(faulty(reply=Reply.json(body, 400))).call(WRITE)
    assert (failure.value.problems[0].what, failure.value.problems[0].where) == (words, WHERE)
    assert failure.value.status == 400


def test_a_refusal_carries_the_servers_code_and_the_page_that_explains_it():
    page = "https://docs.example.org/slug"
    body = {"code": "slug_invalid", "detail": "taken", "metadata": {"documentation_url": page}}
    with pytest.raises(Rejected, match=f"See {page}") as failure:
        client(faulty(reply=Reply.json(body, 409))).call(WRITE)
    assert failure.value.code == "slug_invalid"


MENDS = {"slug_invalid": "Look there.", "403 not_you": "Ask them.", "not_you": "Log in."}


@pytest.mark.parametrize(
    ("status", "code", "mend"),
    [
        (400, "slug_invalid", "Look there."),
        (403, "not_you", "Ask them."),
        (401, "not_you", "Log in."),
        (401, "else", "Check PRESS_KEY, and what it is allowed to do."),
        (400, "", ""),
    ],
)
def test_a_refusal_carries_what_helps_by_its_code_or_by_its_status_and_code(status, code, mend):
    reply = Reply.json({"code": code, "detail": "No"}, status)
    with pytest.raises(Rejected) as failure:
        client(faulty(reply=reply), mends=MENDS).call(WRITE)
    assert [problem.mend for problem in failure.value.problems] == [mend]


def test_what_helps_against_a_refusal_does_not_help_against_anything_else():
    reply = Reply.json({"code": "slug_invalid", "detail": "No"}, 429)
    with pytest.raises(NotNow) as failure:
        client(faulty(reply=reply), mends=MENDS).call(WRITE)
    assert "Look there." not in str(failure.value)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"detail": "no", "name": "validation_error"}, "validation_error"),
        ({"errors": [{"message": "no", "type": "ValidationError"}]}, "ValidationError"),
        ({"errors": [{"message": "no", "code": "late", "type": "T"}, {"code": "x"}]}, "late"),
        ({"detail": "no", "code": 422, "name": "", "type": "about:blank"}, "about:blank"),
        ({"errors": ["no"]}, ""),
        ({"errors": {"email": ["is taken"]}}, ""),
        (["no"], ""),
    ],
)
def test_the_servers_code_is_a_word_wherever_it_stands(body, code):
    with pytest.raises(Rejected) as failure:
        client(faulty(reply=Reply.json(body, 400))).call(WRITE)
    assert failure.value.code == code


def test_long_words_are_cut():
    with pytest.raises(Rejected) as failure:
        client(faulty(reply=Reply.json({"detail": "x" * 5000}, 400))).call(WRITE)
    assert len(str(failure.value)) < 400


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_the_variable_that_holds_it(status):
    with pytest.raises(Rejected, match="Check PRESS_KEY"):
        client(faulty(reply=Reply.json({"detail": "no"}, status))).call(READ)


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 302, 307, 100])
def test_these_statuses_prove_nothing_whatever_they_say(status):
    with pytest.raises(Unsure):
        client(faulty(reply=Reply.json({"detail": "no"}, status))).call(WRITE)


@pytest.mark.parametrize("body", [b"", b"<h1>Not found</h1>", b"{}", b'"no"', b'{"page": 3}'])
def test_a_404_is_believed_only_in_the_servers_own_words(body):
    with pytest.raises(NotNow):
        client(faulty(reply=Reply(404, body))).call(READ)
    with pytest.raises(Unsure):
        client(faulty(reply=Reply(404, body))).call(WRITE)
    with pytest.raises(Rejected) as failure:
        client(faulty(reply=Reply.json({"detail": "Not found."}, 404))).call(READ)
    assert failure.value.status == 404


@pytest.mark.parametrize("body", [b"", b"OK", b"<html>", b'{"id": "em_', b'"em_1"', b"7", b"\xff"])
def test_a_success_that_is_not_json_is_unsure(body):
    with pytest.raises(Unsure):
        client(faulty(reply=Reply(200, body))).call(WRITE)


def test_an_answer_may_be_empty_where_the_status_says_so():
    assert client(faulty(reply=Reply(204))).call(WRITE) is None


def test_an_accepted_request_may_be_answered_by_nothing_that_is_announced_as_such():
    announced = {"Content-Length": "0"}
    assert client(faulty(reply=Reply(202, b"", announced))).call(WRITE) is None
    for other in (Reply(202), Reply(200, b"", announced), Reply(202, b'{"id": "em_')):
        with pytest.raises(Unsure):
            client(faulty(reply=other)).call(WRITE)


def test_an_accepted_request_may_be_answered_by_nothing_on_a_real_connection():
    with answering(lambda handler: reply(handler, b"", 202)) as http:
        assert http.call(WRITE) is None


# What we send


def test_a_request_arrives_as_it_was_meant():
    server = faulty()
    write = Request(
        "PATCH", "/emails/a b?c", (("tag", "ä&b"), ("tag", "c")), {"x": "ü"}, {"X-Key": "k"}
    )
    client(server).call(write)
    (sent,) = server.requests
    assert (sent.method, sent.path) == ("PATCH", "/emails/a%20b%3Fc")
    assert sent.query == (("tag", "ä&b"), ("tag", "c"))
    assert sent.json == {"x": "ü"}
    assert sent.headers["Content-Type"] == "application/json; charset=utf-8"
    assert sent.headers["Authorization"] == f"Token {SECRET}"
    assert sent.headers["X-Key"] == "k"
    assert sent.headers["User-Agent"] == f"pressrun/{__version__}"


@pytest.mark.parametrize("content", [b"", b"\r\n--", bytes(range(256)) * 300, b"a\rb\nc\r\n"])
def test_a_file_arrives_as_it_is_in_a_form(content):
    server = faulty()
    file = File("harbour.png", "image/png", content)
    client(server).call(Request("POST", "/images", form={"image": file, "ref": "hörbour"}))
    (sent,) = server.requests
    assert sent.form == {"image": file, "ref": "hörbour"}
    assert sent.json is None
    assert sent.headers["Content-Type"].startswith("multipart/form-data; boundary=")


def test_a_file_is_base64_in_json():
    server = faulty()
    file = File("harbour.png", "image/png", b"\x89PNG\xff")
    client(server).call(Request("POST", "/files", json={"name": "x", "file_data": file}))
    assert server.requests[0].json == {"name": "x", "file_data": "iVBOR/8="}


def test_a_form_is_the_same_when_it_is_repeated_after_429():
    server = faulty(Fault(Kind.RATE_LIMITED, 1))
    file = File("harbour.png", "image/png", b"\x89PNG\xff")
    client(server).call(Request("POST", "/images", form={"image": file}))
    assert [sent.form for sent in server.requests] == [{"image": file}]


def test_a_form_arrives_over_a_real_connection():
    seen = []

    def handle(handler):
        seen.append(handler.rfile.read(int(handler.headers["Content-Length"])))
        del handler.headers["Content-Length"]
        reply(handler)

    with answering(handle) as http:
        content = b"x" * 300_000
        http.call(Request("POST", "/", form={"image": File("a.png", "image/png", content)}))
    assert content in seen[0]


def test_requests_keep_their_distance():
    clock = Clock()
    http = client(faulty(), clock=clock, pause=0.5)
    for _ in range(3):
        http.call(READ)
    assert clock.slept == [0.5, 0.5]


@pytest.mark.parametrize(
    "secret", ["canary\r\nX-Evil: 1", "canary\nb", "canäry", " canary", "canary ", "canary\x00"]
)
def test_a_header_cannot_break_out_and_is_not_shown(secret):
    with pytest.raises(UsageError, match="Authorization") as failure:
        client(headers={"Authorization": secret})
    assert "can" not in str(failure.value)
    with pytest.raises(UsageError):
        client(faulty()).call(Request("GET", "/", headers={"X-Key": secret}, read=True))


@pytest.mark.parametrize(
    ("url", "allow_http", "fine"),
    [
        ("https://api.example.org/v1", False, True),
        ("http://127.0.0.1:9000", False, True),
        ("http://localhost:9000/v1", False, True),
        ("http://[::1]:9000", False, True),
        ("http://api.example.org", False, False),
        ("http://api.example.org", True, False),
        ("http://10.0.0.5:9000", False, False),
        ("http://10.0.0.5:9000", True, True),
        ("http://listmonk:9000", True, True),
        ("http://mail.internal", True, True),
        ("http://8.8.8.8", True, False),
        ("http://127.0.0.1.example.org", False, False),
        ("ftp://example.org", True, False),
        ("https://", False, False),
        ("https://example.org/?a=b", False, False),
        ("api.example.org", True, False),
    ],
)
def test_secrets_go_over_tls_or_stay_on_this_network(url, allow_http, fine):
    if fine:
        client(url=url, allow_http=allow_http).close()
        return
    with pytest.raises(UsageError, match="https"):
        client(url=url, allow_http=allow_http)


def test_a_ca_file_that_is_none_is_said_before_the_first_request(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere\.pem cannot be used \(No such file"):
        client(ca_file="nowhere.pem")
    (tmp_path / "empty.pem").touch()
    with pytest.raises(UsageError, match=r"empty\.pem cannot be used .*no certificate"):
        client(ca_file=str(tmp_path / "empty.pem"))


# Secrets


@pytest.mark.parametrize(
    "shown",
    [
        SECRET,
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"api:{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"a:{SECRET}".encode()).decode(),
        base64.b64encode(f"me:{SECRET}!".encode()).decode(),
    ],
)
def test_no_message_shows_a_secret_that_the_server_repeats(shown):
    body = {"detail": f"bad key {shown}", "code": shown}
    with pytest.raises(Rejected) as failure:
        client(faulty(reply=Reply.json(body, 401))).call(WRITE)
    core = base64.b64encode(SECRET.encode()).decode()[4:16]
    for text in (str(failure.value), failure.value.code, repr(failure.value)):
        assert SECRET not in text
        assert shown not in text
        assert core not in text
    assert "***" in str(failure.value)


@pytest.mark.parametrize("before", range(230, 301, 7))
def test_no_message_shows_the_half_of_a_secret_that_its_limit_leaves(before):
    body = {"detail": f"{'x' * before} {SECRET}", "code": f"{'x' * before}{SECRET}"}
    with pytest.raises(Rejected) as failure:
        client(faulty(reply=Reply.json(body, 400))).call(WRITE)
    assert "canary" not in f"{failure.value} {failure.value.code}"


def test_no_message_shows_a_secret_whose_spaces_were_tidied():
    body = {"detail": "no canary  phrase", "code": "no-canary  phrase"}
    http = client(faulty(reply=Reply.json(body, 400)), hidden=("canary  phrase",))
    with pytest.raises(Rejected, match=r"400 no \*\*\*") as failure:
        http.call(WRITE)
    assert failure.value.code == "no-***"


def test_no_message_shows_what_was_signed_for_the_request():
    def echo(sent: Sent) -> Reply:
        token = sent.headers["Authorization"]
        return Reply.json({"detail": f"{token} has a wrong {token.rpartition('.')[2]}"}, 401)

    server = faulty()
    server.service.answer = echo
    http = client(
        server, sign=lambda moment: {"Authorization": f"Scheme canary.canary{moment:%H%M}"}
    )
    with pytest.raises(Rejected, match=r"401 Scheme \*\*\* has a wrong \*\*\*\."):
        http.call(WRITE)


def test_an_exception_shows_no_secret_and_no_cause():
    error = requests.exceptions.InvalidURL(f"https://me:{SECRET}@example.org")
    with pytest.raises(NotNow) as failure:
        client(Raises(error)).call(WRITE)
    assert SECRET not in str(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__


def test_passwords_in_addresses_are_secrets_too():
    url = "https://me:canary%2Fword@api.example.org"
    error = requests.exceptions.ProxyError("no canary/word, no canary%2Fword, no canary-proxy")
    with pytest.raises(Unsure) as failure:
        client(Raises(error), url=url, proxy="http://me:canary-proxy@proxy.example").call(WRITE)
    assert str(failure.value).count("***") == 3
    assert "me:" not in str(failure.value)


@settings(deadline=None, max_examples=200)
@given(st.text(min_size=8, max_size=40), st.text(max_size=9), st.text(max_size=9))
def test_a_secret_is_found_at_any_place_in_base64(secret, before, after):
    plain = f"{before}{secret}{after}".encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        hidden = redact(encode(plain).decode(), [secret])
        longest = max(hidden.split("***"), key=len)
        assert "***" in hidden
        assert len(longest) <= len(encode(f"{before}xx{after}xx".encode()))


def test_text_without_secrets_stays():
    assert redact("nothing here", ["", "secret"]) == "nothing here"


# The clock


@pytest.mark.parametrize(("minutes", "age", "fine"), [(4, 0, True), (6, 0, False), (-6, 0, False)])
def test_a_run_stops_when_the_clocks_differ(minutes, age, fine):
    date = format_datetime(NOW + timedelta(minutes=minutes), usegmt=True)
    server = faulty(reply=Reply.json({"ok": True}, headers={"Date": date, "Age": str(age)}))
    if fine:
        assert client(server).call(READ) == {"ok": True}
        return
    with pytest.raises(PressrunError, match="2026-11-23 09:00 UTC") as failure:
        client(server).call(READ)
    (problem,) = failure.value.problems
    assert problem.where == "GET https://api.example.org/v1/emails"
    assert problem.mend.startswith("Set this machine's clock")
    assert not isinstance(failure.value, WireError)


@pytest.mark.parametrize("zone", ["10:00:00 +0100", "09:00:00 -0000", "09:00:00 GMT"])
def test_a_clock_may_show_the_time_of_any_zone(zone):
    server = faulty(reply=Reply.json({"ok": True}, headers={"Date": f"Mon, 23 Nov 2026 {zone}"}))
    http = client(server)
    http.call(READ)
    assert http.ahead == timedelta(0)


@pytest.mark.parametrize("age", [{}, {"Age": ""}, {"Age": "soon"}])
def test_what_a_read_shows_of_the_servers_clock_is_remembered(age):
    date = format_datetime(NOW + timedelta(minutes=4), usegmt=True)
    server = faulty(reply=Reply.json({"ok": True}, headers={"Date": date, **age}))
    http = client(server)
    http.call(WRITE)
    assert http.ahead is None
    http.call(READ)
    assert http.ahead == timedelta(minutes=4)
    server.service.reply = Reply.json({"ok": True})
    http.call(READ)
    assert http.ahead is None


def test_the_age_of_a_cached_answer_is_no_difference_of_clocks():
    date = format_datetime(NOW - timedelta(hours=1), usegmt=True)
    server = faulty(reply=Reply.json({"ok": True}, headers={"Date": date, "Age": "3600"}))
    assert client(server).call(READ) == {"ok": True}


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 09:00:00 GMT"])
def test_a_date_that_nobody_can_read_says_nothing(date):
    server = faulty(reply=Reply.json({"ok": True}, headers={"Date": date}))
    assert client(server).call(READ) == {"ok": True}


def test_a_write_is_not_judged_by_the_clock_its_effect_has_happened():
    date = format_datetime(NOW + timedelta(hours=1), usegmt=True)
    server = faulty(reply=Reply.json({"ok": True}, headers={"Date": date}))
    assert client(server).call(WRITE) == {"ok": True}


# Real sockets


@pytest.mark.holds_secret(".netrc", because="this is where people keep passwords")
def test_neither_netrc_nor_a_proxy_of_the_environment_gets_between(tmp_path, monkeypatch):
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login other password canary-other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    seen = []

    def handle(handler):
        seen.append(handler.headers["Authorization"])
        reply(handler)

    with answering(handle) as http:
        http.call(WRITE)
    assert seen == [f"Token {SECRET}"]


def test_a_cookie_is_neither_kept_nor_sent_back():
    seen = []

    def handle(handler):
        seen.append((handler.path, handler.headers["Cookie"]))
        where = {"/emails": {"Location": "/new"}}.get(handler.path, {})
        cookie = {"Set-Cookie": f"session={len(seen)}; Path=/; Max-Age=9999"}
        reply(handler, status=302 if where else 200, **where, **cookie)

    with answering(handle) as http:
        for request in (READ, READ, Request("POST", "/send", json={})):
            http.call(request)
    paths = ["/emails", "/new", "/emails", "/new", "/send"]
    assert seen == [(path, None) for path in paths]


def test_a_port_where_nobody_listens_is_not_now():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with client(url=url) as http, pytest.raises(NotNow, match="Connection refused"):
        http.call(WRITE)


def test_a_name_that_does_not_resolve_is_not_now(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with client() as http, pytest.raises(NotNow, match="Name or service not known"):
        http.call(WRITE)


def test_a_proxy_that_is_away_is_not_now():
    with client(proxy="http://127.0.0.1:9") as http, pytest.raises(NotNow):
        http.call(WRITE)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_connection_cut_without_an_answer_is_unsure(method):
    seen = []

    def handle(handler):
        seen.append(handler.command)
        cut(handler)

    with answering(handle) as http, pytest.raises(Unsure):
        http.call(Request(method, "/emails/1"))
    assert seen == [method]


def test_reads_share_a_connection_and_a_write_never_meets_the_end_of_one():
    seen = []

    def handle(handler):
        seen.append((handler.command, handler.client_address))
        reply(handler)

    with answering(handle) as http:
        for request in (READ, READ, WRITE, WRITE):
            http.call(request)
    assert [command for command, _ in seen] == ["GET", "GET", "POST", "POST"]
    assert len({address for _, address in seen}) == 3


def test_a_server_that_drops_every_kept_connection_costs_nothing():
    seen = []

    def handle(handler):
        seen.append(handler.command)
        reply(handler)
        handler.close_connection = True

    with answering(handle) as http:
        for _ in range(20):
            assert http.call(WRITE) == {}
    assert seen == ["POST"] * 20


def test_an_answer_cut_in_the_middle_is_unsure():
    def handle(handler):
        reply(handler, b'{"id"', **{"Content-Length": "500"})
        handler.close_connection = True

    with answering(handle) as http, pytest.raises(Unsure):
        http.call(WRITE)


def test_an_answer_that_trickles_for_ever_is_given_up():
    def handle(handler):
        handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        for _ in range(100):
            handler.wfile.write(b" ")
            time.sleep(0.02)

    ends = r"/emails: the answer does not end\.$"
    with answering(handle, clock=Clock(tick=25)) as http, pytest.raises(Unsure, match=ends):
        http.call(WRITE)


def test_a_small_answer_that_unpacks_to_a_large_one_is_given_up():
    packed = gzip.compress(b" " * 50_000_000)

    def handle(handler):
        reply(handler, packed, **{"Content-Encoding": "gzip"})

    with answering(handle) as http, pytest.raises(Unsure, match="larger than 5 MB"):
        http.call(WRITE)


def test_a_packed_answer_is_read():
    def handle(handler):
        reply(handler, gzip.compress(b'{"id": "em_1"}'), **{"Content-Encoding": "gzip"})

    with answering(handle) as http:
        assert http.call(WRITE) == {"id": "em_1"}


def test_only_reads_follow_a_redirect():
    seen = []

    def handle(handler):
        seen.append(f"{handler.command} {handler.path}")
        target = {"/emails": "/new?page=2", "/loop": "/loop"}
        where = target.get(handler.path.partition("?")[0])
        reply(handler, status=301 if where else 200, **({"Location": where} if where else {}))

    with answering(handle) as http:
        assert http.call(Request("GET", "/emails", (("a", "b"),), read=True)) == {}
        assert seen == ["GET /emails?a=b", "GET /new?page=2"]
        with pytest.raises(NotNow):
            http.call(Request("GET", "/loop", read=True))
        seen.clear()
        with pytest.raises(Unsure):
            http.call(WRITE)
    assert seen == ["POST /emails"]


@pytest.mark.parametrize(("status", "followed"), [(200, 0), (299, 0), (300, 5), (399, 5), (400, 0)])
def test_an_address_is_followed_only_where_the_status_says_so(status, followed):
    server = faulty(reply=Reply.json({"detail": "x"}, status, headers={"Location": "/v1/emails"}))
    with suppress(WireError):
        client(server).call(Request("GET", "/emails", read=True))
    rounds = 4 if followed else 1  # where it leads nowhere, the read is repeated
    assert server.count == rounds * (1 + followed)


@pytest.mark.parametrize("location", ["http://[", "\xff\xfe", "https://a:port/", "mailto:x", "//"])
def test_a_redirect_that_nobody_can_read_has_an_outcome_too(location):
    def handle(handler):
        reply(handler, status=301, Location=location)

    with answering(handle) as http:
        with pytest.raises(Unsure):
            http.call(WRITE)
        with pytest.raises(NotNow):
            http.call(READ)


def test_the_body_of_a_redirect_is_bounded_too():
    def handle(handler):
        reply(handler, b" " * 6_000_000, status=302, Location="/emails")

    with answering(handle) as http, pytest.raises(Unsure, match="larger than 5 MB"):
        http.call(WRITE)


def test_no_redirect_leads_a_secret_to_another_server():
    seen = []

    def other(handler):
        seen.append(handler.headers["Authorization"])
        reply(handler)

    with listen(other) as elsewhere:

        def handle(handler):
            reply(handler, status=302, Location=f"{elsewhere}/emails")

        with answering(handle) as http, pytest.raises(NotNow):
            http.call(READ)
    assert seen == []


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_byte(certificate):
    seen = []

    def handle(handler):
        seen.append(handler.command)
        reply(handler)

    with (
        answering(handle, server_tls(certificate)) as http,
        pytest.raises(NotNow, match="certificate verify failed"),
    ):
        http.call(WRITE)
    assert seen == []


def test_an_authority_of_your_own_can_be_named(certificate):
    with answering(reply, server_tls(certificate), ca_file=str(certificate)) as http:
        assert http.call(WRITE) == {}
    with (
        answering(reply, server_tls(certificate)) as http,
        pytest.raises(NotNow, match="name its file in ca_file"),
    ):
        http.call(WRITE)


@pytest.mark.parametrize("file", [False, True])
def test_nothing_in_the_environment_changes_whose_certificate_is_believed(
    certificate, monkeypatch, file
):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.setenv(name, str(certificate) if file else "")
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    with (
        answering(reply, server_tls(certificate)) as http,
        pytest.raises(NotNow, match="certificate verify failed"),
    ):
        http.call(WRITE)


def test_a_certificate_is_believed_for_its_own_host_only(certificate):
    with (
        listen(reply, server_tls(certificate)) as url,
        client(url=url.replace("127.0.0.1", "localhost"), ca_file=str(certificate)) as http,
        pytest.raises(NotNow, match="certificate verify failed"),
    ):
        http.call(WRITE)


def test_a_tls_connection_cut_after_the_server_acted_is_unsure(certificate):
    seen = []

    def handle(handler):
        seen.append(handler.command)
        cut(handler)

    with (
        answering(handle, server_tls(certificate), ca_file=str(certificate)) as http,
        pytest.raises(Unsure),
    ):
        http.call(WRITE)
    assert seen == ["POST"]


def test_a_server_that_speaks_no_tls_is_not_now():
    with (
        listen(reply) as url,
        client(url=url.replace("http:", "https:")) as http,
        pytest.raises(NotNow),
    ):
        http.call(WRITE)
