"""The wizard «Провели мероприятие»: an event and its list, asked about, decided and written."""

import csv
import io
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.roles import Role
from app.backup import making
from app.database.transaction import Transaction
from app.intake.sheets.writing import write_xlsx
from app.pages import drafting
from app.problems import Unavailable
from app.store import drafts
from app.store.drafts import DRAFTS, PIECES
from tests.holders import issue
from tests.holding import held
from tests.scene import RESOURCE, Scene, Service
from tests.visitor import Visitor, hidden, visitor
from tests.waiting import until

pytestmark = pytest.mark.shared_out

DAY, FORM = "2020-10-15", "professional_development"
PEOPLE = [
    ("Иванова Мария Петровна", "Сельская СОШ"),
    ("Петров Пётр Ильич", "Сельская школа"),
    ("Сидорова Анна Олеговна", "Сельская школа"),
]


def listed(*rows: tuple[str, ...], titles: tuple[str, ...] = ("ФИО", "Школа")) -> bytes:
    """A list as CSV."""
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows([titles, *rows])
    return file.getvalue().encode()


class Desk:
    """A coordinator with the form of a program open."""

    def __init__(self, service: Service, scene: Scene, **scope: Any) -> None:
        self.scene, self.service = scene, service
        role = Role.ORG if "organization_id" in scope else Role.COORDINATOR
        scope = scope or {"municipality_id": scene["$municipality"]}
        self.visitor: Visitor = visitor(service.client, issue(service.database, role, **scope))
        self.address = f"/programs/{scene['$program']}/events/new"

    def send(self, content: bytes | None, name: str = "список.csv", **more: str) -> Any:
        """The answer to the first step."""
        fields = {
            **self.visitor.form(self.address),
            "about": f"activity_id:{self.scene['$activity']}",
            "title": "Семинар по математике",
            "completed_on": DAY,
            "host_id": "Сельская СОШ",
            "basis": "statutory_function",
            "create": "1",
            **more,
        }
        file = {"file": (name, content)} if content is not None else {"file": ("", b"")}
        return self.visitor.upload(self.address, fields, file)

    def check(self, content: bytes, **more: str) -> "Check":
        """The second step."""
        answer = self.send(content, **more)
        assert answer.status_code == 303, re.findall('class="err".*?<', answer.text)
        return Check(self, answer.headers["location"])

    def count(self, collection: str) -> int:
        """How many records the municipality has."""
        query = {"municipality_id": self.scene["$municipality"], "include_total": "true"}
        return int(self.scene.client.get(f"/{collection}", params=query).json()["total"])


class Check:
    """A draft, as its page shows it."""

    def __init__(self, desk: Desk, address: str) -> None:
        self.desk, self.address = desk, address

    @property
    def page(self) -> str:
        answer = self.desk.visitor.get(self.address)
        assert answer.status_code == 200, answer.text
        text: str = answer.text
        return text

    @property
    def keys(self) -> list[str]:
        """The questions, in the order of the page."""
        return re.findall(r'id="q-([0-9a-f]+)"', self.page)

    def press(self, button: str, **decisions: str) -> Any:
        """The answer to a button; the names of decisions are `c0`, `v0`, `a0` of question 0."""
        page, keys = self.page, self.keys
        sent = {f"{name[0]}.{keys[int(name[1:])]}": text for name, text in decisions.items()}
        return self.desk.visitor.post(self.address, {**hidden(page), **sent, button: "1"})


@pytest.fixture
def desk(service: Service, scene: Scene) -> Desk:
    scene.lay(["$school", "$leader", "$activity", "$program"])
    return Desk(service, scene)


@pytest.mark.long
def test_a_list_is_checked_decided_and_written_at_once(desk: Desk) -> None:
    check = desk.check(listed(*PEOPLE))
    assert desk.count("events") == desk.count("teachers") == 0
    page = check.page
    assert "2 строки ждут вашего решения" in page.replace("\xa0", " ")
    assert "«Сельская школа»: какая это школа?" in page
    assert len(check.keys) == 1
    done = check.press("write", c0=desk.scene["$school"], a0="1")
    assert done.headers["location"].endswith("/done")
    assert (desk.count("events"), desk.count("participations"), desk.count("teachers")) == (1, 3, 3)
    assert desk.count("organization-aliases") == 1
    text = desk.visitor.get(done.headers["location"]).text
    assert "Мероприятие и список записаны" in text
    assert "«Сельская школа» – Сельская СОШ" in text
    assert "Новые педагоги" in text


