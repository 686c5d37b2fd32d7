"""What a report says of each row of a list: the pages of the list say it too, before and after."""

import re
from collections.abc import Iterator
from html import unescape
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

import app.intake
from app.findings import FAULTS, Fault, Finding
from app.intake.notes import whole
from app.intake.parameters import names_persons
from app.model.resource import Resource
from app.pages import drafting
from app.pages.fields import heading_of
from app.pages.remarks import TOLD_BY_PAGE
from app.pages.speaking import in_form, reported
from app.words import SPACE
from tests.scene import RESOURCE, Scene, Service, body_of
from tests.test_imports import BASIS, CSV, report
from tests.test_named_files import file_of, written
from tests.test_pages_data import WRITTEN
from tests.test_pages_lists import Desk, _program, told
from tests.test_pages_upload import Desk as Seminar
from tests.test_pages_upload import listed
from tests.test_pages_warnings import LINES
from tests.waiting import until

pytestmark = pytest.mark.shared_out

SCHOOL, DAY = "Сельская СОШ", "15.10.2020"
PEOPLE = listed(
    ("Кожевникова Мария", SCHOOL, "да", "", ""),
    ("Петров Пётр Ильич, учитель", SCHOOL, "", "", "синий"),
    ("Сидoрова Анна Олеговна", SCHOOL, "да", "", ""),
    ("Сидорова Анна Олеговна", SCHOOL, "дистанционно", "", ""),
    ("Гареевская Алсу Маратовна", SCHOOL, "", "112-233-445 95", ""),
    ("Девичьева Ирина Олеговна", SCHOOL, "да", "", ""),
    ("Итого", "", "6", "", ""),
    ("", "", "", "", "жёлтый"),
    titles=("ФИО", "Школа", "Присутствие", "СНИЛС", "Любимый цвет"),
)
"""A list about which much is to be said: every row is taken, but not as it reads at first sight."""
KNOWN = ("Кожевникова Мария Ивановна", "Гареевская Алсу Маратовна", "Замужнева Ирина Олеговна")
PAYMENT = (
    "Вид записи;Дата записи;Финансовый год;Сумма;Источник;Механизм;Получатель;Назначение;"
    "Номер документа"
)
MIXED = "Cеминар"
"""Its first letter is Latin."""


@pytest.fixture
def desk(service: Service, scene: Scene) -> Desk:
    scene.lay(["$school", "$leader", "$program"])
    return Desk(service, scene)


def spoken(kind: Resource, said: dict[str, Any]) -> set[str]:
    """What a report says beside its refusals, in the words of the pages."""
    rows = [row for row in said["rows"] if row["outcome"] != "rejected"]
    found = [each for row in rows for each in (*row["warnings"], *row["infos"])]
    found += [each for each in said["infos"] if FAULTS[each["code"]] not in TOLD_BY_PAGE]
    return {" ".join(whole(reported(kind, each)).replace(SPACE, " ").split()) for each in found}


def tried(scene: Scene, kind: Resource, content: bytes, **query: str) -> dict[str, Any]:
    """The report of the API about a list that is not written."""
    said = {"mode": "dry_run", "on_error": "skip", **query}
    path = f"/imports/{kind.path}"
    return report(scene.client.post(path, params=said, content=content, headers=CSV))


def text_of(page: str) -> str:
    """What a page says, without the names that groups of rows are given."""
    return unescape(told(page))


def missing(kind: Resource, said: dict[str, Any], page: str) -> list[str]:
    """What a report says and a page does not."""
    return sorted(each for each in spoken(kind, said) if each not in text_of(page))


def known(scene: Scene) -> None:
    """Those whom the list of people means."""
    for name in KNOWN:
        last, first, patronymic = name.split()
        body: dict[str, Any] = {"last_name": last, "first_name": first, "patronymic": patronymic}
        former = [{"last_name": "Девичьева", "first_name": None, "patronymic": None}]
        body |= {"former_names": former if last == "Замужнева" else []}
        key = scene.make("teachers", {**body, "municipality_id": "$municipality"})["id"]
        scene.make("employments", {**EMPLOYED, "teacher_id": key})


