"""Paper: what stands in a document, before it has a format."""

import hashlib
import json
from typing import Annotated, final

from pydantic import Field
from typing_extensions import TypedDict

from app.model.columns import Choice
from app.rest.answers import DayText, DecimalText, IdText


class PaperKind(Choice):
    """What document it is."""

    REPORT = "report", "отчёт о реализации программы"
    PASSPORT = "passport", "паспорт партнёрства"
    CONTRACT = "contract", "договор о сетевой форме"
    ATTENDANCE_LIST = "attendance_list", "список участников"


class Orientation(Choice):
    """How the sheets of a document lie."""

    PORTRAIT = "portrait", "книжная"
    LANDSCAPE = "landscape", "альбомная"


class ColumnKind(Choice):
    """How the cells of a column are written and aligned."""

    TEXT = "text", "текст"
    INDEX = "index", "номер"
    DATE = "date", "дата"
    PERIOD = "period", "период"
    INTEGER = "integer", "целое число"
    NUMBER = "number", "число"
    MONEY = "money", "рубли"
    PERCENT = "percent", "проценты"
    SIGNATURE = "signature", "место для подписи"


class RowKind(Choice):
    """What a row of a table is."""

    ROW = "row", "строка"
    HEADING = "heading", "заголовок группы: одна ячейка на всю ширину"
    SPAN = "span", "номер и одна ячейка на остальную ширину"
    TOTAL = "total", "итог"


@final
class Percent(TypedDict):
    """Проценты в столбце, где есть и другие числа."""

    percent: Annotated[DecimalText, Field(description="Проценты")]


@final
class Lines(TypedDict):
    """Несколько строк текста в одной ячейке; последняя — пометка."""

    lines: Annotated[list[str], Field(description="Строки")]


@final
class Days(TypedDict):
    """Период; null — граница не указана."""

    since: Annotated[DayText | None, Field(description="Первый день")]
    until: Annotated[DayText | None, Field(description="Последний день")]


Cell = str | int | Percent | Lines | Days | None
"""A value, written as the kind of its column says; None: there is none.

A date is an ISO day, a decimal its text with a point, a whole number an integer.
"""


class Column(TypedDict):
    """Столбец таблицы."""

    title: Annotated[str, Field(description="Заголовок")]
    kind: Annotated[ColumnKind, Field(description="Что в столбце")]
    width: Annotated[float, Field(description="Доля ширины страницы относительно других столбцов")]


class Row(TypedDict):
    """Строка таблицы."""

    kind: Annotated[RowKind, Field(description="Что это за строка")]
    cells: Annotated[list[Cell], Field(description="Ячейки по столбцам")]


class Clause(TypedDict):
    """Пункт текста."""

    no: Annotated[str | None, Field(description="Номер; null: без номера")]
    pieces: Annotated[
        list[str | None], Field(description="Куски текста подряд; null — пропуск для заполнения")
    ]


class Section(TypedDict):
    """Раздел: текст пунктами, таблица, примечание — что из этого есть."""

    no: Annotated[str | None, Field(description="Номер; null: без номера")]
    title: Annotated[str, Field(description="Заголовок; пустой: без заголовка")]
    annex: Annotated[
        str | None, Field(description="«Приложение 1 к договору»; null: не приложение")
    ]
    clauses: Annotated[list[Clause], Field(description="Пункты")]
    columns: Annotated[list[Column], Field(description="Столбцы; их нет: таблицы нет")]
    rows: Annotated[list[Row], Field(description="Строки; их нет: сведения не представлены")]
    note: Annotated[str | None, Field(description="Примечание под таблицей")]


class Approval(TypedDict):
    """Гриф утверждения."""

    heading: Annotated[str, Field(description="«УТВЕРЖДАЮ»")]
    position: Annotated[str | None, Field(description="Должность")]
    name: Annotated[str | None, Field(description="Кто утверждает; null: вписывают от руки")]


class Signature(TypedDict):
    """Место для подписи; у договора — с реквизитами стороны."""

    side: Annotated[str | None, Field(description="Сторона договора")]
    lines: Annotated[list[str], Field(description="Реквизиты стороны")]
    position: Annotated[str | None, Field(description="Должность")]
    name: Annotated[str | None, Field(description="Кто подписывает; null: вписывают от руки")]


