"""The table of programs: a row for each, sums of integers, and right at once after any write."""

import re
from typing import Any

import pytest

from app.access.roles import Role
from app.indicators.catalogue import INDICATORS
from app.registry.program_parts import IndicatorCode
from tests.holders import Holder, issue
from tests.scene import Scene, Service, problem
from tests.visitor import visitor
from tests.waiting import counted

DAY = "2020-12-31"
MERGE = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


@pytest.fixture
def places(scene: Scene) -> list[Scene]:
    """Two municipalities, each with a program; in the first a school is supported."""
    other = Scene(scene.client)
    assert scene["$partnership"]
    assert scene["$teacher"]
    assert other["$program"]
    assert other["$school"]
    return [scene, other]


def figures(scene: Scene) -> list[dict[str, Any]]:
    answer = scene.client.get(f"/programs/{scene['$program']}/indicators", params={"as_of": DAY})
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def table(by: Any, **said: Any) -> dict[str, Any]:
    answer = counted(lambda: by.get("/indicators", params={"as_of": DAY, **said}))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def reader(service: Service, place: Scene) -> Holder:
    key = issue(service.database, Role.READER, municipality_id=place["$municipality"])
    return Holder(service.client, key)


@pytest.mark.long
@pytest.mark.shared_out
def test_a_row_is_the_program_s_own_answer(places: list[Scene]) -> None:
    rows: dict[str, Any] = {}
    cursor: dict[str, str] = {}
    pages = []
    while True:
        page = table(places[0].client, limit=7, **cursor)
        pages.append(page["totals"])
        rows |= {each["program_id"]: each for each in page["items"]}
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert all(each == pages[0] for each in pages)
    for place in places:
        row = rows[place["$program"]]
        assert row["indicators"] == figures(place)
        assert (row["municipality_id"], row["as_of"]) == (place["$municipality"], DAY)
    listed = places[0].client.get("/programs", params={"include_total": "true"}).json()
    assert len(rows) == listed["total"]
    for at, code in enumerate(INDICATORS):
        inside = [each["indicators"][at] for each in rows.values()]
        counted = [each for each in inside if each["value_status"] != "outside_program_period"]
        total = pages[0][at]
        assert total["code"] == code
        assert total["numerator"] == sum(each["numerator"] for each in counted)
        if total["denominator"] is not None:
            assert total["denominator"] == sum(each["denominator"] for each in counted)


def _now(scene: Scene) -> dict[str, str]:
    """The days of a program that runs."""
    today = scene.client.get("/indicators", params={"limit": 1}).json()["as_of"]
    return {"start_date": today, "end_date": f"{int(today[:4]) + 1}-12-31"}


@pytest.mark.shared_out
def test_an_ended_program_is_not_added_to_the_one_that_follows(
    scene: Scene, service: Service
) -> None:
    ended, officer = (
        scene["$program"],
        visitor(service.client, issue(service.database, Role.READER)),
    )
    assert scene["$partnership"]

    def whole() -> tuple[list[int], str]:
        """The denominators of the first indicator: of the totals, and of each program; the page."""
        said = {"municipality_id": scene["$municipality"]}
        told = counted(lambda: scene.client.get("/indicators", params=said)).json()
        rows = [each["indicators"][0]["denominator"] for each in told["items"]]
        page = counted(lambda: officer.get("/region?q=")).text
        (line,) = re.findall(
            f'<tr><th scope="row"><a href="/programs/{ended}.*?</th>', page, re.DOTALL
        )
        return [told["totals"][0]["denominator"], *rows], line

    alone, line = whole()
    assert alone[0] == alone[1] > 0
    assert "закончилась, на" in line
    assert "в итог не входит" not in line
    later = {"municipality_id": "$municipality", "title": "Следующая"}
    scene.make("programs", {**later, **_now(scene)})
    both, line = whole()
    assert len(both) == 3
    assert both[0] == both[2]
    assert "в итог не входит" in line


