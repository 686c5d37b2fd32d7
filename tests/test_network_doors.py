"""The doors of a program's answers: forms, versions, days; and indicators in all theirs."""

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from app.indicators.catalogue import INDICATORS
from tests.scene import MERGE, NOBODY, Scene, is_russian, problem
from tests.standing import standing
from tests.test_network_vectors import (
    AUGUST,
    DOORS,
    ask,
    figure,
    funded,
    hall,
    marked,
    network,
    stocked,
    use,
)
from tests.waiting import counted

pytestmark = pytest.mark.shared_out

__all__ = ["funded", "hall", "marked", "network", "stocked"]

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
@standing
def whole(hall: Scene, funded: Scene, marked: Scene) -> Scene:
    """A program of which every door has something to say on 28.02.2021."""
    assert hall is funded is marked
    body = {"organization_id": "$l", "resource_type_id": "$gym", "observed_on": "2020-09-01"}
    hall.make("resource_balances", body | {"needed": "3", "available": "4", "offered": "1"})
    member = {"initiative_id": "$initiative", "organization_id": "$a", "role": "participant"}
    hall.make("initiative_members", member | {"valid_from": "2020-10-01"})
    return hall


DAY = {"as_of": "2021-02-28", "period_start": "2020-09-01"}


@pytest.mark.long
@pytest.mark.parametrize("door", DOORS)
def test_a_door_has_a_version_and_files(whole: Scene, door: str) -> None:
    said = DAY | ({"week": "2021-02-02"} if door == "timetable" else {})
    path, client = f"/programs/{whole['$program']}/{door}", whole.client
    first = client.get(path, params=said)
    body = first.json()
    assert body["value_status"] == "ok"
    assert (body["as_of"], body["period_start"]) == (DAY["as_of"], DAY["period_start"])
    assert body["period_end"] == DAY["as_of"]
    assert body["state_version"] == ask(whole, "indicators", **DAY)["state_version"]
    tag = {"If-None-Match": first.headers["etag"]}
    assert client.get(path, params=said, headers=tag).status_code == 304
    assert client.get(path, params=said).content == first.content
    answers = {kind: client.get(path, params=said, headers={"Accept": kind}) for kind in FILES}
    lines, cells = (FILES[kind](answer.content) for kind, answer in answers.items())
    assert len(lines) == len(cells) > 1
    assert lines[0] == cells[0]
    assert all(map(is_russian, filter(lambda text: text != "%", lines[0])))
    whole.make("legal_acts", {"municipality_id": "$municipality", **ACT})
    assert client.get(path, params=said, headers=tag).status_code == 200


ACT = {
    "issuer_id": "$authority",
    "kind": "order",
    "number": "99",
    "act_date": "2021-02-01",
    "title": "Ещё один",
}


