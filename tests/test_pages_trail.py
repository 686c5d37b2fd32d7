"""The page of the audit trail: who did what, in words, and the history of a record."""

import ast
import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.access.roles import Role
from app.pages import trail
from app.pages.trail import Deed
from tests.holders import issue
from tests.scene import MERGE, Scene, Service
from tests.visitor import Visitor, visitor
from tests.waiting import recorded

pytestmark = pytest.mark.shared_out

APP = Path(__file__).parents[1] / "app"


def admin(service: Service) -> Visitor:
    return visitor(service.client, issue(service.database, Role.ADMIN))


def changed(scene: Scene, **fields: Any) -> str:
    """A school whose fields were changed."""
    key = scene["$school"]
    headers = {"If-Match": "*", "Content-Type": MERGE}
    answer = scene.client.patch(f"/organizations/{key}", json=fields, headers=headers)
    assert answer.status_code == 200
    return key


def rows(page: str) -> list[str]:
    """The table's rows as a person reads them."""
    found = re.findall(r"<tr><th scope=\"row\".*?</tr>", page, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]*>", " ", row)).split()) for row in found]


def test_a_record_has_its_history(service: Service, scene: Scene) -> None:
    key = changed(scene, short_name="Новое имя школы")
    page = admin(service).get(f"/audit?id={key}&type=organizations").text
    told = rows(page)
    assert "Запись изменена" in told[0]
    assert "Краткое наименование" in told[0] or "Краткое название" in told[0]
    assert "Запись создана" in told[-1]
    assert "История записи: Новое имя школы" in html.unescape(page)
    record = admin(service).get(f"/data/organizations/{key}").text
    assert f'href="/audit?id={key}"' in record
    desk = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    assert "/audit" not in visitor(service.client, desk).get(f"/data/organizations/{key}").text


def test_whoever_may_not_read_records_sees_no_names(service: Service, scene: Scene) -> None:
    key = changed(scene, short_name="Имя не для проверяющего")
    auditor = visitor(service.client, issue(service.database, Role.AUDITOR))
    page = auditor.get(f"/audit?id={key}").text
    assert "Запись изменена" in page
    assert "Имя не для проверяющего" not in page


def test_no_person_is_named_to_those_who_see_none(service: Service, scene: Scene) -> None:
    key = scene["$teacher"]
    name = scene.client.get(f"/teachers/{key}").json()["last_name"]
    for role in (Role.ADMIN, Role.AUDITOR):
        page = visitor(service.client, issue(service.database, role)).get(f"/audit?id={key}").text
        assert "Запись создана" in page
        assert name not in page
        assert f"/data/teachers/{key}" not in page


def test_days_are_days_of_the_time_zone(service: Service, scene: Scene) -> None:
    key = changed(scene, short_name="Сегодня")
    shown = rows(admin(service).get(f"/audit?id={key}").text)[0]
    day = datetime.strptime(shown[:10], "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
    for query, is_found in (
        (f"from={day}&to={day}", True),
        (f"to={day - timedelta(1)}", False),
        (f"from={day + timedelta(1)}", False),
    ):
        page = admin(service).get(f"/audit?id={key}&action=update&{query}").text
        assert bool(rows(page)) == is_found, query
        assert ("Ничего не нашлось" in page) != is_found


def test_an_untouched_form_shows_everything(service: Service, scene: Scene) -> None:
    key = changed(scene, short_name="Форма")
    recorded(service)
    empty = f"/audit?id={key}&from=&to=&action=&type="
    assert rows(admin(service).get(empty).text) == rows(admin(service).get(f"/audit?id={key}").text)
    for wrong in ("action=odd", "from=31.12.2020", "id=nobody", "nonsense=1"):
        assert admin(service).get(f"/audit?{wrong}").status_code == 422


@pytest.mark.long
def test_older_entries_follow_on_the_next_page(
    service: Service, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(4):
        key = changed(scene, short_name=f"Имя {at}")
    recorded(service)
    whole = rows(admin(service).get(f"/audit?id={key}").text)
    monkeypatch.setattr(trail, "LIMIT", 2)
    told, address = [], f"/audit?id={key}"
    while address:
        page = admin(service).get(address).text
        told += rows(page)
        link = re.search(r'href="([^"]*)">Раньше<', page)
        address = html.unescape(link[1]) if link else ""
    assert told == whole
    assert len(told) >= 5


def acts_of(tree: ast.AST) -> Iterator[str]:
    """The names of acts that a module records."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Act" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and first.value:
                yield str(first.value)


@pytest.mark.long
@pytest.mark.one_database
def test_every_act_has_a_word() -> None:
    recorded_acts = {
        act
        for path in APP.rglob("*.py")
        for act in acts_of(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert recorded_acts >= {"read", "export", "import"}
    assert recorded_acts | {"create", "update", "delete", "erase"} == {each.value for each in Deed}
