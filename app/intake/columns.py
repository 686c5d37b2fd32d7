"""Columns: which field of a record each column of a list stands for, whatever it is called."""

import re
from collections.abc import Mapping
from functools import cache

from app.model.headings import Heading, Kind, headings
from app.model.resource import Resource
from app.model.text import fold
from app.registry import RESOURCES

PERSON = Heading("person", "ФИО", Kind.TEXT, "Фамилия, имя и отчество в одной ячейке")
ACTIVITY = Heading("activity", "Мероприятие", Kind.TEXT, "Номер или название мероприятия плана")
ATTENDANCE = Heading("attendance", "Присутствие", Kind.TEXT, "«+» или «да»: был; «-», «н»: не был")
IGNORED = Heading("", "", Kind.TEXT)
"""What every other list has and nobody reads."""

_PERSONS = tuple(
    each
    for each in headings(next(r for r in RESOURCES if r.name == "teachers"))
    if each.is_personal
)
_POSITION = next(
    each
    for each in headings(next(r for r in RESOURCES if r.name == "employments"))
    if each.name == "position"
)

_EXTRA: Mapping[str, tuple[Heading, ...]] = {
    "teachers": (PERSON,),
    "employments": (PERSON, *_PERSONS),
    "participations": (PERSON, *_PERSONS, _POSITION, ACTIVITY, ATTENDANCE),
}
"""Columns of lists that are no fields of their records."""

_ORGANIZATION = (
    "ОО",
    "Школа",
    "Организация",
    "Учреждение",
    "Место работы",
    "Образовательная организация",
    "Наименование ОО",
    "Название школы",
)
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "person": (
        "Ф.И.О.",
        "Фамилия, имя, отчество",
        "Фамилия Имя Отчество",
        "Педагог",
        "Учитель",
        "ФИО педагога",
        "ФИО учителя",
        "ФИО участника",
        "ФИО (полностью)",
        "Участник",
    ),
    "organization_id": _ORGANIZATION,
    "host_id": ("Место проведения",),
    "participated_on": ("Дата", "Дата проведения", "Дата участия", "Дата мероприятия"),
    "activity": ("Название мероприятия", "Мероприятие плана", "Номер в плане", "Тема"),
    "attendance": ("Отметка", "Отметка о присутствии", "Посещение", "Явка"),
    "mode": ("Форма участия", "Формат", "Форма"),
    "hours": ("Кол-во часов", "Количество часов", "Часов"),
    "position": ("Занимаемая должность",),
    "id": ("id",),
}
_EARLIER: Mapping[str, Mapping[str, str]] = {
    "activities": {
        "Строка плана": "inherits_from_id",
        "Срок; если не указан, определяется по term_text": "term",
    },
    "events": {"День": "completed_on"},
}
"""Fields by the headings that lists of a kind printed before."""

_NOBODY_READS = ("№", "№ п/п", "№п/п", "п/п", "N п/п", "Предмет", "Ошибка", "Подсказка", "Подпись")


def key_of(title: str) -> str:
    """What is compared of a heading: «Ф.И.О.*» and «фио» are one."""
    return re.sub(r'[\s".,*:()/]', "", fold(title))


@cache
def known(resource: Resource) -> Mapping[str, Heading]:
    """Every heading that a list of this kind may have, by what is compared of it."""
    found = {key_of(name): IGNORED for name in _NOBODY_READS}
    listed = [*headings(resource), *_EXTRA.get(resource.name, ())]
    for each in listed:
        names = (*_SYNONYMS.get(each.name, ()),)
        found |= {key_of(name): each for name in names}
    # A field's own name and title go before what it is called elsewhere.
    for each in listed:
        if each.name == "teacher_id" and resource.name in _EXTRA:
            found[key_of(each.name)] = each
            continue
        found |= {key_of(each.name): each, key_of(each.title): each}
    earlier = _EARLIER.get(resource.name, {})
    return found | {key_of(title): found[key_of(name)] for title, name in earlier.items()}
