"""The pages of an organization, a partnership and the monitoring say and do what the API does."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.access.roles import Role
from app.indicators.ways.actions import WayAction
from app.model.record import new_id
from app.pages.steps import FORMS, step_of
from app.registry.program_parts import IndicatorCode
from app.settings import Settings
from app.store.query import LIMIT
from tests.holders import issue
from tests.scene import MERGE, RECIPES, Scene, Service
from tests.test_pages_data import Form
from tests.visitor import Visitor, hidden, visitor

pytestmark = pytest.mark.shared_out

DAY = "2020-10-16"
PERIOD = {"period_start": "2020-09-01", "period_end": "2020-12-31"}
ASKED = "2020-09-01..2020-12-31"


@pytest.fixture
def coordinator(service: Service, scene: Scene) -> Visitor:
    """The coordinator of the scene, signed in."""
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    return visitor(service.client, key)


@pytest.fixture
def school(service: Service, scene: Scene) -> Visitor:
    """The school of the scene, signed in."""
    key = issue(service.database, Role.ORG, "Школа", organization_id=scene["$school"])
    return visitor(service.client, key)


def report(scene: Scene, **more: Any) -> dict[str, Any]:
    """A report of the school, begun and not sent."""
    body = {"program_id": "$program", "measure_id": "$measure", "organization_id": "$school"}
    body |= {**PERIOD, "observed_on": "2020-12-25", "value_number": "57.5", "state": "draft"}
    return scene.make("monitoring_records", {**body, **more})


def stored(scene: Scene, collection: str, key: str) -> dict[str, Any]:
    answer: dict[str, Any] = scene.client.get(f"/{collection}/{key}").json()
    return answer


def plain(page: str) -> str:
    """The text of a page as people read it."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\xa0", " ").split())


def test_a_school_begins_with_itself(school: Visitor, scene: Scene) -> None:
    scene["$program"]
    address = f"/organizations/{scene['$school']}"
    assert school.get("/").headers["location"] == address
    assert school.get("/organizations").headers["location"] == address
    page = school.get(address).text
    assert "Что от вас ждут" in page
    assert 'aria-current="page">Моя школа' in page
    assert "Что от вас ждут" not in school.get(f"/organizations/{scene['$leader']}").text


def test_where_an_organization_counts_is_said_as_by_the_api(
    coordinator: Visitor, scene: Scene
) -> None:
    scene["$partnership"]
    program, key = scene["$program"], scene["$school"]
    told = scene.client.get(
        f"/programs/{program}/explain", params={"organization_id": key, "as_of": DAY}
    )
    assert told.status_code == 200, told.text
    page = coordinator.get(f"/organizations/{key}?as_of={DAY}").text
    for item in told.json()["items"]:
        assert item["reason_text"] in plain(page), item


@pytest.mark.long
def test_what_is_open_stands_among_the_tasks(school: Visitor, scene: Scene) -> None:
    made = report(scene)
    held = {"kind": "held", "window_start": DAY, "window_end": DAY, "completed_on": DAY}
    held |= {"activity_id": "$activity", "title": "Наш семинар", "status": "completed"}
    event = scene.make("events", {**held, "host_id": "$school"})["id"]
    page = school.get(f"/organizations/{scene['$school']}?as_of={DAY}").text
    assert f"/monitoring-records/{made['id']}/decision" in page
    assert f"/events/new?event_id={event}" in page
    assert "просрочено на 46 дней" in plain(page)
    scene.make(
        "resource_balances",
        {
            "organization_id": "$school",
            "resource_type_id": "$resource_type",
            "observed_on": "2020-08-25",
            "needed": "4",
            "available": "2.5",
            "offered": "0",
        },
    )
    people = {"teacher_id": "$teacher", "event_id": event, "organization_id": "$school"}
    people |= {"role": "attendee", "status": "attended", "participated_on": DAY}
    scene.make("participations", people)
    page = school.get(f"/organizations/{scene['$school']}?as_of={DAY}").text
    assert "Внести ресурсы" not in page
    assert "Приложить список" not in page


