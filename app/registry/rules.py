"""Calendar rules: what a day must be that stands in a record, whatever the record is about."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.findings import Finding, Words, fault
from app.model.resource import Rule
from app.registry.organizations import organizations
from app.store.drafts import Draft
from app.store.lookups import columns_of

NOT_YET = fault(
    "not_yet",
    "Этот день ещё не наступил. О том, что только предстоит, не пишут как о состоявшемся: "
    "исправьте день или состояние.",
    "The day has not come yet. What is still ahead is no fact: correct the day or the state.",
)
ORGANIZATION_CLOSED = fault(
    "organization_closed",
    "В этот день организация не работает: {because}. Проверьте день{instead}.",
    "The organization is not open on this day: {because}. Check the day{instead}.",
)

Place = sa.Row[Any]
"""An organization with its first and last day and its successor."""


def has_come(day: str, **states: Iterable[str]) -> Rule:
    """The rule that a day is not after today, where a field holds one of the given values."""

    def rule(tx: Transaction, drafts: Sequence[Draft]) -> Iterator[Finding]:
        today = tx.today
        ahead = [each for each in drafts if (on := each.columns[day]) and on > today]
        for draft in ahead:
            is_fact = all(draft.columns[name] in values for name, values in states.items())
            if is_fact and draft.moves(day, *states):
                yield draft.finds(NOT_YET, f"/{day}")

    return rule


def open_on(place: str, *days: str) -> Rule:
    """The rule that an organization is open on each of some days.

    What was written before an organization closed stays as it is.
    """

    def rule(tx: Transaction, drafts: Sequence[Draft]) -> Iterator[Finding]:
        places = places_of(tx, {draft.columns[place] for draft in drafts})
        # Most organizations tell neither day.
        bounded = {key for key, row in places.items() if row.opened_on or row.closed_on}
        for draft in drafts if bounded else ():
            where = places.get(draft.columns[place])
            if not where or where.id not in bounded or not draft.moves(place, *days):
                continue
            for day in days:
                if (on := draft.columns[day]) and not is_open(where, on):
                    yield draft.finds(ORGANIZATION_CLOSED, f"/{day}", **told(places, where, on))

    return rule


def places_of(tx: Transaction, ids: Iterable[uuid.UUID | None]) -> Mapping[uuid.UUID, Place]:
    """Organizations with their days, and the successors of those."""
    names = ("opened_on", "closed_on", "successor_id", "short_name")
    found = columns_of(tx, organizations.table, ids, *names)
    heirs = (row.successor_id for row in found.values() if row.successor_id not in found)
    return found | columns_of(tx, organizations.table, heirs, *names)


def is_open(place: Place, day: date) -> bool:
    """Whether an organization has opened by a day and not closed before it."""
    return (place.opened_on or day) <= day <= (place.closed_on or day)


def told(places: Mapping[uuid.UUID, Place], place: Place, day: date) -> dict[str, Words]:
    """Why an organization is not open on a day, and which one took its place."""
    if place.opened_on and day < place.opened_on:
        opened = place.opened_on
        because = Words(f"она открыта {opened:%d.%m.%Y}", f"it opened on {opened}")
        return {"because": because, "instead": Words("", "")}
    closed = place.closed_on
    because = Words(f"она закрыта {closed:%d.%m.%Y}", f"it closed on {closed}")
    if not (heir := places.get(place.successor_id)):
        return {"because": because, "instead": Words("", "")}
    named = f"«{heir.short_name}» ({heir.id})"
    instead = Words(f" или укажите преемника: {named}", f", or name its successor: {named}")
    return {"because": because, "instead": instead}
