"""«Загрузить список» of every kind: checked, asked about, decided and written."""

import re
from typing import Any

import pytest

from app.access.matrix import grant_of
from app.access.roles import Role
from app.model.grants import Verb
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.holders import issue
from tests.scene import NOBODY, RECIPES, Scene, Service, body_of
from tests.test_pages_upload import Check
from tests.visitor import Visitor, unescaped, visitor

WRITERS = (Role.COORDINATOR, Role.ADMIN)


class Desk:
    """Somebody with the form of a kind open."""

    def __init__(self, service: Service, scene: Scene, role: Role = Role.COORDINATOR) -> None:
        self.scene, self.service = scene, service
        scope: dict[str, Any] = {}
        if role == Role.COORDINATOR:
            scope = {"municipality_id": scene["$municipality"]}
        elif role == Role.ORG:
            scope = {"organization_id": scene["$school"]}
        self.visitor: Visitor = visitor(service.client, issue(service.database, role, **scope))

    def send(self, path: str, content: bytes, name: str = "список.csv", **more: str) -> Any:
        """The answer to the first step."""
        address = f"/data/{path}/upload"
        fields = {**self.visitor.form(address), "basis": "consent", **more}
        return self.visitor.upload(address, fields, {"file": (name, content)})

    def check(self, path: str, content: bytes, name: str = "список.csv", **more: str) -> Check:
        """The second step."""
        answer = self.send(path, content, name, **more)
        assert answer.status_code == 303, re.findall('class="err".*?<|<li>.*?<', answer.text)
        return Check(self, answer.headers["location"])  # type: ignore[arg-type]

    def count(self, path: str) -> int:
        """How many records of a kind the municipality has."""
        query = {"municipality_id": self.scene["$municipality"], "include_total": "true"}
        return int(self.scene.client.get(f"/{path}", params=query).json()["total"])


@pytest.fixture
def desk(service: Service, scene: Scene) -> Desk:
    scene.lay(["$school", "$leader", "$program"])
    return Desk(service, scene)


def table(*rows: str) -> bytes:
    """A list as CSV."""
    return "\n".join(rows).encode()


def told(page: str) -> str:
    """The text of a page, without markup."""
    return " ".join(re.sub("<[^>]+>", " ", page).replace("\xa0", " ").split())


@pytest.mark.long
@pytest.mark.one_database
@pytest.mark.parametrize("kind", RESOURCES, ids=lambda kind: kind.name)
def test_the_exported_list_of_each_kind_is_read_again(
    kind: Resource, service: Service, scene: Scene
) -> None:
    role = next(each for each in WRITERS if grant_of(each, kind.name).allows(Verb.CREATE))
    desk = Desk(service, scene, role)
    scene.make(kind.name, body_of(kind, scene))
    exported = desk.visitor.get(f"/data/{kind.path}.xlsx").content
    check = desk.check(kind.path, exported, "список.xlsx")
    page = told(check.page)
    assert kind.titles.all in page
    assert "Ждут решения" not in page, page
    done = check.press("write").headers["location"]
    assert done.endswith("/done"), told(check.page)
    page = told(desk.visitor.get(done).text)
    assert "Список записан" in page
    assert re.search(r"Записей добавлено 0, уже были [1-9]", page), page
    assert desk.visitor.get(f"/samples/{kind.path}.xlsx").content[:2] == b"PK"


@pytest.mark.long
@pytest.mark.shared_out
def test_an_unknown_school_is_chosen_once_and_remembered(desk: Desk) -> None:
    rows = ("Организация;На какой день;Число педагогов", "Сельская школа;01.09.2020;20")
    check = desk.check("headcounts", table(*rows, "Сельская школа;01.09.2021;21"))
    page = told(check.page)
    assert "«Сельская школа», какая это организация?" in page
    assert len(check.keys) == 1
    assert desk.count("headcounts") == 0
    done = check.press("write", c0="other", v0=desk.scene["$school"], a0="1")
    location = done.headers["location"]
    assert (desk.count("headcounts"), desk.count("organization-aliases")) == (2, 1)
    page = desk.visitor.get(location).text
    assert "«Сельская школа» – Сельская СОШ" in told(page)
    again = desk.check("headcounts", table(*rows))
    assert again.keys == []


@pytest.mark.shared_out
def test_a_rare_word_suggests_a_school_before_likeness_does(desk: Desk) -> None:
    for word in ("Сельдская", "Сельвская", "Сельмская"):
        body = {"organization_id": "$leader", "alias": f"{word} школа"}
        desk.scene.make("organization_aliases", body)
        named = {**RECIPES["$school"], "short_name": f"{word} ООШ", "full_name": f"{word} ООШ"}
        desk.scene.make("organizations", {**named, "inn": None, "kpp": None, "ogrn": None})
    rows = table("Организация;На какой день;Число педагогов", "Сельская школа;01.09.2020;20")
    page = desk.check("headcounts", rows).page
    offered = re.findall(r'name="c\.\w+" value="([0-9a-f-]{36})"', page)
    assert offered[0] == desk.scene["$school"]


