"""Sections: whose the rows below a name are, as Russian schools write their names."""

from itertools import product

import pytest

from tests.scene import RECIPES, Scene
from tests.test_imports import errors, stats
from tests.test_rows import FIRST, OF_HEADINGS, in_csv, sent

pytestmark = pytest.mark.one_database
"""Whose a row is is decided before any is kept."""

LONG = (
    "государственное бюджетное общеобразовательное учреждение Самарской области средняя "
    "общеобразовательная школа «Образовательный центр» имени Героя Советского Союза Павлова "
    "с. Алексеевка муниципального района Богатовский Самарской области"
)
SCHOOLS: dict[str, tuple[str, list[str], list[str]]] = {
    "Отар-Дубровская ООШ": (
        "МБОУ «Отар-Дубровская ООШ» Пестречинского муниципального района Республики Татарстан",
        ["1. Отар-Дубровская ООШ – 3 чел.", "Отар Дубровская школа", "ОУ: ООШ с. Отар-Дубровка"],
        [
            "1. Ленино-Кокушкинская СОШ",
            "2) Кряш-Сердинская школа (3)",
            "ОУ: Кощаковская СОШ",
            "МБОУ «Конская СОШ» Пестречинского муниципального района Республики Татарстан",
            "Школа с. Кощаково",
        ],
    ),
    "МБОУ СОШ № 5": (
        "МБОУ «Средняя общеобразовательная школа № 5 города Кинеля»",
        ["5 школа", "Школа №5", "СОШ-5", "СОШ №5 г. Кинель (12 человек)", "Кинельская СОШ № 5"],
        [
            *("Гимназия № 5", "Лицей № 5", "7 школа", "д/с № 5 «Сказка»", "ДОУ № 5", "СП ДС №5"),
            *("Школа-интернат № 5", "Вечерняя (сменная) школа № 5", "Ф-л СОШ № 5", "ЦДТ"),
            *("Филиал МБОУ СОШ № 5 в с. Малое", "МБОУ СОШ № 5 с. Алексеевка"),
            *("Школа № 5-А", "СОШ №5б", "НШ-ДС № 5", "Лицей", "Гимназия"),
        ],
    ),
    "ГБОУ СОШ «ОЦ» с. Алексеевка": (
        LONG,
        ["Алексеевская школа", "ГБОУ СОШ им. Павлова с.Алексеевка", "СОШ «ОЦ» с. Алексеевка"],
        [
            "ГБОУ СОШ «Образовательный центр» с. Богатое м.р. Богатовский Самарской области",
            "СОШ имени Героя Советского Союза Иванова с. Малое",
            "Александровская СОШ",
        ],
    ),
    "Детский сад «Сказка»": (
        "МБДОУ «Детский сад № 5 «Сказка» комбинированного вида»",
        ["Детский сад № 5", "д/с «Сказка»", "МБДОУ № 5", "ДОУ № 5 – 4 чел."],
        ["Детский сад № 7", "д/с «Теремок»", "МБОУ СОШ № 5", "Начальная школа № 5"],
    ),
    "СОШ с. Старый Аманак": (
        "МБОУ «СОШ с. Старый Аманак» Похвистневского района",
        ["Староаманакская СОШ", "Школа с. Старый Аманак"],
        ["СОШ с. Старая Шентала", "МБОУ «Подбельская СОШ» Похвистневского района"],
    ),
    "Алексеевская СОШ № 5": (
        "МБОУ «Алексеевская СОШ № 5»",
        ["Алексеевская СОШ - 3 чел.", "Алексеевская СОШ (3)", "Школа № 5"],
        ["СОШ - 7", "Кощаковская СОШ № 5"],
    ),
    "СОШ № 5-А": (
        "МБОУ «СОШ № 5-А г. Кинеля»",
        ["Школа № 5а", "СОШ № 5-а – 3 чел.", "школа №5А г. Кинель"],
        ["Школа № 5", "СОШ № 5-Б", "СОШ № 5 г. Кинель"],
    ),
    "Гимназия № 3": (
        "МБОУ «Гимназия № 3»",
        ["Гимназия №3 г. Кинель", "Гимназия"],
        ["Лицей", "Школа-интернат"],
    ),
    "ЦВР": (
        "МБУ ДО «Центр внешкольной работы»",
        ["Центр внешкольной работы", "ЦВР"],
        ["Дом детского творчества", "Шалинская СОШ"],
    ),
}
NOBODY = ["Школа молодого учителя", "Секция «Лицей будущего»", "Начальная школа", "Математика"]
"""What stands above rows and names no organization."""


SURNAMES = ("амина", "омина"), "БВГДЖЗКЛМНПРСТФХЦЧШЩЭЮЯАЕИО"


@pytest.mark.parametrize("short", SCHOOLS)
def test_rows_are_of_the_school_under_whose_name_they_stand(seminar: Scene, short: str) -> None:
    full, own, others = SCHOOLS[short]
    given = seminar.make(
        "organizations", RECIPES["$school"], short_name=short, full_name=full, inn=None
    )
    headings = [*NOBODY, short, full, *own, *others, own[0]]
    rows: list[tuple[str, str]] = [("№", "ФИО")]
    for (ending, letter), heading in zip(product(*SURNAMES), headings, strict=False):
        rows += [("", heading), ("1", f"{letter}{ending} Анна Ильинична")]
    said = sent(seminar, in_csv, rows, organization_id=given["id"])
    found = [each[:2] for each in errors(said) if rows[each[0] - 1][0]]
    assert {code for _, code in found} == {"under_another_organization"}
    assert [rows[row - 2][1] for row, _ in found] == others
    assert stats(said)["created"] == len(headings) - len(others)


BRANCHES = {
    "Камышлинская СОШ": ["Филиал МБОУ «Камышлинская СОШ»", "Филиал Камышлинской СОШ в с. Малое"],
    "Филиал МБОУ «Камышлинская СОШ»": ["Камышлинская СОШ", "МБОУ «Камышлинская СОШ»"],
}


@pytest.mark.parametrize("short", BRANCHES)
def test_a_branch_and_its_school_take_no_rows_from_each_other(seminar: Scene, short: str) -> None:
    made = {
        name: seminar.make(
            "organizations", RECIPES["$school"], short_name=name, full_name=f"МБОУ {name}", inn=None
        )
        for name in BRANCHES
    }
    rows = [("№", "ФИО"), ("", short), ("1", FIRST[0])]
    for heading in BRANCHES[short]:
        rows += [("", heading), ("1", "Новикова Анна Ивановна")]
    said = sent(seminar, in_csv, rows, organization_id=made[short]["id"])
    found = [each[:2] for each in errors(said) if each[1] not in OF_HEADINGS]
    assert found == [(row, "under_another_organization") for row in (5, 7)]
    for title in BRANCHES[short]:
        rows = [(f"Список педагогов: {title}", ""), ("№", "ФИО"), ("1", FIRST[0])]
        said = sent(seminar, in_csv, rows, organization_id=made[short]["id"])
        assert "title_of_another_organization" in [info["code"] for info in said["infos"]]
