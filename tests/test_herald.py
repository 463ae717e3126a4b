"""The policy for hubs: what is posted, what is believed, and what never happens."""

import socket
import time

import pytest

from pressrun.http.herald import Herald, heard
from pressrun.http.web import Sight
from support.wire_fakes.base import listen

FORM = {"hub.mode": "publish", "hub.url": "https://notes.example/feed.xml?a=b&c"}


def reply(handler, status, body=b"", **headers):
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def told(handle, path="/", form=FORM):
    with listen(handle) as url, Herald() as herald:
        return herald.tell(url + path, form)


def test_a_form_is_posted_once_and_without_a_secret():
    seen = []

    def handle(handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        seen.append((handler.command, handler.path, body, dict(handler.headers)))
        reply(handler, 204)

    assert told(handle, "/publish") == Sight(204, "answers 204")
    ((method, path, body, headers),) = seen
    assert (method, path) == ("POST", "/publish")
    assert body == b"hub.mode=publish&hub.url=https%3A%2F%2Fnotes.example%2Ffeed.xml%3Fa%3Db%26c"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["User-Agent"].startswith("pressrun/")
    assert not {"Authorization", "Cookie", "Referer"} & set(headers)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_success_is_one(status):
    assert heard(told(lambda handler: reply(handler, status)))


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_a_refusal_is_said_and_not_repeated(status):
    asked = []

    def handle(handler):
        asked.append(handler.path)
        reply(handler, status, b"<h1>\xff garbage", **{"Retry-After": "1"})

    sight = told(handle)
    assert (sight, len(asked)) == (Sight(status, f"answers {status}"), 1)
    assert not heard(sight)


@pytest.mark.parametrize("location", ["/elsewhere", "http://[", "https://evil.example/"])
def test_a_redirect_is_not_followed(location):
    asked = []

    def handle(handler):
        asked.append(handler.path)
        reply(handler, 301, Location=location)

    assert told(handle) == Sight(301, "answers 301, a redirect")
    assert asked == ["/"]


def test_an_answer_without_end_stays_unread():
    def handle(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**12))
        handler.end_headers()
        handler.wfile.write(b"x" * 4096)
        time.sleep(0.5)
        handler.close_connection = True

    started = time.monotonic()
    assert heard(told(handle))
    assert time.monotonic() - started < 5


def test_a_hub_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr("pressrun.http.herald.TIMEOUTS", (0.2, 0.2))
    sight = told(lambda _: time.sleep(1))
    assert sight.status is None
    assert sight.words.startswith("does not answer within")


def test_what_is_no_http_at_all_is_trouble():
    def handle(handler):
        handler.wfile.write(b"\x00\xff not http\r\n\r\n")
        handler.close_connection = True

    sight = told(handle)
    assert sight.status is None
    assert sight.words.startswith("cannot be reached")


def test_a_port_where_nobody_listens_is_said():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with Herald() as herald:
        assert herald.tell(url, FORM) == Sight(None, "cannot be reached (Connection refused)")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://hub.example/", "is an address without https"),
        ("ftp://hub.example/", "is no address of the web"),
        ("https://", "is no address of the web"),
        ("https://hub.example:port/", "is no address of the web"),
        ("https://me:canary@hub.example/", "is an address with a login in it"),
    ],
)
def test_nothing_is_posted_where_it_must_not_go(url, words):
    with Herald() as herald:
        assert herald.tell(url, FORM) == Sight(None, words)
