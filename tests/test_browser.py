"""The page of Swagger UI as people have it, in a browser; left out where no Chromium is found."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.browser import PROGRAM, Page, browser
from tests.process import serving, signed

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium here"),
    pytest.mark.one_database,
]

FIELD = ".auth-container input"
SUBMIT = ".auth-btn-wrapper .authorize"
IS_IN = "!!document.querySelector('.auth-wrapper .authorize.locked')"
TOLD = "document.querySelector('.auth-container .errors')?.innerText ?? ''"
NOBODYS = f"sn_{'A' * 12}_{'b' * 32}00000000"
"""What looks like a key and is none."""
RECEIVED = "Network.responseReceived"
STATUS = "document.getElementById('key').innerText"
SHOWN = "[...document.querySelectorAll('.opblock-tag')].map(each => each.dataset.tag)"


class Desk(NamedTuple):
    """A browser in front of a running service."""

    page: Page
    address: str
    key: str
    folder: Path


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with serving(folder) as address, browser(folder / "profile") as page:
        key = signed(folder)["Authorization"].removeprefix("Bearer ")
        desk = Desk(page, address, key, folder)
        _load(desk)
        yield desk


@pytest.fixture
def desk(open_desk: Desk) -> Desk:
    """The page as it is opened: nobody is in, every section is shown.

    It is not loaded anew for each test, because that is what takes long.
    """
    page = open_desk.page
    page.size(1280, 800)
    page.run("ui.authActions.logout(['key']), ui.errActions.clear({})")
    page.run("ui.authActions.showDefinitions(false)")
    page.until(f"!({IS_IN}) && !document.querySelector('.dialog-ux')")
    _choose(page, "")
    return open_desk


def _load(desk: Desk, fragment: str = "") -> None:
    desk.page.open("about:blank")
    desk.page.until("location.href === 'about:blank'")
    desk.page.open(f"{desk.address}/docs{fragment}")
    desk.page.until(f"document.readyState === 'complete' && {STATUS} !== ''")


def _offer(page: Page, key: str) -> None:
    page.press(".auth-wrapper .authorize")
    page.type(FIELD, key)
    page.press(SUBMIT)


def test_the_page_asks_nothing_of_others_and_breaks_no_policy(open_desk: Desk) -> None:
    said = open_desk.page.said
    sent = [each["params"] for each in said if each["method"] == "Network.requestWillBeSent"]
    urls = [each["request"]["url"] for each in sent]
    assert f"{open_desk.address}/openapi.json" in urls
    assert [url for url in urls if not url.startswith((open_desk.address, "data:", "about:"))] == []
    assert [each for each in said if each["method"] == "Runtime.exceptionThrown"] == []
    told = [each["params"]["entry"] for each in said if each["method"] == "Log.entryAdded"]
    # A wrong key, which other tests offer, is told by the network.
    assert [each for each in told if each["source"] != "network"] == []


def test_key_and_section_stay_for_the_tab_alone(desk: Desk) -> None:
    page = desk.page
    assert "Вы не вошли" in page.run(STATUS)
    _offer(page, f"  Bearer {desk.key}\n")
    page.until(IS_IN)
    assert "Вы вошли" in page.run(STATUS)
    _choose(page, "Программы")
    _load(desk)
    page.until(IS_IN)
    assert "Вы вошли" in page.run(STATUS)
    assert page.run(SHOWN) == ["Программы"]
    assert page.run("document.getElementById('section').value") == "Программы"
    assert page.run("localStorage.length") == 0
    assert page.run("document.cookie") == ""
    page.press(".auth-wrapper .authorize")
    page.press(".auth-btn-wrapper .auth:not(.btn-done)")
    page.until(f"!({IS_IN})")
    assert "Вы не вошли" in page.run(STATUS)
    assert desk.key not in page.run("JSON.stringify(sessionStorage)")


def test_an_auditor_comes_in_without_a_refusal_in_the_trail(desk: Desk) -> None:
    before = len(desk.page.said)
    _offer(desk.page, signed(desk.folder, role="auditor")["Authorization"])
    desk.page.until(IS_IN)
    heard = [each for each in desk.page.said[before:] if each["method"] == RECEIVED]
    answers = [each["params"]["response"] for each in heard]
    assert [each["status"] for each in answers if "/api/" in each["url"]] == [304]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (NOBODYS, "Такого ключа нет"),
        ("сн_ключ", "Это не ключ"),
        ("😀", "Это не ключ"),
        ("admin", "Это не ключ"),
        ("", "Вставьте ключ"),
    ],
)
def test_what_is_no_key_is_told_at_once_in_russian(desk: Desk, key: str, told: str) -> None:
    _offer(desk.page, key)
    assert told in desk.page.until(TOLD)
    assert not desk.page.run(IS_IN)
    assert not desk.page.run("sessionStorage.getItem('key')")


def test_a_corrected_key_leaves_no_error(desk: Desk) -> None:
    page = desk.page
    _offer(page, "admin")
    page.until(TOLD)
    page.run(f"document.querySelector({json.dumps(FIELD)}).select()")
    page.type(FIELD, desk.key)
    page.press(SUBMIT)
    page.until(IS_IN)
    assert page.run(TOLD) == ""


def test_after_a_reload_an_ended_key_is_told_and_an_address_is_followed(desk: Desk) -> None:
    page = desk.page
    _choose(page, "Программы")
    page.run(f"sessionStorage.setItem('key', '{NOBODYS}')")
    _load(desk, "#/Партнёрства")
    assert "Такого ключа нет" in page.run(STATUS)
    assert not page.run(IS_IN)
    assert "Партнёрства" in page.run(SHOWN)


def test_one_section_is_shown_at_a_time(desk: Desk) -> None:
    page = desk.page
    everything = page.run(SHOWN)
    assert len(everything) > 30
    names = "[...document.querySelectorAll('#section option')].map(each => each.value)"
    assert page.run(names) == ["", *everything]
    # Its name is also the beginning of another's: «Показатели мониторинга».
    _choose(page, "Показатели")
    assert page.run(SHOWN) == ["Показатели"]
    page.until("document.querySelectorAll('.opblock').length > 5")


def _choose(page: Page, section: str) -> None:
    page.run(
        "(() => { const list = document.getElementById('section');"
        f" list.value = {json.dumps(section)}; list.dispatchEvent(new Event('change')); }})()"
    )
    page.until(f"({SHOWN}.length === 1) === {'true' if section else 'false'}")


@pytest.mark.parametrize("width", [360, 1280])
def test_no_line_of_the_page_is_wider_than_the_window(desk: Desk, width: int) -> None:
    desk.page.size(width, 800)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not desk.page.run(wide)
    _choose(desk.page, "Организации")
    desk.page.press("[id$='-create_organization'] .opblock-summary-control")
    desk.page.until("!!document.querySelector('.btn.execute')")
    assert not desk.page.run(wide)
    desk.page.press("[id$='-create_organization'] .opblock-summary-control")


def test_an_untouched_form_of_deleting_sends_nothing(desk: Desk) -> None:
    page = desk.page
    _offer(page, desk.key)
    page.until(IS_IN)
    page.press(".btn-done")
    _choose(page, "Партнёрства")
    page.press("[id$='-delete_partnership'] .opblock-summary-control")
    page.until("!!document.querySelector('.parameters input')")
    fields = "[...document.querySelectorAll('.parameters input')].map(each => each.value)"
    assert set(page.run(fields)) == {""}
    before = len(page.said)
    page.press(".btn.execute")
    page.until("document.querySelectorAll('.parameters .invalid').length === 2")
    sent = [each for each in page.said[before:] if each["method"] == "Network.requestWillBeSent"]
    assert sent == []
