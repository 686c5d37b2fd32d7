"""Names: whom a row is about is told by a name that is one, and by nothing that only looks so."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from app.database.transaction import Transaction
from app.intake import persons
from app.intake.sheets.writing import write_xlsx
from app.journal.register import Register
from app.model.text import fold, fold_values
from app.registry import name_words
from app.registry.teachers import teachers
from tests.scene import MERGE, Scene, Service, problem
from tests.test_imports import errors, listed, report, row, stats, teacher, upload

pytestmark = pytest.mark.shared_out

__all__ = ["teacher"]

HERE = {"municipality_id": "$municipality"}
PYATYORKINA = {"last_name": "Пятёркина", "first_name": "Алёна", "patronymic": "Фёдоровна"}


def full_names(scene: Scene) -> set[str]:
    """The teachers of the scene's municipality."""
    query = {"municipality_id": scene["$municipality"], "limit": "500"}
    items = scene.client.get("/teachers", params=query).json()["items"]
    parts = ("last_name", "first_name", "patronymic")
    return {" ".join(filter(None, (each[name] for name in parts))) for each in items}


SINGLE = [
    ({"last_name": "Иванова1"}, "/last_name", "name_unreadable"),
    ({"last_name": "Иван?ва"}, "/last_name", "name_unreadable"),
    ({"last_name": "Иванова М.П."}, "/last_name", "initials"),
    ({"last_name": "Иванова Мария Петровна"}, "/last_name", "not_a_name"),
    ({"last_name": "Иванова (Петрова)"}, "/last_name", "not_a_name"),
    ({"last_name": "учитель"}, "/last_name", "not_a_name"),
    ({"last_name": "МБОУ"}, "/last_name", "not_a_name"),
    ({"first_name": "Гимназия"}, "/first_name", "not_a_name"),
    ({"last_name": "…"}, "/last_name", "not_a_name"),
    ({"last_name": "Ёж \U0001f994"}, "/last_name", "not_a_name"),
    ({"first_name": "М."}, "/first_name", "initials"),
    ({"first_name": "М"}, "/first_name", "initials"),
    ({"first_name": "М.П."}, "/first_name", "initials"),
    ({"first_name": "МП"}, "/first_name", "initials"),
    ({"first_name": "нет"}, "/first_name", "not_a_name"),
    ({"first_name": "Мария Петровна"}, "/first_name", "not_a_name"),
    ({"patronymic": "П."}, "/patronymic", "initials"),
    ({"patronymic": "Маратовна, учитель физики"}, "/patronymic", "not_a_name"),
    ({"patronymic": "Петровна2"}, "/patronymic", "name_unreadable"),
]


@pytest.mark.parametrize(("wrong", "pointer", "code"), SINGLE, ids=[str(e[0]) for e in SINGLE])
@pytest.mark.one_database
def test_what_is_no_name_is_refused_where_it_stands(
    scene: Scene, wrong: dict[str, str], pointer: str, code: str
) -> None:
    body = scene.fill(HERE | PYATYORKINA)
    said = problem(scene.client.post("/teachers", json=body | wrong), 422, code, pointer)
    assert not any(text in str(said) for text in wrong.values() if len(text) > 2)
    by_key = "/teachers/by-key/tests/wrong-name"
    problem(scene.client.put(by_key, json=body | wrong), 422, code, pointer)
    made = scene.make("teachers", body)
    headers = {"If-Match": "*", "Content-Type": MERGE}
    answer = scene.client.patch(f"/teachers/{made['id']}", json=wrong, headers=headers)
    problem(answer, 422, code, pointer)


