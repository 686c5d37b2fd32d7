"""The pages of a program that has nothing yet: each leads on, and none of its forms to an error."""

import html
import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from app.access.roles import Role
from app.pages.page import PAGES, Page
from tests.holders import issue
from tests.scene import Scene, Service
from tests.visitor import Visitor, visitor

pytestmark = pytest.mark.shared_out

COMING = {"start_date": "2090-01-11", "end_date": "2090-12-31"}
SHOWN = [page for page in PAGES if page.about == "programs" and page.template]
each_page = pytest.mark.parametrize(
    "page",
    [each for each in SHOWN if each.address.startswith("/programs/")],
    ids=lambda p: p.address,
)
BEFORE = "В этот день программа не действовала"


class Choices(HTMLParser):
    """The forms of a page that choose what it shows, and what each sends as it stands."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._is_open = False
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_open = said.get("method") == "get"
            self.forms += [{}] if self._is_open else []
        elif self._is_open and tag == "input" and said.get("type") != "checkbox":
            self.forms[-1][said["name"]] = said.get("value", "")
        elif self._is_open and tag == "select":
            self._select = said["name"]
        elif self._is_open and tag == "option":
            sent = self.forms[-1]
            if "selected" in said or self._select not in sent:
                sent[self._select] = said["value"]


@pytest.fixture
def coming(scene: Scene) -> Scene:
    """A program of the next century with nothing in it."""
    made = scene.make("programs", {"municipality_id": "$municipality", "title": "Сеть", **COMING})
    scene.ids["$program"] = made["id"]
    return scene


def entered(service: Service, scene: Scene, role: Role) -> Visitor:
    place = {"municipality_id": scene["$municipality"]}
    if role == Role.ORG:
        place = {"organization_id": scene["$school"]}
    return visitor(service.client, issue(service.database, role, **place))


def address(page: Page, scene: Scene) -> str:
    found = page.address.replace("{id}", scene["$program"])
    return found.replace("{code}", "org_involvement_share")


@each_page
def test_a_choice_that_is_sent_as_it_stands_shows_the_page(
    service: Service, coming: Scene, page: Page
) -> None:
    """The one period of its monitoring was empty, and sending it was an error."""
    desk, path = entered(service, coming, Role.COORDINATOR), address(page, coming)
    shown = desk.get(path)
    assert shown.status_code == 200
    for sent in Choices(shown.text).forms:
        assert desk.get(f"{path}?{urlencode(sent)}").status_code == 200, sent


@each_page
def test_a_page_that_has_nothing_to_show_leads_to_the_days_of_the_program(
    service: Service, coming: Scene, page: Page
) -> None:
    desk = entered(service, coming, Role.COORDINATOR)
    text = desk.get(address(page, coming)).text
    if BEFORE not in text:
        pytest.skip("it does not depend on the day")
    link = re.search(r'href="([^"]+)">Показать на 11.01.2090<', text)
    assert link
    shown = desk.get(html.unescape(link[1]))
    assert shown.status_code == 200
    assert BEFORE not in shown.text
    # A report that is kept is never deleted: none is offered of a day without the program.
    assert "Сохранить как отчёт" not in text


@pytest.mark.parametrize(
    ("role", "kinds"), [(Role.COORDINATOR, {"activities", "partnerships"}), (Role.ORG, set())]
)
def test_an_event_of_a_program_without_a_plan_is_told_what_comes_first(
    service: Service, coming: Scene, role: Role, kinds: set[str]
) -> None:
    """Its first field offered nothing to choose, and was required."""
    desk = entered(service, coming, role)
    text = desk.get(f"/programs/{coming['$program']}/events/new").text
    assert "У программы нет ни плана, ни партнёрств" in text
    links = re.findall(r'href="(/data/([a-z-]+)/new[^"]*)"', text)
    assert {kind for _, kind in links} == kinds
    for link, _ in links:
        assert desk.get(html.unescape(link)).status_code == 200


@pytest.mark.parametrize("asked", ["?odd=1", "?sort=odd", "?cursor=odd"])
def test_an_address_that_is_not_understood_is_told_in_plain_words(
    service: Service, coming: Scene, asked: str
) -> None:
    """It spoke of `errors` and `cursor`, which a page does not have."""
    told = entered(service, coming, Role.COORDINATOR).get(f"/data/organizations{asked}")
    assert told.status_code in {400, 422}
    said = " ".join(re.sub("<[^>]*>", " ", told.text.partition("<main")[2]).split())
    assert not re.search(r"\b(errors|cursor)\b", said)


def test_what_is_wrong_with_a_day_is_told_once(service: Service, coming: Scene) -> None:
    """A day outside the program is wrong as the first, the last and the day of the event."""
    row = {"program_id": "$program", "title": "Семинар", "direction": "organizational"}
    made = coming.make("activities", {**row, "plan_no": "1."})
    desk = entered(service, coming, Role.COORDINATOR)
    form = f"/programs/{coming['$program']}/events/new"
    sent = {"about": f"activity_id:{made['id']}", "title": "Семинар", "completed_on": "2020-10-15"}
    told = desk.upload(form, {**desk.form(form), **sent, "no_list": "1"}, {})
    assert told.status_code == 422
    summary = told.text.partition('class="errs"')[2].partition("</div>")[0]
    assert summary.count("День вне сроков программы") == 1