@pytest.mark.long
@pytest.mark.shared_out
def test_a_remembered_spelling_is_taken_back(desk: Desk) -> None:
    rows = table("Организация;На какой день;Число педагогов", "Сельская школа;01.09.2020;20")
    check = desk.check("headcounts", rows)
    check.press("check", c0="other", v0=desk.scene["$school"], a0="1")
    assert "написание запомним" in check.page
    forget = re.search(r'name="(forget\.[0-9a-f]+)"', check.page)
    assert forget
    check.press(forget[1])
    assert "написание запомним" not in check.page
    assert check.keys == []
    check = desk.check("headcounts", rows)
    done = check.press("write", c0="other", v0=desk.scene["$school"], a0="1").headers["location"]
    button = re.search(r'name="(forget\.[0-9a-f-]+)"', desk.visitor.get(done).text)
    assert button
    fields = {**desk.visitor.form(done), button[1]: "1"}
    assert desk.visitor.post(done, fields).headers["location"] == done
    assert (desk.count("organization-aliases"), desk.count("headcounts")) == (0, 1)
    page = told(desk.visitor.get(done).text)
    assert "Написание забыто" in page
    assert desk.visitor.post(done, {**fields, "once": "x" * 20}).status_code == 404
    other = Desk(desk.service, desk.scene, Role.ORG).visitor
    assert other.post(done, fields).status_code in {403, 404, 422}


@pytest.mark.long
@pytest.mark.shared_out
def test_records_of_other_kinds_are_chosen_by_name(desk: Desk) -> None:
    desk.scene["$resource_type"]
    named = desk.scene.client.get(f"/resource-types/{desk.scene['$resource_type']}").json()["title"]
    rows = table(
        "Организация;Ресурс;На какой день;Требуется;Имеется;Предлагается сети",
        "Сельская СОШ;Невиданное;01.09.2020;5;1;0",
    )
    check = desk.check("resource-balances", rows)
    page = told(check.page)
    assert "«Невиданное», что это?" in page
    assert named in check.page
    assert check.press("write", c0="other", v0=named).headers["location"].endswith("/done")
    assert desk.count("resource-balances") == 1


@pytest.mark.long
@pytest.mark.shared_out
def test_all_rows_of_a_record_wait_for_the_answer_about_one(desk: Desk) -> None:
    rows = table(
        "Название;Модель взаимодействия;Состояние;Основание;Первый день;"
        "Участники: организация;Участники: роль",
        "Пара;вертикальная: лидер поддерживает;действует;план;01.09.2020;"
        "Ресурсная СОШ;лидер (ресурсная школа)",
        ";;;;;Сельская школа;поддерживаемая организация",
    )
    form = desk.visitor.get("/data/partnerships/upload").text
    usual = re.search(r'value="([^"]+)" name="program_id"', form)
    assert usual
    assert unescaped(usual[1]) == _program(desk)
    check = desk.check("partnerships", rows, program_id=_program(desk))
    page = told(check.page)
    assert _program(desk) in page
    assert "Сельская школа" in page.partition("Строки списка")[2]
    assert "Вернём файлом" not in page, page
    assert len(check.keys) == 1, page
    done = check.press("write", c0="other", v0=desk.scene["$school"])
    assert done.headers["location"].endswith("/done"), told(check.page)
    assert desk.count("partnerships") == 1


def _program(desk: Desk) -> str:
    found = desk.scene.client.get(f"/programs/{desk.scene['$program']}").json()
    return str(found["title"])


@pytest.mark.long
@pytest.mark.shared_out
def test_columns_are_asked_about_for_every_kind(desk: Desk) -> None:
    check = desk.check("headcounts", table("Где;Когда;Душ", "Сельская СОШ;01.09.2020;20"))
    assert "Что значат столбцы" in check.page
    meant = {"m.0": "organization_id", "m.1": "observed_on", "m.2": "teachers"}
    names = re.findall(r'<option value="([a-z_]+)"', check.page)
    assert {*meant.values()} <= {*names}, sorted({*names})
    fields = {**desk.visitor.form(check.address), "header_row": "1", **meant}
    assert desk.visitor.post(check.address, fields).headers["location"] == check.address
    assert check.press("write").headers["location"].endswith("/done")
    assert desk.count("headcounts") == 1


