"""A seminar registered in a browser: actions are counted, with JavaScript and without it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.access.roles import Role
from app.commands.opening import opened
from app.registry.programs import programs
from app.settings import Settings
from tests.browser import PROGRAM, Page, browser
from tests.holders import issue
from tests.process import serving

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium here"),
    pytest.mark.one_database,
]

MOST = 12
"""Actions from the state of the program to the end of the seminar."""

PEOPLE = [f"Слушатель{letter} Анна Петровна" for letter in "абвгдежзиклмноп"]
UNKNOWN = "Шалинская школа имени первых"


class Person:
    """Somebody in front of a browser, whose actions are counted."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.actions = page, address, 0

    def open(self, path: str) -> None:
        """Go to an address; a link that somebody has kept is no action."""
        self._leave()
        self.page.open(self.address + path)
        self._arrive()

    def click(self, selector: str) -> None:
        """Follow a link or press a button."""
        self.actions += 1
        self._leave()
        self.page.press(selector)
        self._arrive()

    def fill(self, selector: str, text: str) -> None:
        """Type into a field, or choose."""
        self.actions += 1
        self._set(selector, f"value = {json.dumps(text)}")

    def check(self, selector: str) -> None:
        """Choose one of several."""
        self.actions += 1
        self._set(selector, "checked = true")

    def attach(self, selector: str, file: Path) -> None:
        """Choose a file."""
        self.actions += 1
        root = self.page.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.page.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.page.ask("DOM.setFileInputFiles", files=[str(file)], nodeId=node)

    def text(self) -> str:
        """What the page says."""
        said: str = self.page.run("document.querySelector('main').innerText")
        return re.sub(r"\s+", " ", said)

    def path(self) -> str:
        """Where they are."""
        where: str = self.page.run("location.pathname")
        return where

    def _set(self, selector: str, what: str) -> None:
        self.page.until(f"!!document.querySelector({json.dumps(selector)})")
        self.page.run(f"document.querySelector({json.dumps(selector)}).{what}")

    def _leave(self) -> None:
        self.page.run("window.left = true")

    def _arrive(self) -> None:
        self.page.until("!window.left && document.readyState === 'complete'")


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    folder = tmp_path_factory.mktemp("seminar")
    with serving(folder) as address, browser(folder / "profile") as page:
        with opened(Settings(data=folder)) as database:
            place = sa.select(programs.table.c.municipality_id)
            home = database.read(lambda tx: tx.execute(place).scalar_one())
            key = issue(database, Role.COORDINATOR, municipality_id=str(home))
        someone = Person(page, address)
        someone.open("/login")
        someone.fill("input[name=key]", key)
        someone.click("main form button")
        yield someone


def register(person: Person, file: Path, title: str) -> None:
    """Walk to the check of a list, from the state of the program."""
    person.open("/")
    person.actions = 0
    person.click('nav a[href$="/events/new"]')
    row = person.page.run(
        "document.querySelector('select[name=about] option[value]:nth-of-type(2)').value"
    )
    person.fill("select[name=about]", row)
    person.fill("input[name=title]", title)
    person.fill("input[name=completed_on]", "2021-09-29")
    person.fill("input[name=host_id]", "МБОУ «Шалинская СОШ»")
    person.attach("input[type=file]", file)
    person.check("input[name=basis][value=statutory_function]")
    person.click(".acts button")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_seminar_is_registered_in_few_actions(
    person: Person, tmp_path: Path, *, has_scripts: bool
) -> None:
    file = tmp_path / "список семинар.csv"
    school = f"{UNKNOWN} {'' if has_scripts else 'двух'}".strip()
    rows = [f"{name};{school}" for name in PEOPLE]
    file.write_text("\n".join(["ФИО;Школа", *rows]), encoding="utf-8")
    person.page.ask("Emulation.setScriptExecutionDisabled", value=not has_scripts)
    title = f"Семинар {'со' if has_scripts else 'без'} сценариев"
    register(person, file, title)
    assert "15 строк ждут вашего решения" in person.text()
    place = "select[name^='v.'] option[value]:not([value=''])"
    choice = person.page.run(f"document.querySelector({json.dumps(place)}).value")
    person.fill("select[name^='v.']", choice)
    person.click(".acts button[name=write]")
    assert "Мероприятие и список записаны" in person.text()
    assert f"«{school}» –" in person.text()
    assert person.actions <= MOST

    register(person, file, title)
    assert "Решите сами" not in person.text()
    person.click(".acts button[name=write]")
    assert "Показатели программы от этого списка не изменились" in person.text()
    assert "уже были 15" in person.text()


def test_a_refused_form_is_shown_with_what_is_wrong(person: Person, tmp_path: Path) -> None:
    """The script that shows the progress of a file hands a refusal over to the form itself."""
    person.page.ask("Emulation.setScriptExecutionDisabled", value=False)
    file = tmp_path / "не список.xls"
    file.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    register(person, file, "Семинар с чужим файлом")
    assert person.page.run("document.title").startswith("Ошибка:")
    assert person.page.run("document.querySelector('input[name=title]').value")
    assert person.page.run("document.activeElement.className") == "errs"