@pytest.mark.parametrize(
    ("start", "end", "day", "told"),
    [
        ("2020-09-01", "2021-12-31", "2020-11-30", None),
        ("2020-09-01", "2021-12-31", "2021-06-30", None),
        ("2020-09-01", "2021-12-31", "2021-07-01", "до 31.08.2021 не сдано"),
        ("2020-08-20", "2021-12-31", "2020-08-20", "до 31.08.2020 не сдано"),
        ("2020-08-31", "2021-12-31", "2020-09-10", "до 31.08.2020 просрочено на 10 дней"),
        ("2020-04-17", "2020-08-10", "2020-08-10", "до 10.08.2020 не сдано"),
    ],
)
def test_nothing_is_due_on_days_on_which_no_program_ran(
    school: Visitor, scene: Scene, start: str, end: str, day: str, told: str | None
) -> None:
    key = scene["$program"]
    answer = scene.client.patch(
        f"/programs/{key}",
        json={"start_date": start, "end_date": end},
        headers={"If-Match": "*", "Content-Type": MERGE},
    )
    assert answer.status_code == 200, answer.text
    page = plain(school.get(f"/organizations/{scene['$school']}?as_of={day}").text)
    assert ("Внести ресурсы" in page) is (told is not None)
    assert (told or "") in page


@pytest.mark.long
def test_a_report_is_sent_returned_sent_again_and_accepted(
    school: Visitor, coordinator: Visitor, scene: Scene
) -> None:
    made = report(scene)
    address = f"/monitoring-records/{made['id']}/decision"
    page = school.get(address).text
    sent = {**Form(page).fields, "submit": "1", "value_number": "58,25"}
    assert school.post(address, sent).headers["location"] == f"/organizations/{scene['$school']}"
    now = stored(scene, "monitoring-records", made["id"])
    assert (now["state"], now["value_number"]) == ("submitted", "58.25")

    listed = coordinator.get(f"/programs/{scene['$program']}/monitoring?period={ASKED}").text
    assert "Ждут вашего решения: 1" in listed
    back = {**Form(coordinator.get(address).text).fields, "return": "1", "reason": ""}
    refused = coordinator.post(address, back)
    assert refused.status_code == 422
    assert "Напишите, что исправить" in refused.text
    coordinator.post(address, {**back, "reason": "Уточните значение"})
    assert stored(scene, "monitoring-records", made["id"])["state"] == "returned"

    mine = school.get(f"/organizations/{scene['$school']}?as_of=2020-12-31").text
    assert "Координатор: «Уточните значение»" in mine
    again = {**Form(school.get(address).text).fields, "submit": "1"}
    assert school.post(address, again).status_code == 303

    listed = coordinator.get(f"/programs/{scene['$program']}/monitoring?period={ASKED}").text
    row = listed.partition(f'action="{address}"')[2].partition("</form>")[0]
    taken = coordinator.post(address, {**hidden(row), "accept": "1"})
    assert taken.headers["location"].endswith(f"/monitoring?period={ASKED}")
    assert stored(scene, "monitoring-records", made["id"])["state"] == "accepted"
    assert "Отчёт принят" in coordinator.get(taken.headers["location"]).text


def test_the_page_of_a_report_leads_to_its_next_step(
    school: Visitor, coordinator: Visitor, scene: Scene
) -> None:
    made = report(scene)
    own, step = (f"{page}/monitoring-records/{made['id']}" for page in ("/data", ""))
    words = "Отправить координатору", "Открыть отчёт", "Принять или вернуть"

    def offered(visitor: Visitor) -> list[str]:
        page = visitor.get(own).text
        return [each for each in words if f'href="{step}/decision">{each}</a>' in page]

    assert (offered(school), offered(coordinator)) == ([words[0]], [words[1]])
    sent = {**Form(school.get(f"{step}/decision").text).fields, "submit": "1"}
    school.post(f"{step}/decision", sent)
    assert (offered(school), offered(coordinator)) == ([], [words[2]])
    taken = {**Form(coordinator.get(f"{step}/decision").text).fields, "accept": "1"}
    coordinator.post(f"{step}/decision", taken)
    assert (offered(school), offered(coordinator)) == ([], [])


