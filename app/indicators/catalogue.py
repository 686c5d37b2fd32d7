"""The catalogue: how each indicator is measured, by its code."""

from collections.abc import Callable
from typing import NamedTuple

from app.indicators import network, people, plan
from app.indicators.codes import IndicatorUnit, ItemType
from app.indicators.network import Measure, Network
from app.problems import NotFound
from app.registry.program_parts import IndicatorCode

DEFINITION = 1
"""Version of the definitions; it grows when what is counted changes."""


class Definition(NamedTuple):
    """An indicator: its unit, its measure, and the type of its items."""

    unit: IndicatorUnit
    measure: Callable[[Network], Measure]
    looks_at: ItemType = "organizations"
    unless: str = "other_kind"
    """Why an organization or teacher is not among its items: a code of `reasons.REASONS`."""


_PERCENT, _COUNT = IndicatorUnit.PERCENT, IndicatorUnit.COUNT

INDICATORS: dict[IndicatorCode, Definition] = {
    IndicatorCode.ORG_INVOLVEMENT_SHARE: Definition(_PERCENT, network.involvement),
    IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY: Definition(
        _PERCENT, network.priority_involvement, unless="not_priority"
    ),
    IndicatorCode.ORG_ACTIVE_INVOLVEMENT_SHARE: Definition(_PERCENT, network.active_involvement),
    IndicatorCode.TEACHER_COVERAGE_SHARE: Definition(
        _PERCENT, people.teacher_coverage, "teachers", "not_employed"
    ),
    IndicatorCode.PLAN_COMPLETION_SHARE: Definition(_PERCENT, plan.plan_completion, "events"),
    IndicatorCode.PLAN_ON_TIME_SHARE: Definition(_PERCENT, plan.plan_on_time, "events"),
    IndicatorCode.OVERDUE_WINDOWS: Definition(_COUNT, plan.overdue_windows, "events"),
    IndicatorCode.LEGAL_COVERAGE_SHARE: Definition(
        _PERCENT, network.legal_coverage, "partnerships"
    ),
    IndicatorCode.SOCIAL_PARTNER_COUNT: Definition(
        _COUNT, network.social_partners, unless="no_social_partner"
    ),
    IndicatorCode.FORM_COVERAGE_SHARE: Definition(_PERCENT, plan.form_coverage, "forms"),
    IndicatorCode.LEADER_LOAD: Definition(_COUNT, network.leader_load, unless="not_supported"),
    IndicatorCode.MONITORING_COMPLETENESS_SHARE: Definition(
        _PERCENT, network.monitoring_completeness, unless="not_asked"
    ),
    IndicatorCode.EFFECTIVE_MODE_TRANSITION_SHARE: Definition(
        _PERCENT, network.effective_mode_transition, unless="not_designated"
    ),
    IndicatorCode.LEARNER_PARTICIPATION_TOTAL: Definition(
        _COUNT, plan.learner_participation, "events"
    ),
}


def code_of(text: str) -> IndicatorCode:
    """The code that a path names.

    Raises:
        NotFound: there is no such indicator.

    """
    existing = next((code for code in INDICATORS if code == text), None)
    if existing is None:
        raise NotFound
    return existing
