"""Snapshots: a report stays as it was handed in, whatever is corrected later."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.access.roles import Role
from app.indicators.catalogue import INDICATORS
from tests.holders import Holder, issue
from tests.scene import NOBODY, Scene, Service, problem
from tests.test_indicator_doors import Story, story

pytestmark = pytest.mark.shared_out

__all__ = ["story"]

REPORT = {"as_of": "2020-12-31", "title": "Отчёт за 2020 год"}
INVOLVED = "org_involvement_share"
COVERAGE = "teacher_coverage_share"


@dataclass
class Report:
    """A report of a story's program."""

    story: Story
    made: dict[str, Any]

    def ask(self, door: str = "", **said: Any) -> Any:
        return self.story.ask(f"/snapshots/{self.made['id']}{door}", **said)


@pytest.fixture
def report(story: Story) -> Report:
    body = REPORT | {"approved_by": "Шатаева Е. Н.", "act_id": story.scene["$act"], "note": "Сдан"}
    answer = post(story, body)
    assert answer.status_code == 201, answer.text
    return Report(story, answer.json())


def post(story: Story, body: Any, **more: Any) -> Any:
    path = f"/programs/{story.scene['$program']}/snapshots"
    return story.scene.client.post(path, json=body, **more)


def value(answer: Any, code: str) -> Any:
    return next(each["value"] for each in answer.json()["items"] if each["code"] == code)


@pytest.mark.long
def test_a_report_is_the_answer_of_its_moment(report: Report) -> None:
    live = report.story.ask("/indicators", as_of="2020-12-31")
    kept = report.ask("/indicators")
    assert kept.content == live.content
    assert hashlib.sha256(kept.content).hexdigest() == report.made["sha256"]
    assert report.made["state_version"] == live.json()["state_version"]
    assert report.ask().json() == report.made
    for code in INDICATORS:
        frozen = report.ask(f"/explain/{code}").json()
        alive = report.story.get(f"/indicators/{code}/explain", as_of="2020-12-31")
        assert frozen == alive


@pytest.mark.long
def test_corrections_do_not_reach_a_report(report: Report) -> None:
    story, client = report.story, report.story.scene.client
    before = report.ask("/indicators").content, report.ask(f"/explain/{COVERAGE}").json()
    for path, body in (
        (f"/partnerships/{story.ids['partnership']}", {"start_date": "2021-02-01"}),
        (f"/designations/{story.ids['designation']}", {"valid_from": "2021-03-01"}),
    ):
        etag = client.get(path).headers["etag"]
        patched = client.patch(path, json=body, headers={"If-Match": etag, **MERGE})
        assert patched.status_code == 200, patched.text
    assert client.post(
        f"/teachers/{story.ids['teacher']}/erasure", json={"reason": "Отзыв согласия"}
    ).is_success
    now = story.ask("/indicators", as_of="2020-12-31")
    assert (value(now, INVOLVED), value(report.ask("/indicators"), INVOLVED)) == ("0.00", "100.00")
    assert report.ask("/indicators").content == before[0]
    (item,) = report.ask(f"/explain/{COVERAGE}").json()["items"]
    assert item == before[1]["items"][0] | {"name": None, "id": item["id"]}
    found = {each["code"]: each for each in report.ask("/diff").json()["items"]}
    (change,) = found[INVOLVED]["changes"]
    outcomes = change["from_outcome"], change["to_outcome"], change["to_reason"]
    assert outcomes == ("counted", "not_counted", "no_partnership")
    assert found[INVOLVED]["from"]["value"] == "100.00"
    assert found[INVOLVED]["to"]["value"] == "0.00"


MERGE = {"Content-Type": "application/merge-patch+json"}


@pytest.mark.long
def test_reports_are_compared_with_one_another(report: Report) -> None:
    early = post(report.story, REPORT | {"as_of": "2020-08-15"}).json()
    found = report.story.get(f"/snapshots/{early['id']}/diff", **{"with": report.made["id"]})
    assert (found["from"], found["to"]) == ("2020-08-15", "2020-12-31")
    moved = {each["code"] for each in found["items"] if each["changes"]}
    assert {INVOLVED, COVERAGE, "learner_participation_total"} <= moved
    problem(report.ask("/diff", **{"with": NOBODY}), 422, "unknown-reference")


