"""Rows of the indicators: what they read of a kind is what the registry declares of it."""

from datetime import date
from typing import NamedTuple

import pytest

from app.registry.events import Event, EventKind
from app.store.rows import Kind


class Renamed(NamedTuple):
    """A column that is not there."""

    finished_on: date | None


class Emptied(NamedTuple):
    """A column that may be null, read as if it never were."""

    completed_on: date


class Retyped(NamedTuple):
    """A column of another list of values."""

    status: EventKind


@pytest.mark.parametrize("row", [Renamed, Emptied, Retyped])
def test_a_row_that_is_not_the_registry_s_is_refused_at_once(row: type[NamedTuple]) -> None:
    with pytest.raises(TypeError, match="is no such column of events"):
        Kind(row, Event)
