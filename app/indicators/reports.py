"""Reports: the answers about a program's state and monitoring; see `documents` for the form."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.codes import Progress
from app.indicators.documents import Figures, Indicator, NamedOrganization, Period, Version
from app.registry.activities import Direction, PartyRole
from app.registry.designations import DesignationCategory
from app.registry.measures import ValueKind
from app.registry.monitoring import MonitoringState
from app.registry.partnerships import partnerships
from app.registry.programs import programs
from app.rest.answers import DayText, IdText, JsonRecord, answers, shown_as


class PlanWindow(TypedDict):
    """Срок плана на дату."""

    event_id: Annotated[
        IdText | None, Field(description="Событие; null, если срок ещё не создан событием")
    ]
    occurrence: Annotated[
        str | None, Field(description="Который это срок: год или учебный год; null у однократного")
    ]
    window_start: Annotated[DayText | None, Field(description="Срок с")]
    window_end: Annotated[DayText | None, Field(description="Срок до")]
    status: Progress
    completed_on: Annotated[DayText | None, Field(description="Факт")]
    result: Annotated[str | None, Field(description="Что получилось")]
    evidence_url: Annotated[str | None, Field(description="Ссылка на подтверждение")]


class PlanParty(TypedDict):
    """Ответственный или участник строки плана."""

    organization_id: Annotated[IdText, Field(description="Организация")]
    role: PartyRole


class PlanRow(TypedDict):
    """Строка плана со сроками."""

    id: Annotated[IdText, Field(description="Строка плана")]
    plan_no: Annotated[str, Field(description="Номер в плане")]
    title: Annotated[str, Field(description="Мероприятие")]
    direction: Direction
    term_text: Annotated[
        str | None,
        Field(description="Срок; у объединённой строки — срок той, с которой она объединена"),
    ]
    parties: list[PlanParty]
    expected_result: Annotated[str | None, Field(description="Результат")]
    inherits_from_id: Annotated[
        IdText | None, Field(description="Строка плана, с которой эта объединена")
    ]
    status: Annotated[
        Progress | None, Field(description="Худшее из состояний её сроков; null, если сроков нет")
    ]
    windows: list[PlanWindow]


class ProgramState(TypedDict):
    """Программа, партнёрства, план и показатели из одного состояния реестра."""

    as_of: Annotated[DayText, Field(description="На какую дату")]
    state_version: Version
    program: Annotated[JsonRecord, shown_as(programs)]
    partnerships: list[Annotated[JsonRecord, shown_as(partnerships)]]
    plan: list[PlanRow]
    indicators: list[Indicator]
    uncovered_priority: list[NamedOrganization]


class ReportedMeasure(TypedDict):
    """Показатель мониторинга, о котором есть записи."""

    id: Annotated[IdText, Field(description="Показатель мониторинга")]
    code: Annotated[str, Field(description="Его код")]
    title: Annotated[str, Field(description="Его название")]
    unit: Annotated[str | None, Field(description="Единица измерения")]
    value_kind: ValueKind


class ReportedRecord(TypedDict):
    """Запись мониторинга на дату."""

    id: Annotated[IdText, Field(description="Запись мониторинга")]
    measure_id: Annotated[IdText, Field(description="Показатель мониторинга")]
    organization_id: Annotated[IdText | None, Field(description="Организация, о которой запись")]
    partnership_id: Annotated[IdText | None, Field(description="Партнёрство, о котором запись")]
    activity_id: Annotated[IdText | None, Field(description="Строка плана, о которой запись")]
    period_start: Annotated[DayText, Field(description="Первый день периода записи")]
    period_end: Annotated[DayText, Field(description="Последний день периода записи")]
    state: MonitoringState
    baseline: Annotated[str | None, Field(description="Исходное значение")]
    target: Annotated[str | None, Field(description="Цель")]
    actual: Annotated[str | None, Field(description="Факт")]
    reached: Annotated[
        bool | None,
        Field(description="Достигнута ли цель, в том числе снижением; null — сравнить нельзя"),
    ]


class ReportingOrganization(TypedDict):
    """Организация, которая должна отчитаться."""

    organization_id: Annotated[IdText, Field(description="Организация")]
    name: Annotated[str | None, Field(description="Её краткое наименование")]
    reported: Annotated[bool, Field(description="Есть принятая запись")]
    records: list[ReportedRecord]


class CategoryExit(TypedDict):
    """Выход организации из категории в эффективный режим."""

    designation_id: Annotated[IdText, Field(description="Категория")]
    organization_id: Annotated[IdText, Field(description="Организация")]
    name: Annotated[str | None, Field(description="Её краткое наименование")]
    category: DesignationCategory
    act_id: Annotated[IdText | None, Field(description="Документ, которым присвоена категория")]
    valid_from: Annotated[DayText, Field(description="Первый день категории")]
    valid_to: Annotated[DayText, Field(description="Последний день категории")]
    days: Annotated[int, Field(description="Сколько дней была категория")]


class ProgramMonitoring(Period):
    """Кто отчитался за период."""

    program_id: Annotated[IdText, Field(description="Программа")]
    state_version: Version
    completeness: Figures | None
    states: Annotated[
        dict[MonitoringState, int], Field(description="Сколько записей в каком состоянии")
    ]
    measures: list[ReportedMeasure]
    items: list[ReportingOrganization]
    others: Annotated[
        list[ReportedRecord], Field(description="Записи не от тех, кто должен отчитаться")
    ]
    exits: list[CategoryExit]


SCHEMAS = answers(ProgramState, ProgramMonitoring)
"""Answers, for OpenAPI."""
