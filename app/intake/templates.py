"""Templates: an empty workbook for each collection, with an example and explanations."""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from xlsxwriter.format import Format

from app.intake.columns import PERSON, key_of, known
from app.intake.endpoints import TAG
from app.intake.sheets.workbook import EXAMPLE, GUIDE
from app.model.grants import Verb
from app.model.headings import ID, Heading, Kind, headings, id_of, titles
from app.model.resource import Resource
from app.registry import RESOURCES
from app.rest import docs
from app.rest.deps import no_query
from app.rest.gate import Endpoint, admitted
from app.rest.media import XLSX, attachment
from app.rest.routing import NarrowRouter
from app.rest.workbooks import Book
from app.store.spelling import speller, width

_PEOPLE = "ФИО|Организация|Должность|Мероприятие|Дата|Присутствие|Форма участия|Часы|СНИЛС"
"""The columns of a list of participants, as schools keep it."""

_LEFT_OUT = {ID.name, "source", "source_key"}
"""Columns only existing records have."""

_DEMANDED = {"person", "activity"}
"""Required columns that are not fields of a record."""

_MARKED = {"attendance": Kind.FLAG}
"""Columns that accept many notations, with the one that the template offers."""

_SAID: Mapping[str, str] = {
    "person": "Образцова Анна Петровна",
    "organization": "МБОУ «Отар-Дубровская СОШ»",
    "position": "учитель математики",
    "activity": "1",
    "attendance": "true",
    "snils": "112-233-445 95",
}
"""Example values where the record's own example has none; they name the source program."""

_SCHOOLS = {"$leader": "МБОУ «Шалинская СОШ»"}
"""Example schools by placeholder; the others have `_SAID`."""

_FLAGS = ("да", "нет")
_LAST = 10_000
"""The last row with drop-down lists."""

_KINDS: Mapping[Kind, str] = {
    Kind.TEXT: "текст",
    Kind.NUMBER: "целое число",
    Kind.DECIMAL: "число, дробная часть через запятую",
    Kind.FLAG: "да или нет",
    Kind.DAY: "дата ДД.ММ.ГГГГ",
    Kind.TIME: "время ЧЧ:ММ, например 14:00",
    Kind.WEEKDAY: "день недели словом, сокращением (Вт) или номером от 1 до 7",
    Kind.YEARS: "учебный год, например 2020/2021",
    Kind.CHOICE: "одно из: {labels}",
    Kind.CHOICES: "одно или несколько через точку с запятой: {labels}",
    Kind.REFERENCE: "{cited}; можно и номер записи из списка «{target}»",
    Kind.ID: "номер записи; можно не заполнять, если запись названа",
}
_TITLES = {resource.name: resource.titles.all for resource in RESOURCES}

_CITED: Mapping[str, tuple[str, str]] = {
    "organizations": ("название или ИНН", ""),
    "municipalities": ("название или код ОКТМО", "{name}"),
    "legal_acts": ("номер и дата: № 7 от 20.08.2020", "№ {number} от {act_date}"),
    "activities": ("номер в плане или название", "{plan_no}"),
    "events": ("название и день: Единая работа 20.10.2020", "{title} {window_start}"),
    "measures": ("код или название", "{title}"),
    "resource_types": ("код или название", "{title}"),
    "network_groups": ("название и учебный год", "{title} ({academic_year})"),
    "resource_uses": (
        "ресурс и кто им пользуется: Спортивный зал — Сельская СОШ",
        "Большой спортивный зал — МБОУ «Отар-Дубровская СОШ»",
    ),
}
"""How a cell cites a record of a kind, and how the example does; other kinds are cited by title."""

_BY_TITLE = ("название", "{title}")
_EXAMPLES = {resource.name: resource.example for resource in RESOURCES}
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")

router = NarrowRouter(prefix="/imports", tags=[TAG])


def columns(resource: Resource) -> tuple[Heading, ...]:
    """The columns of a new record; for participations those that schools know, without ids."""
    if resource.name == "participations":
        named = known(resource)
        chosen = [replace(named[key_of(title)], title=title) for title in _PEOPLE.split("|")]
        chosen = [
            replace(heading, kind=_MARKED.get(heading.name, heading.kind)) for heading in chosen
        ]
    else:
        fields = (each for each in headings(resource) if each.name not in _LEFT_OUT)
        chosen = [column for heading in fields for column in _columns_of(heading)]
    return tuple(
        replace(heading, is_required=True) if heading.name in _DEMANDED else heading
        for heading in chosen
    )


def _columns_of(heading: Heading) -> Iterator[Heading]:
    """The columns of a field: for a reference a name and an id."""
    # People are identified by name, as hardly anybody knows the ids of teachers.
    is_person = heading.target == "teachers" and not heading.part
    yield replace(PERSON, is_required=True) if is_person else heading
    if heading.kind == Kind.REFERENCE:
        yield id_of(replace(heading, title=PERSON.title) if is_person else heading)


