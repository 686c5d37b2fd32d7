"""Documents: the answers of the indicators' endpoints; OpenAPI is generated from these types.

They are typed dictionaries: an answer is a plain dictionary that becomes JSON, mypy checks it
against its type, and pydantic makes the schema (decision 16).
"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.codes import (
    LABELS,
    IndicatorUnit,
    ItemOutcome,
    ItemType,
    SeriesStep,
    SubjectType,
    TargetStatus,
    ValueStatus,
)
from app.indicators.reasons import REASONS
from app.registry.designations import DesignationCategory
from app.registry.program_parts import IndicatorCode, TargetOperator
from app.rest.answers import DayText, DecimalText, IdText, answers

Code = Annotated[
    IndicatorCode,
    Field(description="; ".join(f"`{code}`: {label}" for code, label in LABELS.items())),
]
_OUTCOME = Field(
    description="`counted` — числитель, вместе с `not_counted` — знаменатель, `excluded` — вне "
    "расчёта, null — показатель на это не смотрит"
)
Counted = Annotated[ItemOutcome | None, _OUTCOME]
Reason = Annotated[
    str, Field(description="; ".join(f"`{code}`: {text.ru}" for code, text in REASONS.items()))
]
Version = Annotated[int, Field(description="Растёт с каждым изменением")]
Next = Annotated[str | None, Field(description="Курсор или null в конце")]


class NamedOrganization(TypedDict):
    """Организация и её краткое наименование."""

    id: IdText
    name: str | None


class IndicatorTarget(TypedDict):
    """Цель программы."""

    operator: TargetOperator
    value: DecimalText


class Figures(TypedDict):
    """Числитель, знаменатель и значение; null вне периода программы."""

    numerator: int | None
    denominator: Annotated[int | None, Field(description="null, если показатель — число")]
    value: Annotated[str | None, Field(description="Проценты с двумя знаками или целое число")]
    value_status: ValueStatus


class BreakdownEntry(TypedDict):
    """Часть показателя: по виду организации, по организации, по строке плана и так далее."""

    key: Annotated[str | None, Field(description="Чего это часть; null — не указано")]
    numerator: int
    denominator: int | None
    value: str | None
    days_late: NotRequired[Annotated[int, Field(description="Наибольшее опоздание, дней")]]


class DataFlag(TypedDict):
    """Сомнение в исходных данных."""

    code: str
    id: IdText


class DataQuality(TypedDict):
    """Чего не хватает в исходных данных."""

    no_roster: Annotated[
        list[NamedOrganization],
        Field(description="Организации без поимённого списка и без численности"),
    ]
    flags: list[DataFlag]


class AgainstTarget(TypedDict):
    """Цель программы и сколько до неё не хватает."""

    target: IndicatorTarget | None
    target_status: TargetStatus
    target_gap: Annotated[int | None, Field(description="Сколько ещё нужно до цели")]


class Indicator(Figures, AgainstTarget):
    """Показатель на дату, рядом с его целью."""

    code: Code
    unit: IndicatorUnit
    definition_version: Annotated[int, Field(description="Версия определений показателей")]
    breakdown: list[BreakdownEntry]
    excluded_count: int
    data_quality: DataQuality
    additive: NotRequired[
        Annotated[
            Literal[False], Field(description="Части не складываются: педагог бывает в нескольких")
        ]
    ]


class Period(TypedDict):
    """Дата, на которую посчитано, и период."""

    as_of: DayText
    period_start: DayText | None
    period_end: DayText | None


class Indicators(Period):
    """Все показатели программы из одного состояния реестра."""

    program_id: IdText
    state_version: Version
    items: list[Indicator]
    uncovered_priority: Annotated[
        list[NamedOrganization], Field(description="ШНОР и ШНСУ, которым никто не помогает")
    ]


class ProgramIndicators(TypedDict):
    """Строка сводки: программа и её показатели."""

    program_id: IdText
    municipality_id: IdText
    title: str
    as_of: DayText
    state_version: Version
    indicators: list[Indicator]


class IndicatorTotal(Figures, AgainstTarget):
    """Показатель по всем программам: суммы числителей и знаменателей."""

    code: Code
    unit: IndicatorUnit
    definition_version: int
    excluded_count: int
    programs: Annotated[int, Field(description="Сколько программ в сумме")]


class IndicatorTable(TypedDict):
    """Показатели всех программ, которые видит ключ, и итоги по всем страницам."""

    as_of: DayText
    items: list[ProgramIndicators]
    totals: list[IndicatorTotal]
    next: Next


class NamedItem(TypedDict):
    """То, что показатель считает, как его может назвать ключ."""

    type: ItemType
    id: Annotated[
        str | None,
        Field(description="Идентификатор записи или форма взаимодействия; null, если её не видно"),
    ]
    name: str | None


class ExplainedItem(NamedItem):
    """Одна организация, педагог или событие: исход и причина."""

    outcome: Annotated[ItemOutcome, _OUTCOME]
    reason: Reason
    reason_text: str
    number: NotRequired[Annotated[int, Field(description="Обучающихся на событии")]]
    organization_id: NotRequired[Annotated[IdText, Field(description="Чья это категория")]]
    category: NotRequired[DesignationCategory]
    act_id: NotRequired[IdText | None]
    valid_from: NotRequired[DayText]
    valid_to: NotRequired[DayText | None]
    days: NotRequired[Annotated[int | None, Field(description="Сколько дней была категория")]]


class IndicatorExplanation(TypedDict):
    """Что стоит за показателем."""

    code: Code
    as_of: DayText
    state_version: Version
    numerator: int | None
    denominator: int | None
    items: list[ExplainedItem]
    next: Next


class SubjectIndicator(TypedDict):
    """Показатель для одной организации или одного педагога: исход и причина."""

    code: Code
    outcome: Counted
    reason: Reason
    reason_text: str


class SubjectExplanation(TypedDict):
    """Одна организация или один педагог во всех показателях."""

    type: SubjectType
    id: IdText
    as_of: DayText
    items: list[SubjectIndicator]


class SeriesPoint(Figures, Period):
    """Значение на конец шага."""


class IndicatorSeries(TypedDict):
    """Показатель по времени."""

    code: Code
    unit: IndicatorUnit
    step: SeriesStep
    state_version: Version
    target: IndicatorTarget | None
    items: list[SeriesPoint]


SCHEMAS = answers(
    Indicators,
    IndicatorTable,
    IndicatorExplanation,
    SubjectExplanation,
    IndicatorSeries,
)
"""Answers, for OpenAPI."""