def test_the_page_of_a_planned_event_leads_to_its_mark(
    coordinator: Visitor, school: Visitor, scene: Scene
) -> None:
    event = scene["$event"]
    link = f'href="/events/{event}/done">Отметить выполнение</a>'
    assert link in coordinator.get(f"/data/events/{event}").text
    assert link not in school.get(f"/data/events/{event}").text
    fields = Form(coordinator.get(f"/events/{event}/done").text).fields
    marked = coordinator.post(f"/events/{event}/done", {**fields, "completed_on": DAY})
    assert marked.status_code == 303, marked.text
    assert link not in coordinator.get(f"/data/events/{event}").text


@pytest.mark.long
def test_an_old_version_of_a_report_is_not_accepted_unseen(
    school: Visitor, coordinator: Visitor, scene: Scene
) -> None:
    made = report(scene)
    address = f"/monitoring-records/{made['id']}/decision"
    school.post(address, {**Form(school.get(address).text).fields, "submit": "1"})
    fields = Form(coordinator.get(address).text).fields
    other = {**Form(coordinator.get(address).text).fields, "return": "1", "reason": "Нет"}
    coordinator.post(address, other)
    answer = coordinator.post(address, {**fields, "accept": "1"})
    assert answer.status_code in {409, 412, 422}
    assert stored(scene, "monitoring-records", made["id"])["state"] == "returned"


@pytest.mark.long
def test_a_report_that_came_back_is_a_task_however_many_there_are(
    school: Visitor, coordinator: Visitor, scene: Scene
) -> None:
    for day in range(1, LIMIT + 2):
        first = date(2020, 5, 1) + timedelta(days=day)
        report(scene, period_start=str(first), period_end=str(first), observed_on=str(first))
    address = f"/monitoring-records/{report(scene)['id']}/decision"
    school.post(address, {**Form(school.get(address).text).fields, "submit": "1"})
    fields = Form(coordinator.get(address).text).fields
    coordinator.post(address, {**fields, "return": "1", "reason": "Исправьте число"})
    page = school.get(f"/organizations/{scene['$school']}?as_of={DAY}").text
    assert f'href="{address}"' in page
    assert "Координатор: «Исправьте число»" in page


def test_the_partnership_of_a_unit_stands_on_its_page_and_on_its_schools(
    coordinator: Visitor, scene: Scene
) -> None:
    whole = {"municipality_id": "$municipality", "kind": "general_school"}
    named = {"full_name": "Филиал «Лесной»", "short_name": "Филиал «Лесной»"}
    unit = scene.make("organizations", whole | named, parent_id=scene["$school"])["id"]
    before = coordinator.get(f"/organizations/{unit}").text
    assert "Ни категорий, ни партнёрств нет" in before
    members = [
        {"organization_id": "$leader", "role": "leader"},
        {"organization_id": unit, "role": "supported"},
    ]
    made = scene.make("partnerships", {**RECIPES["$partnership"], "members": members})
    for page, told in (
        (unit, "засчитывается основной организации"),
        (scene["$school"], "участвует подразделение: Филиал «Лесной»"),
    ):
        text = coordinator.get(f"/organizations/{page}").text
        assert f"/partnerships/{made['id']}" in text
        assert told in text


