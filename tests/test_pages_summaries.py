"""The pages of a program's answers: they say what the API says, and offer what one may write."""

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from app.access.roles import Role
from app.pages import words
from app.pages.week_drawing import MOST, Day, Lesson, Week, lanes
from tests.holders import issue
from tests.scene import MERGE, NOBODY, Scene, Service
from tests.test_network_doors import (
    DAY,
    XLSX,
    from_xlsx,
    funded,
    hall,
    marked,
    network,
    stocked,
    whole,
)
from tests.test_network_vectors import DOORS
from tests.visitor import Visitor, visitor

pytestmark = pytest.mark.shared_out

__all__ = ["funded", "hall", "marked", "network", "stocked", "whole"]

each_door = pytest.mark.parametrize("door", DOORS)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def entered(service: Service, scene: Scene, role: Role) -> Visitor:
    key = issue(service.database, role, municipality_id=scene["$municipality"])
    return visitor(service.client, key)


def address(scene: Scene, door: str, **more: str) -> str:
    asked = {**DAY, **more, **({"week": "2021-02-02"} if door == "timetable" else {})}
    return f"/programs/{scene['$program']}/{door}?{urlencode(asked)}"


def text_of(page: str) -> str:
    """What a person reads, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def told(value: Any) -> Iterator[str]:
    """Every name that an answer tells."""
    if isinstance(value, list):
        for each in value:
            yield from told(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name in {"name", "title", "text"} and isinstance(each, str):
                yield " ".join(each.split())
            else:
                yield from told(each)


@each_door
def test_a_page_tells_what_the_api_tells(service: Service, whole: Scene, door: str) -> None:
    page = entered(service, whole, Role.COORDINATOR).get(address(whole, door))
    assert page.status_code == 200, page.text
    body = whole.client.get(address(whole, door)).json()
    read = text_of(page.text)
    missing = [name for name in told(body) if name.casefold() not in read.casefold()]
    assert not missing
    assert not UUID.search(read)


@pytest.mark.long
@each_door
def test_a_page_gives_the_file_of_the_api(service: Service, whole: Scene, door: str) -> None:
    reader = entered(service, whole, Role.READER)
    link = re.search(r'href="([^"]+\.xlsx[^"]*)"', reader.get(address(whole, door)).text)
    assert link
    file = reader.get(html.unescape(link[1]))
    same = whole.client.get(address(whole, door), headers={"Accept": XLSX})
    assert from_xlsx(file.content) == from_xlsx(same.content)
    assert file.headers["content-disposition"] == same.headers["content-disposition"]


@each_door
def test_whoever_may_not_write_is_offered_no_form(
    service: Service, whole: Scene, door: str
) -> None:
    page = entered(service, whole, Role.READER).get(address(whole, door)).text
    assert "/new" not in page
    form = entered(service, whole, Role.COORDINATOR)
    offered = re.findall(r'href="(/data/[^"]+/new[^"]*)"', form.get(address(whole, door)).text)
    for link in set(offered):
        assert form.get(html.unescape(link)).status_code == 200, link
    assert offered


@each_door
def test_a_page_without_anything_says_so(service: Service, scene: Scene, door: str) -> None:
    desk = entered(service, scene, Role.COORDINATOR)
    program = scene["$program"]
    empty = desk.get(f"/programs/{program}/{door}?as_of=2020-10-01")
    assert empty.status_code == 200
    outside = desk.get(f"/programs/{program}/{door}?as_of=2020-01-01")
    assert "В этот день программа не действовала" in outside.text
    assert desk.get(f"/programs/{program}/{door}?odd=1").status_code == 422


@pytest.mark.long
def test_figures_are_those_of_the_indicators(service: Service, whole: Scene) -> None:
    asked = urlencode(DAY)
    answer = whole.client.get(f"/programs/{whole['$program']}/indicators?{asked}").json()
    shown = {each["code"]: words.percent(each["value"]) for each in answer["items"]}
    desk = entered(service, whole, Role.COORDINATOR)
    for door, code in (
        ("resources", "resource_sufficiency_share"),
        ("resources", "need_coverage_share"),
        ("curricula", "contract_coverage_share"),
        ("property", "property_documented_share"),
        ("results", "result_confirmation_share"),
        ("initiatives", "provision_coverage_share"),
    ):
        assert shown[code] in desk.get(address(whole, door)).text


def test_what_nothing_fulfils_stands_beside_what_is_fulfilled(
    service: Service, scene: Scene
) -> None:
    program = f"/programs/{scene['$program']}"
    given = {"provisions": [{"code": "professional_communities"}, {"code": "contest_support"}]}
    headers = {"If-Match": "*", "Content-Type": MERGE}
    assert scene.client.patch(program, json=given, headers=headers).is_success
    made = {"program_id": "$program", "provision": "contest_support", "title": "Конкурс"}
    scene.make("initiatives", {**made, "level": "municipal", "start_date": DAY["as_of"]})
    desk = entered(service, scene, Role.COORDINATOR)
    page = desk.get(address(scene, "initiatives"))
    assert page.status_code == 200
    assert "не исполняется" in page.text
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)">Добавить<', page.text)]
    (link,) = (link for link in links if "professional_communities" in link)
    assert desk.get(link).status_code == 200


@pytest.mark.long
def test_resources_are_narrowed_by_name_organization_and_type(
    service: Service, whole: Scene
) -> None:
    every = whole.client.get(address(whole, "resources")).json()["items"]
    one, desk = every[0], entered(service, whole, Role.COORDINATOR)
    place, kind = one["organization"], one["resource_type"]
    for asked, wanted in (
        ({"q": place["name"][:-1].upper()}, lambda row: row["organization"] == place),
        ({"organization_id": place["id"]}, lambda row: row["organization"] == place),
        ({"resource_type_id": kind["id"]}, lambda row: row["resource_type"] == kind),
    ):
        page = desk.get(address(whole, "resources", **asked)).text
        count = sum(map(wanted, every))
        assert f"Показано: {count}<" in page, asked
        assert page.count('data-l="Требуется"') == count
        link = re.search(r'href="([^"]+\.xlsx[^"]*)"', page)
        assert link
        assert link[1].count("=") == len(DAY), "the file holds the whole table"
    page = desk.get(address(whole, "resources", q="такого нет")).text
    assert "Ничего не нашлось" in page
    assert whole.client.get(address(whole, "resources", q="x")).status_code == 422


@pytest.mark.long
def test_a_timetable_can_be_of_one_resource(service: Service, whole: Scene) -> None:
    path = address(whole, "timetable")
    every = whole.client.get(path).json()["items"]
    resource = next(each["resource"]["id"] for each in every if each["resource"])
    some = whole.client.get(f"{path}&resource_id={resource}").json()["items"]
    assert some == [each for each in every if (each["resource"] or {}).get("id") == resource]
    assert some
    assert whole.client.get(f"{path}&resource_id={NOBODY}").json()["items"] == []
    page = entered(service, whole, Role.COORDINATOR).get(f"{path}&resource_id={resource}").text
    assert page.count('<th scope="row" class="nb">') == len(some)
    assert f'value="{resource}" selected' in page
    assert len(ET.fromstring(re.findall(r"<figure[^>]*>(.*)</figure>", page)[0]))  # noqa: S314


def at(*spans: tuple[int, int]) -> list[Lesson]:
    return [Lesson(f"Группа {no}", *span, is_bad=False) for no, span in enumerate(spans)]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("spans", "wanted"),
    [
        ([(540, 600), (600, 660)], [(0, 1), (0, 1)]),
        ([(540, 610), (600, 660)], [(0, 2), (1, 2)]),
        ([(540, 700), (600, 660), (660, 720)], [(0, 2), (1, 2), (1, 2)]),
        ([(540, 560), (540, 560), (540, 560)], [(0, 3), (1, 3), (2, 3)]),
        ([], []),
    ],
)
def test_lessons_of_one_time_stand_side_by_side(
    spans: list[tuple[int, int]], wanted: list[tuple[int, int]]
) -> None:
    assert [(one.lane, one.lanes) for one in lanes(at(*spans))] == wanted


@pytest.mark.one_database
def test_a_week_is_drawn_to_scale() -> None:
    hostile = Lesson("<script>" + "ы" * 99, 850, 940, is_bad=True)
    week = Week([Day("Пн", at((545, 600))), Day("Вт", [hostile]), Day("Ср", [])])
    svg = ET.fromstring(week.svg)  # noqa: S314 - our own drawing
    boxes = svg.findall("{http://www.w3.org/2000/svg}rect") or svg.findall("rect")
    assert [int(box.get("height", "")) for box in boxes] == [55, 90]
    tops = [int(box.get("y", "")) for box in boxes]
    assert tops[1] - tops[0] == 850 - 545
    assert [box.get("class") for box in boxes] == ["slot", "boxb"]
    assert "<script>" in {text.text[:8] for text in svg.iter() if text.tag == "text" and text.text}
    height = int(svg.get("viewBox", "").split()[3])
    assert all(
        top + int(box.get("height", "")) < height for top, box in zip(tops, boxes, strict=True)
    )
    assert all(first < last for first, last in pairwise(tops))


@pytest.mark.one_database
def test_a_week_is_drawn_where_it_can_be_read() -> None:
    assert not Week([Day("Пн", [])]).is_readable
    assert Week([Day("Пн", at(*[(540, 600)] * MOST))]).is_readable
    assert not Week([Day("Пн", at(*[(540, 600)] * (MOST + 1)))]).is_readable
