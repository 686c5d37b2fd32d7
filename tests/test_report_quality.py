"""Section 6 of the report and its page: a row a school, and totals of the rows above them."""

import re
from typing import Any

from app.access.roles import Role
from tests.holders import issue
from tests.scene import Scene, Service
from tests.test_documents import read, section
from tests.test_network_vectors import marked, network, result, work
from tests.visitor import visitor

__all__ = ["marked", "network"]

DAY = {"as_of": "2021-06-30"}


def shown(scene: Scene) -> list[list[Any]]:
    """The rows of section 6 below its headings."""
    paper = read(scene, f"/programs/{scene['$program']}/report", **DAY)
    return [row["cells"] for row in section(paper, "6")["rows"] if row["kind"] != "heading"]


ROW = re.compile(
    r'<tr><th scope="row">(.*?)</th>.*?"Входная">(.*?)<br>.*?"Итоговая">(.*?)<br>', re.DOTALL
)


def page(service: Service, scene: Scene) -> list[list[str]]:
    """The rows of the page, as the coordinator sees them: the name and both shares of each."""
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    address = f"/programs/{scene['$program']}/quality?as_of={DAY['as_of']}"
    text = visitor(service.client, key).get(address).text
    return [[re.sub(r"<[^>]*>|\s*%", "", cell) for cell in cells] for cells in ROW.findall(text)]


def namesake(scene: Scene) -> str:
    """Another legal person with the name of `$a`."""
    body = {"municipality_id": "$municipality", "kind": "general_school"}
    body |= {"short_name": "Аксубаевская", "full_name": "Аксубаевская"}
    return str(scene.make("organizations", body)["id"])


def test_two_schools_of_one_name_have_a_row_each(marked: Scene) -> None:
    """The report left one of them out."""
    marked.ids["$other"] = namesake(marked)
    result(marked, "$autumn", "$other", "1/0/5/5", stage="baseline")
    result(marked, "$spring", "$other", "2/0/5/4", stage="final")
    rows = sorted(cells for cells in shown(marked) if cells[0] == "Аксубаевская")
    assert rows == [
        ["Аксубаевская", "20", None, "40", "20"],
        ["Аксубаевская", "91", None, "82", "-9"],
    ]


def test_the_start_of_one_school_is_no_start_of_its_namesake(marked: Scene) -> None:
    marked.ids["$other"] = namesake(marked)
    result(marked, "$autumn", "$other", "1/0/5/5", stage="baseline", subject="Физика")
    result(marked, "$spring", "$a", "2/0/5/4", stage="final", subject="Физика")
    rows = sorted((cells for cells in shown(marked) if cells[0] == "Аксубаевская"), key=str)
    assert ["Аксубаевская", "91", None, None, None] in rows
    assert ["Аксубаевская", None, None, "82", None] in rows


def test_the_total_is_of_the_works_above_it(service: Service, network: Scene) -> None:
    """A trial and the final work: rows had the last, the total both, and nobody was told."""
    for event, day in (("$start", "2020-10-20"), ("$trial", "2021-04-20"), ("$end", "2021-05-20")):
        network.ids[event] = work(network, day)
    for who, start, trial, end in (
        ("$a", "4/4/2/0", "9/1/0/1", "1/5/3/1"),
        ("$b", "5/5/5/5", "5/0/5/5", "1/1/9/9"),
        ("$l", "2/18/20/10", "40/0/5/5", "1/17/22/10"),
    ):
        result(network, "$start", who, start, stage="baseline")
        result(network, "$trial", who, trial)
        # A subject is one however it is written.
        result(network, "$end", who, end, subject="математика" if who == "$b" else "Математика")
    assert shown(network) == [
        ["Аксубаевская", "20", None, "40", "20"],
        ["Берёзовская", "50", None, "90", "40"],
        ["Луговская", "60", None, "64", "4"],
        ["Все вместе", "53", None, "68", "15"],
    ]
    assert page(service, network) == [
        ["Аксубаевская", "20,00", "40,00"],
        ["Берёзовская", "50,00", "90,00"],
        ["Луговская", "60,00", "64,00"],
        ["Все вместе", "52,50", "67,50"],
    ]
    answer = network.client.get(
        f"/programs/{network['$program']}/quality", params=DAY, headers={"Accept": "text/csv"}
    )
    days = [line.rstrip().rpartition(";")[2] for line in answer.text.splitlines()]
    assert days[:1] == ["Дата работы"]
    assert (days.count("20.04.2021"), days.count("")) == (3, 2)
