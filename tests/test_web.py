"""The public web's policy: what an address answers, and what is never done to find out."""

import socket
import struct
import time
from contextlib import contextmanager, suppress

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.http.shown import Shown
from pressrun.http.web import Sight, Web
from support.tls import server_tls
from support.wire_fakes.base import listen

HELLO = "https://notes.example/hello/"


class Pages(requests.adapters.BaseAdapter):
    """The public web: what each address answers, as a status, a redirect's target or an exception.

    ``"HEAD https://..."`` answers HEAD alone. What is not there is a 404.
    """

    def __init__(self, **answers) -> None:
        super().__init__()
        self.answers = answers
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

    def send(self, request, **options):
        line = f"{request.method} {request.url}"
        self.asked.append(line)
        self.headers.append(dict(request.headers))
        answer = self.answers.get(line, self.answers.get(request.url, 404))
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return _response(request, answer)

    def close(self) -> None:
        """Close nothing."""


class Unread:
    """A body that cannot be read."""

    _original_response = None

    def close(self) -> None:
        """Close nothing."""


def _response(request, answer):
    response = requests.Response()
    response.status_code = 302 if isinstance(answer, str) else answer
    response.headers["Location"] = answer if isinstance(answer, str) else ""
    response.raw, response.request, response.url = Unread(), request, request.url
    return response


def look(url=HELLO, slept=None, **answers):
    pages = Pages(**answers)
    with Web((slept if slept is not None else []).append, transport=pages) as web:
        return web.look(url), pages


@contextmanager
def answering(handle, tls=None):
    with listen(handle, tls) as url, Web(lambda _: None) as web:
        yield web, url


def reply(handler, status=200, body=b"", **headers):
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def test_a_page_that_is_there_is_asked_once_and_not_fetched():
    seen, pages = look(**{HELLO: 200})
    assert seen == Sight(200, "answers 200")
    assert pages.asked == [f"HEAD {HELLO}"]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500, 501])
def test_a_server_that_knows_no_head_is_asked_again(status):
    seen, pages = look(**{f"HEAD {HELLO}": status, f"GET {HELLO}": 200})
    assert seen.status == 200
    assert pages.asked == [f"HEAD {HELLO}", f"GET {HELLO}"]


@pytest.mark.parametrize("status", [204, 206, 404, 410, 503])
def test_what_is_not_there_is_said_with_its_status(status):
    seen, _ = look(**{HELLO: status})
    assert seen == Sight(status, f"answers {status}")


def test_a_redirect_may_lead_to_another_host():
    new = "https://www.notes.example/new/"
    seen, pages = look(**{HELLO: new, new: "/newer/", "https://www.notes.example/newer/": 200})
    assert seen.status == 200
    assert pages.asked[-1] == "HEAD https://www.notes.example/newer/"


def test_five_redirects_are_followed_and_no_sixth():
    chain = {f"https://notes.example/{n}": f"https://notes.example/{n + 1}" for n in range(6)}
    seen, _ = look("https://notes.example/1", **chain, **{"https://notes.example/6": 200})
    assert seen.status == 200
    seen, pages = look("https://notes.example/0", **chain, **{"https://notes.example/6": 200})
    assert seen == Sight(302, "answers 302 again and again")
    assert not any(line.endswith("/6") for line in pages.asked)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("http://notes.example/hello/", "which gives up https"),
        ("file:///etc/passwd", "no address of the web"),
        ("mailto:press@example.org", "no address of the web"),
        ("https://me:canary@notes.example/", "an address with a login in it"),
    ],
)
def test_a_redirect_that_must_not_be_followed_is_named(target, why):
    seen, pages = look(**{HELLO: target})
    assert seen == Sight(302, f"answers 302 and leads to {target}, {why}")
    assert {line.split()[1] for line in pages.asked} == {HELLO}


def test_a_redirect_may_lead_from_http_to_https():
    plain = HELLO.replace("https:", "http:")
    assert look(plain, **{plain: HELLO, HELLO: 200})[0].status == 200


@pytest.mark.parametrize("location", ["http://[", "https://notes.example:port/", "\xff\xfe", "//"])
def test_a_redirect_that_nobody_can_read_is_no_bug(location):
    seen, _ = look(**{HELLO: location})
    assert seen.status in {302, 404}


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")))
def test_whatever_a_redirect_says_is_an_answer(location):
    assert isinstance(look(**{HELLO: location or 200})[0].words, str)