def test_a_form_that_was_sent_before_is_told_and_may_be_sent_anew(desk: Desk) -> None:
    once = hidden(desk.visitor.get(desk.address).text)
    assert desk.send(listed(PEOPLE[0]), **once).status_code == 303
    again = desk.send(listed(PEOPLE[1]), **once)
    assert again.status_code == 422
    assert "уже отправляли" in again.text
    fresh = hidden(again.text)
    assert fresh["once"] != once["once"]
    assert desk.send(listed(PEOPLE[1]), **fresh).status_code == 303


def test_an_event_told_again_is_corrected_or_said_to_be_there(desk: Desk) -> None:
    def told(content: bytes | None = None, **more: str) -> str:
        answer = desk.send(content, **more, **({} if content else {"no_list": "1"}))
        return str(desk.visitor.get(answer.headers["location"]).text)

    def stored() -> dict[str, Any]:
        query = {"municipality_id": desk.scene["$municipality"]}
        (event,) = desk.scene.client.get("/events", params=query).json()["items"]
        return {name: event[name] for name in ("form", "learner_count", "status")}

    assert "Мероприятие записано" in told(learner_count="40")
    assert "Мероприятие записано" in told(learner_count="55", form=FORM)
    assert stored() == {"form": FORM, "learner_count": 55, "status": "completed"}
    # What is left empty stays.
    assert "Такое мероприятие уже записано, в нём всё так же" in told()
    check = desk.check(listed(PEOPLE[0]), learner_count="56")
    check.press("write")
    assert stored() == {"form": FORM, "learner_count": 56, "status": "completed"}


@pytest.mark.long
def test_the_same_list_again_finds_the_alias_and_changes_nothing(desk: Desk) -> None:
    first = desk.check(listed(*PEOPLE))
    first.press("write", c0=desk.scene["$school"], a0="1")
    again = desk.check(listed(*PEOPLE))
    assert again.keys == []
    assert "уже записано, список добавится к нему" in again.page
    done = again.press("write").headers["location"]
    assert (desk.count("events"), desk.count("participations"), desk.count("teachers")) == (1, 3, 3)
    assert "Показатели программы от этого списка не изменились" in desk.visitor.get(done).text


@pytest.mark.long
def test_what_changed_in_the_indicators_is_told_as_the_api_tells_it(desk: Desk) -> None:
    desk.scene.make(
        "employments",
        {
            "teacher_id": "$teacher",
            "organization_id": "$leader",
            "position": "учитель",
            "position_group": "teaching",
            "is_main_job": False,
            "valid_from": "2020-09-01",
        },
    )
    address = f"/programs/{desk.scene['$program']}/indicators"
    code = "teacher_coverage_share"

    def value() -> dict[str, Any]:
        items = desk.scene.client.get(address).json()["items"]
        return next(each for each in items if each["code"] == code)

    before = value()
    check = desk.check(listed(("Пробная Вера", "Сельская СОШ")))
    done = check.press("write").headers["location"]
    after = value()
    assert before["value"] != after["value"]
    text = desk.visitor.get(done).text.replace("\xa0", " ")
    row = re.search(rf'indicators/{code}">.*?</tr>', text, re.DOTALL)
    assert row
    for one in (before, after):
        assert f"{one['value'].replace('.', ',')} %" in row[0]
        assert f"{one['numerator']} из {one['denominator']}" in row[0]


@pytest.mark.long
def test_undecided_rows_wait_and_nothing_is_written(desk: Desk) -> None:
    check = desk.check(listed(*PEOPLE))
    answer = check.press("write")
    assert answer.headers["location"] == check.address
    assert desk.count("events") == 0