def from_csv(content: bytes) -> list[list[Any]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def from_xlsx(content: bytes) -> list[list[Any]]:
    """The table, without the title and what it is about."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[2:]


FILES = {CSV: from_csv, XLSX: from_xlsx}


def test_money_is_a_number_in_a_file(funded: Scene) -> None:
    path, said = f"/programs/{funded['$program']}/finance", {"as_of": "2021-03-31"}
    answers = [
        funded.client.get(path, params=said, headers={"Accept": kind}).content for kind in FILES
    ]
    assert from_csv(answers[0])[-1][2:5] == ["180000,00", "160000,00", "45000,00"]
    assert from_xlsx(answers[1])[-1][2:5] == [180000.0, 160000.0, 45000.0]


@pytest.mark.long
@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_empty_outside_the_program(whole: Scene, door: str) -> None:
    for day in ("2020-04-16", "2022-01-01"):
        body = ask(whole, door, as_of=day)
        assert body["value_status"] == "outside_program_period"
        assert not [each for name in PARTS for each in body.get(name, ())]


PARTS = ("items", "proposals", "totals", "pairs", "funds", "activities", "recipients", "years")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"as_of": "31.12.2020"}, "not_a_day"),
        ({"as_of": "2020-12-31", "period_end": "2021-01-01"}, "period_after_day"),
        ({"period_start": "2021-01-01", "period_end": "2020-12-31"}, "ends_before_start"),
        ({"mark_2": "1"}, "unknown_parameter"),
    ],
)
def test_a_wrong_question_is_refused(
    scene: Scene, door: str, said: dict[str, str], code: str
) -> None:
    problem(scene.client.get(f"/programs/{scene['$program']}/{door}", params=said), 422, code)
    problem(scene.client.get(f"/programs/{NOBODY}/{door}"), 404)


def test_a_past_day_knows_no_later_one(stocked: Scene) -> None:
    assert ask(stocked, "resources", as_of="2021-08-30")["value_status"] == "no_data"
    code = "resource_sufficiency_share"
    assert figure(stocked, code, as_of="2021-08-30")[3] == "no_population"
    assert figure(stocked, code, **AUGUST)[3] == "ok"


@pytest.mark.long
def test_the_eight_are_explained_and_add_up(whole: Scene) -> None:
    when = {"as_of": "2021-02-28"}
    kinds = {
        "resource_sufficiency_share": "resource_balances",
        "property_documented_share": "resource_uses",
        "conflicted_resources": "shared_resources",
        "contract_coverage_share": "network_curricula",
        "network_learners": "network_groups",
        "result_confirmation_share": "results",
    }
    for code, kind in kinds.items():
        body = ask(whole, f"indicators/{code}/explain", **when)
        items = body["items"]
        assert {each["type"] for each in items} == {kind}
        assert all(is_russian(each["reason_text"]) for each in items)
        counts = [each.get("number", 1) for each in items if each["outcome"] == "counted"]
        assert sum(counts) == body["numerator"]
    said = ask(whole, "explain", organization_id=whole["$a"], **when)["items"]
    assert [each["code"] for each in said] == list(INDICATORS)


@pytest.mark.long
def test_the_eight_move_in_a_difference_and_a_series(whole: Scene) -> None:
    between = {"from": "2020-08-31", "to": "2021-02-28"}
    found = {each["code"]: each for each in ask(whole, "indicators/diff", **between)["items"]}
    assert list(found) == list(INDICATORS)
    moved = found["contract_coverage_share"]
    assert [(each["id"], each["to_outcome"]) for each in moved["changes"]] == [
        (whole["$physics_course"], "counted")
    ]
    assert (moved["from"]["denominator"], moved["to"]["value"]) == (0, "100.00")
    series = ask(whole, "indicators/network_learners/series", step="quarter", as_of="2021-06-30")
    numbers = [(each["as_of"], each["numerator"]) for each in series["items"]]
    assert numbers[1:] == [
        *(("2020-09-30", 9), ("2020-12-31", 9), ("2021-03-31", 9), ("2021-06-30", 0))
    ]


@pytest.mark.long
def test_a_report_freezes_the_eight(whole: Scene) -> None:
    home, when = f"/programs/{whole['$program']}", {"as_of": "2021-02-28"}
    made = whole.client.post(f"{home}/snapshots", json={**when, "title": "Отчёт"})
    assert made.status_code == 201, made.text
    path = f"{home}/snapshots/{made.json()['id']}"
    frozen = whole.client.get(f"{path}/indicators").content
    assert frozen == whole.client.get(f"{home}/indicators", params=when).content
    use(whole, "$hall", "$b", start_date="2021-02-15")
    assert whole.client.get(f"{path}/indicators").content == frozen
    other = whole.client.post(f"{home}/snapshots", json={**when, "title": "Ещё"}).json()["id"]
    for against in ({"with": other}, {}):
        answer = whole.client.get(f"{path}/diff", params=against)
        assert answer.status_code == 200, answer.text
        found = {each["code"]: each for each in answer.json()["items"]}
        assert found["property_documented_share"]["to"]["denominator"] == 3


def test_a_region_sums_the_eight(whole: Scene) -> None:
    said = {"as_of": "2021-02-28", "municipality_id": whole["$municipality"]}
    answer = counted(lambda: whole.client.get("/indicators", params=said))
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()["items"]
    own = {each["code"]: each for each in ask(whole, "indicators", as_of="2021-02-28")["items"]}
    for each in row["indicators"]:
        same = own[each["code"]]
        assert (each["numerator"], each["denominator"]) == (same["numerator"], same["denominator"])


@pytest.mark.long
def test_targets_of_the_eight_are_met_or_not(hall: Scene) -> None:
    path = f"/programs/{hall['$program']}"
    headers = {"Content-Type": MERGE, "If-Match": "*"}

    def aim(code: str, value: str) -> Any:
        body = {"targets": [{"code": code, "operator": "gte", "value": value}]}
        return hall.client.patch(path, json=body, headers=headers)

    refused = aim("conflicted_resources", "0")
    problem(refused, 422, "takes_no_target", "/targets/0/code")
    problem(aim("network_learners", "1.5"), 422, "not_a_count")
    for code, value, status in (
        ("network_learners", "9", "met"),
        ("network_learners", "10", "not_met"),
        ("contract_coverage_share", "100", "met"),
        ("property_documented_share", "50", "not_met"),
        ("need_coverage_share", "50", "not_applicable"),
    ):
        assert aim(code, value).status_code == 200
        items = ask(hall, "indicators", as_of="2021-02-28")["items"]
        (item,) = [each for each in items if each["code"] == code]
        assert item["target_status"] == status


def test_an_event_of_two_initiatives_is_held_once(scene: Scene) -> None:
    body = {"program_id": "$program", "provision": "professional_communities"}
    body |= {"start_date": "2020-10-01"}
    events = [{"event_id": "$assessment"}]
    for title in ("Математики", "Физики"):
        scene.make("initiatives", body, title=title, events=events)
    (line,) = ask(scene, "initiatives", as_of="2020-12-31")["items"]
    assert [each["events_held"] for each in line["initiatives"]] == [1, 1]
    assert line["events_held"] == 1