@settings(deadline=None, max_examples=200)
@given(st.text().map(lambda text: f"https://{text}"))
def test_whatever_an_address_is_there_is_an_answer(url):
    assert isinstance(look(url)[0].words, str)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://notes.example/hello/", "is no address of the web"),
        ("file:///etc/passwd", "is no address of the web"),
        ("/hello/", "is no address of the web"),
        ("https://", "is no address of the web"),
        ("http://[", "is no address of the web"),
        ("https://me:canary@notes.example/", "is an address with a login in it"),
    ],
)
def test_what_is_no_public_address_is_not_asked(url, why):
    seen, pages = look(url)
    assert seen == Sight(None, why)
    assert pages.asked == []


def test_a_lost_connection_is_tried_once_more():
    slept = []
    lost = requests.exceptions.ConnectionError(ConnectionResetError(104, "Connection reset"))
    seen, pages = look(slept=slept, **{f"HEAD {HELLO}": lost, f"GET {HELLO}": 200})
    assert (seen.status, slept) == (200, [1.0])
    seen, pages = look(**{f"HEAD {HELLO}": 405, f"GET {HELLO}": [lost, 200]})
    assert seen.status == 200
    seen, pages = look(**{HELLO: lost})
    assert seen == Sight(None, "cannot be reached (Connection reset)")
    assert pages.asked == [f"HEAD {HELLO}", f"GET {HELLO}"]


PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 1200, 630) + b"\x08\x06"


def measure(handle):
    """Measure the picture that ``handle`` answers with, and tell which requests it took."""
    asked = []

    def handle_and_note(handler):
        asked.append(f"{handler.command} {handler.path}")
        assert handler.headers["Accept-Encoding"] == "identity"
        handle(handler)

    with answering(handle_and_note) as (web, url):
        return web.measure(f"{url}/a.png"), asked


def test_a_picture_is_measured_with_one_get():
    def handle(handler):
        reply(handler, body=PNG, **{"Content-Type": "Image/PNG; q=1"})

    seen, asked = measure(handle)
    assert seen == Sight(200, "answers 200", Shown("image/png", 1200, 630, len(PNG)))
    assert asked == ["GET /a.png"]


def test_a_picture_is_measured_at_the_end_of_its_redirects():
    def handle(handler):
        if handler.path == "/a.png":
            reply(handler, 301, Location="/b.png")
        else:
            reply(handler, body=PNG)

    seen, asked = measure(handle)
    assert seen.shown == Shown("", 1200, 630, len(PNG))
    assert asked == ["GET /a.png", "GET /b.png"]


def test_of_a_heavy_picture_only_the_beginning_is_read():
    def handle(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "5000000")
        handler.end_headers()
        handler.wfile.write(PNG)
        time.sleep(0.5)
        handler.close_connection = True

    started = time.monotonic()
    seen, _ = measure(handle)
    assert seen.shown == Shown("", 1200, 630, 5_000_000)
    assert time.monotonic() - started < 5


def test_of_what_never_says_its_size_no_more_than_64_kib_are_read():
    written = []

    def handle(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "image/jpeg")
        handler.end_headers()
        with suppress(OSError):
            for _ in range(1000):
                handler.wfile.write(b"\xff" * 65_536)
                written.append(65_536)
        handler.close_connection = True

    seen, asked = measure(handle)
    assert seen == Sight(200, "answers 200", Shown("image/jpeg"))
    assert len(asked) == 1
    assert sum(written) < 60_000_000  # what the sockets hold, and not all there is


def exif(size: int) -> bytes:
    """Make the beginning of a JPEG that says its size behind ``size`` bytes of other things."""
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 20, 30) + b"\x03" + b"\x01\x11\x00" * 3
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", size) + bytes(size - 2) + frame


def test_a_picture_may_come_in_many_small_pieces():
    def handle(handler):
        handler.send_response(200)
        handler.end_headers()
        body = exif(36_000)
        for start in range(0, len(body), 1_000):
            handler.wfile.write(body[start : start + 1_000])
            handler.wfile.flush()
            time.sleep(0.002)
        handler.close_connection = True

    seen, _ = measure(handle)
    assert seen.shown == Shown("", 30, 20)


