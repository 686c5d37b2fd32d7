"""Partnership rules: conditions on the members of a partnership and their days."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from app.database.slicing import slices
from app.findings import Finding, fault
from app.model.drafts import Draft
from app.model.faults import OTHER_MUNICIPALITY
from app.model.rule import Inquiry
from app.registry.designations import DesignationCategory, designations
from app.registry.organizations import organizations
from app.registry.rules import ORGANIZATION_CLOSED, is_open, places_of, told
from app.store.lookups import columns_of, overlap

Days = tuple[date, date]

END_DATE_MISSING = fault(
    "end_date_missing",
    "Партнёрство завершено: укажите последний день (end_date).",
    "The partnership has ended: give its last day (end_date).",
)
NEEDS_BOTH_SIDES = fault(
    "needs_both_sides",
    "В вертикальном партнёрстве нужны лидер и поддерживаемая организация, которые участвуют в его "
    "сроки. Добавьте их в участники (members) или оставьте черновик.",
    "A vertical partnership needs a leader and a supported member within its dates.",
)
LEADER_AND_SUPPORTED = fault(
    "leader_and_supported",
    "Организация не может быть в одном партнёрстве и лидером, и поддерживаемой. Оставьте одну "
    "роль.",
    "An organization cannot be leader and supported in one partnership. Keep one role.",
)
MEMBER_TWICE = fault(
    "member_twice",
    "Эта организация уже участвует в эти дни. Исправьте даты, чтобы они не пересекались.",
    "The organization is a member on these days already. Make the dates disjoint.",
)
LEADER_NOT_DESIGNATED = fault(
    "leader_not_designated",
    "Не на все эти дни организация отнесена к лидерам, и в показателях она лидером не считается. "
    "Добавьте ей категорию «школа или организация-лидер» (leader).",
    "The organization is not designated as a leader on all these days: indicators ignore it.",
)


def end_is_known(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A partnership that has ended has its last day."""
    for draft in drafts:
        if draft.columns["status"] == "ended" and draft.columns["end_date"] is None:
            yield draft.finds(END_DATE_MISSING, "/end_date")


def active_vertical_has_both_sides(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Rule 3: unless it is a draft, a vertical partnership has a leader and a supported member."""
    for draft in drafts:
        if draft.columns["model"] != "vertical" or draft.columns["status"] == "draft":
            continue
        present = {
            member["role"] for member in draft.parts["members"] if _days(draft, member) is not None
        }
        if not {"leader", "supported"} <= present:
            yield draft.finds(NEEDS_BOTH_SIDES, "/members")


def nobody_supports_itself(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Rule 3: no organization is both leader and supported in one partnership."""
    for draft in drafts:
        for _first, earlier, later, other in _pairs(draft):
            if {earlier["role"], other["role"]} == {"leader", "supported"}:
                yield draft.finds(LEADER_AND_SUPPORTED, f"/members/{later}/role")


def members_stand_once(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """An organization may be a member repeatedly, but on a day only once."""
    for draft in drafts:
        since = draft.columns["start_date"]
        for _first, earlier, later, other in _pairs(draft):
            sides = [
                side | {"valid_from": side["valid_from"] or since} for side in (earlier, other)
            ]
            if overlap(sides[0], sides[1]):
                yield draft.finds(MEMBER_TWICE, f"/members/{later}/valid_from")


def members_are_at_home(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Leaders and supported members are of the program's municipality; partners need not be."""
    placed = [
        (draft, place, member["organization_id"])
        for draft in drafts
        for place, member in enumerate(draft.parts["members"])
        if member["role"] in {"leader", "supported"}
    ]
    homes = columns_of(tx, organizations.table, (key for *_, key in placed), "municipality_id")
    for draft, place, key in placed:
        if key in homes and homes[key].municipality_id != draft.municipality_id:
            yield draft.finds(OTHER_MUNICIPALITY, f"/members/{place}/organization_id")


def members_are_open(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A member is open on its first day in the partnership, and on its last day if it has one.

    Unchanged members are not checked: an organization may have closed since.
    """
    entering = [
        (draft, at, member)
        for draft in drafts
        for at, member in enumerate(draft.parts["members"])
        if draft.moves("start_date")
        or not (draft.stored and member in draft.stored.parts["members"])
    ]
    places = places_of(tx, (member["organization_id"] for *_, member in entering))
    for draft, at, member in entering:
        place = places.get(member["organization_id"])
        first = member["valid_from"] or draft.columns["start_date"]
        for name, day in (("valid_from", first), ("valid_to", member["valid_to"])):
            if place and day and not is_open(place, day):
                values = told(draft, places, place, day)
                yield draft.finds(ORGANIZATION_CLOSED, f"/members/{at}/{name}", **values)


def leaders_are_designated(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Rule 4: a leader, or the legal person of a leading unit, is designated on all its days."""
    leading = [
        (draft, place, member["organization_id"], days)
        for draft in drafts
        for place, member in enumerate(draft.parts["members"])
        if member["role"] == "leader" and (days := _days(draft, member))
    ]
    placed = columns_of(tx, organizations.table, (key for _, _, key, _ in leading), "parent_id")
    persons = {key: row.parent_id or key for key, row in placed.items()}
    designated = _designated(tx, persons.values())
    for draft, place, key, days in leading:
        if not _covered(days, designated.get(persons.get(key, key), [])):
            yield draft.finds(LEADER_NOT_DESIGNATED, f"/members/{place}/organization_id")


def _members_before(draft: Draft) -> Sequence[Mapping[str, object]]:
    return draft.stored.parts["members"] if draft.stored else ()


def _pairs(draft: Draft) -> Iterator[tuple[int, dict[str, object], int, dict[str, object]]]:
    """Pairs of members that are the same organization, with their positions."""
    for (first, one), (later, other) in combinations(enumerate(draft.parts["members"]), 2):
        if one["organization_id"] == other["organization_id"]:
            yield first, one, later, other


def _days(draft: Draft, member: Mapping[str, Any]) -> Days | None:
    """A member's first and last day in the partnership; None if it has no day."""
    start, end = draft.columns["start_date"], draft.columns["end_date"] or date.max
    first = max(start, member["valid_from"] or start)
    last = min(end, member["valid_to"] or end)
    return (first, last) if first <= last else None


def _designated(tx: Inquiry, persons: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Days]]:
    """The days on which organizations are designated as leaders, in order."""
    table = designations.table
    periods: dict[uuid.UUID, list[Days]] = defaultdict(list)
    for part in slices(set(persons)):
        rows = tx.execute(
            sa.select(table.c.organization_id, table.c.valid_from, table.c.valid_to)
            .where(table.c.organization_id.in_(part))
            .where(table.c.category == DesignationCategory.LEADER)
            .order_by(table.c.valid_from)
        )
        for row in rows:
            periods[row.organization_id].append((row.valid_from, row.valid_to or date.max))
    return periods


def _covered(days: Days, by: Sequence[Days]) -> bool:
    """Whether the periods, which are in order, cover all of the days."""
    uncovered, end = days
    for first, last in by:
        if first <= uncovered <= last:
            if last >= end:
                return True
            uncovered = last + timedelta(days=1)
    return False
