"""The vectors of the network: each answer of a program with the numbers that its design names."""

from typing import Any

import pytest

from tests.scene import MERGE, Scene
from tests.standing import standing

Row = dict[str, Any]


def school(scene: Scene, name: str, **category: str) -> str:
    """A school, with a category since the program began."""
    body = {"municipality_id": "$municipality", "kind": "general_school"}
    made = scene.make("organizations", body, full_name=f"МБОУ «{name}»", short_name=name)
    for each in category.values():
        designation = {"organization_id": made["id"], "category": each, "valid_from": "2020-04-17"}
        scene.make("designations", designation)
    return str(made["id"])


@pytest.fixture
@standing
def network(scene: Scene) -> Scene:
    """A program with a supported ШНОР `$a`, a supported ШНСУ `$b`, and `$l`, a leader of both."""
    scene.ids["$a"] = school(scene, "Аксубаевская", category="low_results")
    scene.ids["$b"] = school(scene, "Берёзовская", category="disadvantaged_conditions")
    scene.ids["$l"] = school(scene, "Луговская", category="leader")
    members = [{"organization_id": "$l", "role": "leader"}]
    members += [{"organization_id": each, "role": "supported"} for each in ("$a", "$b")]
    body = {"program_id": "$program", "model": "vertical", "basis": "plan", "status": "active"}
    scene.make("partnerships", body, start_date="2020-09-01", members=members)
    return scene


def ask(scene: Scene, door: str, **said: str) -> Row:
    answer = scene.client.get(f"/programs/{scene['$program']}/{door}", params=said)
    assert answer.status_code == 200, answer.text
    found: Row = answer.json()
    return found


def figure(scene: Scene, code: str, **said: str) -> tuple[Any, ...]:
    """Numerator, denominator, value and status of an indicator."""
    items = ask(scene, "indicators", **said)["items"]
    (item,) = [each for each in items if each["code"] == code]
    return tuple(item[name] for name in ("numerator", "denominator", "value", "value_status"))


def kind(scene: Scene, name: str, title: str) -> None:
    body = {"municipality_id": "$municipality", "kind": "other", "unit": "единица"}
    made = scene.make("resource_types", body, code=name.strip("$"), title=title)
    scene.ids[name] = made["id"]


def has(scene: Scene, who: str, what: str, numbers: str, day: str = "2021-08-31") -> None:
    """A balance: needed/available/offered."""
    needed, available, offered = numbers.split("/")
    scene.make(
        "resource_balances",
        {"organization_id": who, "resource_type_id": what, "observed_on": day}
        | {"needed": needed, "available": available, "offered": offered},
    )


def use(scene: Scene, resource: str, user: str, **more: Any) -> Row:
    """A use of something of the leader's."""
    body = {"program_id": "$program", "resource_id": resource, "provider_id": "$l"}
    body |= {"user_id": user, "basis": "joint_use", "quantity": "2", "status": "active"}
    days = {"start_date": "2021-02-01", "end_date": "2021-05-31"}
    return scene.make("resource_uses", {**body, **days, **more})


# Resources


@pytest.fixture
@standing
def stocked(network: Scene) -> Scene:
    """What the schools need, have and offer in August."""
    for name, title in (("$physics", "Физик"), ("$gym", "Зал"), ("$laptop", "Ноутбук")):
        kind(network, name, title)
    for who, numbers in (("$a", "8/3/0"), ("$b", "4/2/0"), ("$l", "10/12/2")):
        has(network, who, "$physics", numbers)
    for who, numbers in (("$a", "6/6/0"), ("$l", "20/26/6")):
        has(network, who, "$gym", numbers)
    for who, numbers in (("$a", "25/10/0"), ("$b", "8/5/0"), ("$l", "40/55/12")):
        has(network, who, "$laptop", numbers)
    body: Row = {"organization_id": "$l", "resource_type_id": "$laptop", "title": "Ноутбуки"}
    body |= {"right": "operational_management", "valid_from": "2020-09-01", "exclusive": False}
    network.ids["$laptops"] = network.make("shared_resources", body)["id"]
    use(network, "$laptops", "$b", quantity="3", end_date="2021-12-31")
    return network


AUGUST = {"as_of": "2021-08-31"}


