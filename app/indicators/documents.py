"""Documents: the answers of the indicators' endpoints; OpenAPI is generated from these types.

They are typed dictionaries: an answer is a plain dictionary that becomes JSON, mypy checks it
against its type, and pydantic makes the schema (decision 16).
"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.codes import (
    IndicatorUnit,
    ItemOutcome,
    ItemType,
    SeriesStep,
    SubjectType,
    TargetStatus,
    ValueStatus,
)
from app.indicators.labels import FLAGS, ITEMS, PARTS
from app.indicators.reasons import REASONS
from app.registry.designations import DesignationCategory
from app.registry.program_parts import IndicatorCode, TargetOperator
from app.rest.answers import DayText, DecimalText, IdText, answers
from app.rest.mentions import Labelled

_OUTCOME = Field(
    description="`counted` — числитель, вместе с `not_counted` — знаменатель, `excluded` — вне "
    "расчёта, null — показатель этого не учитывает"
)
Counted = Annotated[ItemOutcome | None, _OUTCOME]
Reason = Annotated[
    str,
    Field(description="; ".join(f"`{code}`: {text.ru}" for code, text in REASONS.items())),
    Labelled(REASONS),
]
Version = Annotated[int, Field(description="Растёт с каждым изменением")]
Next = Annotated[str | None, Field(description="Курсор или null в конце")]


class NamedOrganization(TypedDict):
    """Организация и её краткое наименование."""

    id: Annotated[IdText, Field(description="Организация")]
    name: Annotated[
        str | None, Field(description="Её краткое наименование; null, если его не видно")
    ]


class IndicatorTarget(TypedDict):
    """Цель программы."""

    operator: TargetOperator
    value: Annotated[DecimalText, Field(description="Значение, с которым сравнивают")]


class Figures(TypedDict):
    """Числитель, знаменатель и значение; null вне периода программы."""

    numerator: Annotated[int | None, Field(description="Числитель")]
    denominator: Annotated[int | None, Field(description="null, если показатель — число")]
    value: Annotated[str | None, Field(description="Проценты с двумя знаками или целое число")]
    value_status: ValueStatus


class BreakdownEntry(TypedDict):
    """Часть показателя: по виду организации, по организации, по строке плана и так далее."""

    key: Annotated[
        str | None, Field(description="Чего это часть; null — не указано"), Labelled(PARTS)
    ]
    numerator: Annotated[int, Field(description="Числитель этой части")]
    denominator: Annotated[
        int | None, Field(description="Знаменатель этой части; null, если показатель — число")
    ]
    value: Annotated[str | None, Field(description="Значение этой части")]
    days_late: NotRequired[Annotated[int, Field(description="Наибольшее опоздание, дней")]]


class DataFlag(TypedDict):
    """Сомнение в исходных данных."""

    code: Annotated[str, Field(description="В чём сомнение: постоянный код"), Labelled(FLAGS)]
    id: Annotated[IdText, Field(description="Запись, о которой сомнение")]


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

    code: IndicatorCode
    unit: IndicatorUnit
    definition_version: Annotated[int, Field(description="Версия определений показателей")]
    breakdown: list[BreakdownEntry]
    excluded_count: Annotated[
        int, Field(description="Сколько организаций, педагогов или сроков вне расчёта")
    ]
    data_quality: DataQuality
    additive: NotRequired[
        Annotated[
            Literal[False], Field(description="Части не складываются: педагог бывает в нескольких")
        ]
    ]


class Period(TypedDict):
    """Дата, на которую посчитано, и период."""

    as_of: Annotated[DayText, Field(description="На какую дату посчитано")]
    period_start: Annotated[DayText | None, Field(description="Первый день периода; null: дня нет")]
    period_end: Annotated[
        DayText | None, Field(description="Последний день периода; null: дня нет")
    ]


class Indicators(Period):
    """Все показатели программы из одного состояния реестра."""

    program_id: Annotated[IdText, Field(description="Программа")]
    state_version: Version
    items: list[Indicator]
    uncovered_priority: Annotated[
        list[NamedOrganization], Field(description="ШНОР и ШНСУ, которым никто не помогает")
    ]


class ProgramIndicators(TypedDict):
    """Строка сводки: программа и её показатели."""

    program_id: Annotated[IdText, Field(description="Программа")]
    municipality_id: Annotated[IdText, Field(description="Её муниципалитет")]
    title: Annotated[str, Field(description="Название программы")]
    as_of: Annotated[DayText, Field(description="На какую дату посчитано")]
    state_version: Version
    indicators: list[Indicator]


class IndicatorTotal(Figures, AgainstTarget):
    """Показатель по всем программам: суммы числителей и знаменателей."""

    code: IndicatorCode
    unit: IndicatorUnit
    definition_version: Annotated[int, Field(description="Версия определений показателей")]
    excluded_count: Annotated[
        int, Field(description="Сколько организаций, педагогов или сроков вне расчёта")
    ]
    programs: Annotated[int, Field(description="Сколько программ в сумме")]


class IndicatorTable(TypedDict):
    """Показатели всех программ, которые видит ключ, и итоги по всем страницам."""

    as_of: Annotated[DayText, Field(description="На какую дату посчитано")]
    items: list[ProgramIndicators]
    totals: list[IndicatorTotal]
    next: Next


class NamedItem(TypedDict):
    """То, что показатель считает, как его может назвать ключ."""

    type: Annotated[ItemType, Field(description="Вид того, что считают"), Labelled(ITEMS)]
    id: Annotated[
        str | None,
        Field(description="Идентификатор записи или форма взаимодействия; null, если её не видно"),
    ]
    name: Annotated[
        str | None, Field(description="Как это называется; null, если ключу этого не видно")
    ]


class ExplainedItem(NamedItem):
    """Одна организация, педагог или событие: исход и причина."""

    outcome: Annotated[ItemOutcome, _OUTCOME]
    reason: Reason
    reason_text: Annotated[str, Field(description="Причина словами")]
    number: NotRequired[Annotated[int, Field(description="Обучающихся на событии")]]
    organization_id: NotRequired[Annotated[IdText, Field(description="Чья это категория")]]
    category: NotRequired[DesignationCategory]
    act_id: NotRequired[
        Annotated[IdText | None, Field(description="Документ, которым присвоена категория")]
    ]
    valid_from: NotRequired[Annotated[DayText, Field(description="Первый день категории")]]
    valid_to: NotRequired[
        Annotated[DayText | None, Field(description="Последний день категории; null: действует")]
    ]
    days: NotRequired[Annotated[int | None, Field(description="Сколько дней была категория")]]


class IndicatorExplanation(TypedDict):
    """Что стоит за показателем."""

    code: IndicatorCode
    as_of: Annotated[DayText, Field(description="На какую дату посчитано")]
    state_version: Version
    numerator: Annotated[int | None, Field(description="Числитель")]
    denominator: Annotated[
        int | None, Field(description="Знаменатель; null, если показатель — число")
    ]
    items: list[ExplainedItem]
    next: Next


class SubjectIndicator(TypedDict):
    """Показатель для одной организации или одного педагога: исход и причина."""

    code: IndicatorCode
    outcome: Counted
    reason: Reason
    reason_text: Annotated[str, Field(description="Причина словами")]


class SubjectExplanation(TypedDict):
    """Одна организация или один педагог во всех показателях."""

    type: Annotated[SubjectType, Field(description="Организация это или педагог")]
    id: Annotated[IdText, Field(description="Организация или педагог")]
    as_of: Annotated[DayText, Field(description="На какую дату посчитано")]
    items: list[SubjectIndicator]


class SeriesPoint(Figures, Period):
    """Значение на конец шага."""


class IndicatorSeries(TypedDict):
    """Показатель по времени."""

    code: IndicatorCode
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