@pytest.mark.long
def test_what_waits_for_a_unit_is_a_task_of_its_school(service: Service, scene: Scene) -> None:
    unit = scene.make(
        "organizations", RECIPES["$school"], short_name="Филиал", parent_id=scene["$school"]
    )["id"]
    made = report(scene, organization_id=unit)
    held = {"kind": "held", "window_start": DAY, "window_end": DAY, "completed_on": DAY}
    held |= {"activity_id": "$activity", "title": "Семинар филиала", "status": "completed"}
    event = scene.make("events", {**held, "host_id": unit})["id"]
    elsewhere = report(scene, organization_id=scene["$leader"])
    key = issue(service.database, Role.ORG, "Школа", organization_id=scene["$school"])
    page = visitor(service.client, key).get(f"/organizations/{scene['$school']}?as_of={DAY}").text
    assert f"/monitoring-records/{made['id']}/decision" in page
    assert "Отправить отчёт: Средний балл, Филиал, 01.09.2020–31.12.2020" in page
    assert f"/events/new?event_id={event}" in page
    assert elsewhere["id"] not in page


def test_who_reported_is_said_as_by_the_api(coordinator: Visitor, scene: Scene) -> None:
    scene.lay(["$leader", "$school"])
    report(scene)
    program = scene["$program"]
    told = scene.client.get(f"/programs/{program}/monitoring", params=PERIOD).json()
    page = plain(coordinator.get(f"/programs/{program}/monitoring?period={ASKED}").text)
    part, whole = (told["completeness"][name] for name in ("numerator", "denominator"))
    assert f"Принят отчёт у {part} из {whole} " in page
    for item in told["items"]:
        assert item["name"] in page
    assert f"Не сдали, {sum(not each['records'] for each in told['items'])}" in page


def test_a_school_sees_its_own_reports_alone(school: Visitor, scene: Scene) -> None:
    scene["$leader"]
    report(scene)
    page = plain(school.get(f"/programs/{scene['$program']}/monitoring?period={ASKED}").text)
    assert "Сельская СОШ" in page
    assert "Ресурсная СОШ" not in page
    assert "Ждут вашего решения" not in page


def test_a_school_that_has_reported_is_offered_the_next_report(
    service: Service, school: Visitor, scene: Scene
) -> None:
    report(scene)
    address = f"/programs/{scene['$program']}/monitoring?period={ASKED}"
    link = re.search('<a href="([^"]+)">Внести отчёт</a>', school.get(address).text)
    assert link
    form = school.get(link[1].replace("&amp;", "&"))
    assert form.status_code == 200
    assert "Сельская СОШ" in form.text
    reader = issue(service.database, Role.READER, municipality_id=scene["$municipality"])
    assert "Внести отчёт" not in visitor(service.client, reader).get(address).text


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "over"])
def test_every_period_that_is_offered_is_shown(
    coordinator: Visitor, scene: Scene, *, is_running: bool
) -> None:
    """Also one that has not begun yet, or begins after the program."""
    today = datetime.now(Settings().zone).date()
    first, last = today + timedelta(days=100), today + timedelta(days=200)
    days = {"start_date": "2020-04-17", "end_date": str(last if is_running else DAY)}
    program = {"municipality_id": "$municipality", "title": "Другая программа", **days}
    scene.ids["$program"] = scene.make("programs", {**RECIPES["$program"], **program})["id"]
    made = report(scene, period_start=str(first), period_end=str(last))
    report(scene)
    address = f"/programs/{scene['$program']}/monitoring"
    periods = re.findall(r'<option value="([^"]+)"', coordinator.get(address).text)
    assert {*periods} >= {f"{first}..{last}", ASKED}
    for period in periods:
        answer = coordinator.get(f"{address}?period={period}")
        assert answer.status_code == 200, answer.text
        assert f'<option value="{period}"' in answer.text
        is_there = f"/monitoring-records/{made['id']}/decision" in answer.text
        assert is_there == (is_running and period != ASKED)