KEPT = [
    ({"last_name": "О"}, {"last_name": "О"}),
    ({"last_name": "д'Артаньян"}, {"last_name": "д'Артаньян"}),
    ({"last_name": "О’Коннор"}, {"last_name": "О’Коннор"}),
    ({"last_name": "Иванова – Петрова"}, {"last_name": "Иванова-Петрова"}),
    ({"last_name": "Smith", "first_name": "John"}, {"last_name": "Smith"}),
    ({"first_name": "Нур-Мухамед"}, {"first_name": "Нур-Мухамед"}),
    ({"first_name": "Гүзәл"}, {"first_name": "Гүзәл"}),
    ({"first_name": "Ли"}, {"first_name": "Ли"}),
    ({"patronymic": "Мамед оглы"}, {"patronymic": "Мамед оглы"}),
    ({"patronymic": "Җәлил кызы"}, {"patronymic": "Җәлил кызы"}),
    ({"patronymic": "-"}, {"patronymic": None}),
    ({"patronymic": "отсутствует"}, {"patronymic": None}),
]


@pytest.mark.parametrize(("said", "kept"), KEPT, ids=[str(e[0]) for e in KEPT])
def test_a_name_of_any_people_is_kept(
    scene: Scene, said: dict[str, str], kept: dict[str, Any]
) -> None:
    made = scene.make("teachers", HERE | PYATYORKINA | said)
    assert {name: made[name] for name in kept} == kept


def test_a_name_of_the_time_before_the_grammar_stays(service: Service, scene: Scene) -> None:
    made = scene.make("teachers", HERE | PYATYORKINA)
    _before(service.database, made["id"], "Иванова1")
    address, headers = f"/teachers/{made['id']}", {"If-Match": "*"}
    body = scene.fill(HERE) | PYATYORKINA | {"last_name": "Иванова1"}
    again = scene.client.put(address, json=body, headers=headers)
    assert (again.status_code, again.json()["version"]) == (200, made["version"])
    other = scene.client.put(address, json=body | {"patronymic": "Ивановна"}, headers=headers)
    assert (other.status_code, other.json()["last_name"]) == (200, "Иванова1")
    worse = scene.client.put(address, json=body | {"last_name": "Иванова2"}, headers=headers)
    problem(worse, 422, "name_unreadable", "/last_name")


def _before(database: Register, teacher_id: str, last_name: str) -> None:
    """Put a name into the register past its door."""

    def work(tx: Transaction) -> None:
        table, key = teachers.table, fold(last_name)
        search = fold_values([last_name, "Алёна", "Фёдоровна"])
        kept = {"last_name": last_name, "last_name_key": key, "search_key": search}
        tx.execute(sa.update(table).where(table.c.id == uuid.UUID(teacher_id)).values(**kept))

    database.write(work)


SHORT = [
    "Пятёркина А. Ф.",
    "Пятёркина А.Ф.",
    "Пятёркина А Ф",
    "Пятёркина АФ",
    "Пятёркина А.",
    "А. Ф. Пятёркина",
    "А.Ф.Пятёркина",
    "А Ф Пятёркина",
    "Пятёркина, А.Ф.",
    "Пятёркина Алёна Ф.",
    "Алёна Ф. Пятёркина",
    "ПЯТЁРКИНА А.Ф.",
    "пятёркина а.ф.",
]


@pytest.mark.parametrize("name", SHORT)
@pytest.mark.one_database
def test_initials_name_nobody(seminar: Scene, teacher: str, name: str) -> None:
    said = report(upload(seminar, listed(row(name))), 422)
    assert errors(said) == [(2, "initials", "ФИО")]
    assert said["rows"][0]["candidates"] == [{"id": teacher}]


@pytest.mark.parametrize(
    "cells", [("Пятёркина", "А.", "Ф."), ("Пятёркина", "А.Ф.", ""), ("Пятёркина", "Алёна", "Ф")]
)
def test_initials_in_three_columns_name_nobody(
    seminar: Scene, teacher: str, cells: tuple[str, str, str]
) -> None:
    named = dict(zip(("Фамилия", "Имя", "Отчество"), cells, strict=True))
    more = row()
    del more["ФИО"]
    said = report(upload(seminar, listed({**named, **more})), 422)
    assert errors(said) == [(2, "initials", "ФИО")]
    assert said["rows"][0]["candidates"] == [{"id": teacher}]


