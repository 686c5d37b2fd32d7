"""Annexes: the parts of the curriculum with their resources, and the timetable."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from app.documents.contract.parties import Sides
from app.documents.paper import ColumnKind, Days, RowKind, Section, column, row, table
from app.documents.report.source import Source
from app.documents.wording import period
from app.model.values import spoken_decimal
from app.network.rows import GroupRow
from app.program.frame import Frame
from app.program.timetable import WEEKDAYS
from app.registry.network_curricula import Component
from app.registry.timetable import Slot, Span, clock
from app.store.rows import Id, Kind


class ComponentText(NamedTuple):
    """A component of a curriculum with everything that the contract says of it."""

    owner_id: Id
    no: int
    title: str
    organization_id: Id
    hours: Decimal
    assessment_form: str | None
    resource_id: Id | None


COMPONENTS = Kind(ComponentText, Component)


def annexes(source: Source, sides: Sides) -> list[Section]:
    """Both annexes of the contract: what its sides do, not what another base does."""
    theirs = {side.details.id for side in (sides.base, *sides.participants)}
    components = {
        part.no: part
        for part in COMPONENTS.parts(source.tx, [sides.curriculum.id])
        if part.organization_id in theirs
    }
    slots = _slots(source.frame, sides, components) if source.frame else []
    return [_parts(source, components.values()), _timetable(source, slots, components)]


def _parts(source: Source, components: Collection[ComponentText]) -> Section:
    columns = [
        column("№", 0.5, ColumnKind.INDEX),
        column("Часть программы", 3),
        column("Организация", 2.6),
        column("Часов", 1, ColumnKind.NUMBER),
        column("Форма аттестации", 1.6),
        column("Ресурс", 2),
    ]
    names = source.names
    rows = [
        row(
            str(part.no),
            part.title,
            names.get(part.organization_id),
            spoken_decimal(part.hours),
            part.assessment_form,
            names.get(part.resource_id) if part.resource_id else None,
        )
        for part in sorted(components, key=lambda part: part.no)
    ]
    if rows:
        hours = sum((part.hours for part in components), Decimal())
        total = ["", "Всего", None, spoken_decimal(hours), None, None]
        rows.append({"kind": RowKind.TOTAL, "cells": [*total]})
    section = table("1", "Части Образовательной программы и ресурсы", columns, rows)
    return {**section, "no": None, "annex": "Приложение № 1 к Договору"}


def _timetable(
    source: Source, slots: Sequence[Slot], components: Mapping[int, ComponentText]
) -> Section:
    columns = [
        column("День недели", 1.1),
        column("Время", 1.3, ColumnKind.PERIOD),
        column("Недели", 1.6),
        column("Дни", 1.6, ColumnKind.PERIOD),
        column("Группа", 1.8),
        column("Часть программы", 2.2),
        column("Место", 2.2),
    ]
    rows = [
        row(
            WEEKDAYS[slot.weekday - 1],
            f"{clock(slot.starts)}–{clock(slot.ends)}",
            slot.parity.label,
            _days(slot.span),
            source.names.get(slot.holder_id),
            components[slot.component_no].title if slot.component_no else None,
            _place(source, slot),
        )
        for slot in slots
    ]
    section = table("2", "Расписание занятий", columns, rows, _breaks(source, slots))
    return {**section, "no": None, "annex": "Приложение № 2 к Договору"}


def _slots(frame: Frame, sides: Sides, components: Mapping[int, ComponentText]) -> list[Slot]:
    """The slots of the groups of the base; hours that another base teaches are of its contract."""
    groups = {group.id for group in frame.exchange.groups if _is_of(frame, group, sides)}
    theirs = {side.details.id for side in (sides.base, *sides.participants)}

    def is_theirs(slot: Slot) -> bool:
        if slot.component_no:
            return slot.component_no in components
        host = frame.exchange.holders[slot.holder_id]
        return not theirs.isdisjoint({host.keeper_id, host.organization_id})

    slots = (slot for slot in frame.exchange.slots if slot.holder_id in groups)
    # Those of one half of a year stand together.
    return sorted(
        filter(is_theirs, slots), key=lambda slot: (slot.span, slot.weekday, slot.starts, slot.id)
    )


def _is_of(frame: Frame, group: GroupRow, sides: Sides) -> bool:
    """Whether learners of the base are in a group, or it is not told whose are."""
    homes = {row.organization_id for row in frame.exchange.learners.get(group.id, ())}
    is_theirs = not homes or sides.base.details.id in homes
    return group.curriculum_id == sides.curriculum.id and is_theirs


def _breaks(source: Source, slots: Iterable[Slot]) -> str | None:
    """The days on which the groups have no lessons."""
    breaks = {slot.holder_id: slot.breaks for slot in slots if slot.breaks}
    told = [
        f"{source.names.get(key)}: {', '.join(period(_days(span)) for span in spans)}"
        for key, spans in breaks.items()
    ]
    return f"Занятий нет: {'; '.join(told)}." if told else None


def _days(span: Span) -> Days:
    return {"since": span.first.isoformat(), "until": span.last.isoformat()}


def _place(source: Source, slot: Slot) -> str | None:
    """The organization and the resource where a slot takes place."""
    parts = [source.names.get(slot.organization_id)]
    parts += [source.names.get(slot.resource_id)] if slot.resource_id else []
    return ", ".join(filter(None, parts)) or None
