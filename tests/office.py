"""An office: the service as a process, its program with something of everything, and a browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import httpx2

from app import seeding
from app.access.roles import Role
from app.commands.opening import opened
from app.database.transaction import Transaction
from app.journal.register import Register
from app.registry import RESOURCES
from app.settings import Settings
from tests.browser import Page, browser
from tests.holders import Staff
from tests.process import serving
from tests.scene import ROOT, Scene, Service
from tests.test_pages_access import Town
from tests.waiting import until

if TYPE_CHECKING:
    from starlette.testclient import TestClient

HOST = urlsplit(ROOT).hostname or ""
"""How tests call the service."""
UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")

_VALUE = re.compile(
    r"\s(?:id|for|name|value|href|list|title|content|src|data-\w+|aria-label|aria-describedby"
    r'|aria-labelledby|viewBox|[xydr]|cx|cy|[xy][12]|width|height|(?:col|row)span)="[^"]*"'
)
"""What differs between elements that look the same to a rule."""
_ELEMENT = re.compile(r"<(?!/)[^>]*>(?:</)?")
"""An element as it begins, and whether it is empty."""

SHAPES = """
[...new Set([...document.querySelectorAll('body *')].map(each => [
  each.parentElement.tagName, each.tagName, each.getAttribute('class'),
  each.getAttributeNames().sort(), each.getAttribute('type'), !each.textContent.trim(),
  each.labels?.length, each.id && document.querySelectorAll('#' + CSS.escape(each.id)).length,
  each.getAttribute('aria-describedby')?.split(' ').every(id => document.getElementById(id)),
].join()).concat([...document.querySelectorAll('h1,h2,h3')].map(each => each.tagName).join()))]
"""
"""What a page is made of, as far as the rules of axe look at it, each once."""

WIDTHS = "(each => [each.scrollWidth, each.clientWidth])(document.documentElement)"

VIOLATIONS = """
axe.run(document, {resultTypes: ['violations']}).then(told => told.violations.map(
  each => [each.id, each.nodes.map(node => node.html)]))
"""


class Client(httpx2.Client):
    """A client of the process, by its own name and by the one that tests call a service.

    Its database is beside it, for whatever a test stands on.
    """

    def __init__(self, address: str, database: Register) -> None:
        super().__init__(
            base_url=f"{address}/api/v1",
            timeout=60,
            auth=Staff(database),
            transport=_Here(httpx2.URL(address)),
        )
        self.database = database


class _Here(httpx2.HTTPTransport):
    """Sends to a running process what is addressed to the service of tests."""

    def __init__(self, address: httpx2.URL) -> None:
        super().__init__()
        self._address = address

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.url = request.url.copy_with(host=self._address.host, port=self._address.port)
        return super().handle_request(request)


class Staffed(Town):
    """The town of the source program, with its plan made into events."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self.scene = Scene(service.client, _seeded(service.database))
        made = service.client.post(f"/programs/{self.scene['$program']}/events/generate", json={})
        assert made.is_success, made.text
        # Later, a sign-in would come down in the trail while somebody looks at it.
        for role in Role:
            self.visitor(role)
        query = {"action": "sign_in", "limit": "50"}
        until(lambda: len(service.client.get("/audit", params=query).json()["items"]) == len(Role))

    @property
    def state(self) -> str:
        """The address of the page of the program's state."""
        return f"/programs/{self.scene['$program']}"

    def event(self, address: str) -> dict[str, Any]:
        """The event that a page is about."""
        (key,) = UUID.findall(address)
        found: dict[str, Any] = self.service.client.get(f"/events/{key}").json()
        return found


def _seeded(database: Register) -> dict[str, str]:
    """The records of the source program that examples refer to."""
    paths = {kind.name: kind.table for kind in RESOURCES}

    def work(tx: Transaction) -> dict[str, str]:
        found = {}
        for name, (kind, source, key) in seeding.NAMES.items():
            table = paths[kind]
            if kind == "municipalities":
                wanted = table.c.oktmo == key
            else:
                wanted = (table.c.source == source) & (table.c.source_key == key)
            found[name] = str(tx.execute(table.select().where(wanted)).one().id)
        return found

    return database.read(work)


@dataclass
class Office:
    """A browser in front of the service."""

    page: Page
    address: str
    town: Staffed

    def __post_init__(self) -> None:
        self._looked_at: dict[int, set[str]] = {}
        self._elements: set[str] = set()

    def enter(self, role: Role) -> None:
        """Sign in as somebody of a role."""
        self.page.become(self.address, self.town.visitor(role).cookie)

    def has_news(self, role: Role, path: str) -> bool:
        """Whether a page has elements that none had that was asked for before."""
        elements = set(_ELEMENT.findall(_VALUE.sub("", self.town.visitor(role).get(path).text)))
        is_new = not elements <= self._elements
        self._elements |= elements
        return is_new

    def go(self, path: str) -> int:
        """Go to a page; the status of its answer."""
        self.page.said.clear()
        self.page.go(self.address + path)
        return self.statuses()[-1]

    def statuses(self) -> list[int]:
        """The statuses of the pages that were answered since the browser was last asked."""
        heard = [each for each in self.page.said if each["method"] == "Network.responseReceived"]
        told = [each["params"] for each in heard]
        return [int(each["response"]["status"]) for each in told if each["type"] == "Document"]

    def complaints(self) -> list[object]:
        """What the browser complained about since it was last asked."""
        said, self.page.said = self.page.said, []
        found: list[object] = []
        for each in said:
            about = each.get("params", {})
            match each["method"]:
                case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                    found.append(about)
                case "Log.entryAdded" if "favicon" not in str(about["entry"].get("url")):
                    found.append(about["entry"])
                case "Network.requestWillBeSent":
                    url = about["request"]["url"]
                    if not url.startswith((self.address, "about:", "data:")):
                        found.append(url)
        return found

    def is_too_wide(self) -> bool:
        """Whether a page scrolls sideways."""
        return bool(
            self.page.run(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )

    def violations(self, width: int, *, whole: bool) -> list[object]:
        """What axe finds on the page; unless `whole`, only where there is something new to it."""
        seen = self._looked_at.setdefault(width, set())
        shapes = set(self.page.run(SHAPES))
        if shapes <= seen and not whole:
            return []
        seen |= shapes
        if not self.page.run("'axe' in window"):
            self.page.run(f"{AXE};0")
        found: list[object] = self.page.run(VIOLATIONS)
        return found


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    """Open the office in a folder."""
    with (
        serving(folder, hosts=HOST) as address,
        opened(Settings(data=folder)) as database,
        Client(address, database) as client,
        browser(folder / "profile") as page,
    ):
        service = Service("sqlite", str(database.url), cast("TestClient", client), database)
        yield Office(page, address, Staffed(service))
