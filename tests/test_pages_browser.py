"""The pages as people have them, in a browser; left out where no Chromium is found.

Every page that is declared is looked at by each role that may open it, on a wide screen and on a
telephone, with and without JavaScript. To open one costs a tenth of a second of CPU, so every day
the browser opens it again for another role, and a page of another kind of records, only where that
has an element that none had before. `make torture` opens all for all.
"""

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http import HTTPStatus
from urllib.parse import quote

import pypdf
import pytest

from app.access.matrix import grant_of
from app.access.roles import Role
from app.pages.page import PAGES, Page
from tests.browser import ENTER, PROGRAM, SPACE, TAB
from tests.office import UUID, Office, office
from tests.scene import MERGE, RECIPES

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium here"),
    pytest.mark.one_database,
]

WIDE, NARROW, HEIGHT = 1366, 320, 800
"""Narrow is less than a telephone: what is left of 1280 pixels at 400 % (WCAG 1.4.10)."""
BETWEEN = (1280, 1025, 960, 768, 641)
"""Small screens, tablets, and screens at 150 and 200 %."""
TEXT = "document.body.innerText"
LOOKS = 3
"""So often the page of the trail may grow between two looks."""
SECONDS = re.compile(r"(?<=\d\d:\d\d):\d\d")
OF_ONE_KIND = "/data/"
"""Pages of all kinds are alike: each is looked at by one role, another one for each page."""
SHOWN = [page for page in PAGES if page.template]
each_page = pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.address)
OPEN_TO_ALL = ("/login", "/login?visible=1", "/login?next=%2Fdata")
either_way = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
STEPS = 200
"""So often Tab is struck at most."""
MOST_SHEETS = 3

IS_SEEN = """
(each => !each.matches(':focus') || (style => style.outlineStyle !== 'none'
  && parseFloat(style.outlineWidth) >= 2)(getComputedStyle(each)))(document.activeElement)
"""
"""Whether the element that has the focus says so; the calendar in a field for days is drawn by the
browser, which marks it itself."""

TABLES = """
[...document.querySelectorAll('main table')].filter(each => each.offsetParent).map(each => [
  [...each.querySelectorAll('thead th')].filter(
    cell => !cell.querySelector('.vh') && !cell.matches('.act, .no-p')).map(cell => cell.innerText),
  [...each.querySelectorAll('tbody tr:not(.grp)')].map(row => [...row.querySelectorAll(
    'td, th')].filter(cell => !cell.matches('.act, .no-p, .only-n')).map(
    cell => cell.innerText).join('')).filter(text => text.length > 20),
])
"""
"""Of every table that is shown: its headings, and the texts of its rows."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office")) as opened:
        yield opened


def roles_of(page: Page, *, full: bool) -> list[Role]:
    """Who opens a page here, of those who may."""
    allowed = [role for role in Role if grant_of(role, page.subject).allows(page.verb)]
    if full or not page.address.startswith(OF_ONE_KIND):
        return allowed
    return [allowed[SHOWN.index(page) % len(allowed)]]


def timeless(text: str) -> str:
    """A page's text without the seconds that went by between two looks at it."""
    return SECONDS.sub("", text)


def is_alike_without_scripts(desk: Office, address: str, shown: str = "") -> bool:
    """Whether a page says the same without scripts; what is recorded meanwhile may come between.

    What it says with them is looked at anew, unless it has just been.
    """
    if not shown:
        desk.go(address)
        shown = timeless(desk.page.run(TEXT))
    with without_scripts(desk):
        desk.go(address)
        assert desk.complaints() == []
        return timeless(desk.page.run(TEXT)) == shown


@contextmanager
def without_scripts(desk: Office) -> Iterator[None]:
    """Look at pages as if JavaScript were off."""
    desk.page.allow_scripts(allowed=False)
    try:
        yield
    finally:
        desk.page.allow_scripts(allowed=True)


def demand_right(desk: Office, width: int, *, whole: bool = False) -> None:
    """Demand that what the window shows is as it should be at a width."""
    desk.page.size(width, HEIGHT)
    assert not desk.is_too_wide(), width
    assert desk.violations(width, whole=whole) == [], width


