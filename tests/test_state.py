"""The state of a program: one document of one moment, and its plan as people read it."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from app import seeding
from app.access.roles import Role
from tests.holders import Holder, issue
from tests.scene import MERGE, RESOURCE, Scene, Service, problem

pytestmark = pytest.mark.shared_out

CSV = {"Accept": "text/csv"}
XLSX = {"Accept": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
DAY = {"as_of": "2020-12-31"}
ANY = {"Content-Type": MERGE, "If-Match": "*"}


@pytest.fixture
def program(service: Service) -> str:
    """The source program, its windows generated."""
    found = service.client.get("/programs", params={"source": seeding.SOURCE}).json()["items"]
    program_id = str(found[0]["id"])
    made = service.client.post(f"/programs/{program_id}/events/generate", json={})
    assert made.json()["created"] + made.json()["existing"] == 15
    return program_id


def test_the_document_tells_the_whole_program(service: Service, program: str) -> None:
    client = service.client
    answer = client.get(f"/programs/{program}/state", params=DAY)
    found = answer.json()
    assert found["program"] == client.get(f"/programs/{program}").json()
    partnerships = client.get("/partnerships", params={"program_id": program}).json()["items"]
    assert found["partnerships"] == partnerships
    figures = client.get(f"/programs/{program}/indicators", params=DAY).json()
    assert found["indicators"] == figures["items"]
    assert found["state_version"] == figures["state_version"]
    plan = found["plan"]
    assert [row["plan_no"] for row in plan] == [str(number) for number in range(1, 11)]
    assert sum(len(row["windows"]) for row in plan) == 15
    late = [row["plan_no"] for row in plan if row["status"] == "overdue"]
    assert late == ["1", "2", "3", "4", "6", "7", "8"]
    first, second = plan[:2]
    assert second["inherits_from_id"] == first["id"]
    for name in ("term_text", "parties", "expected_result"):
        assert second[name] == first[name]
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.get(f"/programs/{program}/state", params=DAY, headers=known).status_code == 304


def test_a_window_goes_through_its_statuses(service: Service, program: str) -> None:
    client = service.client
    windows = client.get(f"/programs/{program}/state", params=DAY).json()["plan"][9]["windows"]
    event = client.get(f"/events/{windows[0]['event_id']}")
    whole = {"status": "completed", "completed_on": "2021-06-01"}
    headers = {"Content-Type": "application/merge-patch+json", "If-Match": event.headers["etag"]}
    done = client.patch(f"/events/{event.json()['id']}", json=whole, headers=headers)
    try:
        for day, status in (("2020-12-31", "open"), ("2021-06-01", "completed")):
            row = client.get(f"/programs/{program}/state", params={"as_of": day}).json()["plan"][9]
            assert (row["status"], row["windows"][0]["status"]) == (status, status)
    finally:
        back = {"status": "planned", "completed_on": None}
        headers["If-Match"] = done.headers["etag"]
        assert client.patch(f"/events/{event.json()['id']}", json=back, headers=headers).is_success


def lines(answer: Any) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_the_plan_comes_as_the_order_prints_it(service: Service, program: str) -> None:
    path = f"/programs/{program}/state"
    answer = service.client.get(path, params=DAY, headers=CSV)
    titles, *rows = lines(answer)
    assert titles[:5] == ["№", "Мероприятие", "Сроки", "Ответственные/ участники", "Результат"]
    assert titles[5:] == ["Срок до", "Факт", "Статус"]
    assert len(rows) == 15
    assert rows[0][2:4] == ["Октябрь-ноябрь 2020", rows[1][3]]
    assert "Отар-Дубровская" in rows[0][3]
    assert rows[0][5:] == ["30.11.2020", "", "просрочено"]
    file = io.BytesIO(service.client.get(path, params=DAY, headers=XLSX).content)
    sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_name("План").to_python()[HEADS:]
    assert len(sheet) == 16 + 3
    assert sheet[0] == titles
    assert [row[0] for row in sheet if not any(row[1:])] == [
        "Нормативно-правовое обеспечение взаимодействия",
        "Организационно-управленческое направление",
        "Финансово-экономическое направление",
    ]
    assert f"{sheet[2][5]:%d.%m.%Y}" == "30.11.2020"


HEADS = 2
"""Rows above the headings of a printed table."""


def test_names_are_for_those_who_may_see_them(service: Service, program: str) -> None:
    reader = Holder(service.client, issue(service.database, Role.READER))
    shown = reader.get(f"/programs/{program}/state").json()
    assert {each["person_name"] for each in shown["program"]["officers"]} == {None}
    mine = service.client.get(f"/programs/{program}/state")
    assert all(each["person_name"] for each in mine.json()["program"]["officers"])
    assert mine.headers["cache-control"] == "private, no-store"
    auditor = Holder(service.client, issue(service.database, Role.AUDITOR))
    problem(auditor.get(f"/programs/{program}/state"), 403)


LATER = ("2020-11-01", "2021-03-01")
"""Two days after the one that is asked for below."""
PAST = "2020-10-31"


def days_in(value: Any) -> Iterator[str]:
    """Every day that stands somewhere in an answer."""
    if isinstance(value, dict):
        value = [each for name, each in value.items() if name not in {"created_at", "updated_at"}]
    if isinstance(value, list):
        for each in value:
            yield from days_in(each)
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        yield value


@pytest.fixture
def overtaken(scene: Scene) -> str:
    """A program to which everything that can happen later has happened."""
    began, ended = LATER
    officers = [
        {"role": "coordinator", "position": "методист", "valid_to": began},
        {"role": "coordinator", "position": "главный методист", "valid_from": ended},
    ]
    scene.client.patch(f"/programs/{scene['$program']}", json={"officers": officers}, headers=ANY)
    example = RESOURCE["partnerships"].example
    members = [
        {"organization_id": "$leader", "role": "leader", "valid_to": ended},
        {"organization_id": "$school", "role": "supported"},
        {"organization_id": "$authority", "role": "partner", "valid_from": began},
    ]
    pauses = [
        {"valid_from": "2020-10-01", "valid_to": began, "reason": "Карантин"},
        {"valid_from": "2020-12-01", "valid_to": "2020-12-31", "reason": "Ремонт"},
    ]
    over = {"status": "ended", "end_date": ended, "members": members, "suspensions": pauses}
    scene.make("partnerships", example, **over)
    scene.make("partnerships", example, title="Начато позже", start_date=began)
    done = {"status": "completed", "completed_on": ended, "result": "Проведено"}
    path = f"/programs/{scene['$program']}/events/generate"
    assert scene["$activity"]
    event = scene.client.post(path, json={}).json()["items"][0]
    proof = {"evidence_url": "https://example.org/1"}
    answer = scene.client.patch(f"/events/{event}", json=done | proof, headers=ANY)
    assert answer.status_code == 200, answer.text
    return scene["$program"]


@pytest.mark.long
def test_a_state_of_a_day_tells_nothing_of_a_later_one(scene: Scene, overtaken: str) -> None:
    path = f"/programs/{overtaken}/state"
    found = scene.client.get(path, params={"as_of": PAST}).json()
    (partnership,) = found["partnerships"]
    window = found["plan"][0]["windows"][0]
    told = [partnership, found["program"]["officers"], window["completed_on"], window["result"]]
    assert max(days_in(told)) <= PAST
    assert (partnership["status"], partnership["end_date"]) == ("active", None)
    assert [each["role"] for each in partnership["members"]] == ["leader", "supported"]
    assert [each["reason"] for each in partnership["suspensions"]] == ["Карантин"]
    assert [each["position"] for each in found["program"]["officers"]] == ["методист"]
    kept = ("status", "completed_on", "result", "evidence_url")
    assert [window[name] for name in kept] == ["open", None, None, None]
    titles, row, *_ = lines(scene.client.get(path, params={"as_of": PAST}, headers=CSV))
    assert dict(zip(titles, row, strict=True))["Факт"] == ""
    book = scene.client.get(path, params={"as_of": PAST}, headers=XLSX).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("План").to_python()
    assert [*sheet[HEADS + 1]][titles.index("Факт")] == ""


def test_a_state_of_a_later_day_tells_everything(scene: Scene, overtaken: str) -> None:
    found = scene.client.get(f"/programs/{overtaken}/state", params={"as_of": LATER[1]}).json()
    listed = scene.client.get("/partnerships", params={"program_id": overtaken}).json()["items"]
    assert found["partnerships"] == listed
    assert found["program"] == scene.client.get(f"/programs/{overtaken}").json()
    window = found["plan"][0]["windows"][0]
    assert (window["completed_on"], window["result"]) == (LATER[1], "Проведено")