@pytest.mark.parametrize("query", ["period=2020", "period=2020-12-31..2020-01-01", "state=odd"])
def test_a_period_that_is_none_is_refused(coordinator: Visitor, scene: Scene, query: str) -> None:
    answer = coordinator.get(f"/programs/{scene['$program']}/monitoring?{query}")
    assert answer.status_code == 422


def test_what_a_draft_would_change_is_what_it_changes(coordinator: Visitor, scene: Scene) -> None:
    days = {"organization_id": "$school", "category": "low_results", "valid_from": "2020-05-01"}
    scene.make("designations", days)
    members = [
        {"organization_id": "$leader", "role": "leader"},
        {"organization_id": "$school", "role": "supported"},
    ]
    made = scene.make(
        "partnerships",
        {
            "program_id": "$program",
            "model": "vertical",
            "basis": "plan",
            "status": "draft",
            "start_date": "2020-09-01",
            "members": members,
        },
    )
    page = plain(coordinator.get(f"/partnerships/{made['id']}?as_of={DAY}").text)
    would = re.search(r"Доля ШНОР и ШНСУ, [^:]+: станет (\d+) из (\d+)", page)
    assert would
    scene.client.patch(
        f"/partnerships/{made['id']}",
        json={"status": "active"},
        headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
    )
    items = scene.client.get(
        f"/programs/{scene['$program']}/indicators", params={"as_of": DAY}
    ).json()["items"]
    code = IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY
    now = next(each for each in items if each["code"] == code)
    assert (int(would[1]), int(would[2])) == (now["numerator"], now["denominator"])
    after = coordinator.get(f"/partnerships/{made['id']}?as_of={DAY}").text
    assert "Если партнёрство начнёт действовать" not in after
    assert "Ресурсная СОШ – Сельская СОШ" in after


@pytest.mark.long
def test_a_way_leads_to_a_form_that_makes_it_true(coordinator: Visitor, scene: Scene) -> None:
    scene["$leader"]
    days = {"organization_id": "$school", "category": "low_results", "valid_from": "2020-05-01"}
    scene.make("designations", days)
    program = scene["$program"]
    target = {"code": "org_involvement_share_priority", "value": "100"}
    current = stored(scene, "programs", program)
    changed = scene.client.patch(
        f"/programs/{program}",
        json={"targets": [*(current.get("targets") or []), target]},
        headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
    )
    assert changed.status_code == 200, changed.text
    path = f"/programs/{program}/indicators/org_involvement_share_priority/ways?as_of={DAY}"
    page = coordinator.get(path).text
    address = re.search(r'href="(/data/partnerships/new\?[^"]+)"', page)
    assert address, plain(page)
    form = coordinator.get(address[1].replace("&amp;", "&"))
    assert form.status_code == 200
    fields = Form(form.text).fields
    assert fields["members.0.organization_id"] == ["Ресурсная СОШ"]
    assert fields["members.1.organization_id"] == ["Сельская СОШ"]
    made = coordinator.post(address[1].replace("&amp;", "&"), fields)
    assert made.status_code == 303, plain(made.text)
    after = plain(coordinator.get(path).text)
    assert "Цель достигнута" in after


@pytest.mark.one_database
def test_every_action_has_a_form_or_none_is_meant() -> None:
    without = {WayAction.MEET_CRITERIA, WayAction.NAME_CRITERION}
    assert {*WayAction} - FORMS.keys() == without


@pytest.mark.one_database
@pytest.mark.parametrize("action", [*WayAction])
def test_whoever_may_not_write_is_offered_no_form(action: WayAction) -> None:
    class Nobody:
        def may(self, *_: object) -> bool:
            return False

        def form(self, *_: object) -> str:
            return ""

        def at(self, address: str, _: object) -> str:
            return address

    way: Any = {"action": action, "id": str(new_id()), "with": [], "type": "organizations"}
    step = step_of(Nobody(), str(new_id()), DAY, way)  # type: ignore[arg-type]
    assert step.address == "" or step.address.endswith("/monitoring")


