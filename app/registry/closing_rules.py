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
    "дальше. Закройте каждую этим днём (valid_to) с причиной «организация закрыта» "
    "(organization_closed).",
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
JOBS_STAY_OPEN = fault(
    "jobs_stay_open",
    "После {day} остаются открытыми места работы в этой организации: {count}. Её педагогов "
    "показатели больше не считают. Закончите каждое этим днём (valid_to) или перенесите.",
    "Employments in the organization that stay open after {day}: {count}. Indicators no longer "
    "count its teachers. End each on that day (valid_to), or move it.",
)
ATTENDED_LATER = fault(
    "attended_later",
    "После {day} за эту организацию отмечены участия: {count}. Показатели их больше не считают. "
    "Проверьте день закрытия.",
    "Attendances for the organization after {day}: {count}. Indicators no longer count them. Check "
    "the day.",
)


def nothing_stays_open(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Whoever closes has nothing after the last day that is its own.

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
        after = min(closing[key].columns["closed_on"] for key in part)
        rows = tx.execute(_jobs(), {"ids": part, "after": after})
        yield from _told(JOBS_STAY_OPEN, closing, rows)
        rows = tx.execute(_attendances(), {"ids": part, "after": after})
        yield from _told(ATTENDED_LATER, closing, rows)


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


def _jobs() -> sa.Select[*tuple[object, ...]]:
    job = SQLModel.metadata.tables["employments"].c
    is_open = job.valid_to.is_(None) | (job.valid_to > sa.bindparam("after"))
    columns = (job.organization_id, job.municipality_id, job.valid_to)
    return sa.select(*columns).where(among(job.organization_id, "ids"), is_open)


def _attendances() -> sa.Select[*tuple[object, ...]]:
    row = SQLModel.metadata.tables["participations"].c
    columns = (row.organization_id, row.municipality_id, row.participated_on)
    return sa.select(*columns).where(
        among(row.organization_id, "ids"),
        row.status == "attended",
        row.participated_on > sa.bindparam("after"),
    )
