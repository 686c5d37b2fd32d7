"""Finding: by indicator, how its ways are found."""

from collections.abc import Mapping
from decimal import Decimal

from app.indicators.catalogue import measure
from app.indicators.facts import Facts
from app.indicators.network import Network
from app.indicators.ways import outcomes, partnerships, plan, records, resources, teachers
from app.indicators.ways.actions import Finder, Question, Way
from app.indicators.ways.criteria import Criteria
from app.indicators.ways.walking import walked
from app.registry.program_parts import IndicatorCode
from app.store.rows import Id

FINDERS: Mapping[IndicatorCode, Finder] = {
    IndicatorCode.ORG_INVOLVEMENT_SHARE: partnerships.involvement,
    IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY: partnerships.involvement,
    IndicatorCode.ORG_ACTIVE_INVOLVEMENT_SHARE: partnerships.involvement,
    IndicatorCode.TEACHER_COVERAGE_SHARE: teachers.coverage,
    IndicatorCode.PLAN_COMPLETION_SHARE: plan.windows,
    IndicatorCode.PLAN_ON_TIME_SHARE: plan.windows_in_time,
    IndicatorCode.OVERDUE_WINDOWS: plan.nothing,
    IndicatorCode.LEGAL_COVERAGE_SHARE: partnerships.bases,
    IndicatorCode.SOCIAL_PARTNER_COUNT: partnerships.social_partners,
    IndicatorCode.FORM_COVERAGE_SHARE: plan.forms,
    IndicatorCode.LEADER_LOAD: partnerships.involvement,
    IndicatorCode.MONITORING_COMPLETENESS_SHARE: records.reports,
    IndicatorCode.EFFECTIVE_MODE_TRANSITION_SHARE: records.transitions,
    IndicatorCode.LEARNER_PARTICIPATION_TOTAL: plan.learners,
    IndicatorCode.RESOURCE_SUFFICIENCY_SHARE: resources.needs,
    IndicatorCode.NEED_COVERAGE_SHARE: resources.shortages,
    IndicatorCode.PROPERTY_DOCUMENTED_SHARE: resources.documents,
    # It takes no target (`takes_no_target`), and a criterion asks for few of them.
    IndicatorCode.CONFLICTED_RESOURCES: plan.nothing,
    IndicatorCode.CONTRACT_COVERAGE_SHARE: resources.contracts,
    IndicatorCode.NETWORK_LEARNERS: outcomes.enrolment,
    IndicatorCode.PROVISION_COVERAGE_SHARE: outcomes.provisions,
}
"""The finders of all indicators but I20, whose results ask for other indicators."""


def found(question: Question, measures: Mapping[Id, str]) -> list[Way]:
    """The ways of an indicator; `measures` are the titles of measures by id."""
    if question.code == IndicatorCode.RESULT_CONFIRMATION_SHARE:
        return outcomes.results(question, Criteria(measure, _reached, dict(measures)))
    return FINDERS[question.code](question)


def _reached(network: Network, code: IndicatorCode, threshold: Decimal) -> Facts | None:
    """The facts in which an indicator reaches a number that a criterion asks for."""
    if code == IndicatorCode.RESULT_CONFIRMATION_SHARE:
        return None
    question = Question(network, code, threshold, {})
    walk = walked(question, FINDERS[code](question))
    return walk.network.facts if walk.reaches else None