def test_initials_of_somebody_unknown_make_nobody(seminar: Scene) -> None:
    before = full_names(seminar)
    text = listed(*map(row, ("Безточкина М П", "А.Б. Вперединка", "Третьякова М.-Л.")))
    said = report(upload(seminar, text, on_error="skip"))
    assert [code for _, code, _ in errors(said)] == ["initials"] * 3
    assert full_names(seminar) == before


SAME = [
    "Алёна Фёдоровна Пятёркина",
    "Пятёркина, Алёна Фёдоровна",
    "Пятёркина, Алёна, Фёдоровна",
    "Пятёркина\nАлёна Фёдоровна",
    "пятёркина алёна фёдоровна",
    "*Пятёркина Алёна Фёдоровна",
    "Пятёркина Алёна Фёдоровна¹",
    "Пятёркина Алёна Фёдоровна 1)",
    "12. Пятёркина Алёна Фёдоровна",
    "№ 3 Пятёркина Алёна Фёдоровна",
    "• Пятёркина Алёна Фёдоровна",
    "Пятёркина Алёна Фёдоровна.",
    "Пятёркина (Шестёркина) Алёна Фёдоровна",
    "Пятёркина Алёна Фёдоровна, урожд. Шестёркина",
    "Пятёркина Алёна Фёдоровна (в девичестве Шестёркина)",
    "Алёна Пятёркина",
]


@pytest.mark.parametrize("name", SAME)
@pytest.mark.one_database
def test_a_name_is_known_whatever_stands_around_it(seminar: Scene, teacher: str, name: str) -> None:
    before = full_names(seminar)
    said = report(upload(seminar, listed(row(name))))
    assert stats(said) == {"created": 1}
    assert full_names(seminar) == before


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Одноимённа Мария отсутствует", "Одноимённа Мария"),
        ("Одноимённа Мария -", "Одноимённа Мария"),
        ("Одноимённа Мария –", "Одноимённа Мария"),
        ("Одноимённа Мария не имеет", "Одноимённа Мария"),
        ("Одноимённа Мария (нет)", "Одноимённа Мария"),
        ("Одноимённа Мария б/о", "Одноимённа Мария"),
        ("Смирнова Петрова Мария Сергеевна", "Смирнова Петрова Мария Сергеевна"),
        ("Смирнова - Петрова Мария", "Смирнова-Петрова Мария"),
        ("Мамедов Али Мамед оглы", "Мамедов Али Мамед оглы"),
        ("МАМЕДОВ АЛИ МАМЕД ОГЛЫ", "Мамедов Али Мамед оглы"),
        ("Сафин Нур-Мухамед", "Сафин Нур-Мухамед"),
        ("О Анна Ивановна", "О Анна Ивановна"),
        ("Цой Ли", "Цой Ли"),
        ("д'Артаньян Шарль", "д'Артаньян Шарль"),
        ("Smith John", "Smith John"),
        ("ван дер Берг Анна Ивановна", "ван дер Берг Анна Ивановна"),
        ("Абрамович Роман Аркадьевич", "Абрамович Роман Аркадьевич"),
        ("Ильина Анна Ильинична", "Ильина Анна Ильинична"),
    ],
)
def test_a_new_name_becomes_the_card_that_it_says(seminar: Scene, name: str, made: str) -> None:
    assert stats(report(upload(seminar, listed(row(name))))) == {"created": 1}
    assert made in full_names(seminar)


