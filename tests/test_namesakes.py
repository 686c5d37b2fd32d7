"""Namesakes: what has the name of another is another, on every paper that goes by names."""

import re
from typing import Any

import pytest

from app.access.roles import Role
from tests.holders import issue
from tests.scene import Scene, Service
from tests.test_documents import read, section
from tests.test_network_vectors import has, kind, network, school
from tests.visitor import visitor

__all__ = ["network"]

DAY = {"as_of": "2021-08-31"}


@pytest.fixture
def namesakes(network: Scene) -> Scene:
    """The network with `$other`, a school that has the name of `$a`."""
    network.ids["$other"] = school(network, "Аксубаевская", category="low_results")
    return network


def lacking(scene: Scene) -> Any:
    """Section 4: what is lacking."""
    return section(read(scene, f"/programs/{scene['$program']}/report", **DAY), "4")


def test_two_types_of_one_title_have_a_heading_each(network: Scene) -> None:
    """A school stood twice below one heading, with two needs that nobody could tell apart."""
    for name, numbers in (("$lab", "4/1/0"), ("$lab_of_robots", "8/2/0")):
        kind(network, name, "Лаборатория")
        has(network, "$a", name, numbers)
        has(network, "$b", name, numbers)
    kinds = [row["kind"] for row in lacking(network)["rows"]]
    assert kinds == ["heading", "row", "row"] * 2


def test_a_note_names_both(namesakes: Scene) -> None:
    kind(namesakes, "$lab", "Лаборатория")
    for who in ("$a", "$other"):
        has(namesakes, who, "$lab", "4/1/0", day="2020-08-01")
    note = lacking(namesakes)["note"]
    assert note.endswith("не учтены: Аксубаевская, Аксубаевская.")
    paper = read(namesakes, f"/programs/{namesakes['$program']}/report", **DAY)
    (gap,) = [row["cells"][1] for row in section(paper, "11")["rows"] if row["cells"][0] == "3"]
    assert gap.count("Аксубаевская") == 2


def test_both_are_asked_for_their_reports(service: Service, namesakes: Scene) -> None:
    """The list for a letter had one of them, and counted one."""
    members = [{"organization_id": "$l", "role": "leader"}]
    members += [{"organization_id": "$other", "role": "supported"}]
    body = {"program_id": "$program", "model": "vertical", "basis": "plan", "status": "active"}
    namesakes.make("partnerships", body, start_date="2020-09-01", members=members)
    key = issue(service.database, Role.COORDINATOR, municipality_id=namesakes["$municipality"])
    page = visitor(service.client, key).get(f"/programs/{namesakes['$program']}/monitoring").text
    (silent,) = re.findall(r"Список не сдавших.*?<p>(.*?)</p>", page)
    assert silent.split("; ").count("Аксубаевская") == 2


def test_a_list_keeps_the_people_of_an_organization_together(namesakes: Scene) -> None:
    """Those of two schools with one name stood mixed, in the order of surnames."""
    for who, surname in (("$a", "Абакова"), ("$other", "Бабаева"), ("$a", "Вагапова")):
        body = {"municipality_id": "$municipality", "last_name": surname, "first_name": "Анна"}
        namesakes.ids["$person"] = namesakes.make("teachers", body)["id"]
        body = {"teacher_id": "$person", "event_id": "$event", "organization_id": who}
        body |= {"role": "attendee", "status": "attended", "participated_on": "2020-10-15"}
        namesakes.make("participations", body)
    paper = read(namesakes, f"/events/{namesakes['$event']}/attendance-list")
    named = [row["cells"][1][:1] for row in paper["sections"][0]["rows"] if row["cells"][1]]
    assert "".join(named) in {"АВБ", "БАВ"}
