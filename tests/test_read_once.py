"""One answer about a program asks the database each question once.

A page is made of several such answers. Each of them read the whole program anew, which was most of
what the page cost; `test_pages_access` holds every page to it.
"""

import re
from collections.abc import Callable
from functools import cache

import pytest

from tests.asked import asked_of, asked_once
from tests.described import document
from tests.scene import Service
from tests.test_pages_access import Town

DAY, EARLIER = "2020-10-16", "2020-10-14"
ABOUT_PROGRAMS = [
    (path, [each["name"] for each in item["get"]["parameters"] if each.get("required")])
    for path, item in document()["paths"].items()
    if path.startswith("/api/v1/programs/{id}/") and "get" in item
]


@pytest.fixture(scope="module")
def towns() -> Callable[[Service], Town]:
    return cache(Town)


@pytest.fixture
def town(service: Service, towns: Callable[[Service], Town]) -> Town:
    return towns(service)


@pytest.mark.parametrize(("path", "needed"), ABOUT_PROGRAMS)
@pytest.mark.shared_out
def test_an_answer_about_a_program_asks_each_question_once(
    path: str, needed: list[str], town: Town
) -> None:
    scene, client = town.scene, town.service.client
    values = {
        "id": scene["$program"],
        "code": "org_involvement_share",
        "from": "2020-04-17",
        "to": DAY,
        "step": "quarter",
    }
    if "snapshot_id" in needed:
        body = {"as_of": DAY, "title": "Отчёт"}
        made = client.post(f"/programs/{values['id']}/snapshots", json=body)
        values["snapshot_id"] = made.json()["id"]
    address = path.removeprefix("/api/v1").format(**values)
    query = {name: values[name] for name in needed if f"{{{name}}}" not in path}
    if path.endswith("/programs/{id}/explain"):
        query["organization_id"] = scene["$school"]
    answer = asked_once(town.service, lambda: client.get(address, params=query))
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", ["results", "finance", "indicators/org_involvement_share/explain"])
@pytest.mark.shared_out
def test_an_answer_reads_no_rows_that_it_does_not_need(path: str, town: Town) -> None:
    with asked_of(town.service) as told:
        address = f"/programs/{town.scene['$program']}/{path}"
        answer = town.service.client.get(address, params={"as_of": EARLIER})
    assert answer.status_code == 200, answer.text
    read = {table for sql, _ in told for table in re.findall(r"FROM (\w+)", sql)}
    assert "partnerships" in read
    assert read.isdisjoint({"participations", "employments", "headcounts"})