@pytest.mark.long
def test_undecided_rows_come_back_in_a_file_if_that_is_asked(desk: Desk) -> None:
    check = desk.check(listed(*PEOPLE))
    done = check.press("skip").headers["location"]
    assert desk.count("participations") == 1
    page = desk.visitor.get(done).text
    assert "2 строки вернулись" in page.replace("\xa0", " ")
    address = re.search(r'href="(/uploads/[^"]+/refused)"', page)
    assert address
    file = desk.visitor.get(address[1])
    assert file.headers["content-disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:2] == ["ФИО", "Школа"]
    assert "Ошибка" in rows[0]
    assert [row[1] for row in rows[1:]] == ["Сельская школа"] * 2


@pytest.mark.long
def test_an_unknown_person_is_chosen_or_named(desk: Desk) -> None:
    desk.scene["$teacher"]
    people = [("Пробная В.", "Сельская СОШ"), ("Новая Н. Н.", "Сельская СОШ")]
    check = desk.check(listed(*people))
    assert "Пробная Вера" in check.page
    assert "учитель математики" in check.page
    keys = check.keys
    assert len(keys) == 2
    known = next(at for at, key in enumerate(keys) if desk.scene["$teacher"] in _block(check, key))
    other = 1 - known
    decided = {f"c{known}": desk.scene["$teacher"], f"c{other}": "other"}
    decided[f"v{other}"] = "Новая Наталья Ниловна"
    assert check.press("write", **decided).headers["location"].endswith("/done")
    made = desk.scene.client.get(
        "/teachers", params={"municipality_id": desk.scene["$municipality"], "q": "новая"}
    ).json()["items"]
    assert [each["first_name"] for each in made] == ["Наталья"]
    assert desk.count("participations") == 2


def _block(check: Check, key: str) -> str:
    return check.page.partition(f'id="q-{key}"')[2].partition("</fieldset>")[0]


@pytest.mark.long
def test_a_namesake_from_another_school_is_known_or_new(desk: Desk) -> None:
    desk.scene["$teacher"]
    check = desk.check(listed(("Пробная Вера", "Ресурсная СОШ")))
    (key,) = check.keys
    assert desk.scene["$teacher"] in _block(check, key)
    done = check.press("write", c0="new").headers["location"]
    assert done.endswith("/done")
    assert desk.count("teachers") == 2


@pytest.mark.long
def test_a_day_is_given_on_the_spot_for_all_its_rows(desk: Desk) -> None:
    titles = ("ФИО", "Школа", "Дата")
    rows = [(name, "Сельская СОШ", "31.09.2020") for name, _ in PEOPLE]
    check = desk.check(listed(*rows, titles=titles))
    assert len(check.keys) == 1
    assert "31.09.2020" in check.page
    wrong = check.press("write", v0="2020-10-16")
    assert wrong.headers["location"] == check.address
    assert "вне дней этого события" in check.page
    assert 'value="2020-10-16"' in check.page
    assert check.press("write", v0=DAY).headers["location"].endswith("/done")
    assert desk.count("participations") == 3


@pytest.mark.long
def test_a_decision_can_be_taken_back(desk: Desk) -> None:
    check = desk.check(listed(*PEOPLE))
    check.press("check", c0="out")
    assert check.keys == []
    assert "эти строки не записываем" in check.page
    dropped = re.search(r'name="(drop\.[0-9a-f]+)"', check.page)
    assert dropped
    check.press(dropped[1])
    assert len(check.keys) == 1


@pytest.mark.long
def test_rows_that_are_left_out_come_back_with_the_reason(desk: Desk) -> None:
    check = desk.check(listed(*PEOPLE))
    done = check.press("write", c0="out").headers["location"]
    assert done.endswith("/done")
    assert desk.count("participations") == 1
    file = desk.visitor.get(done.replace("/done", "/refused")).content.decode("utf-8-sig")
    assert file.count("вы решили не записывать") == 2


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"basis": ""}, "на каком основании"),
        ({"title": ""}, "Обязательное поле"),
        ({"about": ""}, "Обязательное поле"),
        ({"completed_on": "2087-01-01"}, "ещё не"),
        ({"host_id": "Нет такой школы"}, "Записи с таким названием нет"),
    ],
)
def test_a_first_step_that_is_wrong_keeps_what_was_typed(
    desk: Desk, more: dict[str, str], told: str
) -> None:
    answer = desk.send(listed(*PEOPLE), **{"title": "Мой семинар", **more})
    assert answer.status_code == 422
    assert told in answer.text
    assert "<title>Ошибка:" in answer.text
    assert more.get("title", "Мой семинар") in answer.text
    assert desk.count("events") == 0


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (None, ""),
        (b"", "a.csv"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "a.xls"),
    ],
)
def test_what_is_no_list_is_told_at_its_field(desk: Desk, content: bytes | None, name: str) -> None:
    answer = desk.send(content, name)
    assert answer.status_code == 422
    assert 'id="f-file-e"' in answer.text
    assert 'value="Семинар по математике"' in answer.text


