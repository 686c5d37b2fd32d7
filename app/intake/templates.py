"""Templates: an empty list of each collection, with an example and what its columns mean."""

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
"""The columns of a list of participants as schools keep it."""

_LEFT_OUT = {ID.name, "source", "source_key"}
"""Columns of records that are there already."""

_DEMANDED = {"person", "activity"}
"""Columns that are no fields of a record, and without which a row says nothing."""

_MARKED = {"attendance": Kind.FLAG}
"""What is read in many ways, and offered in the plainest."""

_SAID: Mapping[str, str] = {
    "person": "Образцова Анна Петровна",
    "organization": "МБОУ «Отар-Дубровская СОШ»",
    "position": "учитель математики",
    "activity": "1",
    "attendance": "true",
    "snils": "112-233-445 95",
}
"""What an example says where the record's own does not; the source program has these records."""

_FLAGS = ("да", "нет")
_LAST = 10_000
"""The last row that offers the values of a closed list."""

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
_TITLES = {each.name: each.titles.all for each in RESOURCES}

router = NarrowRouter(prefix="/imports", tags=[TAG])


def columns(resource: Resource) -> tuple[Heading, ...]:
    """What is filled in of a new record: of participations, what schools know."""
    if resource.name == "participations":
        named = known(resource)
        found = [replace(named[key_of(each)], title=each) for each in _PEOPLE.split("|")]
        found = [replace(each, kind=_MARKED.get(each.name, each.kind)) for each in found]
    else:
        found = [each for each in headings(resource) if each.name not in _LEFT_OUT]
    # Who it is, is told by name: hardly anybody has the numbers of teachers at hand.
    person = replace(PERSON, is_required=True)
    found = [person if each.target == "teachers" else each for each in found]
    return tuple(
        replace(each, is_required=True) if each.name in _DEMANDED else each for each in found
    )


@cache
def template(resource: Resource) -> bytes:
    """A workbook: the list with its headings only, then an example, then what the columns mean."""
    file, listed = io.BytesIO(), columns(resource)
    titles = [each.title for each in listed]
    with Book(file) as book:
        form = book.sheet(resource.titles.all, titles, [_style(book, each) for each in listed])
        for column, heading in enumerate(listed):
            form.write_comment(0, column, _note(heading), {"x_scale": 2})
        example = book.sheet("Пример", titles)
        said = [_example(resource, each) for each in listed]
        book.fill(example, speller(listed)([said]))
        guide = book.sheet("Как заполнять", ["Столбец", "Обязателен", "Что это", "Что писать"])
        guide.set_column(2, 3, 60)
        book.fill(guide, _guide(listed))
        book.offer(form, [_offered(each) for each in listed], _LAST)
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
    """What a column means, without the codes that programs use."""
    return heading.about.partition(". `")[0]


def _how(heading: Heading) -> str:
    labels, target = ", ".join(heading.choices.values()), _TITLES.get(heading.target or "")
    return _KINDS[heading.kind].format(labels=labels, target=target)


def _guide(listed: Sequence[Heading]) -> Iterator[tuple[str, ...]]:
    for each in listed:
        yield each.title, _FLAGS[not each.is_required], _about(each), _how(each)


def _example(resource: Resource, heading: Heading) -> str | None:
    """What the record of the documentation says, as a text of its JSON."""
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
