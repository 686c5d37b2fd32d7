"""A browser: Chromium without a window, steered over two pipes by its own protocol (CDP)."""

import base64
import json
import os
import select
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.waiting import until

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
"""Where the browser is; None where there is none."""

_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--remote-debugging-pipe",
)

PATIENCE = 60
"""Seconds without a word from the browser after which it is given up."""

_PIECE = 1 << 16


class Key(NamedTuple):
    """A key of the keyboard that is no letter."""

    name: str
    number: int
    text: str = ""


TAB, ENTER, SPACE = Key("Tab", 9), Key("Enter", 13, "\r"), Key(" ", 32, " ")


class Page:
    """One tab. Texts of JavaScript are evaluated in it."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._out = os.fdopen(to_browser, "wb", buffering=0)
        self._in = from_browser
        self._heard = bytearray()
        self._asked = 0
        self._session = ""
        self.actions = 0
        """What a person has done: presses, texts and keys."""
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

    def go(self, url: str) -> None:
        """Go to an address, and wait until its page is there."""
        self.follow(lambda: self.open(url))

    def follow(self, step: Callable[[], object]) -> None:
        """Do what leads to another page, and wait until that is there."""
        before = len(self.said)
        step()
        while not any(map(_is_arrival, self.said[before:])):
            self.said.append(self._next())

    def type(self, selector: str, text: str) -> None:
        """Put a text into a field, as the clipboard does."""
        self.until(f"!!document.querySelector({json.dumps(selector)})")
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.write(text)

    def type_day(self, selector: str, day: str) -> None:
        """Type a day (YYYY-MM-DD) into a field for days, in the order in which the browser asks."""
        year, month, number = day.split("-")
        field = f"document.querySelector({json.dumps(selector)})"
        self.actions += 1
        for digits in (f"{month}{number}{year}", f"{number}{month}{year}"):
            self.run(f"{field}.value = '', {field}.blur(), {field}.focus()")
            for digit in digits:
                self.ask("Input.dispatchKeyEvent", type="char", key=digit, text=digit)
            if self.run(f"{field}.value") == day:
                return
        raise AssertionError(self.run(f"{field}.outerHTML"))

    def write(self, text: str) -> None:
        """Put a text where the focus is."""
        self.actions += 1
        self.ask("Input.insertText", text=text)

    def press(self, selector: str) -> None:
        """Press a button."""
        self.until(f"!!document.querySelector({json.dumps(selector)})")
        self.actions += 1
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def strike(self, key: Key) -> None:
        """Strike a key."""
        self.actions += 1
        self._strike(key)

    def allow_scripts(self, *, allowed: bool) -> None:
        """Whether the pages that are opened from now on may run JavaScript."""
        self.ask("Emulation.setScriptExecutionDisabled", value=not allowed)

    def become(self, url: str, cookie: str) -> None:
        """Be who has a session: its cookie replaces the one before."""
        name, _, value = cookie.partition("=")
        self.ask("Network.clearBrowserCookies")
        self.ask("Network.setCookie", url=url, name=name, value=value, httpOnly=True)

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

    def paper(self) -> bytes:
        """The page as it is printed: a PDF in the size that its style asks for."""
        printed = self.ask("Page.printToPDF", preferCSSPageSize=True)
        return base64.b64decode(printed["data"])

    def close(self) -> None:
        """Let go of the pipes; the browser ends by that."""
        self._out.close()
        os.close(self._in)

    def _strike(self, key: Key) -> None:
        about = {"key": key.name, "windowsVirtualKeyCode": key.number}
        self.ask("Input.dispatchKeyEvent", type="keyDown", text=key.text, **about)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **about)

    def _next(self) -> dict[str, Any]:
        while (end := self._heard.find(b"\0")) < 0:
            ready, _, _ = select.select([self._in], [], [], PATIENCE)
            assert ready, "the browser says nothing"
            piece = os.read(self._in, _PIECE)
            assert piece, "the browser has ended"
            self._heard += piece
        message: dict[str, Any] = json.loads(self._heard[:end])
        del self._heard[: end + 1]
        return message


def _is_arrival(told: dict[str, Any]) -> bool:
    """Whether a page is there: loaded, or taken back as it was left."""
    if told["method"] == "Page.frameNavigated":
        return bool(told["params"]["type"] == "BackForwardCacheRestore")
    return bool(told["method"] == "Page.loadEventFired")


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
