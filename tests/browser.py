"""A browser: Chromium without a window, steered over two pipes by its own protocol (CDP)."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.waiting import until

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
"""Where the browser is; None where there is none."""

_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--remote-debugging-pipe",
)


class Page:
    """One tab. Texts of JavaScript are evaluated in it."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._out = os.fdopen(to_browser, "wb", buffering=0)
        self._in = os.fdopen(from_browser, "rb")
        self._asked = 0
        self._session = ""
        self.said: list[dict[str, Any]] = []
        """What the browser told meanwhile: requests, errors, complaints about the policy."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What a command of the protocol answers."""
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._asked:
            self.said.append(answer)
        assert "error" not in answer, answer["error"]
        result: dict[str, Any] = answer["result"]
        return result

    def run(self, script: str) -> Any:
        """The value of an expression; a promise is awaited."""
        answer = self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, script: str) -> Any:
        """Wait until an expression is true; its value."""
        return until(lambda: self.run(script))

    def open(self, url: str) -> None:
        """Go to an address."""
        self.ask("Page.navigate", url=url)

    def type(self, selector: str, text: str) -> None:
        """Put a text into a field, as the clipboard does."""
        self.until(f"!!document.querySelector({json.dumps(selector)})")
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.ask("Input.insertText", text=text)

    def press(self, selector: str) -> None:
        """Press a button."""
        self.until(f"!!document.querySelector({json.dumps(selector)})")
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def size(self, width: int, height: int) -> None:
        """Give the window a size, in pixels."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def picture(self, path: Path) -> None:
        """Keep what the window shows as a PNG."""
        shown = self.ask("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shown["data"]))

    def close(self) -> None:
        """Let go of the pipes; the browser ends by that."""
        self._out.close()
        self._in.close()

    def _next(self) -> dict[str, Any]:
        letters = bytearray()
        while (letter := self._in.read(1)) != b"\0":
            assert letter, "the browser has ended"
            letters += letter
        message: dict[str, Any] = json.loads(letters)
        return message


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """Run a browser whose profile is in the folder."""
    assert PROGRAM
    reads, to_browser = os.pipe()
    from_browser, writes = os.pipe()
    # The protocol's pipes are the descriptors 3 and 4 of the browser.
    words = 'exec "$@" 3<&"$READS" 4>&"$WRITES"'
    process = subprocess.Popen(
        ["/bin/bash", "-c", words, "bash", PROGRAM, *_OPTIONS, f"--user-data-dir={folder}"],
        pass_fds=(reads, writes),
        env=os.environ | {"READS": str(reads), "WRITES": str(writes), "HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(reads)
    os.close(writes)
    page = Page(to_browser, from_browser)
    try:
        yield page
    finally:
        page.close()
        process.terminate()
        process.wait()
