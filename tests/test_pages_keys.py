"""The pages of keys: shown once on paper, never stored, replaced and taken back."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import segno

from app.access import keys
from app.access.roles import Role
from app.access.tokens import hash_of, read
from app.settings import Settings
from tests.holders import Holder, issue
from tests.scene import RECIPES, Scene, Service
from tests.test_pages_data import Form
from tests.visitor import Visitor, visitor

pytestmark = pytest.mark.shared_out

NO_DAY = "Действует по: Нужна существующая дата в виде ДД.ММ.ГГГГ."


@pytest.fixture
def admin(service: Service) -> Visitor:
    """An administrator, signed in."""
    return visitor(service.client, issue(service.database, Role.ADMIN))


@pytest.fixture
def school(scene: Scene) -> str:
    """A school of the scene, beside its leader."""
    assert scene["$leader"]
    return scene["$school"]


def shown(page: str) -> list[str]:
    """The keys on the sheets of a page."""
    found = re.findall(r'<p class="key">(.*?)</p>', page, re.DOTALL)
    return ["".join(each.split("<br>")).replace("\n", "") for each in found]


def address_of(scene: Scene) -> str:
    return f"/keys/schools?municipality_id={scene['$municipality']}"


def test_every_school_without_a_key_gets_a_sheet(
    admin: Visitor, service: Service, scene: Scene, school: str
) -> None:
    issue(service.database, Role.ORG, organization_id=school)
    for name in ("Дальняя СОШ", "Ближняя СОШ"):
        scene.make("organizations", RECIPES["$school"], short_name=name)
    scene.make("organizations", RECIPES["$school"], short_name="Архив", kind="culture")
    scene.make("organizations", RECIPES["$school"], short_name="Былая", closed_on="2020-05-31")
    form = Form(admin.get(address_of(scene)).text).fields
    # Whoever has a key is not offered another one, and a closed school or no school gets none.
    boxes = re.findall(r'name="school" value="([^"]+)" checked', admin.get(address_of(scene)).text)
    assert len(boxes) == 3
    answer = admin.post(address_of(scene), {**form, "school": boxes})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    tokens = shown(answer.text)
    assert len({*tokens}) == 3
    named = re.findall(r"<h2>Ключ доступа: ([^<]+)</h2>", answer.text)
    assert named == ["Ближняя СОШ", "Дальняя СОШ", "Ресурсная СОШ"]
    for token in tokens:
        assert read(token)
        assert Holder(service.client, token).get("/programs").status_code == 200
    assert "У всех школ этого муниципалитета ключ есть" in admin.get(address_of(scene)).text


def test_a_code_is_the_key_and_nothing_else(admin: Visitor, scene: Scene, school: str) -> None:
    answer = admin.post(
        address_of(scene), {**admin.form(address_of(scene)), "school": [school]}
    ).text
    (token,) = shown(answer)
    drawn = re.search(r"<svg[^>]*class=\"qr\".*?</svg>", answer, re.DOTALL)
    assert drawn
    code = segno.make(token, error="m", micro=False)
    assert re.findall(r' d="([^"]+)"', drawn[0]) == re.findall(r' d="([^"]+)"', code.svg_inline())
    # A key in an address would lie in the history of browsers and in logs.
    assert not [each for each in re.findall(r'="[^"]*"', answer) if token in each]


@pytest.mark.long
def test_a_form_that_is_sent_again_issues_and_shows_nothing(
    admin: Visitor, service: Service, scene: Scene, school: str
) -> None:
    fields = {**admin.form(address_of(scene)), "school": [school]}
    (token,) = shown(admin.post(address_of(scene), fields).text)
    before = len(service.database.read(keys.listed))
    again = admin.post(address_of(scene), fields)
    assert again.status_code == 200
    assert "Ключ уже показан" in again.text
    assert shown(again.text) == []
    assert len(service.database.read(keys.listed)) == before
    for page in ("/keys", "/keys?q=СОШ"):
        assert token not in admin.get(page).text
        assert hash_of(token) not in admin.get(page).text


def test_a_key_of_any_role_is_issued(admin: Visitor, service: Service, scene: Scene) -> None:
    address = f"/keys/new?municipality_id={scene['$municipality']}"
    fields = {**admin.form(address), "role": "coordinator", "owner": "Петрова, методист"}
    answer = admin.post(address, {**fields, "expires_at": ""})
    (token,) = shown(answer.text)
    made = next(key for key in service.database.read(keys.listed) if key.kid == read(token))
    assert (str(made.municipality_id), made.role) == (scene["$municipality"], Role.COORDINATOR)
    assert "Петрова, методист" in admin.get("/keys?q=Петрова").text


def test_the_last_day_of_a_key_is_typed_as_in_all_forms(admin: Visitor, service: Service) -> None:
    zone = Settings().zone
    last = datetime.now(zone).date() + timedelta(days=40)
    fields = {"role": "reader", "owner": "Читатель", "expires_at": f"{last:%d.%m.%Y}"}
    (token,) = shown(admin.post("/keys/new", {**admin.form("/keys/new"), **fields}).text)
    made = next(key for key in service.database.read(keys.listed) if key.kid == read(token))
    assert made.expires_at.astimezone(zone).date() == last


@pytest.mark.parametrize(
    ("after", "told"),
    [(0, "кончается сегодня"), (1, "кончается через 1 день"), (2, "кончается через 2 дня")],
)
def test_the_days_that_a_key_has_left_are_those_of_the_calendar(
    admin: Visitor, service: Service, after: int, told: str
) -> None:
    zone = Settings().zone
    day = datetime.now(zone).date() + timedelta(days=after)
    # The first minute of a later day, but the last of today: neither is a whole day away.
    at = time(0, 1) if after else time(23, 59, 59)
    ends = datetime.combine(day, at, zone)
    issue(service.database, Role.READER, "Уходящий", expires_at=ends)
    page = admin.get("/keys?q=Уходящий").text.replace("\xa0", " ")
    assert told in page


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"role": "org", "owner": "Кто-то"}, "Организация: Обязательное поле"),
        ({"role": "sync", "owner": "Система"}, "источник"),
        ({"role": "reader", "owner": ""}, "Кто отвечает за ключ: "),
        ({"role": "reader", "owner": "Кто-то", "expires_at": "2020-01-01"}, "Срок должен быть"),
        *(
            ({"role": "reader", "owner": "Кто-то", "expires_at": day}, NO_DAY)
            for day in (
                "2027-02-30",
                "31.02.2027",
                "завтра",
                "20270101",
                "2027-W01-1",
                "9999-12-3²",
            )
        ),
        ({"role": "reader", "owner": "Кто-то", "expires_at": "9999-12-31"}, "Действует по: "),
    ],
)
def test_what_does_not_fit_is_told_and_kept(
    admin: Visitor, service: Service, said: dict[str, Any], told: str
) -> None:
    before = len(service.database.read(keys.listed))
    answer = admin.post("/keys/new", {**admin.form("/keys/new"), **said})
    assert answer.status_code == 422
    assert "Ошибка:" in answer.text
    assert told in answer.text
    assert f'value="{said["owner"]}"' in answer.text
    assert len(service.database.read(keys.listed)) == before


def test_a_replaced_key_works_on_for_some_days(
    admin: Visitor, service: Service, scene: Scene
) -> None:
    old = service.client.post("/keys", json={"role": "reader", "owner": "Отдел"}).json()
    address = f"/keys/{old['id']}/rotation"
    answer = admin.post(address, {**admin.form(address), "days": "7"})
    (token,) = shown(answer.text)
    for key in (token, old["key"]):
        assert Holder(service.client, key).get("/programs").status_code == 200
    odd = admin.post(address, {**admin.form(address), "days": "365"})
    assert odd.status_code == 422


def test_a_key_is_taken_back(admin: Visitor, service: Service) -> None:
    made = service.client.post("/keys", json={"role": "reader", "owner": "Бывший сотрудник"}).json()
    address = f"/keys/{made['id']}/revoke"
    answer = admin.post(address, admin.form(address))
    assert answer.status_code == 303
    assert "Ключ отключён" in admin.get(answer.headers["location"]).text
    assert "Бывший сотрудник" not in admin.get("/keys?q=Бывший").text
    assert "Бывший сотрудник" in admin.get("/keys?q=Бывший&state=ended").text
    assert "Ключ уже отключён" in admin.get(address).text


@pytest.mark.parametrize("query", ["state=odd", "page=0", "unknown=1"])
def test_what_is_not_known_is_refused(admin: Visitor, query: str) -> None:
    assert admin.get(f"/keys?{query}").status_code in {400, 422}
