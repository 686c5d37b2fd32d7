"""The catalogue: how each indicator is measured, by its code."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from app.indicators import confirmation, involvement, people, plan, sharing
from app.indicators.codes import LABELS, IndicatorUnit, ItemType
from app.indicators.definitions import DEFINITIONS
from app.indicators.network import Measure, Network
from app.indicators.reasons import REASONS
from app.problems import NotFound
from app.registry.program_parts import COUNTS, IndicatorCode

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
    IndicatorCode.ORG_INVOLVEMENT_SHARE: Definition(_PERCENT, involvement.involvement),
    IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY: Definition(
        _PERCENT, involvement.priority_involvement, unless="not_priority"
    ),
    IndicatorCode.ORG_ACTIVE_INVOLVEMENT_SHARE: Definition(
        _PERCENT, involvement.active_involvement
    ),
    IndicatorCode.TEACHER_COVERAGE_SHARE: Definition(
        _PERCENT, people.teacher_coverage, "teachers", "not_employed"
    ),
    IndicatorCode.PLAN_COMPLETION_SHARE: Definition(_PERCENT, plan.plan_completion, "events"),
    IndicatorCode.PLAN_ON_TIME_SHARE: Definition(_PERCENT, plan.plan_on_time, "events"),
    IndicatorCode.OVERDUE_WINDOWS: Definition(_COUNT, plan.overdue_windows, "events"),
    IndicatorCode.LEGAL_COVERAGE_SHARE: Definition(
        _PERCENT, involvement.legal_coverage, "partnerships"
    ),
    IndicatorCode.SOCIAL_PARTNER_COUNT: Definition(
        _COUNT, involvement.social_partners, unless="no_social_partner"
    ),
    IndicatorCode.FORM_COVERAGE_SHARE: Definition(_PERCENT, plan.form_coverage, "forms"),
    IndicatorCode.LEADER_LOAD: Definition(_COUNT, involvement.leader_load, unless="no_partnership"),
    IndicatorCode.MONITORING_COMPLETENESS_SHARE: Definition(
        _PERCENT, involvement.monitoring_completeness, unless="not_asked"
    ),
    IndicatorCode.EFFECTIVE_MODE_TRANSITION_SHARE: Definition(
        _PERCENT, involvement.effective_mode_transition, unless="not_designated"
    ),
    IndicatorCode.LEARNER_PARTICIPATION_TOTAL: Definition(
        _COUNT, plan.learner_participation, "events"
    ),
    IndicatorCode.RESOURCE_SUFFICIENCY_SHARE: Definition(
        _PERCENT, sharing.resource_sufficiency, "resource_balances"
    ),
    IndicatorCode.NEED_COVERAGE_SHARE: Definition(
        _PERCENT, sharing.need_coverage, "resource_balances"
    ),
    IndicatorCode.PROPERTY_DOCUMENTED_SHARE: Definition(
        _PERCENT, sharing.property_documented, "resource_uses"
    ),
    IndicatorCode.CONFLICTED_RESOURCES: Definition(
        _COUNT, sharing.conflicted_resources, "shared_resources"
    ),
    IndicatorCode.CONTRACT_COVERAGE_SHARE: Definition(
        _PERCENT, sharing.contract_coverage, "network_curricula"
    ),
    IndicatorCode.NETWORK_LEARNERS: Definition(_COUNT, sharing.network_learners, "network_groups"),
    IndicatorCode.PROVISION_COVERAGE_SHARE: Definition(
        _PERCENT, sharing.provision_coverage, "provisions"
    ),
    IndicatorCode.RESULT_CONFIRMATION_SHARE: Definition(
        _PERCENT, lambda network: confirmation.result_confirmation(network, measure), "results"
    ),
}


def demand_told(told: Mapping[IndicatorCode, Definition]) -> None:
    """Refuse indicators of which something is not said elsewhere.

    Raises:
        ValueError: one sentence for each thing to add.

    """
    if lacks := list(dict.fromkeys(_lacks(told))):
        raise ValueError("\n".join(lacks))


def _lacks(told: Mapping[IndicatorCode, Definition]) -> Iterator[str]:
    for code in IndicatorCode:
        if code not in told:
            yield f"{code}: Nothing measures it. Add its line to INDICATORS in catalogue.py."
        if code not in LABELS:
            yield f"{code}: It has no Russian name. Add it to LABELS in codes.py."
        elif code not in DEFINITIONS:
            yield f"{code}: Nothing says in words what it is. Add it to DEFINITIONS."
    for code, definition in told.items():
        is_count = definition.unit == _COUNT
        if is_count != (code in COUNTS):
            change = "Add it to" if is_count else "Remove it from"
            yield f"{code}: Its unit is {definition.unit}. {change} COUNTS in program_parts.py."
        for reason in (definition.unless, f"looks_at_{definition.looks_at}"):
            if reason not in REASONS:
                yield f"{code}: The reason {reason} has no text. Add it to REASONS in reasons.py."


demand_told(INDICATORS)


def measure(network: Network, code: IndicatorCode) -> Measure:
    """What an indicator counts on a day; it is counted once, however many results ask for it."""
    counted = network.measures.get(code)
    if counted is None:
        counted = network.measures[code] = INDICATORS[code].measure(network)
    return counted


def code_of(text: str) -> IndicatorCode:
    """The code that a path names.

    Raises:
        NotFound: there is no such indicator.

    """
    existing = next((code for code in INDICATORS if code == text), None)
    if existing is None:
        raise NotFound
    return existing
