"""Documents: what the doors of personal data answer; OpenAPI follows from these types.

Decision 16 says why they are typed dictionaries.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, GetPydanticSchema
from typing_extensions import TypedDict

from app.registry.holders import holders
from app.registry.teachers import teachers
from app.rest.answers import IdText, JsonRecord, MomentText, answers, shown_as, typed


class AuditEntry(TypedDict):
    """Запись журнала доступа: кто, когда и что сделал."""

    seq: Annotated[int, Field(description="Номер; без пропусков, с единицы")]
    at: Annotated[MomentText, Field(description="Когда")]
    key_id: Annotated[IdText | None, Field(description="Каким ключом")]
    owner: Annotated[str | None, Field(description="Чей это ключ")]
    role: Annotated[str, Field(description="В какой роли")]
    action: Annotated[str, Field(description="Что сделано")]
    type: Annotated[str | None, Field(description="С записями какого вида")]
    ids: Annotated[list[IdText], Field(description="С какими записями")]
    outcome: Annotated[str, Field(description="Чем кончилось: `ok` или отказ")]
    request_id: Annotated[str | None, Field(description="`X-Request-ID` запроса")]
    fields: Annotated[list[str], Field(description="Какие поля; их значений в журнале нет")]
    address_hash: Annotated[
        str | None, Field(description="Откуда: ключевой хеш адреса (у IPv6 — сети /64)")
    ]
    count: Annotated[int, Field(description="Сколько раз; отказы без ключа — за минуту")]
    traceparent: Annotated[
        str | None,
        Field(description="Трассировка того, кто спросил: `traceparent` его запроса (W3C)"),
    ]
    address: Annotated[
        str | None, Field(description="Сам адрес, пока он хранится (`SN_ADDRESS_DAYS`)")
    ]


ArchivedBefore = Annotated[
    MomentText | None,
    Field(description="Записи до этого времени вынесены в архив, в ответе их нет"),
]


class Operator(TypedDict):
    """Оператор: орган управления образованием муниципалитета или сам муниципалитет."""

    name: Annotated[str | None, Field(description="null в записях прежних версий")]
    address: Annotated[str | None, Field(description="Адрес оператора")]


class Subject(TypedDict):
    """Субъект: номер его записи, потому что имя уничтожено."""

    id: Annotated[IdText, Field(description="Номер записи о педагоге")]
    about: Annotated[str, Field(description="Кто это, без имени")]


class Destroyer(TypedDict):
    """Кто уничтожил данные: ключ, владелец, роль."""

    key_id: Annotated[IdText | None, Field(description="Ключ; null: команда администратора")]
    owner: Annotated[str | None, Field(description="Чей это ключ")]
    role: Annotated[str, Field(description="Его роль")]


class DepersonalizedRecords(TypedDict):
    """Сколько обезличенных записей осталось."""

    employments: Annotated[int, Field(description="Мест работы")]
    participations: Annotated[int, Field(description="Участий")]


class Destruction(TypedDict):
    """Запись об уничтожении: чьи, какие, как, почему, когда и кем; без значений."""

    id: Annotated[IdText, Field(description="Запись об уничтожении")]
    operator: Operator
    subject: Subject
    teacher_id: Annotated[IdText, Field(description="Чьи данные уничтожены")]
    municipality_id: Annotated[IdText, Field(description="Муниципалитет")]
    system: Annotated[str, Field(description="В какой системе")]
    categories: Annotated[
        list[str], Field(description="Какие данные: названия полей, у которых были значения")
    ]
    method: Annotated[str, Field(description="Каким способом")]
    reason: Annotated[str, Field(description="Почему")]
    destroyed_at: Annotated[MomentText, Field(description="Когда уничтожены")]
    destroyed_by: Destroyer
    request_id: Annotated[str | None, Field(description="`X-Request-ID` запроса")]
    kept: DepersonalizedRecords


_HELD = typed(
    "HeldRecords",
    "Места работы и участие в событиях.",
    {
        each.resource.name: list[Annotated[JsonRecord, shown_as(each.resource)]]
        for each in holders(teachers)
    },
)
HeldRecords = Annotated[
    Mapping[str, list[JsonRecord]],
    GetPydanticSchema(lambda _, handler: handler.generate_schema(_HELD)),
]
"""The records that refer to a person, by kind."""


class AccessReport(TypedDict):
    """Все данные о педагоге и все обращения к ним."""

    teacher: Annotated[
        Annotated[JsonRecord, shown_as(teachers)] | None,
        Field(description="Все данные о педагоге; null после уничтожения"),
    ]
    destruction: Annotated[Destruction | None, Field(description="Запись об уничтожении")]
    records: HeldRecords
    accesses: Annotated[list[AuditEntry], Field(description="Кто обращался")]
    next: Annotated[str | None, Field(description="Курсор или null в конце")]
    archived_before: ArchivedBefore


class DueTeacher(TypedDict):
    """Чьи данные подлежат уничтожению."""

    teacher_id: Annotated[IdText, Field(description="Педагог")]


class RetentionReport(TypedDict):
    """Чей срок хранения истёк и что уничтожено."""

    dry_run: Annotated[bool, Field(description="Только показано, ничего не уничтожено")]
    retention_days: Annotated[int, Field(description="Срок; 0 — не настроен")]
    items: Annotated[
        list[DueTeacher] | list[Destruction],
        Field(description="С `dry_run` педагоги, без него записи об уничтожении"),
    ]


SCHEMAS = answers(Destruction, AccessReport, RetentionReport)
"""Answers, for OpenAPI."""