@cache
def template(resource: Resource) -> bytes:
    """A workbook with the empty list, an example, and explanations of the columns."""
    file, fields = io.BytesIO(), columns(resource)
    printed, widths = [heading.title for heading in fields], [*map(width, fields)]
    with Book(file) as book:
        form = book.sheet(
            resource.titles.all, printed, [_style(book, heading) for heading in fields], widths
        )
        for column, heading in enumerate(fields):
            form.write_comment(0, column, _note(resource, heading), {"x_scale": 2})
        example = book.sheet(EXAMPLE, printed, widths=widths)
        book.fill(example, speller(fields)(_example(resource, fields)))
        guide = book.sheet(GUIDE, ["Столбец", "Обязателен", "Что это", "Что писать"])
        # Wide, because LibreOffice does not make rows taller where text is wrapped.
        guide.set_column(0, 1, 50)
        guide.set_column(2, 3, 80)
        book.fill(guide, _guide(resource, fields))
        book.offer(form, [_offered(heading) for heading in fields], _LAST)
        for sheet in (form, example, guide):
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
    return file.getvalue()


def _style(book: Book, heading: Heading) -> Format:
    color = "#F8CBAD" if heading.is_required and not heading.part else "#E7E6E6"
    return book.style(bold=True, text_wrap=True, valign="top", bg_color=color)


def _note(resource: Resource, heading: Heading) -> str:
    demanded = f"Обязательный столбец: {_demanded(resource, heading)}. " * heading.is_required
    return f"{demanded}{_about(resource, heading)}: {_how(heading)}"


def _demanded(resource: Resource, heading: Heading) -> str:
    """Whether a column is required; for a part, when."""
    if not heading.is_required:
        return "нет"
    parts = titles(resource).get(heading.part)
    return f"да, если заполнен другой столбец «{parts}»" if parts else "да"


def _offered(heading: Heading) -> tuple[str, ...]:
    return _FLAGS if heading.kind == Kind.FLAG else tuple(heading.choices.values())


def _about(resource: Resource, heading: Heading) -> str:
    """What a column means, without the codes."""
    about = heading.about.partition(". `")[0].replace("null:", "пусто:")
    if not heading.part:
        return about
    parts = titles(resource)[heading.part]
    return f"{about} («{parts}»: по одному в строке, одна под другой)"


def _how(heading: Heading) -> str:
    labels, target = ", ".join(heading.choices.values()), _TITLES.get(heading.target or "")
    cited, _ = _CITED.get(heading.target or "", _BY_TITLE)
    return _KINDS[heading.kind].format(labels=labels, target=target, cited=cited)


def _guide(resource: Resource, listed: Sequence[Heading]) -> Iterator[tuple[str, ...]]:
    for heading in listed:
        about = _about(resource, heading)
        yield heading.title, _demanded(resource, heading), about, _how(heading)


def _example(resource: Resource, listed: Sequence[Heading]) -> Iterator[list[str | None]]:
    """The rows of the documentation's example, as texts."""
    example = resource.example
    heights = (len(example.get(heading.part, ())) for heading in listed if heading.part)
    for place in range(max([1, *heights])):
        yield [_text(heading, _value(example, heading, place)) for heading in listed]


def _value(example: Mapping[str, Any], heading: Heading, place: int) -> Any:
    """The value of a column in the row with this place, counted from 0."""
    field, _, inner = heading.name.partition(".")
    if heading.part:
        parts = example.get(field, ())
        return parts[place].get(inner) if place < len(parts) else None
    if place:
        return None
    # A row of the plan has a position too, which is a number.
    said = None if heading.kind == Kind.NUMBER else _SAID.get(field)
    value = example.get(field, said)
    return (value or {}).get(inner) if inner else value


def _text(heading: Heading, value: object) -> str | None:
    if value is None:
        return None
    if heading.target == "organizations":
        return _SCHOOLS.get(str(value), _SAID["organization"])
    if heading.target:
        _, pattern = _CITED.get(heading.target, _BY_TITLE)
        return _ISO_DAY.sub(r"\3.\2.\1", pattern.format(**_EXAMPLES[heading.target]))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return re.sub(r"\$\w+", "номер записи", text)


def door(resource: Resource) -> Endpoint:
    """The endpoint that gives the template of a collection."""
    name = f"{resource.titles.all}, шаблон.xlsx"
    headers = attachment(name, f"{resource.path}-template.xlsx")

    async def give(request: Request) -> Response:
        no_query(request)
        return Response(await to_thread.run_sync(template, resource), 200, headers, XLSX)

    return give


for resource in RESOURCES:
    router.add_api_route(
        f"/{resource.path}/template.xlsx",
        admitted(resource.name, Verb.CREATE)(door(resource)),
        methods=["GET"],
        response_class=Response,
        operation_id=f"get_{resource.name}_template",
        summary=f"Шаблон списка {resource.titles.many}",
        description="Книга XLSX с заголовками, которые читает загрузка: обязательные выделены "
        "цветом, у закрытых списков есть подсказки; на других листах пример и пояснения. Столбцы с "
        "«(ид.)» — для номеров записей, их можно не заполнять.",
        openapi_extra={
            "responses": {
                "200": {"description": "Шаблон", "content": {XLSX: docs.FILE}},
                **docs.problem_responses(),
            }
        },
    )
