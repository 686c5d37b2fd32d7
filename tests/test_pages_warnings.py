"""Warnings on the pages: what a form has written is told with all that needs attention, once."""

import re
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.sessions import SESSIONS
from app.model.resource import Resource
from app.pages.fields import field_of, heading_of, texts_of
from app.pages.speaking import MOST
from app.words import SPACE
from tests.rulings import told
from tests.scene import RESOURCE, Service
from tests.test_pages_data import WRITTEN, Desk, Form
from tests.visitor import Visitor

pytestmark = pytest.mark.shared_out

PAYMENT = {
    "entry": "payment",
    "entry_date": "2020-10-01",
    "document_no": "1",
    "amount": "1800000",
}
ABOVE_PLAN = (
    "Сумма: Израсходовано 1 800 000,00 руб. при плане с уточнениями 0,00 руб. "
    "Проверьте сумму или внесите уточнение."
)
MIXED = "Cеминар"
"""Its first letter is Latin."""
SAID = "В слове смешаны латинские и русские буквы. Проверьте раскладку."
LINES = {
    kind.name: max(
        (each.name for each in kind.table.columns if each.info.get("line")),
        key=lambda name: name == "title",
        default="",
    )
    for kind in WRITTEN
}
"""A text of one line, by kind: its title, if it has one."""


@pytest.fixture
def desk(service: Service) -> Desk:
    return Desk(service)


def warnings_on(visitor: Visitor, path: str) -> list[str]:
    """What a page tells beside the message of the form before."""
    page = visitor.get(path)
    assert page.status_code == 200, page.text
    box = re.search(r'<div class="note warn no-p" role="status".*?</div>', page.text, re.DOTALL)
    lines = re.findall("<li>(.*?)</li>", box[0]) if box else []
    return [unescape(line).replace(SPACE, " ") for line in lines]


def sent(desk: Desk, address: str, fields: dict[str, Any]) -> str:
    """The page to which a form leads that is taken."""
    answer = desk.visitor.post(address, fields)
    assert answer.status_code == 303, answer.text
    location: str = answer.headers["location"]
    return location


def filled(desk: Desk, kind: Resource, body: dict[str, Any]) -> dict[str, Any]:
    """The form of a new record, filled in with a body."""
    form = desk.visitor.form(f"/data/{kind.path}/new")
    return {**form, **texts_of(kind, desk.scene.fill(body))}


@pytest.mark.parametrize(
    "kind", [each for each in WRITTEN if LINES[each.name]], ids=lambda kind: kind.name
)
@pytest.mark.long
def test_a_changed_record_of_every_kind_is_told_with_its_warnings(
    kind: Resource, desk: Desk
) -> None:
    record, name = desk.made(kind), LINES[kind.name]
    address = f"/data/{kind.path}/{record['id']}/edit"
    fields = {**Form(desk.visitor.get(address).text).fields, name: MIXED}
    page = sent(desk, address, fields)
    label = field_of(kind, heading_of(kind, name)).label
    assert f"{label}: {SAID}" in warnings_on(desk.visitor, page)
    assert warnings_on(desk.visitor, page) == []


def test_a_new_record_is_told_with_its_warnings_as_russians_write_numbers(desk: Desk) -> None:
    kind = RESOURCE["funding_entries"]
    page = sent(desk, f"/data/{kind.path}/new", filled(desk, kind, told(kind.name, PAYMENT)))
    assert warnings_on(desk.visitor, page) == [ABOVE_PLAN]
    text = desk.visitor.get(page).text
    assert ABOVE_PLAN not in text
    assert "Запись создана" not in text


def test_a_form_that_is_sent_again_tells_its_warnings_again(desk: Desk) -> None:
    kind = RESOURCE["funding_entries"]
    address, fields = f"/data/{kind.path}/new", filled(desk, kind, told("funding_entries", PAYMENT))
    for _ in range(2):
        page = sent(desk, address, fields)
        assert warnings_on(desk.visitor, page) == [ABOVE_PLAN]
    twice = [sent(desk, address, fields) for _ in range(2)]
    assert warnings_on(desk.visitor, twice[1]) == [ABOVE_PLAN]
    assert warnings_on(desk.visitor, page) == []


@pytest.mark.long
def test_of_many_warnings_the_first_are_told_and_the_rest_counted(desk: Desk) -> None:
    kind = RESOURCE["partnerships"]
    school = RESOURCE["organizations"].example
    leaders = [
        desk.scene.make(
            "organizations",
            {**school, "short_name": f"СОШ {number}", "full_name": f"Школа {number}"}
            | {"inn": None, "ogrn": None, "source_key": None, "source": None},
        )["id"]
        for number in range(MOST + 2)
    ]
    body = dict(kind.example)
    plain = [each for each in body["members"] if each["role"] != "leader"]
    body["members"] = plain + [
        {**body["members"][0], "role": "leader", "organization_id": each} for each in leaders
    ]
    page = sent(desk, f"/data/{kind.path}/new", filled(desk, kind, body))
    found = warnings_on(desk.visitor, page)
    row = len(plain) + 1
    assert found[0].startswith(f"Участники, строка {row}, Организация: Не на все эти дни")
    assert "категорию «" in found[0]
    assert "leader" not in found[0]
    assert len(found) == MOST + 1
    assert found[-1] == "И ещё 2 предупреждения"


def test_an_event_of_the_form_of_what_was_held_is_told_with_its_warnings(desk: Desk) -> None:
    address = f"/programs/{desk.scene['$program']}/events/new"
    fields = {
        **desk.visitor.form(address),
        "about": f"activity_id:{desk.scene['$activity']}",
        "title": MIXED,
        "completed_on": "16.10.2020",
        "no_list": "1",
    }
    answer = desk.visitor.upload(address, fields, {"file": ("", b"")})
    assert answer.status_code == 303, answer.text
    assert warnings_on(desk.visitor, answer.headers["location"]) == [f"Название: {SAID}"]


def test_the_mark_of_an_event_is_told_with_its_warnings(desk: Desk) -> None:
    held = {"kind": "held", "window_start": "2020-10-15", "window_end": "2020-10-20"}
    held |= {"activity_id": "$activity", "title": "Семинар", "status": "planned"}
    address = f"/events/{desk.scene.make('events', held)['id']}/done"
    link = {"evidence_url": f"https://example.org/{MIXED}", "completed_on": "16.10.2020"}
    page = sent(desk, address, {**desk.visitor.form(address), **link})
    assert [each for each in warnings_on(desk.visitor, page) if SAID in each]


def test_a_report_is_told_with_its_warnings(desk: Desk) -> None:
    address = f"/monitoring-records/{desk.made(RESOURCE['monitoring_records'])['id']}/decision"
    link = {"evidence_url": f"https://example.org/{MIXED}", "observed_on": "30.11.2020"}
    fields = {**desk.visitor.form(address), **link, "value_number": "57"}
    assert [each for each in warnings_on(desk.visitor, sent(desk, address, fields)) if SAID in each]


def test_no_text_of_a_message_becomes_markup(service: Service, desk: Desk) -> None:
    said = {"message": "Записано <b>\n<script>alert(1)</script>"}
    service.database.write(lambda tx: tx.execute(sa.update(SESSIONS).values(**said)))
    text = desk.visitor.get("/data").text
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text