@pytest.mark.long
def test_reports_are_listed_in_their_order(report: Report) -> None:
    more = [post(report.story, REPORT | {"title": f"Отчёт {n}"}).json()["id"] for n in range(2)]
    first = report.story.get("/snapshots", limit=2)
    rest = report.story.get("/snapshots", limit=2, cursor=first["next"])
    listed = [each["id"] for each in first["items"] + rest["items"]]
    assert listed == [report.made["id"], *more]
    assert rest["next"] is None


@pytest.mark.long
def test_a_repeated_request_makes_one_report(story: Story) -> None:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    first, again = (post(story, REPORT, headers=headers) for _ in range(2))
    assert first.json() == again.json()
    assert len(story.get("/snapshots")["items"]) == 1


@pytest.mark.parametrize(
    ("more", "code", "pointer"),
    [
        ({"as_of": "2999-01-01"}, "in_the_future", "/as_of"),
        ({"as_of": None}, "not_a_day", "/as_of"),
        ({"title": " "}, "blank", "/title"),
        ({"act_id": NOBODY}, "unknown-reference", "/act_id"),
        ({"sha256": "0" * 64}, "read_only", "/sha256"),
        ({"period_end": "2021-01-31"}, "period_after_day", None),
    ],
)
def test_what_cannot_be_frozen_is_refused(
    story: Story, more: dict[str, Any], code: str, pointer: str | None
) -> None:
    problem(post(story, REPORT | more), 422, code, pointer)
    assert story.get("/snapshots")["items"] == []


def test_nobody_changes_a_report(report: Report, service: Service) -> None:
    client = report.story.scene.client
    path = f"/programs/{report.story.scene['$program']}/snapshots/{report.made['id']}"
    for method in ("PUT", "PATCH", "DELETE"):
        assert client.request(method, path, headers={"If-Match": "*"}).status_code == 405
    for sql in (
        "UPDATE snapshots SET title = 'x'",
        "DELETE FROM snapshot_lists",
        "UPDATE snapshot_lists SET items = '[]'",
    ):
        with pytest.raises(DBAPIError), service.database.engine.begin() as connection:
            connection.execute(sa.text(sql))


@pytest.mark.long
def test_what_a_report_tells_of_stays(report: Report, service: Service) -> None:
    scene = report.story.scene
    mine = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    holder = Holder(scene.client, mine)
    for path in (f"/legal-acts/{scene['$act']}", f"/programs/{scene['$program']}"):
        answer = holder.request("DELETE", path, headers={"If-Match": "*"})
        found = {each["collection"]: each["ids"] for each in problem(answer, 409)["referrers"]}
        assert found["snapshots"] == [report.made["id"]]


@pytest.mark.long
def test_the_rights_and_the_names_are_those_of_the_role(report: Report, service: Service) -> None:
    client, program = report.story.scene.client, report.story.scene["$program"]
    path = f"/programs/{program}/snapshots"
    reader = Holder(client, issue(service.database, Role.READER))
    shown = reader.get(f"{path}/{report.made['id']}").json()
    assert shown == report.made | {"approved_by": None}
    assert reader.request("POST", path, json=REPORT).status_code == 403
    assert reader.get(f"{path}/{report.made['id']}/indicators").status_code == 200
    abroad = Scene(client)["$municipality"]
    stranger = Holder(client, issue(service.database, Role.COORDINATOR, municipality_id=abroad))
    for door in ("", f"/{report.made['id']}", f"/{report.made['id']}/indicators"):
        problem(stranger.get(f"{path}{door}"), 404)
    assert stranger.request("POST", path, json=REPORT).status_code == 404
    other = Scene(client)["$program"]
    problem(client.get(f"/programs/{other}/snapshots/{report.made['id']}"), 404)
