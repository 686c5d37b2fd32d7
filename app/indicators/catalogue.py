"""The catalogue: every indicator by its code, with its label, its unit and its measure."""

from collections.abc import Callable
from typing import NamedTuple

from app.indicators import network, people, plan
from app.indicators.network import Measure, Network

DEFINITION = 1
"""Version of the definitions; it grows when what is counted changes."""


class Indicator(NamedTuple):
    """An indicator: its Russian label, its unit, how it is measured, and what it looks at."""

    label: str
    unit: str
    measure: Callable[[Network], Measure]
    looks_at: str = "organizations"
    unless: str = "other_kind"
    """Why it does not look at some organization or teacher."""


INDICATORS: dict[str, Indicator] = {
    "org_involvement_share": Indicator(
        "доля организаций в сети с лидерами", "percent", network.involvement
    ),
    "org_involvement_share_priority": Indicator(
        "то же среди ШНОР и ШНСУ", "percent", network.priority_involvement, unless="not_priority"
    ),
    "org_active_involvement_share": Indicator(
        "доля организаций, участвующих на деле", "percent", network.active_involvement
    ),
    "teacher_coverage_share": Indicator(
        "доля педагогов, охваченных мероприятиями",
        "percent",
        people.teacher_coverage,
        "teachers",
        "not_employed",
    ),
    "plan_completion_share": Indicator(
        "доля выполненных сроков плана", "percent", plan.plan_completion, "events"
    ),
    "plan_on_time_share": Indicator(
        "доля сроков, выполненных вовремя", "percent", plan.plan_on_time, "events"
    ),
    "overdue_windows": Indicator(
        "просроченные сроки плана", "count", plan.overdue_windows, "events"
    ),
    "legal_coverage_share": Indicator(
        "доля партнёрств с актом или договором", "percent", network.legal_coverage, "partnerships"
    ),
    "social_partner_count": Indicator(
        "социальные партнёры", "count", network.social_partners, unless="no_social_partner"
    ),
    "form_coverage_share": Indicator(
        "доля использованных форм взаимодействия", "percent", plan.form_coverage, "forms"
    ),
    "leader_load": Indicator(
        "поддерживаемые организации", "count", network.leader_load, unless="not_supported"
    ),
    "monitoring_completeness_share": Indicator(
        "полнота мониторинга", "percent", network.monitoring_completeness, unless="not_asked"
    ),
    "effective_mode_transition_share": Indicator(
        "доля вышедших в эффективный режим",
        "percent",
        network.effective_mode_transition,
        unless="not_designated",
    ),
    "learner_participation_total": Indicator(
        "участие обучающихся", "count", plan.learner_participation, "events"
    ),
}

LABELS = {code: each.label for code, each in INDICATORS.items()}