@pytest.mark.parametrize("host", ["$school", "$leader", None])
def test_a_school_is_offered_to_change_only_what_is_its_own(
    school: Visitor, coordinator: Visitor, scene: Scene, host: str | None
) -> None:
    held = {"kind": "held", "window_start": DAY, "window_end": DAY, "status": "planned"}
    held |= {"activity_id": "$activity", "title": "Семинар"} | ({"host_id": host} if host else {})
    record = f"/data/events/{scene.make('events', held)['id']}"
    forms = [f"{record}/edit", f"{record}/delete", f"{record.removeprefix('/data')}/done"]
    is_own = host == "$school"
    assert (f'href="{forms[0]}"' in school.get(record).text) == is_own
    assert [school.get(form).status_code for form in forms] == [200 if is_own else 403] * 3
    if not is_own:
        assert "Это делает координатор" in plain(school.get(forms[0]).text)
    assert [coordinator.get(form).status_code for form in forms] == [200] * 3


@pytest.mark.long
def test_a_school_is_not_offered_to_mark_the_districts_plan(
    school: Visitor, coordinator: Visitor, scene: Scene
) -> None:
    program = f"/programs/{scene['$program']}"
    # Other tests have windows of other programs.
    ours = {"kind": "plan_window", "activity_id": scene["$activity"]}
    scene.client.post(f"{program}/events/generate", json={})
    event = scene.client.get("/events", params=ours).json()["items"][0]["id"]
    for is_own in (False, True):
        if is_own:
            body, headers = {"host_id": scene["$school"]}, {"If-Match": "*", "Content-Type": MERGE}
            changed = scene.client.patch(f"/events/{event}", json=body, headers=headers)
            assert changed.is_success, changed.text
        page = school.get(f"{program}/plan").text
        assert (f"/events/{event}/done" in page) == is_own
        assert f"/events/{event}/done" in coordinator.get(f"{program}/plan").text


def test_a_system_is_not_offered_to_mark_what_others_hold(service: Service, scene: Scene) -> None:
    program, _ = f"/programs/{scene['$program']}", scene["$activity"]
    scene.client.post(f"{program}/events/generate", json={})
    key = issue(service.database, Role.SYNC, municipality_id=scene["$municipality"], source="asu")
    page = plain(visitor(service.client, key).get(f"{program}/plan").text)
    assert "просрочено" in page
    assert "Отметить" not in page
    assert "Изменить" not in page


@pytest.mark.parametrize(
    "text", ["10000²", "①②③④⑤", "1.10", "89274567890", "-12345", "12345.", "Да"], ids=ascii
)
def test_a_text_is_shown_as_it_was_reported(coordinator: Visitor, scene: Scene, text: str) -> None:
    measure = scene.make("measures", {**RECIPES["$measure"], "code": "said", "value_kind": "text"})
    report(scene, measure_id=measure["id"], value_number=None, value_text=text)
    answer = coordinator.get(f"/programs/{scene['$program']}/monitoring?period={ASKED}")
    assert answer.status_code == 200
    assert f'data-l="Значение">{text}</td>' in answer.text


TODAY = date.today()  # noqa: DTZ011 - the service counts in its zone; no program here ends today


def program(scene: Scene, first: int, last: int) -> str:
    """A program that begins and ends so many days from today."""
    days = {"start_date": TODAY + timedelta(first), "end_date": TODAY + timedelta(last)}
    told = {name: day.isoformat() for name, day in days.items()}
    title = f"Программа с {told['start_date']}"
    body = {"municipality_id": "$municipality", "title": title, **told}
    return str(scene.make("programs", body)["id"])


def sends(scene: Scene, key: str) -> str:
    """The address of a report in a program that the school has begun."""
    period = {"period_start": TODAY - timedelta(9), "period_end": TODAY - timedelta(5)}
    days = {name: day.isoformat() for name, day in period.items()}
    made = report(scene, program_id=key, **days, observed_on=days["period_end"])
    return f"/monitoring-records/{made['id']}/decision"


