"""The door of the ways to a target: what it tells is done over the API, and the target is met."""

from collections.abc import Callable
from typing import Any

import pytest

from app.access.roles import Role
from app.registry.program_parts import IndicatorCode
from tests.holders import Holder, issue
from tests.scene import MERGE, Scene, Service, is_russian, problem
from tests.test_network_doors import from_xlsx
from tests.test_network_vectors import Row, has, kind, network, school, use

pytestmark = pytest.mark.shared_out

__all__ = ["network"]

DAY = "2021-05-31"
SHARE = "org_involvement_share"


def aim(scene: Scene, code: str, value: str) -> None:
    """Give the program one target."""
    targets = [{"code": code, "value": value}]
    change(scene, f"/programs/{scene['$program']}", targets=targets)


def change(scene: Scene, path: str, **columns: Any) -> None:
    headers = {"Content-Type": MERGE, "If-Match": "*"}
    answer = scene.client.patch(path, json=columns, headers=headers)
    assert answer.status_code == 200, answer.text


def ask(scene: Scene, code: str, by: Any = None, **said: str) -> Any:
    path = f"/programs/{scene['$program']}/indicators/{code}/ways"
    return (by or scene.client).get(path, params={"as_of": DAY, **said})


def told(scene: Scene, code: str, by: Any = None, **said: str) -> Row:
    answer = ask(scene, code, by, **said)
    assert answer.status_code == 200, answer.text
    found: Row = answer.json()
    return found


def do(scene: Scene, way: Row) -> None:
    """What a way says, as a coordinator enters it."""
    key, beside = way["id"], [each["id"] for each in way["with"]]
    supported = {"organization_id": key, "role": "supported"}
    leader = {"organization_id": beside[0], "role": "leader"} if beside else {}
    new = {"program_id": "$program", "model": "vertical", "basis": "plan", "status": "active"}
    deeds: dict[str, Callable[[], Any]] = {
        "sign_partnership": lambda: change(scene, f"/partnerships/{key}", status="active"),
        "resume_partnership": lambda: change(
            scene,
            f"/partnerships/{key}",
            suspensions=[{"valid_from": "2020-10-01", "valid_to": "2020-12-31"}],
        ),
        "designate_leader": lambda: scene.make(
            "designations", {"organization_id": key, "category": "leader", "valid_from": DAY}
        ),
        "make_partnership": lambda: scene.make(
            "partnerships", new, start_date=DAY, members=[leader, supported]
        ),
        "cover_teachers": lambda: attend(scene, key, way["adds"]),
        "complete_window": lambda: change(
            scene, f"/events/{key}", status="completed", completed_on=DAY
        ),
        "fill_need": lambda: change(scene, f"/resource-balances/{key}", available="8"),
        "add_documents": lambda: change(
            scene, f"/resource-uses/{key}", act_id=agreement(scene, "соглашение")
        ),
        "accept_report": lambda: accept(scene, key),
    }
    deeds[way["action"]]()


def agreement(scene: Scene, title: str) -> str:
    body = {"municipality_id": "$municipality", "kind": "agreement", "number": "3"}
    body |= {"issuer_id": "$authority"}
    return str(scene.make("legal_acts", body, act_date="2021-01-11", title=title)["id"])


def attend(scene: Scene, where: str, number: int) -> None:
    """So many teachers of an organization attend who did not yet."""
    went = scene.client.get("/participations", params={"organization_id": where}).json()["items"]
    jobs = scene.client.get("/employments", params={"organization_id": where}).json()["items"]
    away = {each["teacher_id"] for each in jobs} - {each["teacher_id"] for each in went}
    for teacher in sorted(away)[:number]:
        body = {"teacher_id": teacher, "event_id": "$event", "organization_id": where}
        body |= {"role": "attendee", "status": "attended", "participated_on": "2020-10-15"}
        scene.make("participations", body)


def accept(scene: Scene, where: str) -> None:
    said = {"organization_id": where, "state": "submitted"}
    (record,) = scene.client.get("/monitoring-records", params=said).json()["items"]
    change(scene, f"/monitoring-records/{record['id']}", state="accepted")


def walk(scene: Scene, code: str) -> list[str]:
    """Do everything that is told, and see the target met; the actions, in their order."""
    before = told(scene, code)
    assert before["gap"] > 0
    assert before["reaches"] is True
    for way in before["ways"]:
        assert is_russian(way["action_text"])
        assert is_russian(way["why_text"])
        do(scene, way)
    after = told(scene, code)
    assert (after["gap"], after["ways"], after["reaches"]) == (0, [], True)
    answer = scene.client.get(f"/programs/{scene['$program']}/indicators", params={"as_of": DAY})
    (item,) = [each for each in answer.json()["items"] if each["code"] == code]
    assert item["target_status"] == "met"
    assert answer.json()["state_version"] == after["state_version"] > before["state_version"]
    return [way["action"] for way in before["ways"]]


