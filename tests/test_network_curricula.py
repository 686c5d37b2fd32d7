"""Network curricula and groups: parties, contracts, places of study and numbers of learners."""

from typing import Any

import pytest

from tests.rulings import Case, changed, keeps, refused, report_of, takes, told, warned, warnings_of
from tests.scene import RESOURCE, Scene, problem
from tests.standing import standing

pytestmark = pytest.mark.shared_out

BASE = {"organization_id": "$school", "role": "base", "act_id": "$contract"}
EDUCATING = {"organization_id": "$leader", "role": "educating", "licence_no": "16/1"}
OWNER = {"organization_id": "$authority", "role": "resource_owner"}
COMPONENT = {"no": 1, "title": "Оптика", "organization_id": "$leader", "hours": "34"}
HOME = {"organization_id": "$school", "requested": 14, "enrolled": 12}


@pytest.fixture
@standing
def study(scene: Scene) -> Scene:
    """A scene with a unit of the leader, a second base, and a contract too late."""
    school = {"municipality_id": "$municipality", "kind": "general_school"}
    unit = school | {"parent_id": "$leader", "full_name": "Филиал", "short_name": "Филиал"}
    scene.ids["$unit"] = scene.make("organizations", unit)["id"]
    second = school | {"full_name": "Вторая СОШ", "short_name": "Вторая СОШ"}
    scene.ids["$second"] = scene.make("organizations", second)["id"]
    late = told("legal_acts", {"kind": "network_form_contract", "act_date": "2020-10-01"})
    scene.ids["$late"] = scene.make("legal_acts", late)["id"]
    return scene


def with_parties(*parties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"parties": [*parties], "components": [], **more}


REFUSED: list[Case] = [
    ("network_curricula", with_parties(), "no_base", "/parties"),
    ("network_curricula", with_parties(EDUCATING), "no_base", "/parties"),
    (
        "network_curricula",
        with_parties(BASE, EDUCATING, OWNER | {"organization_id": "$leader"}),
        "party_twice",
        "/parties/2/organization_id",
    ),
    (
        "network_curricula",
        with_parties(BASE, EDUCATING | {"organization_id": "$authority"}),
        "not_a_school",
        "/parties/1/role",
    ),
    (
        "network_curricula",
        with_parties(BASE | {"organization_id": "$authority"}, EDUCATING),
        "not_a_school",
        "/parties/0/role",
    ),
    (
        "network_curricula",
        with_parties(BASE | {"act_id": "$act"}, EDUCATING),
        "wrong_act",
        "/parties/0/act_id",
    ),
    (
        "network_curricula",
        with_parties(BASE, BASE | {"organization_id": "$second"}, EDUCATING),
        "contract_of_another_base",
        "/parties/1/act_id",
    ),
    (
        "network_curricula",
        with_parties(BASE, OWNER, components=[COMPONENT | {"organization_id": "$authority"}]),
        "not_a_teaching_party",
        "/components/0/organization_id",
    ),
    (
        "network_curricula",
        with_parties(BASE, OWNER, components=[COMPONENT]),
        "not_a_teaching_party",
        "/components/0/organization_id",
    ),
    (
        "network_curricula",
        {"components": [COMPONENT, COMPONENT | {"title": "Механика"}]},
        "component_twice",
        "/components/1/no",
    ),
    (
        "network_curricula",
        {"components": [COMPONENT | {"hours": "-1"}]},
        "out_of_range",
        "/components/0/hours",
    ),
    ("network_curricula", {"learners_max": 9}, "fewer_than_least", "/learners_max"),
    ("network_curricula", {"approved_by": None}, "not_a_choice", "/approved_by"),
    ("network_curricula", {"end_date": "2020-08-31"}, "ends_before_start", "/end_date"),
    (
        "network_curricula",
        {"start_date": "2022-09-01", "end_date": "2023-05-31"},
        "outside_program",
        "/start_date",
    ),
    ("network_groups", {"academic_year": "2020/2022"}, "not_a_school_year", "/academic_year"),
    ("network_groups", {"academic_year": "2020-2021"}, "not_a_school_year", "/academic_year"),
    ("network_groups", {"host_id": "$authority"}, "host_is_no_party", "/host_id"),
    (
        "network_groups",
        {"learners": [HOME | {"organization_id": "$leader"}]},
        "home_is_no_base",
        "/learners/0/organization_id",
    ),
    ("network_groups", {"learners": [HOME, HOME]}, "home_twice", "/learners/1/organization_id"),
    (
        "network_groups",
        {"learners": [HOME | {"enrolled": -1}]},
        "out_of_range",
        "/learners/0/enrolled",
    ),
    ("network_groups", {"grade_to": 9}, "grades_in_order", "/grade_to"),
    ("network_groups", {"grade_to": 12}, "out_of_range", "/grade_to"),
    ("network_groups", {"start_date": "2020-08-31"}, "outside_curriculum", "/start_date"),
    ("network_groups", {"end_date": "2021-09-01"}, "outside_curriculum", "/end_date"),
    ("network_groups", {"academic_year": "2019/2020"}, "outside_school_year", "/start_date"),
]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_no_contract_says_is_refused(study: Scene, case: Case) -> None:
    if case[2] == "outside_school_year":
        # Both days lie in another school year: each is told.
        body = study.fill(told(case[0], case[1]))
        errors = problem(study.client.post("/network-groups", json=body), 422)["errors"]
        assert [each["pointer"] for each in errors] == ["/start_date", "/end_date"]
        assert {each["code"] for each in errors} == {"outside_school_year"}
        return
    refused(study, case)


