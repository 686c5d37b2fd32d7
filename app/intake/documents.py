"""Documents: what the doors of uploads answer; OpenAPI follows from these types (decision 16).

The texts of a report are Russian, as the lists are.
"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from app.findings import Words
from app.intake.codes import ImportStatus, RowOutcome
from app.intake.terms import Basis, ImportMode, OnError
from app.problems import Outage
from app.rest.answers import IdText, MomentText, answers
from app.rest.failures import Finding as Refusal
from app.rest.mentions import Labelled

RowNumber = Annotated[int, Field(description="Номер строки, как его показывает Excel")]


class ImportRemark(TypedDict):
    """Замечание к строке или ко всему списку."""

    code: Annotated[str, Field(description="Постоянный код")]
    column: Annotated[str | None, Field(description="Столбец")]
    detail: Annotated[str, Field(description="Что не так")]
    hint: Annotated[str, Field(description="Что сделать")]


_FORMATS = {"csv": Words("CSV", "CSV"), "xlsx": Words("XLSX (Excel)", "XLSX (Excel)")}


class ImportedFile(TypedDict):
    """Файл и то, как он прочитан."""

    name: Annotated[str | None, Field(description="Имя файла; null, если оно не прислано")]
    sha256: Annotated[str, Field(description="SHA-256 файла в шестнадцатеричном виде")]
    size: Annotated[int, Field(description="Байт")]
    format: Annotated[Literal["csv", "xlsx"], Field(description="Формат"), Labelled(_FORMATS)]
    encoding: Annotated[str | None, Field(description="Кодировка CSV")]
    delimiter: Annotated[str | None, Field(description="Разделитель CSV")]
    sheet: Annotated[str | None, Field(description="Лист книги")]
    header_row: Annotated[int, Field(description="Строка с названиями столбцов")]


class Candidate(TypedDict):
    """Запись, которая может иметься в виду; педагоги — без имён."""

    id: Annotated[IdText, Field(description="Запись")]
    name: NotRequired[Annotated[str, Field(description="Как она называется")]]


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

    code: Annotated[str, Field(description="Причина: постоянный код")]
    detail: Annotated[str, Field(description="Причина словами")]
    rows: Annotated[list[RowNumber], Field(description="Первые сто строк")]
    count: Annotated[int, Field(description="Сколько строк")]


class ImportStats(TypedDict):
    """Сколько строк и что с ними стало."""

    total: Annotated[int, Field(description="Строк в списке")]
    created: Annotated[int, Field(description="Записей добавлено")]
    updated: Annotated[int, Field(description="Записей изменено")]
    unchanged: Annotated[int, Field(description="Уже были такими")]
    duplicate: Annotated[int, Field(description="Повторяют другую строку списка")]
    blank: Annotated[int, Field(description="Пустые")]
    rejected: Annotated[int, Field(description="Не приняты")]


class ImportProgress(TypedDict):
    """Сколько строк списка уже пройдено."""

    total: Annotated[int, Field(description="Строк в списке")]
    read: Annotated[int, Field(description="Прочитано строк")]
    written: Annotated[
        int,
        Field(
            description="Записей добавлено и изменено; в реестре они появятся все сразу, "
            "когда загрузка закончится"
        ),
    ]


class ImportProblem(TypedDict):
    """Почему принятый список не загружен: то же, чем ответил бы отказ (RFC 9457)."""

    type: Annotated[str, Field(description="Вид отказа: адрес страницы о нём")]
    title: Annotated[str, Field(description="Вид отказа одной фразой")]
    status: Annotated[
        int, Field(description="Код состояния HTTP, с которым список был бы отклонён")
    ]
    detail: Annotated[str, Field(description="Что случилось и что делать")]
    instance: Annotated[str, Field(description="`urn:uuid:` и номер загрузки")]
    errors: Annotated[list[Refusal], Field(description="Ошибки по местам, не больше ста")]
    errors_count: NotRequired[Annotated[int, Field(description="Сколько их, если больше ста")]]
    cause: NotRequired[Annotated[Outage, Field(description="Почему сервис не смог (503)")]]


class ImportReport(TypedDict):
    """Отчёт о загрузке списка. Пока она выполняется, в нём нет строк, а есть `progress`."""

    id: Annotated[IdText, Field(description="Загрузка")]
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
    progress: NotRequired[
        Annotated[ImportProgress, Field(description="Ход загрузки, пока она выполняется")]
    ]
    problem: NotRequired[
        Annotated[
            ImportProblem,
            Field(description="Почему список, принятый с `Prefer: respond-async`, не загружен"),
        ]
    ]


class ImportEntry(TypedDict):
    """Загрузка в списке загрузок."""

    id: Annotated[IdText, Field(description="Загрузка")]
    collection: Annotated[str, Field(description="Какой список")]
    status: ImportStatus
    sent_at: Annotated[MomentText, Field(description="Когда прислана")]
    owner: Annotated[str | None, Field(description="Чьим ключом")]


class ImportPage(TypedDict):
    """Страница списка загрузок."""

    items: list[ImportEntry]
    next: Annotated[str | None, Field(description="Курсор или null в конце")]


class UploadedList(TypedDict):
    """Список для загрузки."""

    # By the media type Swagger UI knows that it needs a button, by the format generators do.
    file: Annotated[
        str,
        WithJsonSchema(
            {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
        ),
        Field(description="Файл CSV или XLSX"),
    ]


SCHEMAS = answers(ImportReport, ImportPage, UploadedList, Basis, ImportMode, OnError)
"""Answers, the form of an upload and the choices of its parameters, for OpenAPI."""