@pytest.mark.long
@pytest.mark.shared_out
def test_a_list_of_schools_as_districts_keep_it_is_understood(desk: Desk) -> None:
    rows = table(
        "Список организаций района;;;;",
        "№ п/п;Полное наименование ОО;Краткое название;Тип;ИНН",
        "1;МБОУ «Новая СОШ»;Новая СОШ;школа;ИНН 1633 990 011",
        "2;МБОУ «Иная СОШ»;Иная СОШ;школа;",
        "Итого: 2;;;;",
    )
    check = desk.check("organizations", rows)
    assert "Вид организации: «школа»" in told(check.page), told(check.page)
    assert len(check.keys) == 1
    before = desk.count("organizations")
    done = check.press("write", c0="общеобразовательная организация").headers["location"]
    assert done.endswith("/done"), told(check.page)
    assert desk.count("organizations") == before + 2


@pytest.mark.shared_out
def test_what_a_column_may_mean_is_told_by_headings(desk: Desk) -> None:
    rows = table("Наименование ОО;Тип", "МБОУ «Новая СОШ»;общеобразовательная организация")
    page = told(desk.check("organizations", rows).page)
    assert "«Наименование ОО» можно понять по-разному: «Полное наименование», «Краткое" in page


@pytest.mark.long
@pytest.mark.shared_out
def test_an_organization_sends_its_own_rows_without_naming_itself(desk: Desk) -> None:
    own = Desk(desk.service, desk.scene, Role.ORG)
    needed = "Нужно: «На какой день», «Число педагогов»."
    assert needed in told(own.visitor.get("/data/headcounts/upload").text)
    check = own.check("headcounts", table("На какой день;Число педагогов", "01.09.2020;20"))
    assert check.press("write").headers["location"].endswith("/done")
    assert own.count("headcounts") == 1
    # The column of a template may be there, and empty.
    empty = table("Организация;На какой день;Число педагогов", ";02.09.2020;20")
    check = own.check("headcounts", empty)
    assert check.press("write").headers["location"].endswith("/done")
    assert own.count("headcounts") == 2
    foreign = table("Организация;На какой день;Число педагогов", "Ресурсная СОШ;01.09.2020;20")
    check = own.check("headcounts", foreign)
    assert "вне области вашего ключа" in check.page
    assert check.press("write").headers["location"] == check.address
    assert own.count("headcounts") == 2


@pytest.mark.shared_out
def test_a_list_that_is_left_is_found_again_until_it_is_written(desk: Desk) -> None:
    places = ["/data", "/data/events/upload", f"/programs/{desk.scene['$program']}/events/new"]
    rows = table("Организация;На какой день;Число педагогов", "Сельская СОШ;01.09.2020;20")
    check = desk.check("headcounts", rows, "август & сентябрь.csv")
    link = f'<a href="{check.address}">август &amp; сентябрь.csv</a>'
    other = Desk(desk.service, desk.scene)
    for place in places:
        page = desk.visitor.get(place).text
        assert link in page
        assert "Численность педагогов" in told(page)
        assert link not in other.visitor.get(place).text
    assert check.press("write").headers["location"].endswith("/done")
    assert [place for place in places if link in desk.visitor.get(place).text] == []


@pytest.mark.shared_out
def test_a_list_that_names_people_needs_a_basis(desk: Desk) -> None:
    rows = table("ФИО;Организация", "Иванова Мария Петровна;Сельская СОШ")
    answer = desk.send("employments", rows, basis="")
    assert answer.status_code == 422
    assert 'id="f-basis"' in answer.text
    assert "на каком основании" in answer.text


@pytest.mark.long
@pytest.mark.shared_out
def test_what_a_draft_was_is_what_its_form_changes(desk: Desk) -> None:
    rows = table("Организация;На какой день;Число педагогов", "Сельская школа;01.09.2020;20")
    check = desk.check("headcounts", rows)
    check.press("check", c0="out")
    draft = check.address.rpartition("/")[2]
    assert (
        "Уже загружен список.csv" in desk.visitor.get(f"/data/headcounts/upload?draft={draft}").text
    )
    for other in ("/data/organizations/upload", f"/programs/{desk.scene['$program']}/events/new"):
        assert desk.visitor.get(f"{other}?draft={draft}").status_code == 404
    answer = check.press("leave")
    assert answer.headers["location"] == "/data/headcounts"
    assert desk.visitor.get(check.address).status_code == 404


def test_a_check_that_ended_with_its_session_is_not_promised(service: Service) -> None:
    nobody = Visitor(service.client, "")
    ended = nobody.post(f"/uploads/{NOBODY}", {"v0": "Сельская СОШ"})
    assert ended.status_code == 401
    assert "загрузите список ещё раз" in ended.text
    assert "не пропадёт" not in ended.text
    form = nobody.post("/data/organizations/new", {"short_name": "Сельская СОШ"})
    assert "введённое не пропадёт" in form.text