@pytest.mark.shared_out
def test_resources_are_short_and_the_network_offers(stocked: Scene) -> None:
    assert figure(stocked, "resource_sufficiency_share", **AUGUST) == (4, 8, "50.00", "ok")
    assert figure(stocked, "need_coverage_share", **AUGUST) == (1, 4, "25.00", "ok")
    body = ask(stocked, "resources", **AUGUST)
    names = {stocked[each]: each for each in ("$a", "$b", "$l")}
    said = {
        (names[each["organization"]["id"]], each["resource_type"]["code"]): each
        for each in body["items"]
    }
    short = {place: row["short"] for place, row in said.items() if row["short"] != "0"}
    assert short == {
        ("$a", "physics"): "5",
        ("$b", "physics"): "2",
        ("$a", "laptop"): "15",
        ("$b", "laptop"): "3",
    }
    lent = said["$b", "laptop"]
    assert (lent["provided"], lent["open"]) == ("3", "0")
    assert {place: row["free"] for place, row in said.items() if place[0] == "$l"} == {
        ("$l", "physics"): "2",
        ("$l", "gym"): "6",
        ("$l", "laptop"): "9",
    }
    offers = [
        (
            *(names[each[side]["id"]] for side in ("provider", "user")),
            each["resource_type"]["code"],
            each["quantity"],
        )
        for each in body["proposals"]
    ]
    assert offers == [("$l", "$a", "laptop", "9"), ("$l", "$a", "physics", "2")]
    still = {place: int(row["open"]) for place, row in said.items() if row["open"] != "0"}
    for _, user, what, quantity in offers:
        still[user, what] -= int(quantity)
    assert still == {("$a", "laptop"): 6, ("$a", "physics"): 3, ("$b", "physics"): 2}


@pytest.mark.long
@pytest.mark.shared_out
def test_a_balance_counts_for_a_year(stocked: Scene) -> None:
    stocked.make("resource_balances", OLD | {"observed_on": "2020-08-30", "needed": "1"})
    code = "resource_sufficiency_share"
    assert figure(stocked, code, as_of="2021-08-30") == (0, 1, "0.00", "ok")
    (row,) = ask(stocked, "resources", as_of="2021-08-30")["items"]
    assert (row["stale"], row["short"], row["open"]) == (False, "1", "1")
    items = ask(stocked, "indicators", as_of="2021-08-31")["items"]
    (item,) = [each for each in items if each["code"] == code]
    assert (item["denominator"], item["excluded_count"]) == (8, 1)
    explained = ask(stocked, f"indicators/{code}/explain", as_of="2021-08-31", outcome="excluded")
    assert [each["reason"] for each in explained["items"]] == ["stale"]
    rows = ask(stocked, "resources", as_of="2021-08-31")["items"]
    (stale,) = [each for each in rows if each["stale"]]
    assert (stale["needed"], stale["short"], stale["open"], stale["free"]) == ("1", *[None] * 3)


OLD = {"organization_id": "$b", "resource_type_id": "$gym", "available": "0", "offered": "0"}

# Finance


@pytest.fixture
@standing
def funded(network: Scene) -> Scene:
    """The money of 2021."""
    for entry, day, amount, fund in (
        ("plan", "2021-01-01", "120000.00", "municipal_budget"),
        ("change", "2021-03-01", "-20000.00", "municipal_budget"),
        ("payment", "2021-03-15", "45000.00", "municipal_budget"),
        ("payment", "2021-09-10", "30000.50", "municipal_budget"),
        ("plan", "2021-01-01", "50000.00", "regional_budget"),
        ("payment", "2021-12-20", "50000.00", "regional_budget"),
        ("plan", "2021-01-01", "10000.00", "own_income"),
    ):
        body = {"program_id": "$program", "entry": entry, "entry_date": day, "year": 2021}
        body |= {"amount": amount, "fund": fund, "recipient_id": "$l", "title": "На программу"}
        network.make("funding_entries", body)
    return network


SUMS = ("planned", "approved", "paid", "rest", "execution")


@pytest.mark.parametrize(
    ("day", "sums"),
    [
        ("2021-10-31", ("180000.00", "160000.00", "75000.50", "84999.50", "46.88")),
        ("2021-12-31", ("180000.00", "160000.00", "125000.50", "34999.50", "78.13")),
    ],
)
@pytest.mark.shared_out
def test_money_is_planned_changed_and_paid(funded: Scene, day: str, sums: tuple[str, ...]) -> None:
    body = ask(funded, "finance", as_of=day)
    assert tuple(body["total"][name] for name in SUMS) == sums
    for part in ("funds", "activities", "recipients", "years"):
        whole = sum(round(float(each["paid"]) * 100) for each in body[part])
        assert whole == round(float(body["total"]["paid"]) * 100)
    funds = {each["key"]: each["approved"] for each in body["funds"]}
    assert funds == {
        "municipal_budget": "100000.00",
        "regional_budget": "50000.00",
        "own_income": "10000.00",
    }
    assert [each["key"] for each in body["years"]] == ["2021"]


