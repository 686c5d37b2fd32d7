"""The page of reasons: it says of every item what the API says, however many there are."""

import re
from typing import Any

import pytest

from app.access.roles import Role
from app.pages import reasons
from tests.holders import issue
from tests.scene import RECIPES, RESOURCE, Scene, Service, body_of
from tests.visitor import Visitor, unescaped, visitor

pytestmark = pytest.mark.shared_out

DAY = "2020-10-16"
CODE = "org_involvement_share"
NEXT = re.compile(r'<a [^>]*href="([^"]*)"[^>]*>Следующие</a>')


@pytest.fixture
def mine(service: Service, scene: Scene) -> Visitor:
    """The coordinator of the scene, signed in."""
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    return visitor(service.client, key)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages with three items each."""
    monkeypatch.setattr(reasons, "MOST", 3)


@pytest.fixture
def told(scene: Scene) -> list[dict[str, Any]]:
    """Eight items with their names, as the API explains them."""
    scene["$partnership"]
    for name in ("А", "Б", "В", "Г", "Д", "Е"):
        scene.make("organizations", RECIPES["$school"], short_name=f"{name} СОШ")
    path = f"/programs/{scene['$program']}/indicators/{CODE}/explain"
    items: list[dict[str, Any]] = scene.client.get(path, params={"as_of": DAY}).json()["items"]
    assert len(items) == 8
    return items


def names(page: str) -> list[str]:
    """The names of the items on a page, in their order."""
    body = page.partition('id="why"')[2].partition("</table>")[0]
    return re.findall(r'<th scope="row">(?:<a[^>]*>)?([^<]+)', body)


def walk(mine: Visitor, address: str) -> list[str]:
    """The texts of all pages from an address on."""
    pages = [mine.get(address).text]
    while found := NEXT.search(pages[-1]):
        pages.append(mine.get(unescaped(found[1])).text)
    return pages


@pytest.mark.long
@pytest.mark.usefixtures("few")
def test_every_item_stands_on_one_of_the_pages(
    mine: Visitor, scene: Scene, told: list[dict[str, Any]]
) -> None:
    pages = walk(mine, f"/programs/{scene['$program']}/indicators/{CODE}?as_of={DAY}")
    assert [len(names(page)) for page in pages] == [3, 3, 2]
    shown = [name for page in pages for name in names(page)]
    assert sorted(shown) == sorted(item["name"] for item in told)
    assert "4–6 из 8" in pages[1]
    assert ">Предыдущие</a>" in pages[1]
    # What is typed narrows the rows that are there, so it would miss those of other pages.
    assert "data-live" not in pages[0]


@pytest.mark.long
@pytest.mark.usefixtures("few")
def test_a_selection_goes_along_from_page_to_page(
    mine: Visitor, scene: Scene, told: list[dict[str, Any]]
) -> None:
    query = f"as_of={DAY}&outcome=not_counted"
    pages = walk(mine, f"/programs/{scene['$program']}/indicators/{CODE}?{query}")
    shown = [name for page in pages for name in names(page)]
    wanted = [item["name"] for item in told if item["outcome"] == "not_counted"]
    assert sorted(shown) == sorted(wanted)
    assert len(pages) > 1


@pytest.mark.usefixtures("few", "told")
def test_a_page_after_the_last_is_the_last(mine: Visitor, scene: Scene) -> None:
    address = f"/programs/{scene['$program']}/indicators/{CODE}?as_of={DAY}"
    assert names(mine.get(f"{address}&page=99").text) == names(mine.get(f"{address}&page=3").text)
    for odd in ("0", "-1", "x", "1.5"):
        assert mine.get(f"{address}&page={odd}").status_code == 422


@pytest.mark.long
@pytest.mark.usefixtures("told")
def test_items_of_one_page_are_narrowed_as_one_types(mine: Visitor, scene: Scene) -> None:
    page = mine.get(f"/programs/{scene['$program']}/indicators/{CODE}?as_of={DAY}").text
    assert 'data-live="why"' in page
    assert "Следующие" not in page


@pytest.mark.long
def test_a_teacher_of_another_school_is_said_to_be_hidden(service: Service, scene: Scene) -> None:
    scene.lay(["$partnership", "$teacher"])
    scene.make("employments", body_of(RESOURCE["employments"], scene))
    address = f"/programs/{scene['$program']}/indicators/teacher_coverage_share?as_of={DAY}"
    said = []
    for name in ("$school", "$leader"):
        key = issue(service.database, Role.ORG, organization_id=scene[name])
        said.append(names(visitor(service.client, key).get(address).text))
    assert said == [["Пробная Вера"], ["скрыто"]]
