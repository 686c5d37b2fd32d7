"""Annexes of a contract: what its own sides teach, on which days; titles in one pair of quotes."""

from typing import Any

import pytest

from app.words import in_guillemets
from tests.rulings import takes
from tests.scene import Scene
from tests.standing import standing
from tests.test_documents import read, section, texts
from tests.test_network_vectors import Row, network, slot

__all__ = ["network"]


@pytest.fixture
@standing
def course(network: Scene) -> Scene:
    """A curriculum of the bases `$a` and `$b` with `$l`, and a group of each."""
    parts = (("Оптика", "$l", "34"), ("Опыты", "$b", "10"), ("Задачи", "$a", "8"))
    body: Row = {"program_id": "$program", "title": "Физика", "kind": "general", "scope": "part"}
    body |= {"approved_by": "jointly", "start_date": "2020-09-01", "end_date": "2021-12-31"}
    body["parties"] = [
        *({"organization_id": each, "role": "base"} for each in ("$a", "$b")),
        {"organization_id": "$l", "role": "educating"},
    ]
    body["components"] = [
        {"no": no, "title": title, "organization_id": who, "hours": hours}
        for no, (title, who, hours) in enumerate(parts, 1)
    ]
    network.ids["$course"] = network.make("network_curricula", body)["id"]
    for title, host, *homes in (
        ("7 «А»", "$l", "$a"),
        ("7 «Б»", "$l", "$b"),
        ("Новая", "$l"),
        ("Общая", "$b", "$a", "$b"),
    ):
        group(network, title, host, homes)
    return network


def group(scene: Scene, title: str, host: str, homes: Any, **more: Any) -> None:
    body: Row = {"curriculum_id": "$course", "title": title, "kind": "group", "host_id": host}
    body |= {"academic_year": "2020/2021", "start_date": "2020-09-01", "end_date": "2021-05-31"}
    body["learners"] = [{"organization_id": each, "requested": 12, "enrolled": 9} for each in homes]
    body["breaks"] = [{"valid_from": "2020-12-28", "valid_to": "2021-01-10", "reason": "Каникулы"}]
    scene.ids[f"${title}"] = scene.make("network_groups", {**body, **more})["id"]


def lessons(scene: Scene, title: str, starts: str, ends: str, **more: Any) -> None:
    """A slot on Tuesdays of spring."""
    slot(scene, starts, ends, group_id=f"${title}", **more)


def annexes(scene: Scene, base: str) -> tuple[Row, Row]:
    """Both annexes of the contract of a base."""
    paper = read(scene, f"/network-curricula/{scene['$course']}/contract", base=scene[base])
    parts, timetable = (each for each in paper["sections"] if each["annex"])
    return parts, timetable


def cells(annex: Row) -> list[list[Any]]:
    return [row["cells"] for row in annex["rows"]]


def test_a_timetable_says_on_which_days(course: Scene) -> None:
    """Two halves of a year stood below one another as if a group had two lessons at once."""
    autumn = {"valid_from": "2020-09-01", "valid_to": "2020-12-31"}
    lessons(course, "7 «А»", "15:00", "16:30", parity="odd")
    lessons(course, "7 «А»", "14:00", "15:30", **autumn)
    year = {"academic_year": "2021/2022", "start_date": "2021-09-01", "end_date": "2021-12-31"}
    group(course, "7 «А»", "$l", ["$a"], breaks=[], **year)
    lessons(course, "7 «А»", "14:00", "15:30", valid_from="2021-09-01", valid_to="2021-12-31")
    _, timetable = annexes(course, "$a")
    assert [column["title"] for column in timetable["columns"]][3:5] == ["Дни", "Группа"]
    assert [(row[1], row[3]["since"], row[3]["until"]) for row in cells(timetable)] == [
        ("14:00–15:30", "2020-09-01", "2020-12-31"),
        ("15:00–16:30", "2021-02-01", "2021-05-31"),
        ("14:00–15:30", "2021-09-01", "2021-12-31"),
    ]
    assert {row[4] for row in cells(timetable)} == {"7 «А»"}
    assert timetable["note"] == ("Занятий нет: 7 «А»: 28.12.2020\N{NO-BREAK SPACE}– 10.01.2021.")


@pytest.mark.parametrize(
    ("base", "taught", "hours"),
    [("$a", ["Оптика", "Задачи"], "42"), ("$b", ["Оптика", "Опыты"], "44")],
)
def test_the_parts_are_those_of_the_sides(
    course: Scene, base: str, taught: list[str], hours: str
) -> None:
    """The part of another base is no business of this contract, nor of its total."""
    parts, _ = annexes(course, base)
    *rows, total = cells(parts)
    assert [row[1] for row in rows] == taught
    assert total[3] == hours


def test_the_timetable_is_of_the_learners_of_the_base(course: Scene) -> None:
    lessons(course, "7 «А»", "09:00", "09:45", component_no=1)
    lessons(course, "7 «Б»", "10:00", "10:45", component_no=1)
    lessons(course, "Новая", "11:00", "11:45")
    for at, no in enumerate((None, 1, 2, 3), 12):
        there = {"organization_id": "$b", "component_no": no}
        lessons(course, "Общая", f"{at}:00", f"{at}:45", **there)

    def times(base: str) -> list[str]:
        return [row[1][:2] for row in cells(annexes(course, base)[1])]

    assert times("$a") == ["09", "11", "13", "15"]
    assert times("$b") == ["10", "11", "12", "13", "14"]


QUOTED = {
    "Основы": "«Основы»",
    "«Основы»": "«Основы»",
    "«Основы…» (7–9 кл.)": "«„Основы…“ (7–9 кл.)»",
    "Курс «Основы»": "«Курс „Основы“»",
    "«Курс «Основы»": "«Курс „Основы“»",
    "«Курс «Основы»»": "«Курс „Основы“»",
    "«Одно» и «другое»": "«„Одно“ и „другое“»",
    '"Основы"': "«Основы»",
    '"Одно" и "другое"': '«"Одно" и "другое"»',
    "»«": "«“„»",
    "«": "«„»",
}


@pytest.mark.parametrize("title", QUOTED)
def test_a_title_is_quoted_once(title: str) -> None:
    assert in_guillemets(title) == QUOTED[title]


@pytest.mark.parametrize("title", ["«Основы…» (7–9 кл.)", "«Основы»"])
def test_papers_quote_a_title_once(course: Scene, title: str) -> None:
    """Clause 1.1 and section 11 put quotes around quotes; the passport cut one of a pair off."""
    told = QUOTED[title]
    takes(course, "network_curricula", course["$course"], title=title)
    takes(course, "partnerships", course["$partnership"], title=title)
    contract = f"/network-curricula/{course['$course']}/contract"
    paper = read(course, contract, base=course["$a"])
    (first,) = [
        each for part in paper["sections"] for each in part["clauses"] if each["no"] == "1.1"
    ]
    assert f" {told} с использованием" in "".join(filter(None, first["pieces"]))
    path = f"/programs/{course['$program']}"
    gaps = section(read(course, f"{path}/report", as_of="2021-02-28"), "11")
    assert any(text.startswith(f"{told}: в договоре") for text in texts(gaps))
    passport = read(course, f"/partnerships/{course['$partnership']}/passport")
    assert passport["requisites"]["subject"] == told
