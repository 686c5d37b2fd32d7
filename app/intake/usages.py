"""Usages: finds the use of a resource that a cell means by the resource and by who uses it."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from app.database.slicing import slices
from app.database.transaction import Transaction
from app.intake.citations import Row, is_on, library
from app.intake.columns import USER
from app.intake.faults import EMPTY_CELL
from app.intake.lines import Line
from app.intake.narrowing import Known
from app.registry.resource_uses import resource_uses
from app.registry.shared_resources import shared_resources

BY = "номеру записи, ключу, ресурсу и пользователю («Спортивный зал — Сельская СОШ»)"
"""By what uses are looked up, for a message."""

_BETWEEN = re.compile(r"\s*[\n;/]\s*|\s+[-–—]\s+")
_USE, _RESOURCE = "use_id", "resource_id"


def join_users(lines: Sequence[Line]) -> None:
    """Where a row names the user of a resource in a column of its own, make both its use."""
    for line in lines:
        user = line.fields.pop(USER.name, None)
        if user and line.is_open and not line.fields.get(_USE):
            lent = line.fields.pop(_RESOURCE, None)
            if not lent:
                line.refuse(EMPTY_CELL, "Ресурс")
            line.fields[_USE] = f"{lent}\n{user}"


def find_uses(tx: Transaction, lines: Sequence[Line], known: Known) -> dict[int, list[Row]]:
    """For each row, by its number, the uses that its cell means on its first day."""
    halves = {line.number: [*_halves(str(line.fields[_USE]))] for line in lines}
    lent = {resource for pairs in halves.values() for resource, _ in pairs}
    shelf = library(tx, shared_resources.name, known.home, lent, known.zone)
    ids = {row.id for rows in shelf.found.values() for row in rows}
    uses = _uses_of(tx, ids)
    found: dict[int, list[Row]] = {}
    for line in lines:
        meant = [
            use
            for resource, user in halves[line.number]
            for row in shelf.of(resource, known.zone)
            for place in known.places.find(user, line.day)
            for use in uses.get((row.id, place.id), ())
        ]
        day = line.day
        found[line.number] = [use for use in meant if not day or is_on(resource_uses, use, day)]
    return found


def _halves(text: str) -> Iterator[tuple[str, str]]:
    """A text as a resource and a user; a title may have a dash of its own."""
    for between in _BETWEEN.finditer(text):
        yield text[: between.start()], text[between.end() :]


def _uses_of(
    tx: Transaction, resources: set[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], list[Row]]:
    table = resource_uses.table
    seen = tx.seen(resource_uses.name, table)
    uses: dict[tuple[uuid.UUID, uuid.UUID], list[Row]] = defaultdict(list)
    for part in slices(resources):
        query = sa.select(table).where(table.c.resource_id.in_(part), seen).order_by(table.c.id)
        for row in tx.execute(query):
            uses[row.resource_id, row.user_id].append(row)
    return uses
