"""School keys: a key for each school that has none, on sheets in one PDF; all of them or none."""

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from app.access import keys
from app.access.keys import ApiKey
from app.access.roles import Role
from app.access.scopes import KeyWrite
from app.database.transaction import Transaction
from app.documents.rendering.key_sheets import KeySheet, key_sheets
from app.findings import Finding, fault
from app.journal.register import Register
from app.model.values import spoken_instant
from app.pages import sheets
from app.pages.key_forms import Place, schools_of
from app.problems import Invalid
from app.store.validation import read

TAKEN = fault(
    "sheets_exist",
    "Файл {path} уже есть, ключи в нём могли ещё не раздать. Назовите другой.",
    "{path} exists already, and its keys may not be handed out yet. Name another file.",
)
NO_SCHOOL = fault(
    "no_school_without_key",
    "Ключ не выдан никому: он уже есть у каждой действующей школы муниципалитета ({count}). "
    "Новые ключи и этим школам выдаёт --with-key.",
    "No key was issued: each open school of the municipality has one ({count}). --with-key issues "
    "new keys to these schools too.",
)


class Order(NamedTuple):
    """What is asked for."""

    municipality: uuid.UUID
    owner: str
    days: int
    path: Path
    """The PDF, which must not exist yet."""
    address: str
    """Where the service is opened."""
    with_key: bool
    """Whether schools that have a key get another one."""


class Done(NamedTuple):
    """What was done."""

    issued: list[str]
    """The schools that got a key."""
    left: list[str]
    """The schools that have one already and got none."""


def issue(database: Register, order: Order) -> Done:
    """Issue the keys; the file is on the disk before they are valid, and gone if they are not.

    Raises:
        Invalid: the file exists, or every school has a key.
        OSError: the file cannot be written.

    """
    if order.path.exists():
        raise Invalid(Finding(TAKEN, values={"path": order.path}))
    part = order.path.with_name(f"{order.path.name}.part")
    try:
        done = database.write(lambda tx: _issued(tx, order, part))
        part.rename(order.path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return done


def _issued(tx: Transaction, order: Order, part: Path) -> Done:
    without, having = schools_of(tx, order.municipality, tx.today)
    chosen = sorted([*without, *having], key=lambda each: each.name) if order.with_key else without
    if not chosen:
        raise Invalid(Finding(NO_SCHOOL, values={"count": len(having)}))
    pairs = [_key(tx, school, order) for school in chosen]
    drawn = [*_drawn(tx, pairs)]
    _write(part, key_sheets(drawn, order.address, tx.today))
    left = [] if order.with_key else [each.name for each in having]
    return Done([each.name for each in chosen], left)


def _key(tx: Transaction, school: Place, order: Order) -> tuple[ApiKey, str]:
    body = {
        "role": Role.ORG,
        "organization_id": str(school.id),
        "owner": order.owner,
        "expires_at": spoken_instant(tx.now + timedelta(days=order.days)),
    }
    return keys.issue(tx, read(KeyWrite, body))


def _drawn(tx: Transaction, pairs: Sequence[tuple[ApiKey, str]]) -> Iterator[KeySheet]:
    made = sheets.drawn_up(tx, pairs, tx.zone)
    for sheet, (_, text) in zip(made, pairs, strict=True):
        yield KeySheet(sheet.title, sheet.place, text, sheet.lines, sheet.opens, sheet.until)


def _write(part: Path, content: bytes) -> None:
    """Write a file that its owner alone reads, and see it on the disk."""
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
