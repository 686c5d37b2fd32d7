"""Conflict: a record that somebody else changed while it was edited, side by side."""

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.database.transaction import Transaction
from app.model.headings import Heading, Kind, headings
from app.model.resource import Resource
from app.pages import words
from app.pages.fields import read, texts
from app.pages.typed import Typed, fresh_once
from app.problems import NotFound
from app.store import speech


class Side(NamedTuple):
    """One field that differs: as it was, as it is stored now, as it was typed."""

    name: str
    label: str
    was: str
    now: str
    yours: str
    now_texts: tuple[str, ...]
    your_texts: tuple[str, ...]
    is_yours: bool
    """Whether the typed value is preselected: it is, unless only the others changed the field."""


def record_of(tx: Transaction, resource: Resource, record_id: uuid.UUID) -> dict[str, object]:
    """A record as the API answers it.

    Raises:
        NotFound: the caller sees no such record.

    """
    view = tx.caller.view(resource.name)
    sql = speech.item(resource, tx.dialect, view)
    bound = {name: str(value) for name, value in tx.caller.bindings.items()}
    for text in tx.texts(sql, {"id": str(record_id), **bound}):
        found: dict[str, object] = json.loads(text)
        return found
    raise NotFound


def compared(form: Typed, resource: Resource, record: Mapping[str, object]) -> dict[str, object]:
    """What `conflict.html` shows: what was, what is stored now and what was typed.

    Sending that page writes the chosen values over the version that it shows.
    """
    sides = list(_sides(resource, form, record))
    left_out = {side.name for side in sides} | {"version", "was", "once"}
    return {
        "sides": sides,
        "kept": [(name, text) for name, text in form.kept() if name not in left_out],
        "version": record["version"],
        "changed_on": words.day(str(record["updated_at"])),
        "was": json.dumps(record, ensure_ascii=False),
        "once": fresh_once(),
    }


def _sides(resource: Resource, form: Typed, record: Mapping[str, object]) -> Iterator[Side]:
    """The fields of which the typed value is not the stored one."""
    for heading in headings(resource):
        if heading.name not in form.fields or heading.is_inner:
            continue
        yours = read(heading, form.fields[heading.name])
        was, now = form.was.get(heading.name), record.get(heading.name)
        if yours not in (now or None, now):
            yield Side(
                heading.name,
                heading.title,
                spoken(heading, was),
                spoken(heading, now),
                spoken(heading, yours),
                texts(now),
                texts(yours),
                is_yours=yours != was or now == was,
            )


def spoken(heading: Heading, value: object) -> str:
    """A value in words: labels of closed lists, days as they are written."""
    if value in (None, "", []):
        return words.NOTHING
    many = value if isinstance(value, list) else [value]
    return ", ".join(_one(heading, each) for each in many)


def _one(heading: Heading, value: object) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if heading.kind == Kind.DAY:
        return words.day(str(value))
    return heading.choices.get(str(value), str(value))
