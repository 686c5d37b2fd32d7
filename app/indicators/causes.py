"""Causes: what happened between two days so that an item is counted differently."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cached_property
from itertools import chain
from typing import cast

from app.database.transaction import Transaction
from app.indicators import attendance
from app.indicators.codes import COUNTED, ItemType
from app.indicators.comparison import Change
from app.indicators.facts import PRIORITY, Facts
from app.indicators.network import Network
from app.indicators.network_causes import Between, Cause, NetworkCauses
from app.indicators.rows import EmploymentRow, EventRow, PartnershipRow
from app.registry.designations import DesignationCategory
from app.registry.events import EventStatus
from app.registry.partnerships import MemberRole
from app.registry.program_parts import IndicatorCode
from app.store.rows import Id

COLLECTIONS: dict[str, str] = {
    **dict.fromkeys(("program_started", "program_ended"), "programs"),
    **dict.fromkeys(("organization_opened", "organization_closed"), "organizations"),
    **dict.fromkeys(("designation_given", "designation_ended"), "designations"),
    "effective_mode_reached": "designations",
    **dict.fromkeys(("partnership_started", "partnership_ended"), "partnerships"),
    **dict.fromkeys(("partnership_suspended", "partnership_resumed"), "partnerships"),
    **dict.fromkeys(("member_joined", "member_left"), "partnerships"),
    **dict.fromkeys(("employment_started", "employment_ended"), "employments"),
    "headcount_observed": "headcounts",
    **dict.fromkeys(("event_attended", "event_completed", "window_ended"), "events"),
    "record_accepted": "monitoring_records",
    "indicator_moved": "result_criteria",
    **dict.fromkeys(("balance_observed", "balance_expired"), "resource_balances"),
    **dict.fromkeys(("use_started", "use_ended"), "resource_uses"),
    **dict.fromkeys(("curriculum_started", "curriculum_ended"), "network_curricula"),
    **dict.fromkeys(("group_started", "group_ended"), "network_groups"),
    "contest_ended": "initiatives",
    "act_signed": "legal_acts",
}
"""By cause: the collection of the record that changed."""


class Causes:
    """The events after the first day, up to and including the last one.

    `before` and `after` are null on a day on which the program does not run.
    """

    def __init__(
        self,
        tx: Transaction,
        before: Network | None,
        after: Network | None,
        first: date,
        last: date,
    ) -> None:
        self._tx = tx
        self._before, self._after = before, after
        self._first, self._last = first, last

    def of(self, change: Change) -> Cause | None:
        """The first cause that explains a change; null if no dated row does."""
        if self._before is None or self._after is None:
            name = "program_ended" if self._after is None else "program_started"
            return name, self._facts.program.id
        look: dict[ItemType, Callable[[Change], Iterator[Cause]]] = {
            "organizations": self._of_organization,
            "teachers": self._of_teacher,
            "events": self._of_event,
            "partnerships": self._of_partnership,
            "designations": self._of_designation,
            "forms": self._of_form,
            "resource_balances": self._of_balance,
            "resource_uses": self._shared.of_use,
            "network_curricula": self._shared.of_curriculum,
            "network_groups": self._shared.of_group,
            "provisions": self._shared.of_provision,
            "results": self._shared.of_result,
        }
        # Resources have none: both days look at all bookings until the program's end.
        found = look.get(change.item.type)
        return next(found(change), None) if found else None

    @cached_property
    def _shared(self) -> NetworkCauses:
        return NetworkCauses(self._facts, Between(self._first, self._last))

    def _of_balance(self, change: Change) -> Iterator[Cause]:
        yield from self._shared.of_balance(change)
        balances = self._facts.exchange.stock.balances
        own = next(row for row in balances if row.id == change.item.id)
        yield from self._standing(own.organization_id, change)

    @property
    def _facts(self) -> Facts:
        side = self._after or self._before
        assert side is not None  # noqa: S101 - asked on a day of the program only
        return side.facts

    def _began(self, day: date | None) -> bool:
        return day is not None and self._first < day <= self._last

    def _ceased(self, last_day: date | None) -> bool:
        return last_day is not None and self._first <= last_day < self._last

    def _of_organization(self, change: Change) -> Iterator[Cause]:
        code, key, gained = change.code, cast("Id", change.item.id), change.comes_to(COUNTED)
        yield from self._standing(key, change)
        if code == IndicatorCode.ORG_INVOLVEMENT_SHARE_PRIORITY and None in {
            change.before,
            change.after,
        }:
            yield from self._designated(key, *PRIORITY)
        if code == IndicatorCode.MONITORING_COMPLETENESS_SHARE and gained:
            yield from self._reports(key)
        is_social = code == IndicatorCode.SOCIAL_PARTNER_COUNT
        roles = (
            [MemberRole.SOCIAL_PARTNER] if is_social else [MemberRole.SUPPORTED, MemberRole.PARTNER]
        )
        for row in self._facts.partnerships:
            if key in self._members(row, *roles, MemberRole.LEADER):
                yield from self._network(row, key, gained=gained)
        if code == IndicatorCode.ORG_ACTIVE_INVOLVEMENT_SHARE and gained:
            yield from self._activity(key)

    def _standing(self, key: Id, change: Change) -> Iterator[Cause]:
        """An organization opens, closes, becomes a leader or ceases to be one."""
        yield from self._working(key)
        reasons = {row.reason for row in (change.before, change.after) if row}
        if None in {change.before, change.after} or reasons & {"designated_leader", "leads"}:
            yield from self._designated(key, DesignationCategory.LEADER)

    def _working(self, key: Id) -> Iterator[Cause]:
        organization = self._facts.organizations[key]
        if self._began(organization.opened_on):
            yield "organization_opened", key
        if self._ceased(organization.closed_on):
            yield "organization_closed", key

    def _designated(self, key: Id, *categories: DesignationCategory) -> Iterator[Cause]:
        for row in self._facts.designations:
            if row.organization_id == key and row.category in categories:
                if self._began(row.valid_from):
                    yield "designation_given", row.id
                if self._ceased(row.valid_to):
                    yield "designation_ended", row.id

    def _members(self, partnership: PartnershipRow, *roles: MemberRole) -> set[Id]:
        """The legal persons that are members in these roles on any day."""
        rows = self._facts.members.get(partnership.id, ())
        return {self._facts.root(row.organization_id) for row in rows if row.role in roles}

    def _network(self, partnership: PartnershipRow, key: Id, *, gained: bool) -> Iterator[Cause]:
        """The partnership, its members or its leaders' designations began or ended."""
        yield from self._own_days(partnership, gained=gained)
        rows = self._facts.members.get(partnership.id, ())
        for row in rows:
            if self._facts.root(row.organization_id) != key and row.role != MemberRole.LEADER:
                continue
            if gained and self._began(row.valid_from):
                yield "member_joined", partnership.id
            if not gained and self._ceased(row.valid_to):
                yield "member_left", partnership.id
        for leader in sorted(self._members(partnership, MemberRole.LEADER)):
            expected = "designation_given" if gained else "designation_ended"
            yield from (
                row
                for row in self._designated(leader, DesignationCategory.LEADER)
                if row[0] == expected
            )

    def _own_days(self, partnership: PartnershipRow, *, gained: bool) -> Iterator[Cause]:
        pauses = self._facts.suspensions.get(partnership.id, ())
        if gained and self._began(partnership.start_date):
            yield "partnership_started", partnership.id
        if gained and any(self._ceased(row.valid_to) for row in pauses):
            yield "partnership_resumed", partnership.id
        if not gained and self._ceased(partnership.end_date):
            yield "partnership_ended", partnership.id
        if not gained and any(self._began(row.valid_from) for row in pauses):
            yield "partnership_suspended", partnership.id

    def _activity(self, key: Id) -> Iterator[Cause]:
        """Events completed meanwhile that an organization hosted, or that were attended for it."""
        for event in self._completed:
            if event.host_id == key or key in self._attended_for.get(event.id, ()):
                yield "event_completed", event.id

    def _reports(self, key: Id) -> Iterator[Cause]:
        for row in self._facts.records:
            if row.organization_id == key and self._began(row.period_start):
                yield "record_accepted", row.id

    def _of_teacher(self, change: Change) -> Iterator[Cause]:
        key = cast("Id", change.item.id)
        if change.comes_to(COUNTED) and key in self._attended:
            yield "event_attended", self._attended[key]
        own = self._employments_of[key]
        yield from self._employed(own)
        for row in own:
            yield from self._employing(self._facts.root(row.organization_id))
        # A teacher on no roster is counted at the organizations that they attended for.
        for organization in sorted(self._named_by[key]):
            yield from self._employing(organization)
            yield from self._employed(self._facts.employed.get(organization, ()))
            for count in self._facts.headcounts:
                if count.organization_id == organization and self._began(count.observed_on):
                    yield "headcount_observed", count.id
        if key in self._attended:
            yield "event_attended", self._attended[key]

    def _employed(self, employments: Iterable[EmploymentRow]) -> Iterator[Cause]:
        for row in employments:
            if self._began(row.valid_from):
                yield "employment_started", row.id
            if self._ceased(row.valid_to):
                yield "employment_ended", row.id

    def _employing(self, key: Id) -> Iterator[Cause]:
        """Teachers count while their organization is open, or while it is a leader of any kind."""
        yield from self._working(key)
        yield from self._designated(key, DesignationCategory.LEADER)

    def _of_event(self, change: Change) -> Iterator[Cause]:
        key = cast("Id", change.item.id)
        is_known = (
            change.before is not None or change.code == IndicatorCode.LEARNER_PARTICIPATION_TOTAL
        )
        if is_known and self._began(self._facts.events[key].completed_on):
            yield "event_completed", key
        yield "window_ended", key

    def _of_partnership(self, change: Change) -> Iterator[Cause]:
        partnership = next(row for row in self._facts.partnerships if row.id == change.item.id)
        yield from self._own_days(partnership, gained=change.after is not None)

    def _of_designation(self, change: Change) -> Iterator[Cause]:
        yield "effective_mode_reached", cast("Id", change.item.id)

    def _of_form(self, change: Change) -> Iterator[Cause]:
        for event in self._completed:
            if event.form == change.item.id:
                yield "event_completed", event.id

    @cached_property
    def _employments_of(self) -> dict[Id, list[EmploymentRow]]:
        """By teacher."""
        employments: dict[Id, list[EmploymentRow]] = defaultdict(list)
        for row in chain.from_iterable(self._facts.employed.values()):
            employments[row.teacher_id].append(row)
        return employments

    @cached_property
    def _named_by(self) -> dict[Id, set[Id]]:
        """By teacher: the legal persons that they attended for and that declare a headcount."""
        employers: dict[Id, set[Id]] = defaultdict(set)
        for row in self._facts.attendances:
            employers[row.teacher_id].add(self._facts.root(row.organization_id))
        return employers

    @cached_property
    def _completed(self) -> list[EventRow]:
        """Events completed meanwhile, the earliest first."""
        events = [
            row
            for row in self._facts.events.values()
            if row.status == EventStatus.COMPLETED and self._began(row.completed_on)
        ]
        return sorted(events, key=lambda event: (event.completed_on or date.max, event.id))

    @cached_property
    def _attended_for(self) -> dict[Id, set[Id]]:
        ids = [row.id for row in self._completed]
        organizations = attendance.organizations_at(self._tx, ids)
        return {
            event: {self._facts.root(key) for key in keys} for event, keys in organizations.items()
        }

    @cached_property
    def _attended(self) -> dict[Id, Id]:
        """By teacher: the first event that they attended meanwhile."""
        held = [
            key for key, row in self._facts.events.items() if row.status != EventStatus.CANCELLED
        ]
        return attendance.first_events(self._tx, held, self._first, self._last)