EMPLOYED = {
    **RESOURCE["employments"].example,
    "organization_id": "$school",
    "valid_from": "2019-09-01",
    "valid_to": None,
    "source": None,
    "source_key": None,
}


@pytest.fixture
def seminar(service: Service, scene: Scene) -> Seminar:
    scene.lay(["$school", "$leader", "$activity", "$program"])
    known(scene)
    return Seminar(service, scene)


def of_people(seminar: Seminar) -> dict[str, Any]:
    """The report of the API about the list of people, of an event like that of the page."""
    body = {"kind": "held", "window_start": DAY_OF_EVENT, "window_end": DAY_OF_EVENT}
    body |= {"activity_id": "$activity", "title": "Такой же семинар", "status": "completed"}
    event = seminar.scene.make("events", body | {"completed_on": DAY_OF_EVENT})["id"]
    kind, query = RESOURCE["participations"], {"event_id": event, "create_teachers": "true"}
    return tried(seminar.scene, kind, PEOPLE, **query, **BASIS)


DAY_OF_EVENT = "2020-10-15"


@pytest.mark.long
@pytest.mark.parametrize("is_long", [False, True])
def test_all_that_a_report_says_of_people_is_on_both_pages(
    seminar: Seminar, monkeypatch: pytest.MonkeyPatch, *, is_long: bool
) -> None:
    kind, said = RESOURCE["participations"], of_people(seminar)
    codes = {each["code"] for row in said["rows"] for each in (*row["warnings"], *row["infos"])}
    assert codes >= {
        "patronymic_left_out",
        "position_taken",
        "mixed_script",
        "snils_not_confirmed",
        "former_name",
        "totals_row",
        "nothing_read",
    }
    if is_long:
        monkeypatch.setattr(drafting, "SHORT", 1)
    check = seminar.check(PEOPLE)
    until(lambda: "Что будет записано" in check.page)
    assert missing(kind, said, check.page) == []
    assert "Они означают отсутствие" in text_of(check.page)
    check.press("write")
    done = until(lambda: _done(seminar, check.address))
    assert missing(kind, said, done) == []


@pytest.mark.long
def test_an_event_and_a_spelling_are_told_with_their_warnings(seminar: Seminar) -> None:
    check = seminar.check(
        listed(("Кожевникова Мария Ивановна", "Cельская школа")), title=f"{MIXED} по математике"
    )
    about_event = f"Мероприятие. Название: {SAID}"
    assert about_event in text_of(check.page)
    done = check.press("write", c0=seminar.scene["$school"], a0="1").headers["location"]
    page = text_of(seminar.visitor.get(done).text)
    assert about_event in page
    assert "Написание «Cельская школа». " in page


SAID = "В слове смешаны латинские и русские буквы. Проверьте раскладку."


def payments(count: int, title: str = "Семинары") -> bytes:
    """Payments where nothing is planned, each of another amount."""
    of_all = f"местный бюджет;смета;{SCHOOL}"
    rows = [
        f"кассовый расход;{DAY};2020;{900_000 + at},50;{of_all};{title} {at};{at}"
        for at in range(count)
    ]
    return "\n".join([PAYMENT, *rows]).encode()


@pytest.mark.long
@pytest.mark.parametrize("count", [1, 40])
def test_payments_above_the_plan_are_told_once(desk: Desk, count: int) -> None:
    kind = RESOURCE["funding_entries"]
    said = tried(desk.scene, kind, payments(count), program_id=desk.scene["$program"])
    assert (said["groups"], len(spoken(kind, said))) == ([], 1)
    check = desk.check(kind.path, payments(count), program_id=_program(desk))
    for page in (check.page, desk.visitor.get(check.press("write").headers["location"]).text):
        assert missing(kind, said, page) == []
        box = told(page[page.index('id="attention"') :])
        assert ("Строка 2" if count == 1 else "Строки 2–41, всего 40") in box


