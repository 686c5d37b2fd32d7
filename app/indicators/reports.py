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
    occurrence: str | None
    window_start: DayText | None
    window_end: Annotated[DayText | None, Field(description="Срок до")]
    status: Progress
    completed_on: Annotated[DayText | None, Field(description="Факт")]
    result: str | None
    evidence_url: str | None


class PlanParty(TypedDict):
    """Ответственный или участник строки плана."""

    organization_id: IdText
    role: PartyRole


class PlanRow(TypedDict):
    """Строка плана со сроками."""

    id: IdText
    plan_no: str
    title: str
    direction: Direction
    term_text: Annotated[
        str | None, Field(description="У объединённой строки — той, с которой объединена")
    ]
    parties: list[PlanParty]
    expected_result: str | None
    inherits_from_id: IdText | None
    status: Annotated[Progress | None, Field(description="Худший из сроков; null, если сроков нет")]
    windows: list[PlanWindow]


class ProgramState(TypedDict):
    """Программа, партнёрства, план и показатели из одного состояния реестра."""

    as_of: DayText
    state_version: Version
    program: Annotated[JsonRecord, shown_as(programs)]
    partnerships: list[Annotated[JsonRecord, shown_as(partnerships)]]
    plan: list[PlanRow]
    indicators: list[Indicator]
    uncovered_priority: list[NamedOrganization]


class ReportedMeasure(TypedDict):
    """Показатель мониторинга, о котором есть записи."""

    id: IdText
    code: str
    title: str
    unit: str | None
    value_kind: ValueKind


class ReportedRecord(TypedDict):
    """Запись мониторинга на дату."""

    id: IdText
    measure_id: IdText
    organization_id: IdText | None
    partnership_id: IdText | None
    activity_id: IdText | None
    period_start: DayText
    period_end: DayText
    state: MonitoringState
    baseline: Annotated[str | None, Field(description="Исходное значение")]
    target: Annotated[str | None, Field(description="Цель")]
    actual: Annotated[str | None, Field(description="Факт")]
    reached: Annotated[
        bool | None,
        Field(description="Достигнута ли цель; вниз, если она ниже исходного. null — не сравнить"),
    ]


class ReportingOrganization(TypedDict):
    """Организация, которая должна отчитаться."""

    organization_id: IdText
    name: str | None
    reported: Annotated[bool, Field(description="Есть принятая запись")]
    records: list[ReportedRecord]


class CategoryExit(TypedDict):
    """Выход организации из категории в эффективный режим."""

    designation_id: IdText
    organization_id: IdText
    name: str | None
    category: DesignationCategory
    act_id: IdText | None
    valid_from: DayText
    valid_to: DayText
    days: Annotated[int, Field(description="Сколько дней была категория")]


class ProgramMonitoring(Period):
    """Кто отчитался за период."""

    program_id: IdText
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
