"""Coming programs: papers that are made before a program begins say what is known already."""

from typing import Any

import pytest

from app.documents.formats import FORMATS
from tests.scene import Scene
from tests.test_documents import read, section, texts
from tests.test_network_vectors import Row, network

__all__ = ["network"]

COMING = {"start_date": "2090-01-11", "end_date": "2090-12-31"}
BEFORE, FIRST, LATER = {"as_of": "2089-11-30"}, {"as_of": "2090-01-11"}, {"as_of": "2091-02-01"}
STANDS_STILL = "В этот день программа не действовала."


@pytest.fixture
def coming(network: Scene) -> Scene:
    """A program of the next century with a row of the plan, a partnership and a curriculum."""
    made = network.make("programs", {"municipality_id": "$municipality", "title": "Сеть", **COMING})
    network.ids["$program"] = made["id"]
    row: Row = {"program_id": "$program", "title": "Семинар", "direction": "organizational"}
    row |= {"plan_no": "1.", "term_text": "Апрель 2090"}
    row |= {"parties": [{"organization_id": "$l", "role": "responsible"}]}
    network.ids["$activity"] = network.make("activities", row)["id"]
    members = [{"organization_id": "$l", "role": "leader"}]
    members += [{"organization_id": each, "role": "supported"} for each in ("$a", "$b")]
    body: Row = {"program_id": "$program", "model": "vertical", "basis": "plan", "status": "active"}
    body |= {"start_date": "2090-01-11", "members": members}
    network.ids["$partnership"] = network.make("partnerships", body)["id"]
    step = {"partnership_id": "$partnership", "title": "Открытый урок", "host_id": "$l"}
    step |= {"window_start": "2090-02-01", "window_end": "2090-02-01", "status": "planned"}
    network.make("events", step)
    return network


def passport(scene: Scene, **said: str) -> Any:
    return read(scene, f"/partnerships/{scene['$partnership']}/passport", **said)


def report(scene: Scene, **said: str) -> Any:
    return read(scene, f"/programs/{scene['$program']}/report", **said)


@pytest.mark.parametrize("said", [{}, BEFORE, FIRST, LATER])
def test_a_passport_names_its_parties_on_every_day(coming: Scene, said: dict[str, str]) -> None:
    """It said «организация не указана» of each, in the title and where they sign."""
    paper = passport(coming, **said)
    assert paper["requisites"]["subject"] == "Луговская – Аксубаевская, Берёзовская"
    names = ["Луговская", "Аксубаевская", "Берёзовская"]
    assert [row["cells"][0] for row in section(paper, "1")["rows"]] == names
    assert [each["position"] for each in paper["signatures"]] == [
        f"Руководитель: {name}" for name in names
    ]
    (step,) = [row["cells"] for row in section(paper, "3")["rows"]]
    assert (step[1], step[3]) == ("Открытый урок", "Луговская")


def test_a_passport_is_made_before_its_program_begins(coming: Scene) -> None:
    """It is signed before; so it shows the first day, as the contract does."""
    assert passport(coming) == passport(coming, **FIRST)
    assert passport(coming)["requisites"]["about"] == ["Сеть"]
    rows = section(passport(coming), "1")["rows"]
    assert [row["cells"][1] for row in rows] == ["ШЛ", "ШНОР", "ШНСУ"]


@pytest.mark.parametrize(
    ("said", "day"), [(BEFORE, "30.11.2089"), (LATER, "01.02.2091")], ids=["before", "after"]
)
def test_a_report_says_that_the_program_does_not_run(
    coming: Scene, said: dict[str, str], day: str
) -> None:
    """Its period ended before it began, and what was entered it called missing."""
    paper = report(coming, **said)
    assert paper["requisites"]["subject"] == "о реализации муниципальной программы"
    told = f"На {day} программа не действует: её срок 11.01.2090\N{NO-BREAK SPACE}– 31.12.2090."
    assert paper["requisites"]["about"] == ["Сеть", told]
    (plan,) = [row["cells"] for row in section(paper, "2")["rows"] if row["kind"] == "row"]
    assert plan[3] == "Луговская"
    for no in "1456789":
        assert (section(paper, no)["rows"], section(paper, no)["note"]) == ([], STANDS_STILL)
    missing = section(paper, "11")
    assert (missing["rows"], "в который программа действует" in missing["note"]) == ([], True)
    beside = passport(coming, **said)
    assert beside["requisites"]["about"] == ["Сеть", told]
    notes = {each["no"]: each["note"] for each in beside["sections"]}
    assert {no for no, note in notes.items() if note == STANDS_STILL} == {"4", "5"}


def test_a_report_of_today_is_beside_a_program_that_comes(coming: Scene) -> None:
    paper = report(coming)
    assert paper["requisites"]["subject"] == "о реализации муниципальной программы"
    assert STANDS_STILL in set(texts(paper))
    for kind in FORMATS:
        path = f"/programs/{coming['$program']}/report"
        assert coming.client.get(path, headers={"Accept": kind}).status_code == 200


def test_a_plan_that_is_missing_is_told_on_every_day(coming: Scene) -> None:
    body = {"municipality_id": "$municipality", "title": "Без плана", **COMING}
    coming.ids["$program"] = coming.make("programs", body)["id"]
    (gap,) = [row["cells"] for row in section(report(coming), "11")["rows"]]
    assert gap == ["2", "Сведения не внесены"]


def test_a_report_of_the_program_has_its_period(coming: Scene) -> None:
    subject = report(coming, as_of="2090-06-30")["requisites"]["subject"]
    assert subject == "о реализации муниципальной программы за 11.01.2090 – 30.06.2090"
