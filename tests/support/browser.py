"""Chromium without a window, asked over its debugging pipe how a page looks.

https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from support.require import require

_FLAGS = (
    "--headless",
    "--no-sandbox",  # root, in a container
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--remote-debugging-pipe",
)
_TALLEST = 12_000


class Browser:
    """One page that can be filled again and again. Nothing is loaded over the network."""

    def __init__(self, asking: Any, answers: Any) -> None:
        self._asking = asking
        self._answers = answers
        self._asked = 0
        self._session = ""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self._call("Network.enable")
        offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        self._call("Network.emulateNetworkConditions", **offline)
        self._frame = self._call("Page.getFrameTree")["frameTree"]["frame"]["id"]

    def show(self, html: str) -> None:
        """Fill the page."""
        self._call("Page.setDocumentContent", frameId=self._frame, html=html)

    def look(self, width: int, *, dark: bool = False, height: int = 900) -> None:
        """Make the screen so wide, and a dark or a light one."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])

    def evaluate(self, script: str) -> Any:
        """Run a script and give the value, or what its promise comes to, as JSON holds it."""
        answer = self._call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def screenshot(self) -> bytes:
        """Take a picture of the whole page, as PNG."""
        size = self.evaluate("[innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": min(size[1], _TALLEST), "scale": 1}
        taken = self._call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(taken["data"])

    def _call(self, method: str, **params: Any) -> Any:
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._asking.write(json.dumps(message).encode() + b"\0")
        self._asking.flush()
        while (answer := self._read()).get("id") != self._asked:
            pass  # an event
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _read(self) -> Any:
        parts: list[bytes] = []
        while (piece := self._answers.read(1)) != b"\0":
            assert piece, "the browser has gone"
            parts.append(piece)
        return json.loads(b"".join(parts))


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium; skip, or fail where it is required, when it is not installed."""
    require("chromium")
    their_in, our_out = os.pipe()
    our_in, their_out = os.pipe()
    # The browser reads from descriptor 3 and writes to 4.
    command = f'exec "$@" 3<&{their_in} 4>&{their_out}'
    chromium = subprocess.Popen(
        ["bash", "-c", command, "-", "chromium", *_FLAGS, "about:blank"],
        pass_fds=(their_in, their_out),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(their_in)
    os.close(their_out)
    try:
        with os.fdopen(our_out, "wb") as asking, os.fdopen(our_in, "rb") as answers:
            yield Browser(asking, answers)
    finally:
        chromium.terminate()
        chromium.wait()
