"""Confirmation: whether each expected result of a program is confirmed by its criteria."""

from collections.abc import Callable

from app.indicators.codes import COUNTED, NOT_COUNTED
from app.indicators.network import Item, Measure, Network
from app.indicators.plan import is_by
from app.indicators.rows import AcceptedRow
from app.indicators.targets import MILLION, weighed
from app.network.results import Holds, Result, ResultState, by_result, expected, state_of
from app.network.rows import CriterionRow
from app.registry.events import EventKind, EventStatus
from app.registry.program_parts import COUNTS, IndicatorCode
from app.registry.result_criteria import CriterionKind, CriterionOperator
from app.store.rows import Id

Measuring = Callable[[Network, IndicatorCode], Measure]


def result_confirmation(network: Network, measuring: Measuring) -> Measure:
    """I20: expected results that all their criteria confirm."""
    items = []
    for result, state, _ in states(network, measuring):
        outcome = COUNTED if state == ResultState.CONFIRMED else NOT_COUNTED
        group = result.level.value if result.level else "qualitative"
        items.append(Item("results", result.code, outcome, state.value, group=group))
    return Measure(items)


def states(
    network: Network, measuring: Measuring
) -> list[tuple[Result, ResultState, list[tuple[CriterionRow, Holds]]]]:
    """Each expected result with its state and its criteria."""
    exchange = network.facts.exchange
    criteria = by_result(exchange.criteria)
    answers = {row.id: holds(network, row, measuring) for rows in criteria.values() for row in rows}
    found = []
    for result in expected(exchange.expected):
        rows = criteria.get((result.row, result.level), [])
        state = state_of(rows, lambda row: answers[row.id])
        found.append((result, state, [(row, answers[row.id]) for row in rows]))
    return found


def holds(network: Network, criterion: CriterionRow, measuring: Measuring) -> Holds:
    """Whether a criterion holds; None: there is nothing to measure it by."""
    match criterion.kind:
        case CriterionKind.INDICATOR if criterion.indicator_code:
            return _by_indicator(network, criterion, measuring(network, criterion.indicator_code))
        case CriterionKind.MEASURE:
            return _by_records(network, criterion)
        case CriterionKind.ACTIVITY:
            return _by_windows(network, criterion)
    act = network.facts.exchange.acts.get(criterion.act_id) if criterion.act_id else None
    return act is not None and act.act_date <= network.moment.day


def _by_indicator(network: Network, criterion: CriterionRow, counted: Measure) -> Holds:
    code = criterion.indicator_code
    target = next((row for row in network.facts.targets if row.code == code), None)
    threshold = criterion.threshold if criterion.threshold is not None else target and target.value
    numerator = counted.sum(COUNTED)
    denominator = None if code in COUNTS else counted.sum(COUNTED, NOT_COUNTED)
    if threshold is None or denominator == 0:
        return None
    unit, required = weighed(denominator, int(threshold * MILLION))
    if criterion.operator == CriterionOperator.LTE:
        return numerator * unit <= required
    return numerator * unit >= required


def _by_records(network: Network, criterion: CriterionRow) -> Holds:
    """Whether the latest accepted record of every organization passes; units count nowhere."""
    latest: dict[Id | None, AcceptedRow] = {}
    for row in network.facts.records:
        is_asked = row.measure_id == criterion.measure_id and not _is_of_unit(network, row)
        if not is_asked or not _meets_period(network, row):
            continue
        before = latest.get(row.organization_id)
        if before is None or (before.observed_on, before.id) < (row.observed_on, row.id):
            latest[row.organization_id] = row
    values = [row.value_number for row in latest.values() if row.value_number is not None]
    if not values or criterion.threshold is None:
        return None
    if criterion.operator == CriterionOperator.LTE:
        return all(value <= criterion.threshold for value in values)
    return all(value >= criterion.threshold for value in values)


def _is_of_unit(network: Network, row: AcceptedRow) -> bool:
    key = row.organization_id
    return key is not None and network.facts.root(key) != key


def _meets_period(network: Network, row: AcceptedRow) -> bool:
    moment = network.moment
    is_known = row.observed_on <= moment.day
    return is_known and row.period_start <= moment.end and row.period_end >= moment.start


def _by_windows(network: Network, criterion: CriterionRow) -> Holds:
    """Whether every window of a row of the plan that is due by the day was completed by it."""
    day = network.moment.day
    due = [
        row
        for row in network.facts.events.values()
        if row.kind == EventKind.PLAN_WINDOW
        and row.activity_id == criterion.activity_id
        and row.window_end <= day
        and row.status != EventStatus.CANCELLED
    ]
    if not due:
        return None
    return all(row.status == EventStatus.COMPLETED and is_by(row.completed_on, day) for row in due)
