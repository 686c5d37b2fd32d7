"""Conflict: a record that somebody else changed while it was edited, side by side."""

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.access.roles import Role
from app.database.transaction import Transaction
from app.journal.trail import ENTRIES
from app.model.headings import headings, titles
from app.model.resource import Resource
from app.model.values import spoken_instant
from app.pages import records, words
from app.pages.called import WHO
from app.pages.fields import heading_at, json_of, texts_of
from app.pages.typed import Typed, fresh_once
from app.pages.visit import Visit
from app.problems import Invalid, NotFound
from app.store import speech


class Side(NamedTuple):
    """One field that differs: as it was, as it is stored now, as it was typed."""

    name: str
    label: str
    was: str
    now: str
    yours: str
    now_fields: list[tuple[str, str]]
    your_fields: list[tuple[str, str]]
    is_yours: bool
    """Whether the typed value is preselected: it is, unless only the others changed the field."""


def record_of(tx: Transaction, resource: Resource, record_id: uuid.UUID) -> dict[str, object]:
    """A record as the API answers it.

    Raises:
        NotFound: the caller sees no such record.

    """
    view = tx.caller.view(resource.name)
    sql = speech.item(resource, tx.dialect, view)
    for text in tx.texts(sql, {"id": str(record_id), **tx.caller.spoken_bindings}):
        found: dict[str, object] = json.loads(text)
        return found
    raise NotFound


def changes(tx: Transaction, record_id: uuid.UUID, form: Typed, zone: ZoneInfo) -> list[str]:
    """Who changed a record since the form was opened, and when; the newest first."""
    rows = (
        sa.select(ENTRIES.c.at, ENTRIES.c.owner, ENTRIES.c.role)
        .where(ENTRIES.c.record_id == record_id, ENTRIES.c.action.in_(CHANGING))
        .order_by(ENTRIES.c.seq.desc())
        .limit(TOLD)
    )
    since = str(form.was.get("updated_at", ""))
    found = [row for row in tx.execute(rows) if spoken_instant(row.at) > since]
    return [
        f"{_who(row.owner, row.role)}, {row.at.astimezone(zone):%d.%m.%Y %H:%M}" for row in found
    ]


CHANGING = ("create", "update", "merge")
"""Acts that give a record another version."""

TOLD = 5
"""Changes that are told."""


def _who(owner: str | None, role: str) -> str:
    called = next((WHO[each] for each in Role if each == role), role)
    return f"{owner} ({called.lower()})" if owner else called.lower()


async def compared(
    visit: Visit, form: Typed, resource: Resource, record: Mapping[str, object]
) -> dict[str, object]:
    """What `conflict.html` shows: what was, what is stored now and what was typed.

    Sending that page writes the chosen values over the version that it shows.
    """
    with suppress(Invalid):
        # A name that means no record stays as it was typed; saving says so.
        form = await records.resolved(visit, resource, form)
    typed = json_of(resource, form)
    names = await records.names_of(visit, resource, [form.was, record, typed], own=False)
    sides = list(_sides(resource, form, record, names))
    left_out = {side.name for side in sides} | {"version", "was", "once"}
    kept = [(name, text) for name, text in form.kept() if name.partition(".")[0] not in left_out]
    return {
        "sides": sides,
        "kept": kept,
        "record_version": record["version"],
        "was": json.dumps(record, ensure_ascii=False),
        "once": fresh_once(),
    }


def _sides(
    resource: Resource, form: Typed, record: Mapping[str, object], names: Mapping[str, str]
) -> Iterator[Side]:
    """The fields of which the typed value is not the stored one; a part is one field."""
    typed = json_of(resource, form)
    was, now = form.was, record
    for name in dict.fromkeys(heading.name.partition(".")[0] for heading in headings(resource)):
        is_in_form = any(each == name or each.startswith(f"{name}.") for each in form.names)
        if not is_in_form or name not in now or _are_same(typed.get(name), now[name]):
            continue
        yield Side(
            name,
            titles(resource).get(name, name),
            _told(resource, {name: was.get(name)}, names),
            _told(resource, {name: now.get(name)}, names),
            _told(resource, {name: typed.get(name)}, names),
            _flat(resource, {name: now.get(name)}),
            _flat(resource, {name: typed.get(name)}),
            is_yours=typed.get(name) != was.get(name) or now.get(name) == was.get(name),
        )


def _are_same(first: object, second: object) -> bool:
    """Whether two values are equal; an empty text or list is none."""
    empty: tuple[object, ...] = (None, "", [])
    return first == second or (first in empty and second in empty)


def _flat(resource: Resource, value: Mapping[str, object]) -> list[tuple[str, str]]:
    flat = texts_of(resource, value)
    return [(name, text) for name, texts in flat.items() for text in texts]


def _told(resource: Resource, value: Mapping[str, object], names: Mapping[str, str]) -> str:
    """A value in words."""
    told = [
        records.shown(heading, texts, names)
        for name, texts in texts_of(resource, value).items()
        if texts and (heading := heading_at(resource, name))
    ]
    return "; ".join(told) or words.NOTHING