def the_partnership(scene: Scene) -> str:
    said = {"program_id": scene["$program"]}
    (row,) = scene.client.get("/partnerships", params=said).json()["items"]
    return f"/partnerships/{row['id']}"


def test_a_draft_is_signed_before_a_new_partnership_is_made(network: Scene) -> None:
    change(network, the_partnership(network), status="draft")
    aim(network, SHARE, "100")
    school(network, "Заречная")
    (signed, made) = told(network, SHARE)["ways"]
    assert (signed["type"], signed["adds"]) == ("partnerships", 2)
    brings = {each["name"] for each in signed["brings"]}
    assert brings == {"Аксубаевская", "Берёзовская"}
    assert (made["name"], made["why"]) == ("Заречная", "no_partnership")
    assert [(each["name"], each["load"]) for each in made["with"]] == [("Луговская", 2)]
    assert walk(network, SHARE) == ["sign_partnership", "make_partnership"]


@pytest.mark.long
def test_a_suspension_ends_and_a_leader_is_designated(network: Scene) -> None:
    change(network, the_partnership(network), suspensions=[{"valid_from": "2020-10-01"}])
    leads = {"organization_id": network["$l"], "category": "leader"}
    (leading,) = network.client.get("/designations", params=leads).json()["items"]
    ended = {"valid_to": "2020-12-31", "exit_reason": "other"}
    change(network, f"/designations/{leading['id']}", **ended)
    aim(network, "org_involvement_share_priority", "100")
    steps = walk(network, "org_involvement_share_priority")
    assert steps == ["designate_leader", "resume_partnership"]


@pytest.mark.long
def test_leaders_are_named_by_what_they_do_already(network: Scene) -> None:
    aim(network, SHARE, "100")
    for name in ("Верхняя", "Нижняя", "Средняя"):
        school(network, name)
    school(network, "Новая", category="leader")
    found = told(network, SHARE)["ways"]
    told_with = [[(each["name"], each["load"]) for each in way["with"]] for way in found]
    assert told_with == [
        [("Новая", 0), ("Луговская", 2)],
        [("Новая", 1), ("Луговская", 2)],
        [("Луговская", 2), ("Новая", 2)],
    ]
    assert walk(network, SHARE) == ["make_partnership"] * 3


@pytest.mark.long
def test_teachers_are_covered_where_most_of_them_are(network: Scene) -> None:
    for number in range(5):
        where = "$a" if number < 3 else "$b"
        body = {"municipality_id": "$municipality", "first_name": "Вера"}
        name = ("Скрытная", "Тайная", "Неявная", "Безвестная", "Негласная")[number]
        teacher = network.make("teachers", body, last_name=name)["id"]
        job = {"teacher_id": teacher, "organization_id": where, "position": "учитель"}
        job |= {"position_group": "teaching", "is_main_job": True, "valid_from": "2020-09-01"}
        network.make("employments", job)
    aim(network, "teacher_coverage_share", "80")
    answer = ask(network, "teacher_coverage_share")
    found = [(way["name"], way["adds"]) for way in answer.json()["ways"]]
    assert found == [("Аксубаевская", 3), ("Берёзовская", 1)]
    assert "Скрытная" not in answer.text
    assert "Вера" not in answer.text
    assert walk(network, "teacher_coverage_share") == ["cover_teachers"] * 2


@pytest.mark.long
def test_windows_papers_and_needs_are_named_one_by_one(network: Scene) -> None:
    kind(network, "$physics", "Физик")
    has(network, "$a", "$physics", "8/3/0", day="2021-05-01")
    aim(network, "resource_sufficiency_share", "100")
    assert "не хватает 5" in told(network, "resource_sufficiency_share")["ways"][0]["name"]
    assert walk(network, "resource_sufficiency_share") == ["fill_need"]
    body: Row = {"organization_id": "$l", "resource_type_id": "$physics", "title": "Кабинет"}
    body |= {"right": "operational_management", "valid_from": "2020-09-01", "exclusive": False}
    network.ids["$room"] = network.make("shared_resources", body)["id"]
    use(network, "$room", "$a")
    aim(network, "property_documented_share", "100")
    assert told(network, "property_documented_share")["ways"][0]["why"] == "basis_missing"
    assert walk(network, "property_documented_share") == ["add_documents"]