@pytest.mark.long
def test_an_event_is_written_without_a_list(desk: Desk) -> None:
    answer = desk.send(None, no_list="1", basis="")
    assert answer.headers["location"].endswith("/plan")
    assert desk.count("events") == 1
    event = desk.scene.client.get(
        "/events", params={"municipality_id": desk.scene["$municipality"]}
    ).json()["items"][0]
    assert (event["status"], event["completed_on"], event["kind"]) == ("completed", DAY, "held")
    desk.address += f"?event_id={event['id']}"
    check = desk.check(listed(PEOPLE[0]))
    assert check.press("write").headers["location"].endswith("/done")
    assert (desk.count("events"), desk.count("participations")) == (1, 1)


@pytest.mark.parametrize("day", ["31.02.2020", "завтра", "2020-W01-1", "0².01.2020"])
def test_a_day_that_is_none_is_told_at_its_field(desk: Desk, day: str) -> None:
    answer = desk.send(None, no_list="1", basis="", completed_on=day)
    assert answer.status_code == 422
    assert "Нужна существующая дата в виде ДД.ММ.ГГГГ." in answer.text
    assert desk.count("events") == 0


@pytest.mark.long
def test_a_list_of_one_school_needs_no_column_for_it(desk: Desk) -> None:
    rows = listed(("Иванова Мария Петровна",), titles=("ФИО",))
    asked = desk.check(rows)
    assert "Что значат столбцы" in asked.page
    one_school = {**hidden(asked.page), "m.0": "person", "header_row": "1"}
    one_school |= {"organization_id": desk.scene["$school"]}
    desk.visitor.post(asked.address, one_school)
    assert "1 строка" in asked.page.replace("\xa0", " ")
    check = desk.check(rows, organization_id="Сельская СОШ")
    check.press("write")
    assert desk.count("participations") == 1


@pytest.mark.long
def test_columns_that_are_not_understood_are_asked_about(desk: Desk) -> None:
    rows = [("1", "Иванова Мария Петровна", "Сельская СОШ", "8")]
    check = desk.check(listed(*rows, titles=("№", "Кто был", "Школа, дата", "Часы")))
    page = check.page
    assert "Что значат столбцы" in page
    assert "Иванова Мария Петровна" in page
    assert "columns=" not in page
    one = {**hidden(page), "header_row": "1", "m.1": "person"}
    still = desk.visitor.post(check.address, one)
    assert still.headers["location"] == check.address
    assert "Что значат столбцы" in check.page
    meant = {**hidden(check.page), "header_row": "1", "m.1": "person", "m.2": "organization_id"}
    assert desk.visitor.post(check.address, meant).headers["location"] == check.address
    assert check.keys == []
    assert check.press("write").headers["location"].endswith("/done")
    assert desk.count("participations") == 1


@pytest.mark.long
@pytest.mark.parametrize("has_title", [True, False])
def test_a_list_without_known_headings_is_asked_about(desk: Desk, *, has_title: bool) -> None:
    title = "Семинар по математике\n" if has_title else ""
    content = f"{title}Кто был;Откуда\nИванова Мария Петровна;Сельская СОШ\n".encode()
    check = desk.check(content)
    assert "Что значат столбцы" in check.page
    fields = hidden(check.page)
    row = re.search(r'name="header_row"[^>]* value="(\d+)"', check.page)
    assert row
    assert row[1] == ("2" if has_title else "1")
    meant = {**fields, "header_row": row[1], "m.0": "person", "m.1": "organization_id"}
    desk.visitor.post(check.address, meant)
    assert check.press("write").headers["location"].endswith("/done")
    assert desk.count("participations") == 1


def test_what_a_list_says_stays_a_text(desk: Desk) -> None:
    hostile = '"><script>alert(1)</script>'
    rows = [(f"Иванова {hostile}", f"Школа {hostile}")]
    check = desk.check(listed(*rows, titles=("ФИО", "Школа")), name=f"{hostile}.csv")
    assert "<script>alert" not in check.page
    assert "&lt;script&gt;alert" in check.page
    unclear = desk.check(f"{hostile};b\n{hostile};2\n".encode())
    assert "<script>alert" not in unclear.page


@pytest.mark.long
def test_pressing_twice_writes_once(desk: Desk) -> None:
    check = desk.check(listed(PEOPLE[0]))
    fields = {**hidden(check.page), "write": "1"}
    first = desk.visitor.post(check.address, fields)
    second = desk.visitor.post(check.address, fields)
    assert first.headers["location"] == second.headers["location"]
    assert desk.count("events") == 1
    assert desk.visitor.get(check.address).headers["location"] == first.headers["location"]


