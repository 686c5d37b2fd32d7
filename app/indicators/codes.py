"""Codes: the closed lists of words that the answers of indicators are written in."""

from typing import Literal

from app.model.columns import Choice
from app.registry.program_parts import IndicatorCode

ItemType = Literal[
    "organizations",
    "teachers",
    "events",
    "partnerships",
    "designations",
    "forms",
    "resource_balances",
    "resource_uses",
    "shared_resources",
    "network_curricula",
    "network_groups",
    "provisions",
    "results",
]
"""What an indicator counts: the records of a collection, or what is named by a code."""

CODED: frozenset[ItemType] = frozenset({"forms", "provisions", "results"})
"""Items that are no records; their ids are codes."""

SubjectType = Literal["organizations", "teachers"]
"""The types of subjects that can be explained over all indicators."""


class ItemOutcome(Choice):
    """How an item is counted in an indicator."""

    COUNTED = "counted", "в числителе"
    NOT_COUNTED = "not_counted", "только в знаменателе"
    EXCLUDED = "excluded", "вне расчёта"


COUNTED, NOT_COUNTED, EXCLUDED = ItemOutcome.COUNTED, ItemOutcome.NOT_COUNTED, ItemOutcome.EXCLUDED


class IndicatorUnit(Choice):
    """The unit of an indicator's value."""

    PERCENT = "percent", "проценты"
    COUNT = "count", "число"


class ValueStatus(Choice):
    """Whether an indicator has a value, and why it has none."""

    OK = "ok", "значение есть"
    NO_POPULATION = "no_population", "считать не среди кого"
    OUTSIDE_PROGRAM_PERIOD = "outside_program_period", "программа в этот день не идёт"


class TargetStatus(Choice):
    """Whether an indicator has reached its target."""

    MET = "met", "цель достигнута"
    NOT_MET = "not_met", "цель не достигнута"
    NOT_APPLICABLE = "not_applicable", "цели нет или значения нет"


class SeriesStep(Choice):
    """What lies between two points of a series."""

    MONTH = "month", "месяц"
    QUARTER = "quarter", "квартал"
    ACADEMIC_YEAR = "academic_year", "учебный год"


class Progress(Choice):
    """The progress of a row of the plan, or of one of its windows, on a day."""

    PLANNED = "planned", "предстоит"
    OPEN = "open", "идёт"
    OVERDUE = "overdue", "просрочено"
    COMPLETED = "completed", "выполнено"
    COMPLETED_LATE = "completed_late", "выполнено с опозданием"
    CANCELLED = "cancelled", "отменено"


LABELS: dict[IndicatorCode, str] = {
    IndicatorCode.ORG_INVOLVEMENT_SHARE: "доля организаций, вовлечённых в сетевое взаимодействие",
    IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY: (
        "доля ШНОР и ШНСУ, вовлечённых в сетевое взаимодействие"
    ),
    IndicatorCode.ORG_ACTIVE_INVOLVEMENT_SHARE: (
        "доля организаций, фактически участвующих в мероприятиях"
    ),
    IndicatorCode.TEACHER_COVERAGE_SHARE: "доля педагогов, охваченных мероприятиями",
    IndicatorCode.PLAN_COMPLETION_SHARE: "доля выполненных сроков плана",
    IndicatorCode.PLAN_ON_TIME_SHARE: "доля сроков плана, выполненных вовремя",
    IndicatorCode.OVERDUE_WINDOWS: "число просроченных сроков плана",
    IndicatorCode.LEGAL_COVERAGE_SHARE: "доля партнёрств, оформленных документом",
    IndicatorCode.SOCIAL_PARTNER_COUNT: "число социальных партнёров",
    IndicatorCode.FORM_COVERAGE_SHARE: "доля используемых форм взаимодействия",
    IndicatorCode.LEADER_LOAD: "нагрузка лидеров: поддерживаемых организаций",
    IndicatorCode.MONITORING_COMPLETENESS_SHARE: "полнота мониторинга",
    IndicatorCode.EFFECTIVE_MODE_TRANSITION_SHARE: (
        "доля организаций, перешедших в эффективный режим"
    ),
    IndicatorCode.LEARNER_PARTICIPATION_TOTAL: "число участий обучающихся",
    IndicatorCode.RESOURCE_SUFFICIENCY_SHARE: "доля потребностей, закрытых своими ресурсами",
    IndicatorCode.NEED_COVERAGE_SHARE: "доля нехваток, закрытых ресурсами сети",
    IndicatorCode.PROPERTY_DOCUMENTED_SHARE: (
        "доля случаев пользования ресурсами, оформленных документами"
    ),
    IndicatorCode.CONFLICTED_RESOURCES: "число ресурсов с двойными бронями",
    IndicatorCode.CONTRACT_COVERAGE_SHARE: "доля сетевых программ с договорами",
    IndicatorCode.NETWORK_LEARNERS: "число обучающихся в сетевых группах",
    IndicatorCode.PROVISION_COVERAGE_SHARE: "доля исполняемых положений программы",
    IndicatorCode.RESULT_CONFIRMATION_SHARE: "доля подтверждённых результатов",
}
"""The Russian names of the indicators, for OpenAPI."""
