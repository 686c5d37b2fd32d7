"""The page of the network: its drawing, and that it says what the API says."""

import re
from xml.etree import ElementTree as ET

import pytest

from app.access.roles import Role
from app.pages.network_drawing import ABOUT_LETTERS, Drawing, Edge, Leader, School, cut
from tests.holders import issue
from tests.scene import RECIPES, Scene, Service
from tests.visitor import visitor

pytestmark = pytest.mark.shared_out

SVG = "{http://www.w3.org/2000/svg}"
DAY = "2020-10-16"


def drawn(drawing: Drawing) -> ET.Element:
    return ET.fromstring(drawing.svg)  # noqa: S314 - our own drawing


@pytest.mark.one_database
def test_every_leader_has_a_line_to_each_of_its_schools() -> None:
    waiting = School("Б", "ШНСУ", is_alone=True)
    leader = Leader(
        "Лидер",
        is_valid=True,
        edges=[Edge(School("А", "ШНОР"), "", "с"), Edge(waiting, "draft", "")],
    )
    svg = drawn(Drawing([leader], [School("В", "", is_alone=True)]))
    assert [line.get("class") for line in svg.iter("path")] == ["ed ", "ed draft"]
    boxes = [box.get("class") for box in svg.iter("rect")]
    assert boxes == ["box", "boxb", "boxl", "boxb"]
    title = svg.find("title")
    assert title is not None
    assert title.text == "Сеть. Лидер: А, Б; лидера нет: В. Те же сведения в таблице ниже."
    assert "школа-лидер, помогает: 1" in {text.text for text in svg.iter("text")}


@pytest.mark.one_database
def test_a_drawing_is_as_high_as_what_stands_in_it() -> None:
    leader = Leader(
        "Лидер", is_valid=False, edges=[Edge(School(str(at), ""), "off", "") for at in range(40)]
    )
    svg = drawn(Drawing([leader] * 3, [School("В", "")] * 20))
    height = int(svg.get("viewBox", "").split()[3])
    lowest = max(int(box.get("y", "")) + int(box.get("height", "")) for box in svg.iter("rect"))
    assert lowest < height


@pytest.mark.one_database
def test_a_name_is_a_text_and_fits() -> None:
    hostile = '<script>"&' + "ы" * 500
    leader = Leader(hostile, is_valid=True, edges=[Edge(School(hostile, ""), "", hostile)])
    texts = [text.text or "" for text in drawn(Drawing([leader], [])).iter("text")]
    assert all(len(text) <= ABOUT_LETTERS for text in texts)
    assert sum(text.startswith('<script>"&ы') for text in texts) == 3
    assert cut("длинный текст", 8) == "длинный…"


def test_who_is_without_a_leader_is_said_as_by_the_api(service: Service, scene: Scene) -> None:
    scene["$partnership"]
    lonely = scene.make("organizations", RECIPES["$school"], short_name="Дальняя ООШ")["id"]
    for key in (scene["$school"], lonely):
        days = {"organization_id": key, "category": "low_results", "valid_from": "2020-05-01"}
        scene.make("designations", days)
    program = scene["$program"]
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    page = visitor(service.client, key).get(f"/programs/{program}/network?as_of={DAY}").text
    told = scene.client.get(f"/programs/{program}/indicators", params={"as_of": DAY}).json()
    alone = [each["name"] for each in told["uncovered_priority"]]
    assert alone == ["Дальняя ООШ"]
    listed = page.partition("Кому нужен лидер")[2]
    assert re.findall(r"<li>(?:<a[^>]*>)?([^<]+?)(?:</a>)? <abbr", listed) == sorted(alone)


def test_a_state_that_is_unknown_is_refused(service: Service, scene: Scene) -> None:
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    page = visitor(service.client, key).get(f"/programs/{scene['$program']}/network?state=odd")
    assert page.status_code == 422
