"""Numbers of the pages: each equals the API's, for days before, inside and at the end."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from app.access.roles import Role
from app.indicators.codes import ItemOutcome, Progress
from app.indicators.definitions import TITLES
from app.pages import words
from app.pages.reasons import HEADINGS
from app.registry.program_parts import IndicatorCode
from tests.holders import issue
from tests.office import UUID
from tests.scene import RECIPES, Scene, Service
from tests.visitor import Visitor, unescaped, visitor

pytestmark = pytest.mark.shared_out


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


DAYS = ("2020-04-17", "2020-10-16", "2021-12-31")
AIMS = (IndicatorCode.ORG_INVOLVEMENT_SHARE, IndicatorCode.TEACHER_COVERAGE_SHARE)
each_day = pytest.mark.parametrize("day", DAYS)


@pytest.fixture
def program(scene: Scene) -> str:
    """A program with targets, a partnership, categories, a plan and somebody at a seminar."""
    targets = [{"code": code, "operator": "gte", "value": "50"} for code in AIMS]
    key: str = scene.make("programs", RECIPES["$program"], targets=targets)["id"]
    scene.ids["$program"] = key
    scene.lay(["$partnership", "$activity", "$event", "$teacher"])
    for name in ("А", "Б"):
        made = scene.make("organizations", RECIPES["$school"], short_name=f"{name} СОШ")
        about = {"organization_id": made["id"], "category": "low_results"}
        scene.make("designations", about, valid_from="2020-05-01")
    scene.client.post(f"/programs/{key}/events/generate", json={})
    return key


@pytest.fixture
def mine(service: Service, scene: Scene, program: str) -> Visitor:
    """The coordinator of the scene, signed in."""
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    return visitor(service.client, key)


def figure(one: dict[str, Any]) -> str:
    """The value of an indicator, as pages write it."""
    return words.percent(one["value"]) if one["unit"] == "percent" else words.number(one["value"])


def plain(page: str) -> str:
    """The text of a page without its marks."""
    return " ".join(unescaped(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


def shown_on(page: str) -> Iterator[tuple[str, str]]:
    """The indicators on the page of the state: title and value."""
    yield from re.findall(r'<h3>([^<]+)</h3>\s*<p class="big">([^<]+?) <small>', page)
    yield from re.findall(
        r'<th scope="row">([^<]+)</th><td class="r" data-l="Значение"><b>([^<]+)</b>', page
    )


@pytest.mark.long
@each_day
def test_the_state_shows_every_indicator(
    mine: Visitor, scene: Scene, program: str, day: str
) -> None:
    page = mine.get(f"/programs/{program}?as_of={day}").text
    told = scene.client.get(f"/programs/{program}/state", params={"as_of": day}).json()
    titles = {code: words.capital(TITLES[code].ru) for code in IndicatorCode}
    expected = {titles[each["code"]]: figure(each) for each in told["indicators"]}
    assert dict(shown_on(page)) == expected
    windows = [window for row in told["plan"] for window in row["windows"]]
    overdue = sum(window["status"] == Progress.OVERDUE for window in windows)
    assert re.findall(r"Просрочено по плану: (\d+)", page) == ([str(overdue)] if overdue else [])
    assert UUID.findall(plain(page)) == []


@pytest.mark.long
@each_day
@pytest.mark.parametrize("code", AIMS)
def test_reasons_sum_up_to_the_denominator(
    mine: Visitor, scene: Scene, program: str, day: str, code: str
) -> None:
    page = mine.get(f"/programs/{program}/indicators/{code}?as_of={day}").text
    path = f"/programs/{program}/indicators/{code}/explain"
    told = scene.client.get(path, params={"as_of": day, "limit": 500}).json()
    counts = Counter(item["outcome"] for item in told["items"])
    shown = {
        outcome: int(number)
        for outcome, heading in HEADINGS.items()
        for number in re.findall(rf">{heading} \((\d+)\)</option>", page)
    }
    assert shown == counts
    inside = (ItemOutcome.COUNTED, ItemOutcome.NOT_COUNTED)
    assert sum(counts[outcome] for outcome in inside) == told["denominator"]
    if told["denominator"]:
        assert f"{told['numerator']} из {told['denominator']}" in plain(page)


@pytest.mark.long
@each_day
def test_the_plan_counts_its_windows(mine: Visitor, scene: Scene, program: str, day: str) -> None:
    page = mine.get(f"/programs/{program}/plan?as_of={day}").text
    told = scene.client.get(f"/programs/{program}/state", params={"as_of": day}).json()
    windows = [window for row in told["plan"] for window in row["windows"]]
    assert f"Весь план, {len(windows)}<" in page
    overdue = sum(window["status"] == Progress.OVERDUE for window in windows)
    assert f"Просрочено, {overdue}<" in page


@pytest.mark.long
@each_day
def test_the_region_shows_a_program_as_the_api_does(
    service: Service, scene: Scene, program: str, day: str
) -> None:
    officer = visitor(service.client, issue(service.database, Role.READER))
    page = officer.get(f"/region?as_of={day}").text
    told = scene.client.get(f"/programs/{program}/indicators", params={"as_of": day}).json()
    (row,) = re.findall(
        rf'<tr><th scope="row"><a href="/programs/{program}.*?</tr>', page, re.DOTALL
    )
    for each in told["items"]:
        if each["target"]:
            assert f"<b>{figure(each)}</b>" in row