NO_NAMES = [
    ("Гареевская Алсу Маратовна учитель физики", "должность"),
    ("учитель Гареевская Алсу Маратовна", "должность"),
    ("Учитель Алсу Маратовна", "должность"),
    ("и. о. директора Гареевская Алсу Маратовна", "степень"),
    ("И.о. Гареевская Алсу Маратовна", "степень"),
    ("к.п.н. Гареевская Алсу Маратовна", "степень"),
    ("Гареевская Алсу Маратовна, больна", "примечание"),
    ("Гареевская Алсу Маратовна (онлайн)", "примечание"),
    ("Гареевская Алсу Маратовна вместо Петровой", "примечание"),
    ("Гареевская Алсу (Аля) Маратовна", "примечание"),
    ("Парнова Анна Игоревна\nСпарова Инна Ивановна", "несколько человек"),
    ("Парнова Анна Игоревна, Спарова Инна Ивановна", "несколько человек"),
    ("Парнова Анна Игоревна Спарова Инна Ивановна", "несколько человек"),
    ("Парнова Анна\nСпарова Инна", "несколько человек"),
    ("Парнова А.И., Спарова И.И.", "несколько человек"),
    ("Парнова Анна и Спарова Инна", "несколько человек"),
    ("…", "пустое место"),
    ("- - -", "пустое место"),
    ("нет нет нет", "пустое место"),
    ("Фамилия Имя Отчество", "пустое место"),
    ("ххх ххх", "пустое место"),
    ("Берёзовская СОШ", "организации"),
    ("БЕРЁЗОВСКАЯ ГИМНАЗИЯ", "организации"),
    ("Лицей Пестречинский", "организации"),
    ("Гареевская Алсу / Маратовна", "знаки"),
]


@pytest.mark.parametrize(("name", "taken_for"), NO_NAMES, ids=[e[0] for e in NO_NAMES])
@pytest.mark.one_database
def test_what_is_no_name_says_what_it_was_taken_for(
    seminar: Scene, name: str, taken_for: str
) -> None:
    before = full_names(seminar)
    said = report(upload(seminar, listed(row(name))), 422)
    assert errors(said) == [(2, "not_a_name", "ФИО")]
    assert taken_for in said["rows"][0]["errors"][0]["detail"]
    for word in name.split():
        assert len(word) < 4 or word.strip(".,") not in str(said["rows"])
    assert full_names(seminar) == before


@pytest.mark.parametrize(
    "name", ["Мария Петровна Незнакомцева", "Мария Незнакомцева", "Мария Петровна"]
)
def test_a_first_name_is_no_surname(seminar: Scene, name: str) -> None:
    before = full_names(seminar)
    assert errors(report(upload(seminar, listed(row(name))), 422)) == [(2, "name_order", "ФИО")]
    assert full_names(seminar) == before


@pytest.mark.parametrize(
    "name",
    [
        "Гареевская Алсу Маратовна, учитель физики",
        "Гареевская Алсу Маратовна (учитель физики)",
        "Гареевская Алсу Маратовна - учитель физики",
        "Гареевская Алсу Маратовна\nучитель физики",
        "Гареевская Алсу Маратовна\n(учитель физики)",
        "Гареевская\nАлсу Маратовна\n(учитель физики)",
    ],
)
@pytest.mark.one_database
def test_a_position_behind_a_name_goes_to_its_column(seminar: Scene, name: str) -> None:
    said = report(upload(seminar, listed(row(name))))
    assert "position_taken" in [each["code"] for each in said["rows"][0]["infos"]]
    assert "Гареевская Алсу Маратовна" in full_names(seminar)
    jobs = seminar.client.get("/employments", params={"organization_id": seminar["$school"]})
    assert [each["position"] for each in jobs.json()["items"]] == ["учитель физики"]


def test_the_column_of_positions_goes_before_what_stands_behind_a_name(seminar: Scene) -> None:
    upload(seminar, listed(row("Гареевская Алсу, завуч", Должность="логопед")))
    jobs = seminar.client.get("/employments", params={"organization_id": seminar["$school"]})
    assert [each["position"] for each in jobs.json()["items"]] == ["логопед"]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Cepoва Анна Ивановна", "Серова Анна Ивановна"),
        ("OCA Анна Ивановна", "Оса Анна Ивановна"),
        ("Серова Aннa Ивановна", "Серова Анна Ивановна"),
    ],
)
def test_latin_letters_that_look_russian_are_told(seminar: Scene, name: str, made: str) -> None:
    said = report(upload(seminar, listed(row(name))))
    assert [each["code"] for each in said["rows"][0]["warnings"]] == ["mixed_script"]
    assert made in full_names(seminar)