@pytest.mark.long
def test_only_who_reads_a_report_learns_that_it_waits(network: Scene, service: Service) -> None:
    school_itself = Holder(
        service.client,
        issue(service.database, Role.ORG, owner="Завуч", organization_id=network["$a"]),
    )
    body = {"program_id": "$program", "measure_id": "$measure", "organization_id": "$a"}
    days = {"period_start": "2020-09-01", "period_end": DAY, "observed_on": DAY}
    sent = {name: network[value] for name, value in body.items()} | days
    made = school_itself.post("/monitoring-records", json=sent | {"value_number": "57"})
    path = f"/monitoring-records/{made.json()['id']}"
    headers = {"Content-Type": MERGE, "If-Match": "*"}
    submitted = {"state": "submitted"}
    answer = school_itself.request("PATCH", path, json=submitted, headers=headers)
    assert answer.status_code == 200, answer.text
    code = "monitoring_completeness_share"
    aim(network, code, "30")
    (mine,) = told(network, code)["ways"]
    assert (mine["name"], mine["action"]) == ("Аксубаевская", "accept_report")
    own = network["$municipality"]
    keys = {
        Role.READER: {"municipality_id": own},
        Role.ORG: {"organization_id": network["$b"]},
    }
    for role, scope in keys.items():
        holder = Holder(service.client, issue(service.database, role, **scope))
        theirs = told(network, code, holder)
        assert {way["action"] for way in theirs["ways"]} == {"ask_for_report"}
        assert theirs["gap"] == 1
    (waiting,) = told(network, code, school_itself)["ways"]
    assert waiting["action"] == "accept_report"
    assert walk(network, code) == ["accept_report"]


@pytest.mark.long
def test_an_indicator_without_a_target_has_no_way(network: Scene) -> None:
    for code in IndicatorCode:
        found = told(network, code)
        nothing = (found["target"], found["gap"], found["ways"], found["reaches"])
        assert nothing == (None, None, [], None)


def test_a_day_outside_the_program_has_no_way(network: Scene) -> None:
    aim(network, SHARE, "100")
    found = told(network, SHARE, as_of="2019-01-01")
    assert (found["gap"], found["ways"], found["reaches"]) == (None, [], None)
    assert found["value_status"] == "outside_program_period"
    assert found["target"] == {"operator": "gte", "value": "100"}


def test_a_target_out_of_reach_says_how_far_one_gets(network: Scene) -> None:
    aim(network, "social_partner_count", "2")
    club = {"municipality_id": "$municipality", "kind": "culture"}
    network.make("organizations", club, full_name="Клуб", short_name="Клуб")
    found = told(network, "social_partner_count")
    assert (found["gap"], found["reaches"]) == (2, False)
    (way,) = found["ways"]
    assert (way["name"], way["action"], way["adds"]) == ("Клуб", "add_social_partner", 1)


def test_what_is_not_there_is_not_found(network: Scene) -> None:
    problem(ask(network, "luck"), 404)
    problem(ask(network, SHARE, period_end="2021-06-01"), 422, "period_after_day")
    problem(ask(network, SHARE, limit="2"), 422, "unknown_parameter")


def test_an_answer_is_known_by_its_etag_and_changes_nothing(network: Scene) -> None:
    aim(network, SHARE, "100")
    first = ask(network, SHARE)
    headers = {"If-None-Match": first.headers["etag"]}
    path = f"/programs/{network['$program']}/indicators/{SHARE}/ways"
    again = network.client.get(path, params={"as_of": DAY}, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert ask(network, SHARE).content == first.content
    school(network, "Заречная")
    assert ask(network, SHARE).headers["etag"] != first.headers["etag"]


def test_ways_are_a_table_too(network: Scene) -> None:
    aim(network, SHARE, "100")
    school(network, "Заречная")
    path = f"/programs/{network['$program']}/indicators/{SHARE}/ways"
    file = network.client.get(path, params={"as_of": DAY}, headers={"Accept": "text/csv"})
    head, line, end = file.content.decode("utf-8-sig").split("\r\n")
    assert head == "№;Что сделать;Где;С кем или с чем;Прибавится;Что ещё;Почему"
    assert line.startswith("1;заключить партнёрство с лидером;Заречная;Луговская (2);1;;")
    assert end == ""
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file = network.client.get(path, params={"as_of": DAY}, headers={"Accept": sheet})
    assert file.headers["content-type"] == sheet
    _, row = from_xlsx(file.content)
    assert row[:3] == [1, "заключить партнёрство с лидером", "Заречная"]


def test_ways_are_told_in_english_too(network: Scene) -> None:
    aim(network, SHARE, "100")
    school(network, "Заречная")
    path = f"/programs/{network['$program']}/indicators/{SHARE}/ways"
    answer = network.client.get(path, params={"as_of": DAY}, headers={"Accept-Language": "en"})
    (way,) = answer.json()["ways"]
    assert way["action_text"] == "make a partnership with a leader"
    assert way["why_text"] == "no partnership with a leader on the day"
