"""Order of names: papers and pages list names as lists of records do, in the order of letters."""

import re
from typing import Any

import pytest

from app.access.roles import Role
from tests.holders import issue
from tests.scene import Scene, Service
from tests.standing import standing
from tests.test_documents import read, section
from tests.test_network_vectors import has, kind, result, school, work
from tests.visitor import visitor

NAMES = ("абвская", "Ёлкинская", "Жуковская", "Яшьлек", "Әтнинская")
"""In the order of letters; by their codes they would stand Ё, Ж, Я, а, Ә."""
DAY = {"as_of": "2021-06-30"}


@pytest.fixture
@standing
def named(scene: Scene) -> Scene:
    """A leader and schools that lack a thing and have written a work."""
    scene.ids["$lead"] = school(scene, "Школа-лидер", category="leader")
    for name in reversed(NAMES):
        scene.ids[f"${name}"] = school(scene, name, category="low_results")
    members = [{"organization_id": "$lead", "role": "leader"}]
    members += [{"organization_id": f"${each}", "role": "supported"} for each in NAMES]
    body = {"program_id": "$program", "model": "vertical", "basis": "plan", "status": "active"}
    scene.make("partnerships", body, start_date="2020-09-01", members=members)
    kind(scene, "$thing", "Прибор")
    scene.ids["$work"] = work(scene, "2021-05-20")
    for name in NAMES:
        has(scene, f"${name}", "$thing", "4/1/0", day="2021-05-01")
        result(scene, "$work", f"${name}", "4/4/2/0")
    return scene


def listed(rows: list[Any]) -> list[Any]:
    return [row["cells"][0] for row in rows if row["cells"][0] in NAMES]


def test_a_report_lists_organizations_in_the_order_of_letters(named: Scene) -> None:
    paper = read(named, f"/programs/{named['$program']}/report", **DAY)
    for no in "146":
        assert tuple(listed(section(paper, no)["rows"])) == NAMES, no
    (gap,) = [row["cells"][1] for row in section(paper, "11")["rows"] if row["cells"][0] == "3"]
    assert tuple(name for name in re.split("[:,] ", gap) if name in NAMES) == NAMES


@pytest.mark.parametrize("door", ["resources", "monitoring"])
def test_answers_list_them_so(named: Scene, door: str) -> None:
    path = f"/programs/{named['$program']}/{door}"
    items = named.client.get(path, params=DAY).json()["items"]
    names = [(each.get("organization") or each)["name"] for each in items]
    assert tuple(name for name in names if name in NAMES) == NAMES


@pytest.mark.parametrize("page", ["quality", "network"])
def test_pages_list_them_so(service: Service, named: Scene, page: str) -> None:
    key = issue(service.database, Role.COORDINATOR, municipality_id=named["$municipality"])
    path = f"/programs/{named['$program']}/{page}?as_of={DAY['as_of']}"
    text = visitor(service.client, key).get(path).text
    found = dict.fromkeys(re.findall("|".join(NAMES), text.partition("<tbody>")[2]))
    assert tuple(found) == NAMES


def test_people_find_their_line(scene: Scene) -> None:
    surnames = ("Абрамова", "Ёжикова", "Семёнова", "Семина", "Яковлева", "Әхмәтова")
    for surname in reversed(surnames):
        body = {"municipality_id": "$municipality", "last_name": surname, "first_name": "Анна"}
        scene.ids["$person"] = scene.make("teachers", body)["id"]
        body = {"teacher_id": "$person", "event_id": "$event", "organization_id": "$school"}
        body |= {"role": "attendee", "status": "attended", "participated_on": "2020-10-15"}
        scene.make("participations", body)
    paper = read(scene, f"/events/{scene['$event']}/attendance-list")
    rows = [row["cells"][1] for row in paper["sections"][0]["rows"]]
    assert [name.split()[0] for name in rows if name] == [*surnames]