@each_page
def test_a_page_is_right_for_everybody(page: Page, desk: Office, *, full: bool) -> None:
    address = desk.town.address(page)
    shown: dict[Role, str] = {}
    is_alike = page.address.startswith(OF_ONE_KIND)
    for role in roles_of(page, full=full):
        is_new = desk.has_news(role, address)
        if not (is_new or full) and (shown or is_alike):
            continue
        desk.enter(role)
        if desk.go(address) != HTTPStatus.OK:
            continue  # An organization or a system sees no record of others.
        for width in (WIDE, NARROW):
            demand_right(desk, width, whole=full)
        for width in BETWEEN:
            desk.page.size(width, HEIGHT)
            assert not desk.is_too_wide(), (role, width)
        shown[role] = timeless(desk.page.run(TEXT))
        assert UUID.findall(shown[role]) == [], role
        assert desk.complaints() == [], role
    for role in [*shown][:1]:
        desk.enter(role)
        assert is_alike_without_scripts(desk, address, shown[role]) or any(
            is_alike_without_scripts(desk, address) for _ in range(LOOKS)
        )


@pytest.mark.parametrize(
    "harm",
    [
        "document.body.innerHTML += '<img src=/static/icon.svg>'",
        "document.body.innerHTML += '<p style=width:2000px>x</p>'",
        "console.log('x')",
        "fetch('http://127.0.0.1:9/x').catch(() => 0)",
    ],
)
def test_what_is_wrong_with_a_page_is_noticed(harm: str, desk: Office) -> None:
    desk.go("/login")
    desk.page.size(WIDE, HEIGHT)
    desk.page.run(f"{harm}, 0")
    found = desk.violations(WIDE, whole=True), desk.is_too_wide(), desk.complaints()
    assert any(found)


@pytest.mark.parametrize("address", [*OPEN_TO_ALL, "/programs/nobodys"])
def test_what_needs_no_right_is_right_too(address: str, desk: Office) -> None:
    desk.page.become(desk.address, "nobody=1")
    if not address.startswith("/login"):
        desk.enter(Role.COORDINATOR)
    desk.go(address)
    for width in (WIDE, NARROW):
        demand_right(desk, width, whole=True)


@either_way
def test_an_overdue_row_is_marked_in_five_actions(desk: Office, *, scripts: bool) -> None:
    desk.enter(Role.COORDINATOR)
    page, state = desk.page, desk.town.state
    page.size(WIDE, HEIGHT)
    with nullcontext() if scripts else without_scripts(desk):
        desk.go(state)
        link = page.run("document.querySelector('#over a.btn').getAttribute('href')")
        page.actions = 0
        page.follow(lambda: page.press("#over a.btn"))
        page.type_day("[name=completed_on]", desk.town.event(link)["window_end"])
        page.type("[name=result]", "Проведён семинар")
        page.follow(lambda: page.press(".acts button"))
        assert page.actions <= 5
        assert "Отметка о выполнении записана" in page.run(TEXT)
        assert desk.town.event(link)["status"] == "completed"
        desk.go(state)
        assert page.run(f"!document.querySelector('#over a[href={json.dumps(link)}]')")


@either_way
def test_of_two_texts_the_chosen_one_is_stored(desk: Office, *, scripts: bool) -> None:
    town, page = desk.town, desk.page
    key = town.scene.make("organizations", RECIPES["$school"], short_name="Прежняя СОШ")["id"]
    desk.enter(Role.COORDINATOR)
    with nullcontext() if scripts else without_scripts(desk):
        desk.go(f"/data/organizations/{key}/edit")
        other = town.service.client.patch(
            f"/organizations/{key}",
            json={"short_name": "Их название"},
            headers={"If-Match": "*", "Content-Type": MERGE},
        )
        assert other.status_code == 200
        page.run("document.querySelector('[name=short_name]').value = ''")
        page.type("[name=short_name]", "Наше название")
        page.follow(lambda: page.press(".acts button"))
        shown = page.run(TEXT)
        assert "Их название" in shown
        assert "Наше название" in shown
        for width in (WIDE, NARROW):
            desk.page.size(width, HEIGHT)
            assert not desk.is_too_wide()
        page.press("[name='choose.short_name'][value=yours]")
        page.follow(lambda: page.press(".acts button"))
    stored = town.service.client.get(f"/organizations/{key}").json()
    assert stored["short_name"] == "Наше название"