@pytest.mark.long
def test_another_event_or_file_keeps_the_decisions(desk: Desk) -> None:
    check = desk.check(listed(*PEOPLE))
    check.press("check", c0=desk.scene["$school"])
    again = re.search(r'href="(/programs/[^"]+draft=[^"]+)"', check.page)
    assert again
    desk.address = again[1]
    other = desk.send(None, title="Другое название")
    assert other.status_code == 303
    second = Check(desk, other.headers["location"])
    assert second.keys == []
    assert "Другое название" in second.page
    assert desk.visitor.get(check.address).status_code == 404


def test_a_draft_is_seen_by_its_session_alone_and_ends_with_it(desk: Desk) -> None:
    check = desk.check(listed(*PEOPLE))
    other = Desk(desk.service, desk.scene)
    assert other.visitor.get(check.address).status_code == 404
    assert other.visitor.post(check.address, {}).status_code in {404, 422}
    desk.visitor.post("/logout", {})
    rows = desk.service.database.read(_rows)
    assert check.address.rpartition("/")[2] not in rows


def _rows(tx: Transaction) -> list[str]:
    drafts = tx.execute(sa.select(DRAFTS.c.id)).scalars().all()
    pieces = tx.execute(sa.select(PIECES.c.draft_id)).scalars().all()
    return [str(each) for each in (*drafts, *pieces)]


@pytest.mark.long
def test_a_copy_of_the_register_has_no_drafts(desk: Desk, tmp_path: Path) -> None:
    desk.check(listed(*PEOPLE))
    manifest = making.make(desk.service.database, tmp_path / "copy.zip", lambda _: None)
    rows = {table.name: table.rows for table in manifest.tables}
    assert rows["page_sessions"] > 0
    assert rows["upload_drafts"] == rows["upload_draft_pieces"] == 0


@pytest.mark.long
def test_whoever_leaves_takes_the_draft_along(desk: Desk) -> None:
    check = desk.check(listed(*PEOPLE))
    answer = check.press("leave")
    assert answer.headers["location"].endswith("/plan")
    assert "Черновик удалён" in desk.visitor.get(answer.headers["location"]).text
    assert desk.visitor.get(check.address).status_code == 404
    assert desk.count("events") == 0


def test_a_day_ends_a_draft(desk: Desk) -> None:
    check = desk.check(listed(*PEOPLE))
    key = uuid.UUID(check.address.rpartition("/")[2])

    def end(tx: Transaction) -> None:
        tx.execute(sa.update(DRAFTS).where(DRAFTS.c.id == key).values(ends_at=tx.now))

    desk.service.database.write(end)
    assert desk.visitor.get(check.address).status_code == 404
    desk.service.database.write(drafts.purge)
    assert str(key) not in desk.service.database.read(_rows)


@pytest.mark.long
def test_a_session_keeps_its_newest_drafts(desk: Desk) -> None:
    made = [desk.check(listed(PEOPLE[0]), title=f"Семинар {word}") for word in "абвгде"]
    assert desk.visitor.get(made[0].address).status_code == 404
    assert all(each.page for each in made[1:])


@pytest.mark.long
def test_a_school_writes_its_own_event(desk: Desk) -> None:
    own = Desk(desk.service, desk.scene, organization_id=desk.scene["$school"])
    check = own.check(
        listed(("Иванова Мария Петровна",), titles=("ФИО",)), host_id=desk.scene["$school"]
    )
    assert check.press("write").headers["location"].endswith("/done")
    foreign = own.send(listed(*PEOPLE), host_id=desk.scene["$leader"], title="Чужой семинар")
    assert foreign.status_code in {403, 422}


@pytest.mark.long
def test_a_workbook_is_read_too(desk: Desk) -> None:
    book = io.BytesIO()
    write_xlsx([["ФИО", "Школа"], ["Иванова Мария Петровна", "Сельская СОШ"]], book, "Лист1")
    check = desk.check(book.getvalue(), name="список.xlsx")
    assert check.press("write").headers["location"].endswith("/done")
    assert desk.count("participations") == 1


def test_the_destruction_of_a_person_destroys_the_drafts(desk: Desk) -> None:
    teacher = desk.scene["$teacher"]
    check = desk.check(listed(("Пробная Вера", "Сельская СОШ")))
    answer = desk.scene.client.post(f"/teachers/{teacher}/erasure", json={"reason": "Заявление"})
    assert answer.status_code == 200, answer.text
    assert desk.visitor.get(check.address).status_code == 404