class Freezing(TypedDict):
    """Срез, в котором документ заморожен."""

    id: Annotated[IdText, Field(description="Срез")]
    title: Annotated[str, Field(description="Название отчёта")]


class Requisites(TypedDict):
    """Реквизиты документа."""

    heading: Annotated[str, Field(description="Вид документа, как его печатают")]
    subject: Annotated[str, Field(description="О чём")]
    about: Annotated[list[str], Field(description="Абзацы после заголовка")]
    organization: Annotated[str | None, Field(description="Чей документ")]
    place: Annotated[str | None, Field(description="Место")]
    approval: Annotated[Approval | None, Field(description="Гриф; null: не нужен")]
    program_id: Annotated[IdText, Field(description="Программа")]
    subject_id: Annotated[IdText, Field(description="О какой записи документ")]
    as_of: Annotated[DayText, Field(description="Состояние на эту дату")]
    state_version: Annotated[int, Field(description="Версия данных")]
    numbered: Annotated[bool, Field(description="Есть место для даты и номера")]
    working: Annotated[bool, Field(description="Рабочий экземпляр: не заморожен в срезе")]
    frozen: Annotated[Freezing | None, Field(description="Срез, из которого отчёт")]
    persons: Annotated[bool, Field(description="В документе названы люди")]
    training: Annotated[bool, Field(description="Данные учебные")]
    footer: Annotated[str | None, Field(description="Внизу каждой страницы")]


class Paper(TypedDict):
    """Документ: одни и те же сведения для всех форматов."""

    kind: Annotated[PaperKind, Field(description="Вид документа")]
    orientation: Annotated[Orientation, Field(description="Как лежит лист")]
    requisites: Annotated[Requisites, Field(description="Реквизиты")]
    sections: Annotated[list[Section], Field(description="Разделы")]
    signatures: Annotated[
        list[Signature], Field(description="Подписи; у договора стоят перед приложениями")
    ]


NOTHING_KNOWN = "Сведения не представлены."
"""What an empty section says."""


def canonical(paper: Paper) -> bytes:
    """The bytes of a document's JSON: sorted keys, no blanks, UTF-8 (after RFC 8785)."""
    text = json.dumps(paper, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def of_json(text: str) -> Paper:
    """A document from its canonical bytes."""
    paper: Paper = json.loads(text)
    paper["kind"] = _KINDS[paper["kind"]]
    paper["orientation"] = _ORIENTATIONS[paper["orientation"]]
    for section in paper["sections"]:
        for column in section["columns"]:
            column["kind"] = _COLUMN_KINDS[column["kind"]]
        for row in section["rows"]:
            row["kind"] = _ROW_KINDS[row["kind"]]
    return paper


_KINDS: dict[str, PaperKind] = {kind.value: kind for kind in PaperKind}
_ORIENTATIONS: dict[str, Orientation] = {each.value: each for each in Orientation}
_COLUMN_KINDS: dict[str, ColumnKind] = {kind.value: kind for kind in ColumnKind}
_ROW_KINDS: dict[str, RowKind] = {kind.value: kind for kind in RowKind}


def digest(paper: Paper) -> str:
    """The SHA-256 of the canonical bytes, in hexadecimal digits."""
    return hashlib.sha256(canonical(paper)).hexdigest()


def column(title: str, width: float, kind: ColumnKind = ColumnKind.TEXT) -> Column:
    """A column of a table."""
    return {"title": title, "kind": kind, "width": width}


def row(*cells: Cell) -> Row:
    """A row of a table."""
    return {"kind": RowKind.ROW, "cells": [*cells]}


def heading(text: str) -> Row:
    """The heading of a group of rows."""
    return {"kind": RowKind.HEADING, "cells": [text]}


def table(
    no: str, title: str, columns: list[Column], rows: list[Row], note: str | None = None
) -> Section:
    """A section with a table."""
    return {
        "no": no,
        "title": title,
        "annex": None,
        "clauses": [],
        "columns": columns,
        "rows": rows,
        "note": note,
    }
