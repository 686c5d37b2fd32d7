"""Decisions: what the sender of a list has answered, and whether it still holds."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from app.intake.cells import as_id
from app.intake.cures import Cure, CureKind, Subject
from app.pages import words
from app.pages.meanings import headings_of
from app.pages.orders import Order
from app.pages.questions import key_of, target_of
from app.pages.visit import Visit


class Decision(NamedTuple):
    """What was decided before."""

    key: str
    title: str
    said: str
    words: str
    is_kept: bool
    """Whether the spelling is to be stored."""


async def decided(visit: Visit, order: Order, still_open: AbstractSet[str]) -> list[Decision]:
    """The decisions that answer their questions."""
    names = await _chosen(visit, order)
    headings = headings_of(order.resource)
    return [
        Decision(
            key_of(subject),
            headings[subject.field].title,
            subject.said or "пустая ячейка",
            _told(cure, names),
            is_kept=subject.said in order.aliases,
        )
        for subject, cure in order.cures.items()
        if key_of(subject) not in still_open
    ]


async def still_there(visit: Visit, order: Order) -> Order:
    """The order without the decisions for records that are gone: their questions are open again."""
    names = await _chosen(visit, order)
    gone = {
        subject for subject, cure in order.cures.items() if _is_gone(order, subject, cure, names)
    }
    cures = {subject: cure for subject, cure in order.cures.items() if subject not in gone}
    lost = {subject.said for subject in gone}
    aliases = {said: place for said, place in order.aliases.items() if said not in lost}
    return replace(order, cures=cures, aliases=aliases)


async def _chosen(visit: Visit, order: Order) -> dict[str, str]:
    """The names of the records that were decided on."""
    ids: dict[str, set[str]] = {}
    for subject, cure in order.cures.items():
        if target := target_of(order.resource, subject.field):
            ids.setdefault(target, set()).add(cure.value)
    return await visit.called(**ids)


def _is_gone(order: Order, subject: Subject, cure: Cure, names: dict[str, str]) -> bool:
    is_record = cure.kind == CureKind.REPLACE and as_id(cure.value) is not None
    return is_record and bool(target_of(order.resource, subject.field)) and cure.value not in names


def _told(cure: Cure, names: dict[str, str]) -> str:
    if cure.kind == CureKind.LEAVE_OUT:
        return "эти строки не записываем"
    if cure.kind == CureKind.NEWCOMER:
        return "новый человек"
    if as_id(cure.value) is not None and cure.value not in names:
        return "записи, которую вы выбрали, больше нет: передумайте"
    return names.get(cure.value, words.day(cure.value) if _is_day(cure.value) else cure.value)


def _is_day(text: str) -> bool:
    first, *rest = text.split("-")
    return len(rest) == len(("месяц", "день")) and first.isdigit() and len(first) == len("2020")