def test_a_name_with_a_control_character_refuses_its_row_alone(seminar: Scene) -> None:
    text = listed(row("Ивановская\x0bМария Петровна"), row("Сафинов Артур Рашитович"))
    said = report(upload(seminar, text, on_error="skip"))
    assert (stats(said), errors(said)) == (
        {"created": 1, "rejected": 1},
        [(2, "unreadable", "ФИО")],
    )


def test_a_name_in_a_workbook_is_read_alike(seminar: Scene, tmp_path: Any) -> None:
    names = [*SHORT[:2], SAME[0], NO_NAMES[0][0], "Сафинов Артур нет"]
    rows = [[*row()], *([*row(name).values()] for name in names)]
    path = tmp_path / "list.xlsx"
    write_xlsx(rows, path, "Лист 1")
    query = {"mode": "dry_run", "create_teachers": "true", "program_id": seminar["$program"]}
    form = {"file": ("list.xlsx", path.read_bytes())}
    answer = seminar.client.post("/imports/participations", params=query, files=form)
    codes = [code for _, code, _ in errors(report(answer))]
    assert codes == ["initials", "initials", "name_order", "not_a_name"]


def test_names_cost_no_time_whatever_they_hold() -> None:
    """Backtracking would show as a test that does not end."""
    for text in ("(" * 5_000, "а." * 5_000, "- " * 5_000, "Иванова " * 5_000, "урожд. " * 5_000):
        with pytest.raises(Exception, match=r"."):
            persons.whole(text)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("Смирнова-Петрова Мария Сергеевна", "Смирнова Петрова Мария Сергеевна"),
        ("Смирнова-Петрова Мария Сергеевна", "Смирнова – Петрова Мария Сергеевна"),
        ("Смирнова Петрова Мария Сергеевна", "СМИРНОВА-ПЕТРОВА МАРИЯ СЕРГЕЕВНА"),
        ("Мамедов Али Мамед оглы", "Мамедов Али Мамед-оглы"),
        ("Мамедов Али Мамед-оглы", "Мамедов Али Мамед Оглы"),
        ("Сафин Нур-Мухамед", "Сафин Нур - Мухамед"),
    ],
)
def test_a_blank_and_a_hyphen_are_one(seminar: Scene, kept: str, said: str) -> None:
    assert stats(report(upload(seminar, listed(row(kept))))) == {"created": 1}
    assert stats(report(upload(seminar, listed(row(said))))) == {"unchanged": 1}
    assert stats(report(upload(seminar, listed(row(said), row(kept))))) == {
        "unchanged": 1,
        "duplicate": 1,
    }
    assert len(full_names(seminar)) == 1


LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
WORDS = st.one_of(
    st.text(LETTERS, min_size=2, max_size=8),
    st.sampled_from(sorted(name_words.FIRST_NAMES | name_words.POSITIONS)),
    st.sampled_from(
        ["аа", "ххх", "нет", "оглы", "ур", "дев", "ранее", "бывшая", "прежняя", "петровна"]
    ),
).map(str.title)
ENDS = st.sampled_from(["ович", "евич", "овна", "евна"])


@given(WORDS, WORDS, st.text(LETTERS, min_size=1, max_size=6).map(str.title), ENDS)
def test_a_plain_name_is_what_a_closer_look_says(
    last: str, first: str, root: str, end: str
) -> None:
    text = f"{last} {first} {root}{end}"
    assert outcome(persons.whole, text) == outcome(persons.taken_apart, text)


def outcome(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except PydanticCustomError as refusal:
        return refusal.type
