"""A proxy on loopback that can lose a request, or its answer."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Fate = Literal["pass", "drop", "lose", "cut"]


def passing(number: int, data: bytes) -> Fate:
    """Let everything through."""
    return "pass"


@dataclass
class Proxy:
    """Forwards to ``target``; ``fate`` is asked for each piece that a client sends.

    It gets the piece and its number, counted over all connections. "drop" cuts the connection
    instead, "cut" forwards the piece and cuts the connection at once, "lose" when the answer comes.
    A proxy that is not ``open`` cuts every new connection.
    """

    target: tuple[str, int]
    fate: Callable[[int, bytes], Fate] = passing
    port: int = 0
    seen: list[bytes] = field(default_factory=list)
    open: bool = True
    carriers: list[tuple[threading.Thread, socket.socket]] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                thread = threading.Thread(target=self._carry, args=(client,), daemon=True)
                self.carriers.append((thread, client))
                thread.start()

    def finish(self) -> None:
        """Cut what is still connected, and wait until whoever decides a fate has done so."""
        for thread, client in self.carriers:
            _close(client)
            thread.join()

    def _carry(self, client: socket.socket) -> None:
        if not self.open:
            client.close()
            return
        server = socket.create_connection(self.target)
        lost = threading.Event()
        back = threading.Thread(target=_answers, args=(server, client, lost), daemon=True)
        back.start()
        with suppress(OSError):
            while data := client.recv(65536):
                self.seen.append(data)
                fate = self.fate(len(self.seen), data)
                if fate == "drop":
                    break
                if fate == "lose":
                    lost.set()
                server.sendall(data)
                if fate == "cut":
                    break
        _close(server, client)
        back.join()


def _answers(server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
    with suppress(OSError):
        while (data := server.recv(65536)) and not lost.is_set():
            client.sendall(data)
    _close(server, client)


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


def once(fate: Fate, wanted: Callable[[int, bytes], bool]) -> Callable[[int, bytes], Fate]:
    """Return what gives the first piece that is ``wanted`` this fate, and lets all others pass."""
    met = False

    def decide(number: int, data: bytes) -> Fate:
        nonlocal met
        if met or not wanted(number, data):
            return "pass"
        met = True
        return fate

    return decide


@contextmanager
def proxy(target: tuple[str, int]) -> Iterator[Proxy]:
    """Serve a proxy on a port of its own."""
    made = Proxy(target)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made.port = listener.getsockname()[1]
        thread = threading.Thread(target=made.serve, args=(listener,), daemon=True)
        thread.start()
        yield made
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    made.finish()
