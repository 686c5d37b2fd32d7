"""The page of a region: the numbers of the API, chosen and put in order."""

import re

import pytest

from app.access.roles import Role
from tests.holders import issue
from tests.scene import Scene, Service
from tests.visitor import Visitor, visitor

pytestmark = pytest.mark.shared_out

DAY = "2020-10-16"


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


@pytest.fixture
def officer(service: Service) -> Visitor:
    """Somebody who looks beyond one municipality, signed in."""
    return visitor(service.client, issue(service.database, Role.READER))


def rows(page: str) -> list[str]:
    return re.findall(r'<tr><th scope="row"><a href="/programs/', page)


@pytest.mark.long
def test_totals_are_those_of_the_api(officer: Visitor, service: Service, scene: Scene) -> None:
    scene["$program"]
    page = officer.get(f"/region?as_of={DAY}").text
    told = scene.client.get("/indicators", params={"as_of": DAY, "limit": 500}).json()
    assert len(rows(page)) == len(told["items"])
    overdue = next(each for each in told["totals"] if each["code"] == "overdue_windows")
    foot = page.partition("<tfoot>")[2]
    assert re.findall(r'data-l="Просрочено">([^<]*)</td>', foot) == [str(overdue["numerator"])]


@pytest.mark.long
def test_a_selection_that_finds_nothing_leads_back(officer: Visitor, scene: Scene) -> None:
    scene["$program"]
    page = officer.get(f"/region?as_of={DAY}&q=нет такого района").text
    assert "Ничего не нашлось" in page
    assert rows(page) == []


@pytest.mark.long
@pytest.mark.parametrize("query", ["sort=odd", "only=odd", "as_of=odd", "unknown=1"])
def test_what_is_not_known_is_refused(officer: Visitor, query: str) -> None:
    assert officer.get(f"/region?{query}").status_code in {400, 422}