WARNED: list[Case] = [
    ("network_curricula", with_parties(BASE), "no_participant", "/parties"),
    (
        "network_curricula",
        with_parties(BASE | {"act_id": None}, EDUCATING),
        "contract_missing",
        "/parties/0/act_id",
    ),
    (
        "network_curricula",
        with_parties(BASE, BASE | {"organization_id": "$second", "act_id": None}, EDUCATING),
        "contract_missing",
        "/parties/1/act_id",
    ),
    (
        "network_curricula",
        with_parties(BASE | {"act_id": "$late"}, EDUCATING),
        "contract_after_start",
        "/parties/0/act_id",
    ),
    (
        "network_curricula",
        with_parties(BASE, EDUCATING | {"licence_no": None}),
        "licence_missing",
        "/parties/1/licence_no",
    ),
    ("network_curricula", {"level": None}, "level_missing", "/level"),
    (
        "network_groups",
        {"learners": [HOME | {"enrolled": 9}]},
        "outside_contract_number",
        "/learners",
    ),
]


@pytest.mark.parametrize("case", WARNED, ids=str)
def test_what_a_contract_lacks_is_told(study: Scene, case: Case) -> None:
    if case[0] == "network_groups":
        bounds = {"learners_min": 10, "learners_max": 15}
        assert takes(study, "network_curricula", study["$curriculum"], **bounds) == []
    warned(study, case)


@pytest.mark.parametrize(
    "changes",
    [
        with_parties(BASE, OWNER),
        with_parties(BASE, BASE | {"organization_id": "$second", "act_id": "$other"}, EDUCATING),
        {"kind": "additional", "level": None},
        {"learners_min": None, "learners_max": None},
        {"start_date": "2020-01-01", "end_date": "2025-12-31"},
    ],
    ids=str,
)
def test_a_whole_curriculum_has_no_warning(study: Scene, changes: dict[str, Any]) -> None:
    other = told("legal_acts", {"kind": "network_form_contract", "act_date": "2019-08-20"})
    study.ids["$other"] = study.make("legal_acts", other)["id"]
    earlier = takes(study, "legal_acts", study["$contract"], act_date="2019-08-20")
    assert (
        earlier == study.make("network_curricula", told("network_curricula", changes))["warnings"]
    )


@pytest.mark.parametrize("collection", ["network_curricula", "initiatives"])
def test_a_partnership_of_another_program_is_refused(scene: Scene, collection: str) -> None:
    other = Scene(scene.client, {"$municipality": scene["$municipality"]})["$partnership"]
    refused(scene, (collection, {"partnership_id": other}, "other_program", "/partnership_id"))


def test_a_partnership_that_ends_before_its_curriculum_is_told(scene: Scene) -> None:
    pair = scene["$partnership"]
    assert takes(scene, "partnerships", pair, end_date="2021-05-30") == []
    case = {"partnership_id": "$partnership"}
    warned(scene, ("network_curricula", case, "partnership_ends_first", "/end_date"))
    assert takes(scene, "partnerships", pair, end_date="2021-05-31") == []
    later = told("network_curricula", case | {"title": "Химия"})
    assert scene.make("network_curricula", later)["warnings"] == []


def test_all_groups_of_a_year_are_counted_together(study: Scene) -> None:
    bounds = {"learners_min": 10, "learners_max": 15}
    assert takes(study, "network_curricula", study["$curriculum"], **bounds) == []
    first = study.make("network_groups", told("network_groups", {}))
    assert first["warnings"] == []
    second = told("network_groups", {"title": "Вторая", "learners": [HOME | {"enrolled": 4}]})
    made = study.make("network_groups", second)
    assert warnings_of(made) == [("outside_contract_number", "/learners")]
    assert "16" in made["warnings"][0]["detail"]
    assert "от 10 до 15" in made["warnings"][0]["detail"]
    fewer = [HOME | {"enrolled": 3}]
    assert takes(study, "network_groups", made["id"], learners=fewer) == []


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"learners_min": 20, "learners_max": None}, "не меньше 20"),
        ({"learners_min": None, "learners_max": 5}, "не больше 5"),
    ],
)
def test_one_bound_is_told_in_words(study: Scene, bounds: dict[str, Any], said: str) -> None:
    assert takes(study, "network_curricula", study["$curriculum"], **bounds) == []
    made = study.make("network_groups", told("network_groups", {}))
    assert said in made["warnings"][0]["detail"]


