"""One answer asks the database each question once, whether it is a page or one of the API.

A page is made of several answers about one program. Each of them read the whole program anew, which
was most of what the page cost.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.matrix import grant_of
from app.access.roles import Role
from app.pages.page import PAGES, Page
from tests.described import document
from tests.scene import Service
from tests.test_pages_access import Town
from tests.waiting import patient

DAY = "2020-10-16"
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


@contextmanager
def asked_of(service: Service) -> Iterator[Counter[tuple[str, str]]]:
    """The statements with their parameters, as the service sends them to the database."""
    app: Any = service.client.app
    engine = app.state.service.database.engine
    told: Counter[tuple[str, str]] = Counter()

    def hear(_connection: Any, _cursor: Any, sql: str, bound: Any, *_more: Any) -> None:
        # Meanwhile the trail may be written behind the requests.
        told[sql, str(bound)] += sql.startswith("SELECT") and "audit_heads" not in sql

    sa.event.listen(engine, "before_cursor_execute", hear)
    try:
        yield told
    finally:
        sa.event.remove(engine, "before_cursor_execute", hear)


def repeated(told: Counter[tuple[str, str]]) -> list[tuple[str, str]]:
    return [question for question, times in told.items() if times > 1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.address)
@pytest.mark.shared_out
def test_a_page_asks_each_question_once(page: Page, town: Town) -> None:
    if not grant_of(Role.COORDINATOR, page.subject).allows(page.verb):
        pytest.skip("the coordinator does not open it")
    address, mine = town.address(page), town.visitor(Role.COORDINATOR)
    with asked_of(town.service) as told:

        def ask() -> Any:
            # A page that is not counted yet is asked for again.
            told.clear()
            return mine.get_once(address)

        # A file of a report names in the query which one.
        assert patient(ask).status_code in {200, 303, 404}
    assert repeated(told) == []


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
    with asked_of(town.service) as told:
        answer = client.get(address, params=query)
    assert answer.status_code == 200, answer.text
    assert repeated(told) == []
