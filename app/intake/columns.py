"""Columns: the field of each column in a list, by the headings that are recognized exactly."""

import re
from collections.abc import Mapping
from functools import cache

from app.model.headings import BESIDE, Heading, Kind, headings, id_of, whole
from app.model.resource import Resource
from app.model.text import fold
from app.registry import RESOURCES

PERSON = Heading("person", "ФИО", Kind.TEXT, "Фамилия, имя и отчество в одной ячейке")
ACTIVITY = Heading("activity", "Мероприятие", Kind.TEXT, "Номер или название мероприятия плана")
ATTENDANCE = Heading("attendance", "Присутствие", Kind.TEXT, "«+» или «да»: был; «-», «н»: не был")
TIME = Heading("time", "Время", Kind.TEXT, "Начало и конец в одной ячейке: 14.00–15.30")
USER = Heading("user", "Кто пользуется", Kind.TEXT, "Пользователь ресурса, если это пользование")
TEACHER = "teacher_id"
"""The field of the person whom a row tells of; in lists it has the column `PERSON`."""
IGNORED = Heading("", "", Kind.TEXT)
"""A column that many lists have and that is not read."""

_PERSONS = tuple(
    heading
    for heading in headings(next(r for r in RESOURCES if r.name == "teachers"))
    if heading.is_personal and not heading.part
)
_POSITION = next(
    heading
    for heading in headings(next(r for r in RESOURCES if r.name == "employments"))
    if heading.name == "position"
)

_EXTRA: Mapping[str, tuple[Heading, ...]] = {
    "teachers": (PERSON,),
    "participations": (_POSITION, ACTIVITY, ATTENDANCE),
    "schedule_slots": (TIME, USER),
}
"""Columns of lists that are not fields of the record, but for the names of whom it refers to."""

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
_OF_MARKS = ("на", "отметка", "отметок", "оценка", "оценок", "количество", "кол-во", "получили")
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
    "title": ("Наименование",),
    "unit": ("Ед. изм.", "Единица"),
    "needed": ("Потребность", "Необходимо", "Нужно"),
    "available": ("В наличии", "Есть", "Имеется в наличии"),
    "offered": ("Предлагается", "Предлагается в сеть", "Можем предложить", "Предложено сети"),
    "academic_year": ("Уч. год",),
    "weekday": ("День", "День нед."),
    "time": ("Время занятий", "Время занятия", "Время проведения", "Часы занятий"),
    "starts": ("Время начала", "Начало занятия", "Начало занятий"),
    "ends": ("Окончание", "Время окончания", "Окончание занятия", "Конец занятия"),
    "parity": ("Недели", "Чётность", "Чётность недели", "Периодичность"),
    "user": ("Пользователь",),
    "entry": ("План/факт", "Вид операции"),
    "year": ("Год",),
    "amount": ("Сумма, руб.", "Сумма в рублях"),
    "fund": ("Источник финансирования", "Источник средств", "Бюджет"),
    "document_no": ("№ документа", "Документ №", "Платёжное поручение"),
    "listed": ("По списку", "Всего по списку", "Учащихся по списку", "Обучающихся"),
    "prize_winners": ("Призёры",),
    **{
        f"mark_{mark}": tuple(f"{word} {mark}".strip() for word in ("", *_OF_MARKS))
        for mark in (2, 3, 4, 5)
    },
}
_OF_KIND: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "organizations": {
        "full_name": ("Полное название",),
        "short_name": ("Краткое название", "Сокращённое наименование", "Сокращённое название"),
        "kind": ("Вид", "Тип", "Тип ОО", "Тип организации"),
    },
    "resource_balances": {
        "resource_type_id": ("Ресурс", "Наименование ресурса", "Название ресурса"),
    },
    "shared_resources": {
        "title": ("Ресурс", "Наименование ресурса", "Название ресурса"),
    },
    "funding_entries": {
        "title": ("Наименование расходов", "Направление расходов", "Расходы", "Назначение платежа"),
    },
}
"""Synonyms in lists of one kind."""
_EARLIER: Mapping[str, Mapping[str, str]] = {
    "activities": {
        "Строка плана": "inherits_from_id",
        "Срок; если не указан, определяется по term_text": "term",
    },
    "events": {"День": "completed_on"},
}
"""Fields by headings that earlier templates had."""

_NOBODY_READS = ("№", "№ п/п", "№п/п", "п/п", "N п/п", "Предмет", "Ошибка", "Подсказка", "Подпись")


def key_of(title: str) -> str:
    """The comparison key of a heading: «Ф.И.О.*» and «фио» are equal."""
    return re.sub(r'[\s".,*:()/]', "", fold(title))


@cache
def known(resource: Resource) -> Mapping[str, Heading]:
    """Every heading that a list of this kind may have, by its comparison key."""
    by_key = {key_of(name): IGNORED for name in _NOBODY_READS}
    fields = [*headings(resource)]
    # Lists tell of a person by name: hardly anybody has the numbers of teachers at hand.
    teacher = next((heading for heading in fields if heading.name == TEACHER), None)
    fields += (PERSON, *_PERSONS) if teacher else ()
    fields += _EXTRA.get(resource.name, ())
    for heading in fields:
        own = _OF_KIND.get(resource.name, {}).get(heading.name, ())
        names = (*_SYNONYMS.get(heading.name, ()), *own)
        by_key |= {key_of(name): heading for name in names}
    # A field's own name and title take precedence over synonyms of other fields.
    for heading in fields:
        if heading is teacher:
            by_key[key_of(heading.name)] = heading
            continue
        by_key |= {key_of(heading.name): heading, key_of(heading.title): heading}
    for name in (*resource.parts, *resource.embedded):
        heading = whole(resource, name)
        by_key |= {key_of(name): heading, key_of(heading.title): heading}
    earlier = _EARLIER.get(resource.name, {})
    by_key |= {key_of(title): by_key[key_of(name)] for title, name in earlier.items()}
    return by_key | _of_ids(by_key, teacher)


def _of_ids(by_key: Mapping[str, Heading], teacher: Heading | None) -> dict[str, Heading]:
    """The columns of ids: whatever a column of names is called, with «(ид.)» behind it."""
    named = {key: heading for key, heading in by_key.items() if heading.kind == Kind.REFERENCE}
    if teacher:
        named |= {key: teacher for key, heading in by_key.items() if heading is PERSON}
    return {key + key_of(BESIDE): id_of(heading) for key, heading in named.items()}