@pytest.mark.long
@pytest.mark.parametrize("is_kept", [False, True])
def test_a_decision_for_a_record_that_is_gone_is_asked_for_again(
    desk: Desk, *, is_kept: bool
) -> None:
    school = dict(
        RESOURCE["organizations"].example, short_name="Исчезающая", full_name="Исчезающая"
    )
    school |= dict.fromkeys(("inn", "ogrn", "source", "source_key"))
    key = desk.scene.make("organizations", school)["id"]
    check = desk.check(listed(PEOPLE[0], (PEOPLE[1][0], "Неведомая школа")))
    check.press("check", c0=key, **({"a0": "1"} if is_kept else {}))
    assert check.keys == []
    gone = desk.scene.client.delete(f"/organizations/{key}", headers={"If-Match": "*"})
    assert gone.status_code == 204, gone.text
    assert key not in check.page
    assert "больше нет" in check.page
    assert check.press("write").headers["location"] == check.address
    assert "«Неведомая школа»: какая это школа?" in check.page
    assert desk.count("participations") == 0
    done = check.press("write", c0=desk.scene["$school"])
    assert done.headers["location"].endswith("/done")
    assert desk.count("participations") == 2


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is as good as a long one."""
    monkeypatch.setattr(drafting, "SHORT", 0)


def ended(check: Check) -> Any:
    """The answer of a draft's page when its list is not read any more."""

    def look() -> Any:
        answer = check.desk.visitor.get(check.address)
        return None if "refresh" in answer.headers else answer

    return until(look)


@pytest.mark.long
@pytest.mark.usefixtures("long")
def test_a_long_list_shows_its_progress_and_then_what_it_asks(desk: Desk) -> None:
    with held() as (reached, let_go):
        check = desk.check(listed(*PEOPLE))
        reached()
        page = desk.visitor.get(check.address)
        assert page.headers["refresh"] == "3"
        assert "Список читается" in page.text
        assert "из 3" in page.text
        let_go()
        assert ended(check).status_code == 200
    assert len(check.keys) == 1
    assert desk.count("events") == 0
    again = check.press("write")
    assert again.headers["location"] == check.address
    assert ended(check).status_code == 200
    assert desk.count("events") == 0
    check.press("write", c0=desk.scene["$school"], a0="1")
    done = ended(check)
    assert done.status_code == 303
    assert "Мероприятие и список записаны" in desk.visitor.get(done.headers["location"]).text
    assert desk.count("participations") == 3


@pytest.mark.long
@pytest.mark.usefixtures("long")
def test_a_long_list_whose_event_is_refused_says_what_is_wrong_with_it(desk: Desk) -> None:
    check = desk.check(listed(PEOPLE[0]), completed_on="31.12.2099")
    page = ended(check).text
    assert "Ничего не записано" in page
    assert "День проведения: " in page
    assert "errors" not in page


@pytest.mark.long
@pytest.mark.usefixtures("long")
def test_a_long_list_that_fails_says_why_and_can_be_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(drafting, "carry", broken)
        check = desk.check(listed(PEOPLE[0]))
        page = ended(check).text
    assert "Ничего не записано" in page
    assert check.press("check").status_code == 303
    ended(check)
    assert check.press("write").status_code == 303
    assert ended(check).status_code == 303
    assert desk.count("participations") == 1


@pytest.mark.long
def test_a_name_beside_the_id_of_another_is_decided(desk: Desk) -> None:
    teacher, school, leader = (desk.scene[name] for name in ("$teacher", "$school", "$leader"))
    titles = ("ФИО", "ФИО (ид.)", "Школа", "Школа (ид.)")
    rows = (
        ("Пробная Вера", teacher, "Сельская СОШ", leader),
        ("Иная Анна", teacher, "Сельская СОШ", school),
        ("Иванова Мария Петровна", "", "Сельская СОШ", school),
    )
    check = desk.check(listed(*rows, titles=titles))
    keys = check.keys
    assert len(keys) == 2
    place = next(at for at, key in enumerate(keys) if leader in _block(check, key))
    person = 1 - place
    assert teacher in _block(check, keys[person])
    decided = {f"c{place}": school, f"c{person}": "other", f"v{person}": "Иная Анна Ильинична"}
    assert check.press("write", **decided).headers["location"].endswith("/done")
    query = {"municipality_id": desk.scene["$municipality"]}
    were = desk.scene.client.get("/participations", params=query).json()["items"]
    assert {each["organization_id"] for each in were} == {school}
    people = desk.scene.client.get("/teachers", params=query).json()["items"]
    assert {each["last_name"] for each in people} == {"Пробная", "Иная", "Иванова"}
    assert len(were) == len(people) == 3