@pytest.mark.shared_out
def test_nothing_approved_has_no_execution(network: Scene) -> None:
    body: Row = {"program_id": "$program", "entry": "payment", "entry_date": "2021-03-01"}
    body |= {"year": 2021, "amount": "5.00", "fund": "donations", "recipient_id": "$l"}
    network.make("funding_entries", body, title="Без плана")
    total = ask(network, "finance", as_of="2021-12-31")["total"]
    assert tuple(total[name] for name in SUMS) == ("0.00", "0.00", "5.00", "-5.00", None)


# Time


@pytest.fixture
@standing
def hall(network: Scene) -> Scene:
    """The leader's hall on Tuesdays: used by A with a break, by B, and by a group of odd weeks."""
    kind(network, "$gym", "Зал")
    body = {"organization_id": "$l", "resource_type_id": "$gym", "title": "Большой зал"}
    body |= {"right": "operational_management", "valid_from": "2020-09-01"}
    network.ids["$hall"] = network.make("shared_resources", body)["id"]
    pause = {"valid_from": "2021-03-22", "valid_to": "2021-03-28"}
    network.ids["$use_a"] = use(network, "$hall", "$a", breaks=[pause])["id"]
    network.ids["$use_b"] = use(network, "$hall", "$b")["id"]
    group(network)
    slot(network, "15:00", "15:45", group_id="$class", resource_id="$hall", parity="odd")
    slot(network, "14:00", "15:30", use_id="$use_a")
    slot(network, "15:30", "17:00", use_id="$use_b")
    return network


def group(scene: Scene, **more: Any) -> None:
    """A curriculum of A and the leader, with a group at the leader's."""
    contract = {"organization_id": "$a", "role": "base", "act_id": scene["$contract"]}
    taught = {"organization_id": "$l", "role": "educating"}
    component = {"no": 1, "title": "Оптика", "organization_id": "$l", "hours": "34"}
    body: Row = {"program_id": "$program", "title": "Физика", "kind": "general", "scope": "part"}
    body |= {"approved_by": "jointly", "start_date": "2020-09-01", "end_date": "2021-08-31"}
    body |= {"parties": [contract, taught], "components": [component]}
    scene.ids["$physics_course"] = scene.make("network_curricula", body, **more)["id"]
    learners = [{"organization_id": "$a", "requested": 12, "enrolled": 9}]
    body = {"curriculum_id": "$physics_course", "title": "10 физический", "kind": "group"}
    body |= {"academic_year": "2020/2021", "host_id": "$l", "learners": learners}
    made = scene.make("network_groups", body, start_date="2020-09-01", end_date="2021-05-31")
    scene.ids["$class"] = made["id"]


def slot(scene: Scene, starts: str, ends: str, **more: Any) -> Row:
    body = {"organization_id": "$l", "weekday": 2, "starts": starts, "ends": ends}
    days = {"valid_from": "2021-02-01", "valid_to": "2021-05-31"}
    return scene.make("schedule_slots", {**body, **days, **more})


@pytest.mark.long
@pytest.mark.shared_out
def test_a_hall_is_taken_twice(hall: Scene) -> None:
    body = ask(hall, "property", as_of="2021-02-28")
    said = {each["id"]: each for each in body["items"]}
    first, second = said[hall["$use_a"]], said[hall["$use_b"]]
    assert (first["hours"], second["hours"]) == ("24.00", "25.50")
    assert (first["minutes_a_week"], second["minutes_a_week"]) == (90, 90)
    for each, dates, minutes, day in (
        (first, 9, 270, "2021-02-02"),
        (second, 9, 135, "2021-02-02"),
    ):
        (conflict,) = each["conflicts"]
        assert conflict == {
            "with": {"id": hall["$class"], "name": "10 физический"},
            "first_date": day,
            "dates": dates,
            "minutes": minutes,
        }
    assert figure(hall, "conflicted_resources", as_of="2021-01-31")[::2] == (1, "1")
    (course,) = ask(hall, "curricula", as_of="2021-05-31")["items"]
    hours = {each["organization"]["id"]: each["scheduled"] for each in course["parties"]}
    assert hours[hall["$l"]] == "6.75"


