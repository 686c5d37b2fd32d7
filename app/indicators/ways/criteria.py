"""Criteria: how what confirms a result is made true on a copy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.indicators.codes import LABELS
from app.indicators.confirmation import Measuring, holds
from app.indicators.facts import Facts
from app.indicators.network import Network
from app.indicators.plan import is_by
from app.indicators.rows import AcceptedRow
from app.indicators.ways import changes
from app.network.results import Result
from app.network.rows import CriterionRow
from app.registry.events import EventKind, EventStatus
from app.registry.program_parts import IndicatorCode
from app.registry.result_criteria import CriterionKind, CriterionOperator
from app.store.rows import Id

Reaching = Callable[[Network, IndicatorCode, Decimal], Facts | None]
"""The facts in which an indicator reaches a number; None if it cannot."""


@dataclass(frozen=True)
class Criteria:
    """How criteria are measured and met, and the titles of measures by id."""

    measuring: Measuring
    reaching: Reaching
    measures: dict[Id, str]
    _known: dict[tuple[int, tuple[Id, ...]], tuple[Facts, Facts]] = field(default_factory=dict)
    """What was made of which facts: the search goes the same ways again. Both stay, so that no
    other facts get the number of the first."""

    def can_meet(self, network: Network, rows: Iterable[CriterionRow]) -> bool:
        """Whether each of some criteria holds after it was met."""
        facts = self.met(network, rows)
        after = Network(facts, network.moment)
        return all(holds(after, row, self.measuring) for row in rows)

    def met(self, network: Network, rows: Iterable[CriterionRow]) -> Facts:
        """The facts in which criteria hold, as far as they can."""
        asked = list(rows)
        key = (id(network.facts), tuple(row.id for row in asked))
        if key not in self._known:
            before = network.facts
            for row in asked:
                network = Network(self._met(network, row), network.moment)
            self._known[key] = (before, network.facts)
        return self._known[key][1]

    def _met(self, network: Network, row: CriterionRow) -> Facts:
        facts, day = network.facts, network.moment.day
        match row.kind:
            case CriterionKind.DOCUMENT if row.act_id:
                return changes.signed_act(facts, row.act_id, day)
            case CriterionKind.ACTIVITY:
                return _with_windows(network, row)
            case CriterionKind.MEASURE if row.threshold is not None:
                return _with_records(network, row, row.threshold)
            case CriterionKind.INDICATOR if row.indicator_code:
                return self._with_indicator(network, row, row.indicator_code)
        return facts

    def _with_indicator(self, network: Network, row: CriterionRow, code: IndicatorCode) -> Facts:
        if row.operator == CriterionOperator.LTE:
            is_overdue = code == IndicatorCode.OVERDUE_WINDOWS
            return _with_windows(network, None) if is_overdue else network.facts
        target = next((each for each in network.facts.targets if each.code == code), None)
        threshold = row.threshold if row.threshold is not None else target and target.value
        reached = None if threshold is None else self.reaching(network, code, threshold)
        return reached or network.facts

    def named(self, network: Network, result: Result) -> Facts:
        """The facts in which a document confirms a result that nothing confirmed."""
        key = changes.new_id("criterion", result.code)
        row = CriterionRow(
            key,
            result.row,
            result.level,
            CriterionKind.DOCUMENT,
            None,
            None,
            None,
            key,
            None,
            None,
        )
        facts = changes.signed_act(network.facts, key, network.moment.day)
        return changes.exchanged(facts, criteria=[*facts.exchange.criteria, row])

    def name_of(self, network: Network, row: CriterionRow) -> str:
        """What a criterion looks at."""
        facts = network.facts
        if row.indicator_code:
            return f"показатель «{LABELS[row.indicator_code]}»"
        if row.activity_id in facts.activities:
            return f"строка плана: {facts.activities[row.activity_id].title}"
        act = facts.exchange.acts.get(row.act_id) if row.act_id else None
        if act:
            return f"{act.kind.label} № {act.number}"
        return f"мониторинг: {self.measures.get(row.measure_id, '')}" if row.measure_id else ""


def _with_windows(network: Network, row: CriterionRow | None) -> Facts:
    """Windows that are due are completed: those of a row of the plan, or all."""
    facts, day = network.facts, network.moment.day
    for window in network.facts.events.values():
        if (
            window.kind == EventKind.PLAN_WINDOW
            and (row is None or window.activity_id == row.activity_id)
            and window.window_end <= day
            and window.status != EventStatus.CANCELLED
            and not (window.status == EventStatus.COMPLETED and is_by(window.completed_on, day))
        ):
            facts = changes.completed(facts, window.id, day)
    return facts


def _with_records(network: Network, row: CriterionRow, threshold: Decimal) -> Facts:
    """Whoever reported reports the threshold; if nobody did, somebody does."""
    facts, moment = network.facts, network.moment
    who = [each for each in facts.records if each.measure_id == row.measure_id]
    places = {each.organization_id for each in who} or {None}
    rows = [
        AcceptedRow(
            Id(int=2**128 - 1),
            row.measure_id or row.id,
            place,
            moment.start,
            moment.end,
            moment.day,
            threshold,
        )
        for place in places
    ]
    return replace(facts, records=[*facts.records, *rows])