def test_more_are_enrolled_than_asked(study: Scene) -> None:
    asked = {"learners": [HOME | {"requested": 11}]}
    warned(study, ("network_groups", asked, "enrolled_above_requested", "/learners/0/enrolled"))


def test_a_unit_of_a_party_hosts(study: Scene) -> None:
    group = study.make("network_groups", told("network_groups", {"host_id": "$unit"}))
    assert group["warnings"] == []
    without = with_parties(BASE, OWNER | {"organization_id": "$leader"})
    answer = changed(study, "network_curricula", study["$curriculum"], **without)
    (error,) = problem(answer, 422, "party_in_use", "/parties")["errors"]
    assert "«Филиал»" in error["detail"]


@pytest.mark.parametrize(
    ("collection", "changes"),
    [
        ("network_curricula", {"title": "УГЛУБЛЁННАЯ  ФИЗИКА", "focus": None}),
        ("network_groups", {"title": "физика, 10-11", "learners": []}),
    ],
)
def test_a_name_is_taken_once(scene: Scene, collection: str, changes: dict[str, Any]) -> None:
    scene.make(collection, told(collection, {}))
    again = scene.fill(told(collection, changes))
    problem(scene.client.post(f"/{RESOURCE[collection].path}", json=again), 409)


def test_a_curriculum_keeps_the_parties_of_its_groups(study: Scene) -> None:
    study.make("network_groups", told("network_groups", {}))
    curriculum = study["$curriculum"]
    for parties in (
        [BASE],
        [BASE, EDUCATING | {"role": "resource_owner"}],
        [EDUCATING, BASE | {"organization_id": "$second"}],
    ):
        changes = {"parties": parties, "components": []}
        answer = changed(study, "network_curricula", curriculum, **changes)
        problem(answer, 422, "party_in_use", "/parties")
    more = [BASE, EDUCATING | {"role": "base", "act_id": None}]
    warnings = takes(study, "network_curricula", curriculum, parties=more)
    assert ("contract_missing", "/parties/1/act_id") in warnings


def test_a_curriculum_keeps_the_days_of_its_groups(study: Scene) -> None:
    study.make("network_groups", told("network_groups", {}))
    curriculum = study["$curriculum"]
    last = keeps(study, "network_curricula", curriculum, "days_in_use", end_date="2021-05-30")
    assert "группы: 1, с 01.09.2020 по 31.05.2021" in last
    keeps(study, "network_curricula", curriculum, "days_in_use", start_date="2020-09-02")
    assert takes(study, "network_curricula", curriculum, end_date="2021-05-31") == []


def test_a_curriculum_keeps_the_components_of_its_slots(study: Scene) -> None:
    study.make("schedule_slots", told("schedule_slots", {}))
    curriculum = study["$curriculum"]
    for components in ([], [COMPONENT | {"no": 2}]):
        keeps(study, "network_curricula", curriculum, "component_in_use", components=components)
    again = [COMPONENT | {"title": "Волны", "hours": "17.5"}]
    assert takes(study, "network_curricula", curriculum, components=again) == []


def test_a_group_keeps_its_slots(study: Scene) -> None:
    study.make("schedule_slots", told("schedule_slots", {}))
    group = study["$group"]
    last = keeps(study, "network_groups", group, "days_in_use", end_date="2020-12-30")
    assert "занятия в расписании: 1" in last
    keeps(study, "network_groups", group, "days_in_use", start_date="2020-09-02")
    keeps(study, "network_groups", group, "keeper_in_use", host_id="$school")
    assert takes(study, "network_groups", group, end_date="2020-12-31") == []


def test_two_groups_of_one_name_in_one_list(study: Scene) -> None:
    curriculum, leader = study["$curriculum"], study["$leader"]
    heading = (
        "Сетевая программа;Название;Класс или группа;Учебный год;Место обучения;Первый день;"
        "Последний день"
    )
    row = f"{curriculum};Физика;группа;2020/2021;{leader};01.09.2020;%s"
    report = report_of(study, "network_groups", heading, row % "31.05.2021", row % "30.05.2021")
    assert (report["stats"]["created"], report["stats"]["duplicate"]) == (1, 1), report