@either_way
def test_pressing_twice_going_back_and_reloading_make_one_record(
    desk: Office, *, scripts: bool
) -> None:
    town, page = desk.town, desk.page
    name = f"Двойная СОШ {'да' if scripts else 'нет'}"
    desk.enter(Role.COORDINATOR)
    with nullcontext() if scripts else without_scripts(desk):
        desk.go("/data/organizations/new")
        page.run("document.querySelector('[name=kind]').value = 'general_school'")
        page.type("[name=full_name]", f"МБОУ «{name}»")
        page.type("[name=short_name]", name)
        twice = "(button => { button.click(); button.click(); })"
        page.follow(lambda: page.run(f"{twice}(document.querySelector('.acts button'))"))
        page.follow(lambda: page.run("history.back()"))
        page.follow(lambda: page.press(".acts button"))
        page.follow(lambda: page.run("location.reload()"))
    found = town.service.client.get("/organizations", params={"q": name}).json()["items"]
    assert len([each for each in found if each["short_name"] == name]) == 1


def test_the_way_back_from_a_form_that_was_refused_leads_to_the_form(desk: Office) -> None:
    """The browser asked whether to send the refused form again, and showed nothing else."""
    page = desk.page
    desk.enter(Role.COORDINATOR)
    desk.go("/data/organizations/new")
    page.follow(lambda: page.press(".acts button"))
    assert page.run("document.activeElement.matches('.errs')")
    page.run("document.querySelector('[name=kind]').value = 'general_school'")
    page.type("[name=full_name]", "МБОУ «Обратная СОШ»")
    page.type("[name=short_name]", "Обратная СОШ")
    page.follow(lambda: page.press(".acts button"))
    assert "Запись создана" in page.run(TEXT)
    page.follow(lambda: page.run("history.back()"))
    assert page.run("location.pathname") == "/data/organizations/new"
    assert "Добавить организацию" in page.run(TEXT)


def test_a_row_that_is_added_or_taken_out_keeps_the_focus_where_it_is(desk: Office) -> None:
    """The page was shown from its top, and who has a keyboard walked through all of it again."""
    page = desk.page
    page.size(WIDE, HEIGHT)
    desk.enter(Role.COORDINATOR)
    desk.go("/data/partnerships/new")
    for number in "01":
        page.follow(lambda: page.press('[name="add.members"]'))
        page.until(f"document.activeElement.name === 'members.{number}.organization_id'")
    page.follow(lambda: page.press('[name="drop.members.0"]'))
    page.until("document.activeElement.name === 'add.members'")


def test_a_name_is_a_text_and_the_cookie_is_for_pages_alone(desk: Office) -> None:
    name = "<script>document.title='x'</script>"
    key = desk.town.scene.make("organizations", RECIPES["$school"], short_name=name)["id"]
    desk.enter(Role.COORDINATOR)
    desk.go(f"/data/organizations/{key}")
    assert name in desk.page.run(TEXT)
    assert desk.page.run("document.title") != "x"
    asked = "fetch('/api/v1/organizations').then(answer => answer.status)"
    assert desk.page.run(asked) == HTTPStatus.UNAUTHORIZED


def test_a_form_of_another_site_is_refused(desk: Office) -> None:
    desk.enter(Role.COORDINATOR)
    target = desk.address + desk.town.address(page_of("/events/{id}/done"))
    desk.page.go(f"data:text/html,<form method=post action={target}><button>x</button></form>")
    desk.page.follow(lambda: desk.page.press("button"))
    assert desk.statuses()[-1] == HTTPStatus.FORBIDDEN


def test_a_keyboard_is_enough(desk: Office) -> None:
    page, state = desk.page, desk.town.state
    page.size(WIDE, HEIGHT)
    page.become(desk.address, "nobody=1")
    desk.go(f"/login?next={quote(state, safe='')}")
    walk_to(desk, "#key")
    page.write(desk.town.key(Role.COORDINATOR))
    page.follow(lambda: page.strike(ENTER))
    walk_to(desk, "#over a.btn")
    link = page.run("document.activeElement.getAttribute('href')")
    page.follow(lambda: page.strike(ENTER))
    walk_to(desk, "[name=result]")
    page.write("Проведён семинар")
    walk_to(desk, ".acts button")
    page.follow(lambda: page.strike(SPACE))
    # Without a day it is refused: the summary has the focus, and its link leads to the field.
    assert page.run("document.activeElement.matches('.errs')")
    assert page.run("document.title").startswith("Ошибка:")
    walk_to(desk, ".errs a")
    page.strike(ENTER)
    assert page.run("document.activeElement.name") == "completed_on"
    page.type_day("[name=completed_on]", desk.town.event(link)["window_end"])
    walk_to(desk, ".acts button")
    page.follow(lambda: page.strike(ENTER))
    assert desk.town.event(link)["result"] == "Проведён семинар"
    walk_to(desk, ".out button")
    page.follow(lambda: page.strike(ENTER))
    assert page.run("location.pathname") == "/login"


