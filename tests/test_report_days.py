"""Days of a report: it shows no fact of a later day, and says of which day its sums are."""

from typing import Any

from tests.rulings import told
from tests.scene import Scene
from tests.test_documents import read, section
from tests.test_network_vectors import Row, funded, group, hall, network

__all__ = ["funded", "hall", "network"]

DAY = "2020-12-31"


def report(scene: Scene, as_of: str = DAY, **said: str) -> Any:
    return read(scene, f"/programs/{scene['$program']}/report", as_of=as_of, **said)


def cells(paper: Any, no: str) -> list[list[Any]]:
    return [row["cells"] for row in section(paper, no)["rows"] if row["kind"] == "row"]


def test_a_report_counts_the_groups_of_its_day(network: Scene) -> None:
    """It added the classes of years to come, and differed from its own indicator."""
    group(network)
    body: Row = {"curriculum_id": "$physics_course", "title": "Новый класс", "kind": "class"}
    body |= {"academic_year": "2020/2021", "host_id": "$l"}
    body |= {"learners": [{"organization_id": "$a", "requested": 9, "enrolled": 4}]}
    network.make("network_groups", body, start_date="2021-06-01", end_date="2021-08-31")
    course: Row = {"program_id": "$program", "title": "Химия", "kind": "general", "scope": "part"}
    course |= {"approved_by": "jointly", "start_date": "2021-06-01", "end_date": "2021-08-31"}
    course["parties"] = [{"organization_id": "$a", "role": "base"}]
    network.make("network_curricula", course)
    for day, shown in (
        (DAY, [("Физика", 1, 9)]),
        ("2021-07-01", [("Физика", 1, 4), ("Химия", 0, 0)]),
    ):
        paper = report(network, day)
        assert [(row[0], *row[5:7]) for row in cells(paper, "5")] == shown
        (learners,) = [row for row in cells(paper, "3") if "обучающихся в сетевых" in row[0]]
        assert learners[2] == sum(row[2] for row in shown)
        assert {row[1].partition(":")[0] for row in cells(paper, "11") if row[0] == "5"} == {
            f"«{row[0]}»" for row in shown
        }


def test_a_contract_of_a_later_day_is_none_yet(network: Scene) -> None:
    later = told("legal_acts", {"kind": "network_form_contract", "act_date": "2021-01-15"})
    network.ids["$contract"] = network.make("legal_acts", later)["id"]
    group(network)
    assert [row[3] for row in cells(report(network), "5")] == [None]
    (row,) = cells(report(network, "2021-01-15"), "5")
    assert row[3].endswith("от 15.01.2021")


def test_a_report_lists_the_uses_that_have_begun(hall: Scene) -> None:
    """What section 11 counts without documents is what its indicator counts."""
    for day in ("2020-12-31", "2021-02-28", "2021-08-31"):
        paper = report(hall, day)
        uses = hall.client.get(f"/resource-uses?program_id={hall['$program']}").json()["items"]
        begun = [each for each in uses if each["start_date"] <= day]
        assert len(cells(paper, "8")) == len(begun)
        (documented,) = [row for row in cells(paper, "3") if "оформленных документами" in row[0]]
        lacking = documented[3] - documented[2]
        told = [row[1] for row in cells(paper, "11") if row[0] == "8" and "без всех" in row[1]]
        assert told == ([f"Пользований без всех документов: {lacking}"] if lacking else [])


def test_sums_say_of_which_day_they_are(funded: Scene) -> None:
    """A report of October had the payments of November, without a word."""
    october = {"period_start": "2021-10-01", "period_end": "2021-10-31"}
    paper = report(funded, "2021-12-31", **october)
    assert paper["requisites"]["subject"].endswith("за 01.10.2021 – 31.10.2021")
    assert paper["requisites"]["about"][1:] == ["Состояние на 31.12.2021."]
    assert section(paper, "7")["note"] == "Суммы нарастающим итогом на 31.12.2021."
    assert report(funded, "2021-12-31")["requisites"]["about"][1:] == []
