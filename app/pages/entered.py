"""Entered: what somebody typed into a form that cannot be shown again, to be copied from there.

Pages are not stored by the browser (`no-store`), so its way back leads to an empty form.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.model.resource import Resource
from app.pages.fields import field_of, heading_at, spoken, texts_of
from app.pages.typed import Typed
from app.registry import KINDS

_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Entry(NamedTuple):
    """One field: its label, and the text."""

    label: str
    text: str


def entered(form: Typed, kind: str) -> list[Entry]:
    """What was typed into a form of a kind of records; without what the record had before."""
    return list(_entries(form, KINDS[kind])) if kind in KINDS else []


def _entries(form: Typed, resource: Resource) -> Iterator[Entry]:
    before = texts_of(resource, form.was)
    for name in form.names:
        texts = form.texts(name)
        heading = heading_at(resource, name)
        if not heading or not texts or texts == before.get(name) or any(map(_ID.fullmatch, texts)):
            continue
        yield Entry(field_of(resource, heading).label, spoken(heading, texts))
