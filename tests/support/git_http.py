"""A git server on loopback that asks for a login, made of git's own http-backend."""

import base64
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread

from support import canary
from support.git_remote import GitRemote


@dataclass
class GitServer:
    """A server for ``remote``; ``logins`` are those it was shown, ``redirect`` sends all away."""

    remote: GitRemote
    user: str
    password: str
    port: int = 0
    redirect: str = ""
    scheme: str = "http"
    logins: list[str] = field(default_factory=list)

    def url(self, login: str = "", host: str = "127.0.0.1") -> str:
        """Return the address of the repository."""
        return f"{self.scheme}://{login}{host}:{self.port}/remote.git"


@contextmanager
def git_server(
    remote: GitRemote, user: str, password: str, tls: SSLContext | None = None
) -> Iterator[GitServer]:
    """Serve ``remote`` to whoever logs in as ``user``."""
    server = GitServer(remote, user, password, scheme="https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(b"")

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))

        def answer(self, body: bytes) -> None:
            login = self.headers.get("Authorization", "")
            server.logins.append(base64.b64decode(login.removeprefix("Basic ")).decode())
            canary.shown(server.logins[-1].partition(":")[2])
            if server.redirect:
                self.reply(302, [("Location", server.redirect + self.path)], b"")
            elif server.logins[-1] != f"{server.user}:{server.password}":
                self.reply(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
            else:
                self.reply(200, *self.backend(body))

        def backend(self, body: bytes) -> tuple[list[tuple[str, str]], bytes]:
            path, _, query = self.path.partition("?")
            variables = {
                "GIT_PROJECT_ROOT": str(remote.folder.parent),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REMOTE_USER": server.user,
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            }
            out = subprocess.run(
                ["git", "http-backend"],
                input=body,
                env=remote.environ | variables,
                capture_output=True,
                check=True,
            ).stdout
            head, _, content = out.partition(b"\r\n\r\n")
            pairs = (line.partition(": ") for line in head.decode().splitlines())
            return [(name, value) for name, _, value in pairs], content

        def reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in [*headers, ("Content-Length", str(len(body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    with _listening(Handler, tls) as http:
        server.port = http.server_address[1]
        thread = Thread(target=http.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def _listening(
    handler: type[BaseHTTPRequestHandler], tls: SSLContext | None
) -> ThreadingHTTPServer:
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if tls:
        http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    return http