def test_a_server_that_drips_is_left_after_a_while():
    ticks = iter(range(0, 1_000, 7))

    def handle(handler):
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            for _ in range(30):
                handler.wfile.write(b"\xff")
                handler.wfile.flush()
                time.sleep(0.01)
        handler.close_connection = True

    with listen(handle) as url, Web(time.sleep, clock=lambda: float(next(ticks))) as web:
        assert web.measure(f"{url}/a.png") == Sight(200, "answers 200", Shown(""))
    assert next(ticks) < 50


@pytest.mark.parametrize("status", [404, 403, 503])
def test_a_picture_that_is_not_there_is_asked_once_and_not_read(status):
    seen, asked = measure(lambda handler: reply(handler, status, PNG))
    assert seen == Sight(status, f"answers {status}")
    assert asked == ["GET /a.png"]


def test_a_page_in_a_pictures_place_is_known_by_its_type():
    page = b"<!doctype html><title>No picture</title>"
    seen, _ = measure(lambda handler: reply(handler, body=page, **{"Content-Type": "text/html"}))
    assert seen.shown == Shown("text/html", bytes=len(page))


def test_a_picture_that_breaks_off_is_there_all_the_same():
    def handle(handler):
        reply(handler, body=PNG[:18], **{"Content-Length": "900"})
        handler.close_connection = True

    assert measure(handle)[0] == Sight(200, "answers 200", Shown("", bytes=900))


@pytest.mark.parametrize("length", ["", "-5", "many", "9" * 5000])
def test_a_length_that_is_none_is_unknown(length):
    seen, _ = measure(lambda handler: reply(handler, body=PNG, **{"Content-Length": length}))
    assert seen.shown is None or seen.shown.bytes in {0, len(PNG)}


def test_a_pictures_lost_connection_is_tried_once_more():
    lost = requests.exceptions.ConnectionError(ConnectionResetError(104, "Connection reset"))
    slept, pages = [], Pages(**{HELLO: [lost, 404]})
    with Web(slept.append, transport=pages) as web:
        assert web.measure(HELLO) == Sight(404, "answers 404")
        assert web.measure("file:///etc/passwd") == Sight(None, "is no address of the web")
    assert (pages.asked, slept) == ([f"GET {HELLO}"] * 2, [1.0])


def test_nothing_of_ours_is_told_but_a_name():
    _, pages = look(**{HELLO: 404})
    for headers in pages.headers:
        assert not {"Authorization", "Cookie", "Referer"} & set(headers)
        assert headers["User-Agent"].startswith("pressrun/")


def test_a_name_that_does_not_resolve_is_said(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with Web(lambda _: None) as web:
        assert web.look(HELLO).words == "cannot be reached (Name or service not known)"


def test_a_port_where_nobody_listens_is_said():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with Web(lambda _: None) as web:
        assert web.look(url) == Sight(None, "cannot be reached (Connection refused)")


def test_a_server_whose_certificate_nobody_vouches_for_is_not_looked_at(certificate):
    with answering(reply, server_tls(certificate)) as (web, url):
        sight = web.look(url)
    assert sight.status is None
    assert "certificate verify failed" in sight.words


def test_a_server_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr("pressrun.http.web.TIMEOUTS", (0.2, 0.2))
    with answering(lambda _: time.sleep(1)) as (web, url):
        assert web.look(url).words.startswith("does not answer within")


@pytest.mark.holds_secret(".netrc", because="this is where people keep passwords")
def test_over_a_real_socket_neither_netrc_nor_a_cookie_goes_along(tmp_path, monkeypatch):
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login other password canary-other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    seen = []

    def handle(handler):
        seen.append((handler.command, handler.headers["Authorization"], handler.headers["Cookie"]))
        target = {"/old": {"Location": "/new"}}.get(handler.path, {})
        reply(handler, 301 if target else 200, **target, **{"Set-Cookie": "a=b; Path=/"})

    with answering(handle) as (web, url):
        assert web.look(f"{url}/old").status == 200
    assert seen == [("HEAD", None, None)] * 2


def test_a_body_without_end_is_left_unread():
    def handle(handler):
        if handler.command == "HEAD":
            reply(handler, 405)
            return
        handler.send_response(200 if handler.path == "/endless" else 302)
        handler.send_header("Location", "/endless")
        handler.send_header("Content-Length", str(10**12))
        handler.end_headers()
        handler.wfile.write(b"x" * 4096)
        time.sleep(0.5)
        handler.close_connection = True

    started = time.monotonic()
    with answering(handle) as (web, url):
        assert web.look(f"{url}/redirect").status == 200
    assert time.monotonic() - started < 5
