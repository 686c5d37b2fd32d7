"""The doors of the indicators: what moved them, over what time, and for whom."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from app.access.roles import Role
from app.indicators.catalogue import INDICATORS, demand_told
from app.indicators.codes import IndicatorUnit
from app.registry.program_parts import IndicatorCode
from tests.holders import Holder, issue
from tests.scene import NOBODY, RESOURCE, Scene, Service, is_russian, problem

pytestmark = pytest.mark.shared_out

YEAR = {"from": "2020-08-15", "to": "2020-12-31"}
END = {"from": "2020-12-15", "to": "2021-12-01"}


@dataclass
class Story:
    """A school that got help: its records, and what is asked about its program."""

    scene: Scene
    ids: dict[str, str]

    def ask(self, door: str, **said: Any) -> Any:
        return self.scene.client.get(f"/programs/{self.scene['$program']}{door}", params=said)

    def get(self, door: str, **said: Any) -> Any:
        answer = self.ask(door, **said)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def changes(self, code: str, **said: Any) -> list[tuple[Any, ...]]:
        found = {each["code"]: each for each in self.get("/indicators/diff", **said)["items"]}
        names = ("id", "from_outcome", "to_outcome", "cause", "cause_id")
        return [tuple(each[name] for name in names) for each in found[code]["changes"]]


@pytest.fixture
def story(scene: Scene) -> Story:
    act = scene["$act"]
    designation = scene.make(
        "designations",
        {"organization_id": "$school", "category": "low_results", "valid_from": "2020-04-17"}
        | {"valid_to": "2021-06-30", "exit_reason": "effective_mode", "act_id": act},
    )
    partnership = scene["$partnership"]
    teacher = scene["$teacher"]
    event = scene.make(
        "events",
        {"activity_id": "$activity", "title": "Открытый урок", "status": "completed"}
        | {"window_start": "2020-10-15", "window_end": "2020-10-15", "completed_on": "2020-10-15"}
        | {"form": "professional_development", "learner_count": 12},
    )
    scene.make(
        "participations",
        {"teacher_id": teacher, "event_id": event["id"], "organization_id": "$school"}
        | {"role": "attendee", "status": "attended", "participated_on": "2020-10-15"},
    )
    ids = {"designation": designation["id"], "partnership": partnership, "teacher": teacher}
    return Story(scene, ids | {"event": event["id"], "school": scene["$school"]})


@pytest.mark.long
def test_a_difference_names_what_moved_each_indicator(story: Story) -> None:
    ids = story.ids
    involved = (ids["school"], "not_counted", "counted", "partnership_started", ids["partnership"])
    assert story.changes("org_involvement_share", **YEAR) == [involved]
    assert story.changes("org_involvement_share_priority", **YEAR) == [involved]
    covered = (ids["teacher"], None, "counted", "event_attended", ids["event"])
    assert story.changes("teacher_coverage_share", **YEAR) == [covered]
    (completed,) = story.changes("form_coverage_share", **YEAR)
    assert completed[3:] == ("event_completed", ids["event"])
    (learners,) = story.changes("learner_participation_total", **YEAR)
    assert learners == (ids["event"], None, "counted", "event_completed", ids["event"])
    left = {"from": "2021-06-30", "to": "2021-07-01"}
    ((_, before, after, cause, _),) = story.changes("org_involvement_share_priority", **left)
    assert (before, after, cause) == ("counted", None, "designation_ended")
    assert story.changes("org_involvement_share", **left) == []
    whole = {"from": "2020-04-17", "to": "2021-12-31"}
    exit_ = (ids["designation"], "not_counted", "counted", "effective_mode_reached")
    (found,) = story.changes("effective_mode_transition_share", **whole)
    assert found == (*exit_, ids["designation"])


def test_a_difference_takes_in_days_outside_the_program(story: Story) -> None:
    found = story.get("/indicators/diff", **{"from": "2020-01-01", "to": "2020-12-31"})
    assert {each["from"]["value_status"] for each in found["items"]} == {"outside_program_period"}
    causes = {change["cause"] for each in found["items"] for change in each["changes"]}
    assert causes == {"program_started"}
    texts = [change["cause_text"] for each in found["items"] for change in each["changes"]]
    assert all(map(is_russian, texts))


def test_a_series_grows_with_what_happens(story: Story) -> None:
    door = "/indicators/org_involvement_share/series"
    found = story.get(door, step="quarter")
    assert [(each["as_of"], each["numerator"], each["value"]) for each in found["items"]] == [
        ("2020-06-30", 0, "0.00"),
        ("2020-09-30", 1, "100.00"),
        ("2020-12-31", 1, "100.00"),
        ("2021-03-31", 1, "100.00"),
        ("2021-06-30", 1, "100.00"),
        ("2021-09-30", 1, "100.00"),
        ("2021-12-31", 1, "100.00"),
    ]
    assert found["target"] is None
    to_year_end = story.get(door, step="academic_year", as_of="2020-12-31")
    assert [each["as_of"] for each in to_year_end["items"]] == ["2020-08-31", "2020-12-31"]
    assert story.get(door, step="month", as_of="2019-12-31")["items"] == []


def test_a_school_and_a_teacher_find_themselves_in_every_indicator(story: Story) -> None:
    when = {"as_of": "2020-12-31"}
    school = story.get("/explain", organization_id=story.ids["school"], **when)["items"]
    said = {each["code"]: (each["outcome"], each["reason"]) for each in school}
    assert list(said) == list(INDICATORS)
    assert said["org_involvement_share"] == ("counted", "involved")
    assert said["org_active_involvement_share"] == ("counted", "took_part")
    assert said["monitoring_completeness_share"] == ("not_counted", "not_reported")
    assert said["effective_mode_transition_share"] == ("not_counted", "still_designated")
    assert said["social_partner_count"] == (None, "no_social_partner")
    assert said["teacher_coverage_share"] == (None, "looks_at_teachers")
    teacher = story.get("/explain", teacher_id=story.ids["teacher"], **when)["items"]
    said = {each["code"]: (each["outcome"], each["reason"]) for each in teacher}
    assert said["teacher_coverage_share"] == ("counted", "attended")
    assert said["org_involvement_share"] == (None, "looks_at_organizations")
    assert all(is_russian(each["reason_text"]) for each in school + teacher)


LATER: dict[str, Any] = {"suspensions": [{"valid_from": "2020-12-01"}]}


@pytest.mark.parametrize(
    ("kind", "change", "reason"),
    [
        ("partnership", {"start_date": "2021-01-01"}, "no_partnership"),
        ("partnership", {"status": "draft"}, "draft_partnership"),
        ("partnership", LATER, "suspended_partnership"),
        ("partnership", {"status": "draft", **LATER}, "suspended_partnership"),
        ("partnership", {"end_date": "2020-12-30"}, "ended_partnership"),
        ("leading", {"valid_to": "2020-12-30", "exit_reason": "other"}, "leader_not_designated"),
    ],
)
def test_a_reason_says_what_keeps_a_school_out(
    story: Story, kind: str, change: dict[str, Any], reason: str
) -> None:
    leads = {"organization_id": story.scene["$leader"], "category": "leader"}
    (leading,) = story.scene.client.get("/designations", params=leads).json()["items"]
    paths = {
        "partnership": f"/partnerships/{story.ids['partnership']}",
        "leading": f"/designations/{leading['id']}",
    }
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    changed = story.scene.client.patch(paths[kind], json=change, headers=headers)
    assert changed.status_code == 200, changed.text
    said: dict[str, Any] = {"as_of": "2020-12-31", "outcome": "not_counted"}
    for code in ("org_involvement_share", "org_involvement_share_priority"):
        items = story.get(f"/indicators/{code}/explain", **said)["items"]
        (item,) = [each for each in items if each["id"] == story.ids["school"]]
        assert item["reason"] == reason
        assert is_russian(item["reason_text"])
    about = story.get("/explain", organization_id=story.ids["school"], as_of="2020-12-31")["items"]
    told = {each["code"]: each["reason"] for each in about}
    assert (told["org_active_involvement_share"], told["leader_load"]) == (reason, reason)


def test_a_way_out_of_a_category_tells_its_act_and_its_length(story: Story) -> None:
    door = "/indicators/effective_mode_transition_share/explain"
    (item,) = story.get(door, as_of="2021-12-31")["items"]
    assert (item["outcome"], item["name"]) == ("counted", "Сельская СОШ")
    assert (item["organization_id"], item["act_id"]) == (story.ids["school"], story.scene["$act"])
    assert item["days"] == 440


def test_pages_end_with_a_cursor_of_their_own_question(story: Story) -> None:
    for number in range(3):
        story.scene.make("headcounts", headcount("$leader", f"2020-09-0{number + 1}"))
    said: dict[str, Any] = {"as_of": "2020-12-31", "limit": 2}
    door = "/indicators/teacher_coverage_share/explain"
    first = story.get(door, **said)
    rest = story.get(door, **said, cursor=first["next"])
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 2, None]
    outcomes = [each["outcome"] for each in first["items"] + rest["items"]]
    assert outcomes.count("counted") == first["numerator"] == 1
    assert len(outcomes) == first["denominator"] == 4
    for other in ({"as_of": "2020-12-30"}, {"outcome": "counted"}):
        problem(story.ask(door, **(said | other), cursor=first["next"]), 400)
    problem(story.ask(door, **said, cursor="2"), 400)


def headcount(organization: str, day: str) -> dict[str, Any]:
    return {"organization_id": organization, "observed_on": day, "teachers": 3}


@pytest.mark.parametrize(
    ("door", "said", "code"),
    [
        ("/indicators/diff", {"from": "2021-01-01", "to": "2020-12-31"}, "ends_before_start"),
        ("/indicators/diff", {"from": "2021-01-01"}, "missing"),
        ("/indicators/diff", YEAR | {"as_of": "2021-01-01"}, "unknown_parameter"),
        ("/indicators/diff", YEAR | {"to": "вчера"}, "not_a_day"),
        ("/indicators/overdue_windows/series", {}, "missing"),
        ("/indicators/overdue_windows/series", {"step": "week"}, "not_a_choice"),
        ("/explain", {}, "one_subject"),
        ("/explain", {"organization_id": NOBODY, "teacher_id": NOBODY}, "one_subject"),
        ("/explain", {"organization_id": NOBODY}, "unknown-reference"),
        ("/explain", {"teacher_id": NOBODY}, "unknown-reference"),
        ("/indicators/overdue_windows/explain", {"outcome": "lost"}, "not_a_choice"),
    ],
)
def test_what_cannot_be_answered_is_told(
    story: Story, door: str, said: dict[str, str], code: str
) -> None:
    problem(story.ask(door, **said), 422, code)


def test_what_is_not_there_is_not_found(story: Story) -> None:
    client, program = story.scene.client, story.scene["$program"]
    for door in ("diff?from=2020-05-01&to=2020-06-01", "overdue_windows/series?step=month"):
        problem(client.get(f"/programs/{uuid.uuid4()}/indicators/{door}"), 404)
    problem(client.get(f"/programs/{program}/indicators/luck/series?step=month"), 404)
    problem(client.get(f"/programs/{program}/indicators/luck/explain"), 404)


@pytest.mark.long
def test_whoever_may_not_see_names_gets_none_and_the_same_figures(
    story: Story, service: Service
) -> None:
    reader = Holder(story.scene.client, issue(service.database, Role.READER))
    path = f"/programs/{story.scene['$program']}/indicators/diff"
    mine = story.scene.client.get(path, params=YEAR)
    theirs = reader.get(path, params=YEAR)
    named = [each["name"] for each in changes(mine, "teacher_coverage_share")]
    hidden = [each["name"] for each in changes(theirs, "teacher_coverage_share")]
    assert (named, hidden) == (["Пробная Вера"], [None])
    assert mine.headers["cache-control"] == "private, no-store"
    for answer in (mine, theirs):
        known = {"If-None-Match": answer.headers["etag"]}
        by = story.scene.client if answer is mine else reader
        assert by.get(path, params=YEAR, headers=known).status_code == 304


def changes(answer: Any, code: str) -> list[dict[str, Any]]:
    found = next(each for each in answer.json()["items"] if each["code"] == code)
    listed: list[dict[str, Any]] = found["changes"]
    return listed


@pytest.mark.parametrize(
    ("collection", "code", "name"),
    [
        ("resource_uses", "property_documented_share", "use"),
        ("network_curricula", "contract_coverage_share", "curriculum"),
        ("network_groups", "network_learners", "group"),
    ],
)
def test_what_is_counted_on_its_own_days_says_that_they_began_or_ended(
    scene: Scene, collection: str, code: str, name: str
) -> None:
    made = scene.make(collection, RESOURCE[collection].example)["id"]
    story = Story(scene, {})
    ((key, before, _, cause, about),) = story.changes(code, **YEAR | {"to": "2020-09-15"})
    assert (key, before, cause, about) == (made, None, f"{name}_started", made)
    ((key, _, after, cause, about),) = story.changes(code, **END)
    assert (key, after, cause, about) == (made, None, f"{name}_ended", made)


def test_a_balance_counts_from_the_day_on_which_it_was_observed(scene: Scene) -> None:
    balance = scene.make("resource_balances", RESOURCE["resource_balances"].example)["id"]
    change = (balance, None, "not_counted", "balance_observed", balance)
    assert Story(scene, {}).changes("resource_sufficiency_share", **YEAR) == [change]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "leader_load: Nothing measures it. Add its line to INDICATORS"),
        (
            {"unit": IndicatorUnit.PERCENT},
            "Its unit is percent. Remove it from COUNTS",
        ),
        ({"unless": "rain"}, "leader_load: The reason rain has no text. Add it to REASONS"),
        ({"looks_at": "clubs"}, "leader_load: The reason looks_at_clubs has no text."),
    ],
)
def test_an_indicator_that_is_told_in_part_does_not_start(said: Any, told: str) -> None:
    code = IndicatorCode.LEADER_LOAD
    others = {each: INDICATORS[each] for each in INDICATORS if each != code}
    with pytest.raises(ValueError, match=told):
        demand_told(others | ({code: INDICATORS[code]._replace(**said)} if said else {}))
