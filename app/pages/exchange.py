"""The page of the exchange: which systems push and follow, how far behind, and the last lists."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.access.followers import FOLLOWERS
from app.access.keys import KEYS
from app.access.roles import Role
from app.database.transaction import Transaction
from app.intake.codes import ImportStatus
from app.journal.positions import HEADS
from app.model.grants import Verb
from app.pages import lagging, marks
from app.pages.called import WHO
from app.pages.lagging import Place
from app.pages.marks import Shape
from app.pages.page import Context, Page
from app.pages.visit import Visit
from app.registry import RESOURCES
from app.rest.called import names_by_id
from app.rest.deps import service_of
from app.store import uploads

LISTS = 30
"""Uploaded lists on the page."""

SHAPES: Mapping[ImportStatus, Shape] = {
    ImportStatus.RUNNING: Shape.OPEN,
    ImportStatus.DRY_RUN: Shape.NONE,
    ImportStatus.COMMITTED: Shape.OK,
    ImportStatus.REJECTED: Shape.BAD,
    ImportStatus.PARTIAL: Shape.LATE,
}


_TITLES = {kind.name: kind.titles.all for kind in RESOURCES}


class System(NamedTuple):
    """A key that pushes or follows."""

    owner: str
    role: str
    source: str | None
    municipality_id: str | None
    used_at: datetime | None
    expires_at: datetime
    asked_at: datetime | None
    """When it last asked the feed; None if it never did."""
    behind: int
    """Changes that it has not asked for; those beyond `lagging.FAR` are not counted."""


class Sent(NamedTuple):
    """An uploaded list."""

    upload: uploads.Listed
    status: ImportStatus
    shape: Shape
    kind: str
    total: int
    refused: int
    sent_at: datetime


async def show(visit: Visit) -> Context:
    """What the page shows."""
    may_see_lists = visit.may("imports", Verb.READ)

    def work(tx: Transaction) -> tuple[list[System], list[Sent]]:
        return _systems(tx), _lists(tx) if may_see_lists else []

    systems, lists = await visit.read(work)
    places = {each.municipality_id for each in systems if each.municipality_id}
    zone = service_of(visit.request).settings.zone
    return {
        "systems": systems,
        "lists": lists,
        "names": await names_by_id(visit.request, {"municipalities": places}),
        "time": lambda at: f"{at.astimezone(zone):%d.%m.%Y %H:%M}",
        "standing": _standing,
    }


Page(
    address="/exchange",
    subject="exchange",
    verb=Verb.READ,
    template="exchange.html",
    show=show,
    section="Обмен",
)


def _systems(tx: Transaction) -> list[System]:
    """The keys of systems and of whoever else follows, as far as they serve the caller's home."""
    home = tx.caller.home
    here = KEYS.c.municipality_id.in_([home]) | KEYS.c.municipality_id.is_(None)
    rows = (
        sa.select(KEYS, FOLLOWERS.c.position, FOLLOWERS.c.asked_at)
        .outerjoin(FOLLOWERS, FOLLOWERS.c.key_id == KEYS.c.id)
        .where(
            KEYS.c.revoked_at.is_(None),
            KEYS.c.expires_at > tx.now,
            (KEYS.c.role == Role.SYNC.value) | FOLLOWERS.c.key_id.is_not(None),
            here if home else sa.true(),
        )
        .order_by(KEYS.c.owner, KEYS.c.id)
    )
    head = tx.execute(sa.select(HEADS.c.position)).scalar_one()
    found = tx.execute(rows).all()
    places = {row.id: _place(row, head) for row in found if row.asked_at}
    behind = lagging.behind(tx, {*places.values()})
    return [_system(row, behind[places[row.id]] if row.asked_at else 0) for row in found]


def _place(row: sa.Row[*tuple[object, ...]], head: int) -> Place:
    # Behind the head: the database was restored since, and the follower has to begin again.
    return Place(row.position if row.position <= head else 0, row.municipality_id)


def _system(row: sa.Row[*tuple[object, ...]], behind: int) -> System:
    return System(
        row.owner,
        next(WHO[each] for each in Role if each == row.role),
        row.source,
        str(row.municipality_id) if row.municipality_id else None,
        row.last_used_at,
        row.expires_at,
        row.asked_at,
        behind,
    )


def _standing(system: System) -> object:
    """Where a follower stands, as a shape and words."""
    if system.asked_at is None:
        return marks.mark(Shape.NONE, "ленту не читает")
    if not system.behind:
        return marks.good("получила всё")
    many = f"больше {lagging.FAR}" if system.behind > lagging.FAR else str(system.behind)
    return marks.mark(Shape.LATE, f"ещё не получила изменений: {many}")


def _lists(tx: Transaction) -> list[Sent]:
    """The last uploaded lists with their counts."""
    found = uploads.listed(tx, None, LISTS)
    table = uploads.UPLOADS
    rows = sa.select(table.c.id, table.c.report).where(table.c.id.in_(each.id for each in found))
    reports = {row.id: json.loads(row.report) for row in tx.execute(rows)}
    return [_sent(each, reports[each.id]) for each in found]


def _sent(upload: uploads.Listed, report: Mapping[str, Mapping[str, int]]) -> Sent:
    status = next(each for each in ImportStatus if each == upload.status)
    counts = report.get("stats", {})
    return Sent(
        upload,
        status,
        SHAPES[status],
        _TITLES.get(upload.collection, upload.collection),
        counts.get("total", 0),
        counts.get("rejected", 0),
        upload.sent_at,
    )
