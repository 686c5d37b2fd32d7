"""Documents: what the doors of uploads answer; OpenAPI follows from these types (decision 16).

The texts of a report are Russian, as the lists are.
"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.intake.codes import ImportStatus, RowOutcome
from app.intake.terms import ImportMode, OnError
from app.rest.answers import IdText, MomentText, answers

RowNumber = Annotated[int, Field(description="Номер строки, как его показывает Excel")]


class ImportRemark(TypedDict):
    """Замечание к строке или ко всему списку."""

    code: Annotated[str, Field(description="Постоянный код")]
    column: Annotated[str | None, Field(description="Столбец")]
    detail: Annotated[str, Field(description="Что не так")]
    hint: Annotated[str, Field(description="Что сделать")]


class ImportedFile(TypedDict):
    """Файл и то, как он прочитан."""

    name: str | None
    sha256: str
    size: Annotated[int, Field(description="Байт")]
    format: Literal["csv", "xlsx"]
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    header_row: int


class Candidate(TypedDict):
    """Запись, которая может иметься в виду; педагоги — без имён."""

    id: IdText
    name: NotRequired[str]


class ImportedRow(TypedDict):
    """Строка списка и что с ней стало."""

    row: RowNumber
    outcome: RowOutcome
    id: Annotated[IdText | None, Field(description="Запись, которой стала строка")]
    errors: Annotated[list[ImportRemark], Field(description="Почему строка не принята")]
    warnings: Annotated[list[ImportRemark], Field(description="Принято, но требует внимания")]
    infos: Annotated[list[ImportRemark], Field(description="Что сделано по дороге")]
    candidates: Annotated[
        list[Candidate], Field(description="Кто или что может иметься в виду; люди — без имён")
    ]


class RepeatedRows(TypedDict):
    """Строки об одной записи."""

    rows: Annotated[list[RowNumber], Field(description="Строки об одной записи")]
    kept: RowNumber
    differing: Annotated[list[str], Field(description="Поля, которыми они отличаются")]


class RefusalGroup(TypedDict):
    """Одна причина отказов и строки, у которых она есть."""

    code: str
    detail: str
    rows: Annotated[list[RowNumber], Field(description="Первые сто строк")]
    count: int


class ImportStats(TypedDict):
    """Сколько строк и что с ними стало."""

    total: int
    created: int
    updated: int
    unchanged: int
    duplicate: int
    blank: int
    rejected: int


class ImportReport(TypedDict):
    """Отчёт о загрузке списка."""

    id: IdText
    status: ImportStatus
    mode: ImportMode
    on_error: OnError
    file: ImportedFile
    infos: Annotated[list[ImportRemark], Field(description="О файле в целом")]
    stats: ImportStats
    groups: Annotated[list[RefusalGroup], Field(description="Причины отказов, частые первыми")]
    duplicates: Annotated[list[RepeatedRows], Field(description="Все группы повторов")]
    rows: Annotated[
        list[ImportedRow],
        Field(description="Строки; при усечении сначала те, что требуют внимания"),
    ]
    rows_truncated: Annotated[bool, Field(description="Показаны не все строки")]


class ImportEntry(TypedDict):
    """Загрузка в списке загрузок."""

    id: IdText
    collection: Annotated[str, Field(description="Какой список")]
    status: ImportStatus
    sent_at: MomentText
    owner: Annotated[str | None, Field(description="Чьим ключом")]


class ImportPage(TypedDict):
    """Страница списка загрузок."""

    items: list[ImportEntry]
    next: Annotated[str | None, Field(description="Курсор или null в конце")]


SCHEMAS = answers(ImportReport, ImportPage)
"""Answers, for OpenAPI."""
