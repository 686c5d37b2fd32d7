"""Monitoring: who has reported, against which targets, and who left a category on what act."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from app.access.roles import Role
from app.indicators.monitoring import TITLES, reached
from tests.holders import Holder, issue
from tests.scene import Scene, Service, problem

pytestmark = pytest.mark.shared_out

PERIOD = {"as_of": "2020-12-31", "period_start": "2020-09-01", "period_end": "2020-12-31"}
SPANS = {"period_start": "2020-09-01", "period_end": "2020-12-31", "observed_on": "2020-12-25"}
MERGE = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}


@pytest.fixture
def record(scene: Scene) -> dict[str, Any]:
    assert scene["$leader"]
    values = {"value_number": "57.5", "baseline_number": "40", "target_number": "55"}
    body = {"program_id": "$program", "measure_id": "$measure", "organization_id": "$school"}
    return scene.make("monitoring_records", {**body, **SPANS, **values})


def asked(scene: Scene, by: Any = None, **said: str) -> dict[str, Any]:
    path = f"/programs/{scene['$program']}/monitoring"
    answer = (by or scene.client).get(path, params=PERIOD | said)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def moved(service: Service, scene: Scene, record_id: str, *states: str) -> None:
    """Lead a record through states, each by another colleague."""
    for number, state in enumerate(states):
        key = issue(service.database, Role.COORDINATOR, owner=f"Коллега {number}")
        by = Holder(scene.client, key)
        path, said = f"/monitoring-records/{record_id}", {"state": state, "reason": f"Шаг {number}"}
        assert by.request("PATCH", path, json=said, headers=MERGE).status_code == 200


def test_who_has_not_reported_is_named(
    service: Service, scene: Scene, record: dict[str, Any]
) -> None:
    before = asked(scene)
    assert [(each["name"], each["reported"]) for each in before["items"]] == [
        ("Ресурсная СОШ", False),
        ("Сельская СОШ", False),
    ]
    assert before["completeness"]["value"] == "0.00"
    assert before["states"] == {"draft": 1, "submitted": 0, "accepted": 0, "returned": 0}
    moved(service, scene, record["id"], "submitted", "returned", "submitted", "accepted")
    after = asked(scene)
    assert after["completeness"]["value"] == "50.00"
    assert [each["reported"] for each in after["items"]] == [False, True]
    (told,) = after["items"][1]["records"]
    values = {name: told[name] for name in ("state", "baseline", "target", "actual", "reached")}
    assert values == {
        "state": "accepted",
        "baseline": "40",
        "target": "55",
        "actual": "57.5",
        "reached": True,
    }
    assert [each["code"] for each in after["measures"]] == ["mean_mark"]
    later = asked(scene, period_start="2021-01-01", period_end="2021-03-01", as_of="2021-03-01")
    assert later["completeness"]["value"] == "0.00"
    assert later["items"][1]["records"] == []
    early = asked(scene, period_start="2020-05-01", period_end="2020-08-31", as_of="2020-08-31")
    assert early["items"][1]["records"] == []


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "expected"),
    [
        ("40", "55", "55", True),
        ("40", "55", "54.999999", False),
        ("20", "10", "10", True),
        ("20", "10", "10.1", False),
        (None, "10", "11", True),
        ("20", None, "11", None),
        ("20", "10", None, None),
    ],
)
def test_a_target_is_reached_in_the_direction_that_it_lies(
    baseline: str | None, target: str | None, actual: str | None, expected: object
) -> None:
    numbers = [None if each is None else Decimal(each) for each in (baseline, target, actual)]
    assert reached(*numbers) is expected


def test_the_way_out_of_a_category_is_told(scene: Scene) -> None:
    made = scene.make(
        "designations",
        {"organization_id": "$school", "category": "low_results", "valid_from": "2020-04-17"}
        | {"valid_to": "2020-12-01", "exit_reason": "effective_mode", "act_id": "$act"},
    )
    (found,) = asked(scene)["exits"]
    assert found["designation_id"] == made["id"]
    assert (found["name"], found["act_id"]) == ("Сельская СОШ", scene["$act"])
    assert found["days"] == 229
    assert asked(scene, period_start="2020-12-02")["exits"] == []


def test_the_reports_come_as_a_table(service: Service, scene: Scene, record: Any) -> None:
    moved(service, scene, record["id"], "submitted")
    path = f"/programs/{scene['$program']}/monitoring"
    answer = scene.client.get(path, params=PERIOD, headers={"Accept": "text/csv"})
    text = answer.content.decode("utf-8-sig")
    titles, leader, school = csv.reader(io.StringIO(text), delimiter=";")
    assert titles == list(TITLES)
    assert leader[:3] == ["Ресурсная СОШ", "нет", ""]
    assert school[2:] == [
        *("Средний балл", "", "01.09.2020", "31.12.2020", "отправлено"),
        *("40", "55", "57,5", "да"),
    ]


def test_a_value_that_was_observed_later_is_not_told(scene: Scene, record: Any) -> None:
    period = {"as_of": "2020-12-24", "period_end": "2020-12-24"}
    (told,) = asked(scene, **period)["items"][1]["records"]
    assert (told["id"], told["target"]) == (record["id"], "55")
    assert (told["actual"], told["reached"]) == (None, None)
    path = f"/programs/{scene['$program']}/monitoring"
    answer = scene.client.get(path, params=PERIOD | period, headers={"Accept": "text/csv"})
    assert "57.5" not in answer.text
    (whole,) = asked(scene, as_of="2020-12-25", period_end="2020-12-25")["items"][1]["records"]
    assert whole["actual"] == "57.5"


def test_a_reader_sees_what_was_accepted(service: Service, scene: Scene, record: Any) -> None:
    reader = Holder(scene.client, issue(service.database, Role.READER))
    assert asked(scene, reader)["items"][1]["records"] == []
    moved(service, scene, record["id"], "submitted", "accepted")
    assert len(asked(scene, reader)["items"][1]["records"]) == 1
    auditor = Holder(scene.client, issue(service.database, Role.AUDITOR))
    problem(auditor.get(f"/programs/{scene['$program']}/monitoring"), 403)


def test_the_unit_of_a_measure_in_use_stays(scene: Scene, record: dict[str, Any]) -> None:
    path = f"/measures/{scene['$measure']}"
    answer = scene.client.patch(path, json={"unit": "баллы"}, headers=MERGE)
    problem(answer, 422, pointer="/unit", code="measure_in_use")
    assert record["measure_id"] == scene["$measure"]


def test_an_accepted_report_stays_about_its_organization(
    service: Service, scene: Scene, record: dict[str, Any]
) -> None:
    moved(service, scene, record["id"], "submitted", "accepted")
    path = f"/monitoring-records/{record['id']}"
    other = {"organization_id": scene["$leader"], "reason": "Ошиблись школой"}
    answer = scene.client.patch(path, json=other, headers=MERGE)
    assert [each["pointer"] for each in problem(answer, 422, "about_another")["errors"]] == [
        "/organization_id"
    ]
    value = {"value_number": "58", "reason": "Опечатка"}
    assert scene.client.patch(path, json=value, headers=MERGE).status_code == 200