@pytest.mark.long
@pytest.mark.shared_out
def test_a_share_of_all_is_no_mean_of_shares(places: list[Scene], service: Service) -> None:
    for number in range(2):
        body = {
            "kind": "general_school",
            "full_name": f"Ещё {number}",
            "short_name": f"Ещё {number}",
        }
        places[1].make("organizations", {"municipality_id": "$municipality", **body})
    shares = {
        each["program_id"]: each["indicators"][0]["value"]
        for place in places
        for each in table(place.client, municipality_id=place["$municipality"])["items"]
    }
    assert sorted(shares.values()) == ["0.00", "100.00"]
    keys = [
        issue(service.database, Role.READER, municipality_id=each["$municipality"])
        for each in places
    ]
    sums = [table(Holder(places[0].client, key))["totals"][0] for key in keys]
    assert [(each["numerator"], each["denominator"]) for each in sums] == [(1, 1), (0, 3)]


def test_a_write_shows_at_once_and_moves_no_other_program(places: list[Scene]) -> None:
    client = places[0].client
    addresses = [f"/programs/{each['$program']}/indicators?as_of={DAY}" for each in places]
    addresses.append(f"/indicators?as_of={DAY}&municipality_id={places[0]['$municipality']}")
    tags = [client.get(each).headers["etag"] for each in addresses]
    assert [client.get(each).headers["etag"] for each in addresses] == tags
    path = f"/partnerships/{places[0]['$partnership']}"
    assert client.patch(path, json={"start_date": "2021-02-01"}, headers=MERGE).is_success
    now = [
        client.get(each, headers={"If-None-Match": tag})
        for each, tag in zip(addresses, tags, strict=True)
    ]
    assert [each.status_code for each in now] == [200, 304, 200]
    assert now[0].json()["items"][0]["value"] == "0.00"
    assert now[2].json()["totals"][0]["value"] == "0.00"


@pytest.mark.long
@pytest.mark.shared_out
def test_a_partner_from_elsewhere_moves_the_answer_that_tells_of_it(places: list[Scene]) -> None:
    client, (home, away) = places[0].client, places
    members = [
        {"organization_id": home["$leader"], "role": "leader"},
        {"organization_id": home["$school"], "role": "supported"},
        {"organization_id": away["$school"], "role": "social_partner"},
    ]
    path = f"/partnerships/{home['$partnership']}"
    assert client.patch(path, json={"members": members}, headers=MERGE).is_success
    address = f"/programs/{home['$program']}/indicators?as_of={DAY}"
    before = client.get(address)
    partner = f"/organizations/{away['$school']}"
    assert client.patch(partner, json={"kind": "culture"}, headers=MERGE).is_success
    after = client.get(address, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    kinds = [
        each["breakdown"][0]["key"]
        for answer in (before, after)
        for each in answer.json()["items"]
        if each["code"] == "social_partner_count"
    ]
    assert kinds == ["general_school", "culture"]


@pytest.mark.long
@pytest.mark.shared_out
def test_a_key_sees_the_programs_of_its_municipality(places: list[Scene], service: Service) -> None:
    client, (home, away) = places[0].client, places
    mine = Holder(
        client, issue(service.database, Role.READER, municipality_id=home["$municipality"])
    )
    assert [each["program_id"] for each in table(mine)["items"]] == [home["$program"]]
    assert table(mine, municipality_id=away["$municipality"])["items"] == []
    cursor = table(client, limit=1)["next"]
    problem(mine.get(f"/indicators?as_of={DAY}&cursor={cursor}"), 400)
    auditor = Holder(client, issue(service.database, Role.AUDITOR))
    problem(auditor.get("/indicators"), 403)
    problem(client.get("/indicators?as_of=2020-13-01"), 422, "not_a_day")
    problem(client.get("/indicators?period_start=2020-01-01"), 422, "unknown_parameter")


@pytest.mark.long
@pytest.mark.shared_out
def test_a_day_before_all_programs_has_rows_and_no_sums(places: list[Scene]) -> None:
    found = table(places[0].client, as_of="1990-01-01", municipality_id=places[0]["$municipality"])
    assert [each["value_status"] for each in found["totals"]] == ["outside_program_period"] * len(
        IndicatorCode
    )
    assert found["items"][0]["indicators"][0]["value_status"] == "outside_program_period"
