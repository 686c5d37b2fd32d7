"""Quoting: schools, rows of the plan and headings are repeated, nobody's name ever is."""

import pytest

from app.intake.columns import known
from app.intake.quoting import quoted, reads_harmless
from app.registry import RESOURCES


@pytest.mark.parametrize(
    "text",
    [
        "Школа № 99",
        "СОШ им. Тукая",
        "МБОУ «СОШ имени М. Джалиля»",
        "МБОУ «Берёзовская СОШ»",
        "Муниципальное бюджетное общеобразовательное учреждение «Шалинская средняя школа» района",
        "Отар-Дубровская школа",
        "гимназия 12",
        "МБДОУ детский сад №3 с. Шали",
        "СОШ №5а",
        "11",
        "3.2",
        "п. 5",
        "Семинары по математике",
        "Открытый урок",
        "Чтения",
        "Класс",
        "Дата рождения ребёнка",
        "№ п/п",
        "Занимаемая должность",
        "organization_id",
    ],
)
def test_what_reads_like_a_school_a_plan_or_a_heading_is_repeated(text: str) -> None:
    assert quoted(text) == f" «{text[:100]}»"


@pytest.mark.parametrize(
    "text",
    [
        "Иванова Мария Петровна",
        "Канарейкина",
        "Новикова",
        "Учителева",
        "Школина Анна",
        "Школьникова",
        "Берёзовская Мария",
        "Берёзовская",
        "Ивановская Петровская СОШ Мария",
        "Иванова Мария Петровна, СОШ № 5",
        "СОШ № 5, Иванова М. П.",
        "СОШ № 5 Иванова",
        "СОШ им. Сидоровой Анны Петровны",
        "Урок Ивановой",
        "Семинар по методике Занкова",
        "Директорова",
        "Kanareykina Maria",
        "M. Ivanova",
        "112-233-445 95",
        "11223344595",
        "89171234567",
        "Г. Иванова",
        "Иванова\vМария",
        "",
    ],
)
def test_what_may_be_a_name_or_a_number_is_not(text: str) -> None:
    assert quoted(text) == ""


def test_every_heading_of_ours_reads_like_one() -> None:
    titles = {each.title for kind in RESOURCES for each in known(kind).values() if each.title}
    assert [title for title in titles if not reads_harmless(title)] == []