@pytest.mark.long
def test_of_many_texts_the_first_are_shown_and_the_others_can_be_opened(desk: Desk) -> None:
    kind = RESOURCE["funding_entries"]
    rows = payments(40).decode().splitlines()
    twice = "\n".join([rows[0], *(row for row in rows[1:] for _ in range(2))]).encode()
    said = tried(desk.scene, kind, twice, program_id=desk.scene["$program"])
    check = desk.check(kind.path, twice, program_id=_program(desk))
    for page in (check.page, desk.visitor.get(check.press("write").headers["location"]).text):
        assert missing(kind, said, page) == []
        assert "То же ещё о 37 строках" in text_of(page)


@pytest.mark.long
def test_rows_of_one_record_that_differ_are_told(seminar: Seminar) -> None:
    name = "Кожевникова Мария Ивановна"
    rows = [(name, SCHOOL, "3"), (name, SCHOOL, "4"), ("Гареевская Алсу Маратовна", SCHOOL, "4")]
    check = seminar.check(listed(*rows, titles=("ФИО", "Школа", "Часы")))
    said = "Строки 2 и 3 об одной записи, а в них разное: «Часы». Учтена строка 2."
    assert said in text_of(check.page)
    done = check.press("write").headers["location"]
    assert said in text_of(seminar.visitor.get(done).text)


@pytest.mark.long
def test_the_page_of_a_list_that_no_page_has_sent_tells_the_same(desk: Desk) -> None:
    kind, query = RESOURCE["funding_entries"], {"program_id": desk.scene["$program"]}
    content = payments(5).replace("Назначение".encode(), "Не то".encode())
    said = tried(desk.scene, kind, content, **query, mode="commit")
    page = desk.visitor.get(f"/uploads/{said['id']}/done").text
    assert missing(kind, said, page) == []


@pytest.mark.long
@pytest.mark.parametrize(
    "kind", [each for each in WRITTEN if LINES[each.name]], ids=lambda kind: kind.name
)
def test_a_warning_about_a_row_of_every_kind_is_on_both_pages(kind: Resource, desk: Desk) -> None:
    made, name = desk.scene.make(kind.name, body_of(kind, desk.scene)), LINES[kind.name]
    title = heading_of(kind, name).title
    rows = [row for row in file_of(desk.scene.client, kind) if made["id"] in row.values()]
    content = written([{**row, title: MIXED} for row in rows])
    query = BASIS if names_persons(kind) else {}
    said = tried(desk.scene, kind, content, **query)
    assert any("раскладку" in each for each in spoken(kind, said)), said
    check = desk.check(kind.path, content)
    assert missing(kind, said, check.page) == []
    done = check.press("write").headers["location"]
    assert missing(kind, said, desk.visitor.get(done).text) == []


def of_lists() -> Iterator[Fault]:
    """The faults that the intake declares."""
    for found in walk_packages(app.intake.__path__, "app.intake."):
        yield from (
            each for each in vars(import_module(found.name)).values() if isinstance(each, Fault)
        )


NEVER_TOLD = {"headings_read"}
"""The page shows the columns in its place."""


@pytest.mark.one_database
@pytest.mark.parametrize(
    "each",
    {each.code: each for each in of_lists() if each.code not in NEVER_TOLD}.values(),
    ids=lambda each: each.code,
)
def test_no_page_tells_what_only_programs_can_say(each: Fault) -> None:
    text = " ".join(in_form(RESOURCE["participations"], Finding(each)).fault.words.split("ru"))
    text = re.sub(r"\{[^{}]*\}", "", text)
    assert not re.search(r"[a-z]+_[a-z]+|[a-z]=|\b(columns|errors)\b", text), text


def _done(seminar: Seminar, address: str) -> str:
    """The page of what was written; empty while it is being written."""
    answer = seminar.visitor.get(address)
    if answer.status_code != 303:
        return ""
    page: str = seminar.visitor.get(answer.headers["location"]).text
    return page
