"""Templates: an empty workbook for each collection, with an example and explanations."""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from xlsxwriter.format import Format

from app.intake.columns import PERSON, key_of, known
from app.intake.endpoints import TAG
from app.model.grants import Verb
from app.model.headings import ID, Heading, Kind, headings
from app.model.resource import Resource
from app.registry import RESOURCES
from app.rest import docs
from app.rest.deps import no_query
from app.rest.gate import Endpoint, admitted
from app.rest.media import XLSX, attachment
from app.rest.routing import NarrowRouter
from app.rest.workbooks import Book
from app.store.spelling import speller

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

_FLAGS = ("да", "нет")
_LAST = 10_000
"""The last row with drop-down lists."""

_KINDS: Mapping[Kind, str] = {
    Kind.TEXT: "текст",
    Kind.NUMBER: "целое число",
    Kind.DECIMAL: "число, дробная часть через запятую",
    Kind.FLAG: "да или нет",
    Kind.DAY: "дата ДД.ММ.ГГГГ",
    Kind.CHOICE: "одно из: {labels}",
    Kind.CHOICES: "одно или несколько через точку с запятой: {labels}",
    Kind.REFERENCE: "номер записи из списка «{target}», или как она там называется",
    Kind.JSON: "список в записи JSON, как в примере",
}
_TITLES = {resource.name: resource.titles.all for resource in RESOURCES}

router = NarrowRouter(prefix="/imports", tags=[TAG])


def columns(resource: Resource) -> tuple[Heading, ...]:
    """The columns of a new record; for participations those that schools know."""
    if resource.name == "participations":
        named = known(resource)
        chosen = [replace(named[key_of(title)], title=title) for title in _PEOPLE.split("|")]
        chosen = [
            replace(heading, kind=_MARKED.get(heading.name, heading.kind)) for heading in chosen
        ]
    else:
        chosen = [heading for heading in headings(resource) if heading.name not in _LEFT_OUT]
    # People are identified by name, as hardly anybody knows the ids of teachers.
    person = replace(PERSON, is_required=True)
    chosen = [person if heading.target == "teachers" else heading for heading in chosen]
    return tuple(
        replace(heading, is_required=True) if heading.name in _DEMANDED else heading
        for heading in chosen
    )


@cache
def template(resource: Resource) -> bytes:
    """A workbook with the empty list, an example, and explanations of the columns."""
    file, fields = io.BytesIO(), columns(resource)
    titles = [heading.title for heading in fields]
    with Book(file) as book:
        form = book.sheet(
            resource.titles.all, titles, [_style(book, heading) for heading in fields]
        )
        for column, heading in enumerate(fields):
            form.write_comment(0, column, _note(heading), {"x_scale": 2})
        example = book.sheet("Пример", titles)
        values = [_example(resource, heading) for heading in fields]
        book.fill(example, speller(fields)([values]))
        guide = book.sheet("Как заполнять", ["Столбец", "Обязателен", "Что это", "Что писать"])
        guide.set_column(2, 3, 60)
        book.fill(guide, _guide(fields))
        book.offer(form, [_offered(heading) for heading in fields], _LAST)
    return file.getvalue()


def _style(book: Book, heading: Heading) -> Format:
    color = "#F8CBAD" if heading.is_required else "#E7E6E6"
    return book.style(bold=True, text_wrap=True, valign="top", bg_color=color)


def _note(heading: Heading) -> str:
    demanded = "Обязательный столбец. " if heading.is_required else ""
    return f"{demanded}{_about(heading)}: {_how(heading)}"


def _offered(heading: Heading) -> tuple[str, ...]:
    return _FLAGS if heading.kind == Kind.FLAG else tuple(heading.choices.values())


def _about(heading: Heading) -> str:
    """What a column means, without the codes."""
    return heading.about.partition(". `")[0]


def _how(heading: Heading) -> str:
    labels, target = ", ".join(heading.choices.values()), _TITLES.get(heading.target or "")
    return _KINDS[heading.kind].format(labels=labels, target=target)


def _guide(listed: Sequence[Heading]) -> Iterator[tuple[str, ...]]:
    for heading in listed:
        yield heading.title, _FLAGS[not heading.is_required], _about(heading), _how(heading)


def _example(resource: Resource, heading: Heading) -> str | None:
    """The value in the documentation's example, as text."""
    value = resource.example.get(heading.name, _SAID.get(heading.name))
    if value is None:
        return None
    if heading.target == "organizations":
        return _SAID["organization"]
    if heading.target:
        return f"номер записи из списка «{_TITLES[heading.target]}»"
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
        summary=f"Шаблон списка: {resource.titles.all.lower()}",
        description="Книга XLSX с заголовками, которые читает загрузка: обязательные выделены "
        "цветом, у закрытых списков есть подсказки; на других листах пример и пояснения.",
        openapi_extra={
            "responses": {
                "200": {"description": "Шаблон", "content": {XLSX: docs.FILE}},
                **docs.problem_responses(),
            }
        },
    )
