"""Network causes: what happened to resources, curricula, initiatives and results meanwhile."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from app.indicators.codes import COUNTED, EXCLUDED
from app.indicators.comparison import Change, outcome_of
from app.indicators.facts import Facts
from app.network.holdings import KEPT
from app.network.rows import CriterionRow
from app.registry.events import EventKind, EventStatus
from app.registry.network_curricula import CurriculumRole
from app.registry.program_parts import ProvisionCode
from app.registry.result_criteria import CriterionKind
from app.store.rows import Id

Cause = tuple[str, Id]
"""A code of `reasons.CAUSES`, and the id of the record that changed."""


class Between(NamedTuple):
    """The time after the first day, up to and including the last one."""

    first: date
    last: date

    def began(self, day: date | None) -> bool:
        """Whether a first day lies in it."""
        return day is not None and self.first < day <= self.last

    def ceased(self, last_day: date | None) -> bool:
        """Whether the day after a last day lies in it."""
        return last_day is not None and self.first <= last_day < self.last


class NetworkCauses:
    """The dated rows of the network that began or ended between two days."""

    def __init__(self, facts: Facts, between: Between) -> None:
        self._facts, self._between = facts, between
        self._exchange = facts.exchange

    def of_balance(self, change: Change) -> Iterator[Cause]:
        """A balance was observed or grew too old, or a use of its type began or ended."""
        stock, root = self._exchange.stock, self._facts.root
        own = next(row for row in stock.balances if row.id == change.item.id)
        place = own.organization_id, own.resource_type_id
        for row in stock.balances:
            is_here = (row.organization_id, row.resource_type_id) == place
            if is_here and self._between.began(row.observed_on):
                yield "balance_observed", row.id
        is_excluded = EXCLUDED in {outcome_of(change.before), outcome_of(change.after)}
        is_gone = change.after is None
        # KEPT days later a balance still counts; the day after that it does not.
        lasts = KEPT + timedelta(days=1)
        expires = min(own.observed_on, date.max - lasts) + lasts
        if (is_excluded or is_gone) and self._between.began(expires):
            yield "balance_expired", own.id
        for use in stock.uses:
            kind = stock.resources[use.resource_id].resource_type_id
            if (root(use.user_id), kind) == place:
                yield from self._days("use", use.id, use.start_date, use.end_date)

    def of_use(self, change: Change) -> Iterator[Cause]:
        """A use began or ended, or one of its documents was signed."""
        use = next(row for row in self._exchange.stock.uses if row.id == change.item.id)
        yield from self._days("use", use.id, use.start_date, use.end_date)
        yield from self._signed((use.act_id, use.assessment_act_id, use.consent_act_id))

    def of_curriculum(self, change: Change) -> Iterator[Cause]:
        """A curriculum began or ended, or a base's contract was signed."""
        row = next(row for row in self._exchange.curricula if row.id == change.item.id)
        yield from self._days("curriculum", row.id, row.start_date, row.end_date)
        parties = self._exchange.parties.get(row.id, ())
        yield from self._signed(
            party.act_id for party in parties if party.role == CurriculumRole.BASE
        )

    def of_group(self, change: Change) -> Iterator[Cause]:
        """A group began or ended."""
        row = next(row for row in self._exchange.groups if row.id == change.item.id)
        yield from self._days("group", row.id, row.start_date, row.end_date)

    def of_provision(self, change: Change) -> Iterator[Cause]:
        """An event of an initiative was completed, or a contest ended."""
        for row in self._exchange.initiatives:
            if row.provision != change.item.id:
                continue
            for part in self._exchange.initiative_events.get(row.id, ()):
                event = self._facts.events.get(part.event_id)
                is_done = event and event.status == EventStatus.COMPLETED
                if event and is_done and self._between.began(event.completed_on):
                    yield "event_completed", event.id
            is_contest = row.provision == ProvisionCode.CONTEST_SUPPORT
            if is_contest and self._between.began(row.end_date):
                yield "contest_ended", row.id

    def of_result(self, change: Change) -> Iterator[Cause]:
        """What a criterion looks at: a document, windows of the plan, accepted records.

        An indicator is no dated row and comes last: its own changes say what moved it.
        """
        criteria = [row for row in self._exchange.criteria if _result_of(row) == change.item.id]
        for row in sorted(criteria, key=lambda row: row.kind == CriterionKind.INDICATOR):
            yield from self._of_criterion(row, gained=change.comes_to(COUNTED))

    def _of_criterion(self, row: CriterionRow, *, gained: bool) -> Iterator[Cause]:
        match row.kind:
            case CriterionKind.INDICATOR:
                yield "indicator_moved", row.id
            case CriterionKind.DOCUMENT:
                yield from self._signed((row.act_id,))
            case CriterionKind.ACTIVITY:
                yield from self._of_windows(row.activity_id, gained=gained)
            case CriterionKind.MEASURE:
                for record in self._facts.records:
                    if record.measure_id == row.measure_id and (
                        self._between.began(record.observed_on)
                        or self._between.began(record.period_start)
                    ):
                        yield "record_accepted", record.id

    def _of_windows(self, activity_id: Id | None, *, gained: bool) -> Iterator[Cause]:
        windows = [
            row
            for row in self._facts.events.values()
            if row.kind == EventKind.PLAN_WINDOW and row.activity_id == activity_id
        ]
        for row in windows:
            if gained and self._between.began(row.completed_on):
                yield "event_completed", row.id
        for row in windows:
            if self._between.began(row.window_end):
                yield "window_ended", row.id

    def _days(self, name: str, key: Id, first: date, last: date) -> Iterator[Cause]:
        if self._between.began(first):
            yield f"{name}_started", key
        if self._between.ceased(last):
            yield f"{name}_ended", key

    def _signed(self, ids: Iterable[Id | None]) -> Iterator[Cause]:
        for key in ids:
            act = self._exchange.acts.get(key) if key else None
            if act and self._between.began(act.act_date):
                yield "act_signed", act.id


def _result_of(row: CriterionRow) -> str:
    """The code of the result that a criterion confirms."""
    return f"{row.row}.{row.level}" if row.level else f"q{row.row}"
