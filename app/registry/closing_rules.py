"""Closing rules: what stays open on an organization after its last day."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.among import among
from app.database.slicing import slices
from app.findings import Fault, Finding, Words, fault
from app.model.drafts import Draft
from app.model.rule import Inquiry

DESIGNATIONS_STAY_OPEN = fault(
    "designations_stay_open",
    "После {day} остаются открытыми категории этой организации: {count}. Показатели считают их и "
    "дальше. Закройте каждую этим днём (valid_to) с причиной organization_closed.",
    "Designations of the organization that stay open after {day}: {count}. Indicators go on "
    "counting them. End each on that day (valid_to) with the reason organization_closed.",
)
MEMBERSHIPS_STAY_OPEN = fault(
    "memberships_stay_open",
    "После {day} организация остаётся участником партнёрств: {count}. Показатели считают её и "
    "дальше. Закройте участие этим днём (members, valid_to) или завершите партнёрство.",
    "Memberships of the organization in partnerships that stay open after {day}: {count}. "
    "Indicators go on counting them. End each on that day (members, valid_to), or the partnership.",
)


def nothing_stays_open(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Whoever closes has no designations and memberships after the last day.

    Partnerships of other municipalities are not told of, nor are drafts: no indicator counts those.
    """
    closing = {
        draft.id: draft
        for draft in drafts
        if draft.stored and draft.columns["closed_on"] and draft.moves("closed_on")
    }
    # Categories of structural units count nowhere.
    whole = [key for key, draft in closing.items() if not draft.columns["parent_id"]]
    for part in slices(whole):
        rows = tx.execute(_designations(), {"ids": part})
        yield from _told(DESIGNATIONS_STAY_OPEN, closing, rows)
    for part in slices(closing):
        rows = tx.execute(_memberships(), {"ids": part})
        yield from _told(MEMBERSHIPS_STAY_OPEN, closing, rows)


def _told(
    about: Fault, closing: Mapping[uuid.UUID, Draft], rows: Iterable[Any]
) -> Iterator[Finding]:
    counts: Counter[uuid.UUID] = Counter()
    for key, home, *ends in rows:
        draft = closing[key]
        closed = draft.columns["closed_on"]
        counts[key] += home == draft.municipality_id and all(
            end is None or end > closed for end in ends
        )
    for key, count in counts.items():
        if count:
            draft = closing[key]
            day = draft.columns["closed_on"]
            told = Words(f"{day:%d.%m.%Y}", f"{day}")
            yield draft.finds(about, "/closed_on", day=told, count=count)


def _designations() -> sa.Select[*tuple[object, ...]]:
    table = SQLModel.metadata.tables["designations"].c
    columns = (table.organization_id, table.municipality_id, table.valid_to)
    return sa.select(*columns).where(among(table.organization_id, "ids"))


def _memberships() -> sa.Select[*tuple[object, ...]]:
    tables = SQLModel.metadata.tables
    member, partnership = tables["partnership_members"].c, tables["partnerships"].c
    columns = (
        member.organization_id,
        member.municipality_id,
        member.valid_to,
        partnership.end_date,
    )
    return sa.select(*columns).where(
        among(member.organization_id, "ids"),
        member.owner_id == partnership.id,
        partnership.status != "draft",
    )