def walk_to(desk: Office, selector: str) -> None:
    """Strike Tab until the focus is on what is wanted; it is to be seen at every step."""
    wanted = f"document.activeElement.matches({json.dumps(selector)})"
    for _ in range(STEPS):
        desk.page.strike(TAB)
        assert desk.page.run(IS_SEEN), desk.page.run("document.activeElement.outerHTML")
        if desk.page.run(wanted):
            return
    pytest.fail(f"the focus never comes to {selector}")


ODD = {
    "headcounts": "Где;Когда;Сколько\nНигде;вчера;много",
    "resource-balances": "Организация;Ресурс;На какой день;Требуется;Имеется;Предлагается сети\n"
    "Нигде;Невиданное;31.09.2021;много;1;0",
    "organizations": "Краткое название;Полное название;Тип;Открыта\nНовая;;школа;вчера\n"
    "Иная СОШ;Иная СОШ;организация дополнительного образования;01.09.2020",
    "employments": "ФИО;Организация;Должность\nИ. О. Неполная;Нигде;учитель",
}
"""Lists that ask about columns, organizations, other records, days, numbers, values and people."""


@pytest.mark.parametrize("kind", ODD)
def test_what_a_list_asks_and_what_became_of_it_is_right(kind: str, desk: Office) -> None:
    desk.enter(Role.COORDINATOR)
    who = desk.town.visitor(Role.COORDINATOR)
    form = f"/data/{kind}/upload"
    file = {"file": ("список.csv", ODD[kind].encode())}
    sent = who.upload(form, {**who.form(form), "basis": "consent"}, file)
    address = sent.headers["location"]
    desk.go(address)
    shown = desk.page.run(TEXT)
    assert "Решите сами" in shown or "Что значат столбцы" in shown
    for width in (WIDE, NARROW):
        demand_right(desk, width, whole=True)
    if kind == "organizations":
        desk.page.follow(lambda: desk.page.press("[name=skip]"))
        assert "Список записан" in desk.page.run(TEXT)
        for width in (WIDE, NARROW):
            demand_right(desk, width, whole=True)
    assert desk.complaints() == []


@pytest.mark.parametrize("address", ["", "/plan", "/network"])
def test_paper_holds_every_column(address: str, desk: Office) -> None:
    desk.enter(Role.COORDINATOR)
    desk.page.size(WIDE, HEIGHT)
    desk.go(f"{desk.town.state}{address}")
    tables = desk.page.run(TABLES)
    sheets = pypdf.PdfReader(io.BytesIO(desk.page.paper())).pages
    assert len(sheets) <= MOST_SHEETS
    for sheet in sheets:
        shown = bare(sheet.extract_text())
        for head, rows in tables:
            if any(bare(row) in shown for row in rows):
                assert [word for word in head if bare(word) not in shown] == []


def test_every_school_gets_a_sheet_of_its_own(desk: Office) -> None:
    desk.enter(Role.ADMIN)
    page, home = desk.page, desk.town.scene["$municipality"]
    for number in "12":
        school = {"municipality_id": home, "kind": "general_school"}
        names = {"full_name": f"Школа с листом {number}", "short_name": f"С листом {number}"}
        desk.town.scene.make("organizations", school | names)
    desk.go(f"/keys/schools?municipality_id={home}")
    count = page.run("document.querySelectorAll('[name=school]').length")
    page.follow(lambda: page.press(".acts button"))
    keys = page.run("[...document.querySelectorAll('.key')].map(each => each.innerText)")
    assert len(keys) == count > 1
    for width in (WIDE, NARROW):
        demand_right(desk, width, whole=True)
    sheets = [
        bare(sheet.extract_text()) for sheet in pypdf.PdfReader(io.BytesIO(page.paper())).pages
    ]
    assert [[key for key in keys if bare(key) in sheet] for sheet in sheets] == [
        [key] for key in keys
    ]
    assert not any("Выйти" in sheet or "распечатайте" in sheet.lower() for sheet in sheets)


def bare(text: str) -> str:
    """A text without spaces: paper breaks lines elsewhere."""
    return "".join(text.split())


def page_of(address: str) -> Page:
    return next(page for page in PAGES if page.address == address)