@pytest.mark.shared_out
def test_a_hall_for_many_has_no_conflict(hall: Scene) -> None:
    path = f"/shared-resources/{hall['$hall']}"
    headers = {"Content-Type": MERGE, "If-Match": "*"}
    answer = hall.client.patch(path, json={"exclusive": False}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert figure(hall, "conflicted_resources", as_of="2021-01-31")[::2] == (0, "0")
    items = ask(hall, "property", as_of="2021-02-28")["items"]
    assert [each["conflicts"] for each in items] == [[], []]


@pytest.mark.long
@pytest.mark.shared_out
def test_a_break_and_parity_leave_a_slot_out_of_its_week(hall: Scene) -> None:
    def held(week: str) -> list[tuple[str, str, int]]:
        body = ask(hall, "timetable", week=week, as_of="2020-12-31")
        items = body["items"]
        return [(each["date"], each["starts"], len(each["conflicts"])) for each in items]

    tuesday = "2021-02-02"
    odd = [(tuesday, "14:00", 1), (tuesday, "15:00", 2), (tuesday, "15:30", 1)]
    assert held("2021-02-07") == odd
    assert held("2021-02-09") == [("2021-02-09", "14:00", 0), ("2021-02-09", "15:30", 0)]
    # Week 30 is even; A has a break in it.
    assert held("2021-03-23") == [("2021-03-23", "15:30", 0)]
    assert held("2021-01-26") == []


@pytest.mark.long
@pytest.mark.shared_out
def test_weeks_before_the_period_and_after_the_program_are_empty(hall: Scene) -> None:
    use(hall, "$hall", "$b", start_date="2021-06-01", end_date="2022-03-31")
    long = use(hall, "$hall", "$a", start_date="2021-09-01", end_date="2022-03-31")
    days = {"valid_from": "2021-09-01", "valid_to": "2022-03-31"}
    slot(hall, "08:00", "09:00", use_id=long["id"], **days)
    assert len(ask(hall, "timetable", week="2021-12-28", as_of="2021-09-01")["items"]) == 1
    assert ask(hall, "timetable", week="2022-01-11", as_of="2021-09-01")["items"] == []
    since = {"as_of": "2021-12-01", "period_start": "2021-11-01"}
    assert ask(hall, "timetable", week="2021-10-05", **since)["items"] == []


# Results


@pytest.mark.long
@pytest.mark.shared_out
def test_results_are_confirmed_by_their_criteria(hall: Scene) -> None:
    """The program of the scene has one cell, 1.municipal; a criterion that holds confirms it."""
    criterion = {"program_id": "$program", "row": 1, "level": "municipal", "kind": "indicator"}
    hall.make("result_criteria", criterion, indicator_code="plan_completion_share", threshold="50")
    day = {"as_of": "2020-12-31"}
    assert state(hall, **day) == "unmeasured"
    hall.make("result_criteria", criterion, indicator_code="org_involvement_share", threshold="100")
    assert state(hall, **day) == "partly"
    assert hall["$activity"]
    made = hall.client.post(f"/programs/{hall['$program']}/events/generate", json={}).json()
    assert made["created"] == 2
    for event in hall.client.get("/events", params={"activity_id": hall["$activity"]}).json()[
        "items"
    ]:
        done = {"status": "completed", "completed_on": event["window_start"]}
        headers = {"Content-Type": MERGE, "If-Match": "*"}
        answer = hall.client.patch(f"/events/{event['id']}", json=done, headers=headers)
        assert answer.status_code == 200, answer.text
    assert state(hall, **day) == "confirmed"
    assert figure(hall, "result_confirmation_share", **day) == (1, 1, "100.00", "ok")
    explained = ask(hall, "indicators/result_confirmation_share/explain", **day)["items"]
    assert [(each["type"], each["id"]) for each in explained] == [("results", "1.municipal")]
    document = {**criterion, "kind": "document", "act_id": "$agreement"}
    hall.make("result_criteria", document)
    assert state(hall, as_of="2020-08-19") == "unconfirmed"
    assert state(hall, **day) == "confirmed"


def state(scene: Scene, **said: str) -> str:
    (row,) = ask(scene, "results", **said)["items"]
    return str(row["state"])


# Contract


@pytest.mark.long
@pytest.mark.shared_out
def test_every_base_needs_its_contract(network: Scene) -> None:
    group(network, learners_min=10, learners_max=15)
    code, day = "contract_coverage_share", {"as_of": "2020-12-31"}
    assert figure(network, code, **day) == (1, 1, "100.00", "ok")
    assert figure(network, code, as_of="2020-08-20")[1] == 0
    path = f"/network-curricula/{network['$physics_course']}"
    body = network.client.get(path).json()
    second = {"organization_id": network["$b"], "role": "base"}
    headers = {"Content-Type": MERGE, "If-Match": "*"}
    parties = {"parties": [*body["parties"], second]}
    assert network.client.patch(path, json=parties, headers=headers).status_code == 200
    assert figure(network, code, **day) == (0, 1, "0.00", "ok")
    (course,) = ask(network, "curricula", **day)["items"]
    acts = [each for each in course["contract"] if each["field"] == "act_id"]
    assert [each["state"] for each in acts] == ["filled", "missing"]
    assert [each["clause"] for each in course["contract"] if not each["organization"]] == [
        *("1.1", "1.2", "1.3", "2.2", "2.3", "2.4", "2.7", "2.8–2.9", "3.1")
    ]
    assert (course["requested"], course["enrolled"]) == (12, 9)
    (said,) = network.client.get(f"/network-groups/{network['$class']}").json()["learners"]
    learners = {"learners": [said | {"requested": 13}]}
    address = f"/network-groups/{network['$class']}"
    answer = network.client.patch(address, json=learners, headers=headers).json()
    assert "outside_contract_number" in [each["code"] for each in answer["warnings"]]
    assert figure(network, "network_learners", **day)[::2] == (9, "9")


# Quality


@pytest.fixture
@standing
def marked(network: Scene) -> Scene:
    """Marks 2/3/4/5 in mathematics of grade 9 in autumn and in spring."""
    network.ids["$autumn"] = work(network, "2020-10-20")
    network.ids["$spring"] = work(network, "2021-05-20")
    for event, stage, who, marks in (
        ("$autumn", "baseline", "$a", "4/4/2/0"),
        ("$autumn", "baseline", "$l", "2/18/20/10"),
        ("$spring", "final", "$a", "1/5/3/1"),
        ("$spring", "final", "$l", "1/17/22/10"),
        ("$spring", "final", "$b", "1/1/1/0"),
    ):
        result(network, event, who, marks, stage=stage)
    return network


def work(scene: Scene, day: str) -> str:
    """A common assessment, completed on a day."""
    body = {"activity_id": "$activity", "title": f"Работа {day}", "form": "common_assessment"}
    body |= {"window_start": day, "window_end": day, "status": "completed", "completed_on": day}
    return str(scene.make("events", body)["id"])


def result(scene: Scene, event: str, who: str, marks: str, **more: Any) -> Row:
    names = ("mark_2", "mark_3", "mark_4", "mark_5")
    numbers = dict(zip(names, map(int, marks.split("/")), strict=True))
    body = {"event_id": event, "organization_id": who, "subject": "Математика", "grade": 9}
    body |= {"stage": "final", "listed": sum(numbers.values()), **numbers}
    return scene.make("assessment_results", body, **more)


@pytest.mark.shared_out
def test_a_gap_closes(marked: Scene) -> None:
    body = ask(marked, "quality", as_of="2021-06-30")
    names = {marked[each]: each for each in ("$a", "$b", "$l")}
    said = {
        (names[each["organization"]["id"]], each["stage"]): (
            *(each[name] for name in ("n", "quality", "success", "mean")),
            each["role"],
        )
        for each in body["items"]
    }
    assert said == {
        ("$a", "baseline"): (10, "20.00", "60.00", "2.80", "supported"),
        ("$l", "baseline"): (50, "60.00", "96.00", "3.76", "leader"),
        ("$a", "final"): (10, "40.00", "90.00", "3.40", "supported"),
        ("$l", "final"): (50, "64.00", "98.00", "3.82", "leader"),
        ("$b", "final"): (3, "33.33", "66.67", "3.00", "supported"),
    }
    (pair,) = [each for each in body["pairs"] if each["supported"]["id"] == marked["$a"]]
    assert [pair[name] for name in ("baseline_gap", "final_gap", "closed")] == [
        *("40.00", "24.00", "16.00")
    ]
    totals = {each["stage"]: (each["n"], each["organizations"]) for each in body["totals"]}
    assert totals == {"baseline": (60, 2), "final": (60, 2)}
    small = [each for each in body["items"] if "small_group" in each["flags"]]
    assert [each["organization"]["id"] for each in small] == [marked["$b"]]


# An empty program


@pytest.mark.long
@pytest.mark.shared_out
def test_an_empty_program_says_so(scene: Scene) -> None:
    day = {"as_of": "2020-12-31"}
    for code in (
        "resource_sufficiency_share",
        "need_coverage_share",
        "property_documented_share",
        "contract_coverage_share",
    ):
        assert figure(scene, code, **day) == (0, 0, None, "no_population")
    for code in ("conflicted_resources", "network_learners"):
        assert figure(scene, code, **day) == (0, None, "0", "ok")
    for door in DOORS:
        status = ask(scene, door, **day)["value_status"]
        assert status == ("ok" if door == "results" else "no_data")


DOORS = (
    "resources",
    "curricula",
    "timetable",
    "finance",
    "property",
    "quality",
    "results",
    "initiatives",
)
