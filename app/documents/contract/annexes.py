"""Annexes: the parts of the curriculum with their resources, and the timetable."""

from decimal import Decimal
from typing import NamedTuple

from app.documents.paper import ColumnKind, RowKind, Section, column, row, table
from app.documents.report.source import Source
from app.model.values import spoken_decimal
from app.program.frame import Frame
from app.program.timetable import WEEKDAYS
from app.registry.network_curricula import Component
from app.registry.timetable import Slot, clock
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


def annexes(source: Source, curriculum_id: Id) -> list[Section]:
    """Both annexes of the contract."""
    components = COMPONENTS.parts(source.tx, [curriculum_id])
    return [_parts(source, components), _timetable(source, curriculum_id, components)]


def _parts(source: Source, components: list[ComponentText]) -> Section:
    columns = [
        column("№", 0.5, ColumnKind.INDEX),
        column("Часть программы", 3),
        column("Организация", 2.6),
        column("Часов", 1, ColumnKind.NUMBER),
        column("Форма аттестации", 1.6),
        column("Ресурс", 2),
    ]
    names = source.frame.names if source.frame else {}
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


def _timetable(source: Source, curriculum_id: Id, components: list[ComponentText]) -> Section:
    columns = [
        column("День недели", 1.1),
        column("Время", 1.3, ColumnKind.PERIOD),
        column("Недели", 1.8),
        column("Группа", 2),
        column("Часть программы", 2.4),
        column("Место", 2.4),
    ]
    frame = source.frame
    titles = {part.no: part.title for part in components}
    slots = _slots(frame, curriculum_id) if frame else []
    rows = [
        row(
            WEEKDAYS[slot.weekday - 1],
            f"{clock(slot.starts)}–{clock(slot.ends)}",
            slot.parity.label,
            frame.names.get(slot.holder_id),
            titles.get(slot.component_no or 0),
            _place(frame, slot),
        )
        for slot in slots
        if frame
    ]
    section = table("2", "Расписание занятий", columns, rows)
    return {**section, "no": None, "annex": "Приложение № 2 к Договору"}


def _slots(frame: Frame, curriculum_id: Id) -> list[Slot]:
    groups = {group.id for group in frame.exchange.groups if group.curriculum_id == curriculum_id}
    ours = (slot for slot in frame.exchange.slots if slot.holder_id in groups)
    return sorted(ours, key=lambda slot: (slot.weekday, slot.starts, slot.id))


def _place(frame: Frame, slot: Slot) -> str | None:
    """The organization and the resource where a slot takes place."""
    parts = [frame.names.get(slot.organization_id)]
    parts += [frame.names.get(slot.resource_id)] if slot.resource_id else []
    return ", ".join(filter(None, parts)) or None