def test_a_program_of_next_year_hides_none_that_runs(
    coordinator: Visitor, school: Visitor, scene: Scene
) -> None:
    address = f"/organizations/{scene['$school']}"
    begun = scene["$program"]
    ahead = program(scene, 400, 500)
    assert coordinator.get("/").headers["location"] == f"/programs/{begun}"
    runs = program(scene, -100, 300)
    program(scene, 350, 500)
    open_task = sends(scene, runs)
    assert coordinator.get("/").headers["location"] == f"/programs/{runs}"
    page = school.get(address).text
    assert open_task in page
    assert f'href="/programs/{runs}/plan"' in page
    assert ahead not in page
    form = coordinator.get("/data/activities/upload").text
    assert f'value="Программа с {TODAY - timedelta(100)}"' in form


@pytest.mark.long
def test_tasks_are_those_of_all_programs_that_run(school: Visitor, scene: Scene) -> None:
    runs = [program(scene, first, 300) for first in (-100, -10)]
    tasks = [sends(scene, key) for key in runs]
    ended = sends(scene, program(scene, -100, -3))
    page = school.get(f"/organizations/{scene['$school']}").text
    assert all(address in page for address in tasks)
    assert ended not in page
    assert f'href="/programs/{runs[1]}/plan"' in page


def test_before_the_first_program_begins_the_next_one_is_shown(
    coordinator: Visitor, scene: Scene
) -> None:
    program(scene, 400, 500)
    nearer = program(scene, 300, 350)
    assert coordinator.get("/").headers["location"] == f"/programs/{nearer}"


@pytest.mark.parametrize(("name", "shown"), [("host_id", 20), ("partnership_id", 50)])
def test_events_that_are_not_all_lead_to_all(
    scene: Scene, coordinator: Visitor, name: str, shown: int
) -> None:
    """The page listed the last ones, and nothing said that there are more."""
    owner = {"host_id": "$school", "partnership_id": "$partnership"}[name]
    place = {"host_id": "organizations", "partnership_id": "partnerships"}[name]
    body = {"activity_id": "$activity"} if name == "host_id" else {}
    body |= {name: owner, "window_start": DAY, "window_end": DAY, "status": "planned"}
    page = f"/{place}/{scene.fill(owner)}"
    for number in range(shown):
        scene.make("events", {**body, "title": f"Семинар {number}"})
    assert "Все мероприятия" not in coordinator.get(page).text
    scene.make("events", {**body, "title": "Ещё семинар"})
    text = coordinator.get(page).text
    assert f"Показаны последние {shown}" in text
    link = re.search(r'href="([^"]+)">Все мероприятия', text)
    assert link
    found = coordinator.get(link[1].replace("&amp;", "&"))
    assert f"Найдено {shown + 1}" in found.text


def test_a_kind_of_resource_that_is_not_told_of_for_long_stays_in_sight(
    scene: Scene, coordinator: Visitor
) -> None:
    """The page knew the last fifty balances alone."""
    old, new = (
        scene.make(
            "resource_types",
            {"municipality_id": "$municipality", "title": title, "code": title}
            | {"kind": "facility", "unit": "час"},
        )["id"]
        for title in ("Лаборатория", "Мастерская")
    )
    body = {"organization_id": "$school", "needed": "3", "available": "1", "offered": "0"}
    first = date(2019, 1, 1)
    scene.make(
        "resource_balances", {**body, "resource_type_id": old, "observed_on": first.isoformat()}
    )
    for number in range(1, 52):
        day = (first + timedelta(number)).isoformat()
        scene.make("resource_balances", {**body, "resource_type_id": new, "observed_on": day})
    page = coordinator.get(f"/organizations/{scene.fill('$school')}").text
    assert "Мастерская" in page
    assert "Лаборатория" in page
