"""Merging: two cards of one person become one; what was told of both is told of the one left."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.journal.trail import Act
from app.model.faults import OTHER_MUNICIPALITY, UNKNOWN_REFERENCE
from app.model.resource import Resource
from app.problems import Invalid, NotFound
from app.registry.employments import employments
from app.registry.participations import participations
from app.registry.teachers import NAMES, is_same_name, teachers
from app.store import batch, heirs
from app.store.drafts import Stored, altered, load_whole
from app.store.lookups import overlap
from app.store.precondition import Precondition

SAME_CARD = fault(
    "same_card",
    "Это та же самая карточка. Укажите в into_id другую, ту, которая останется.",
    "This is the very same card. Name another one in into_id, the one that stays.",
)
TWO_NUMBERS = fault(
    "two_numbers",
    "У карточек разные СНИЛС: это два человека. Если один из номеров ошибочен, сначала исправьте "
    "его.",
    "The cards have different СНИЛС: these are two people. If one is wrong, correct it first.",
)
TWO_MAIN_JOBS = fault(
    "two_main_jobs",
    "В одни и те же дни у карточек два основных места работы ({jobs}). Отметьте одно как "
    "совместительство или исправьте даты, затем повторите.",
    "On the same days the cards have two main jobs ({jobs}). Make one of them secondary or change "
    "its dates, then repeat.",
)


@dataclass
class Moves:
    """What becomes of the records of one kind that the merged card had."""

    moved: list[Stored] = field(default_factory=list)
    dropped: list[tuple[Stored, Stored]] = field(default_factory=list)
    """Those in whose place the surviving card has one, with that one."""

    def spoken(self) -> dict[str, Any]:
        """As the answer tells it."""
        return {
            "moved": [str(each.id) for each in self.moved],
            "dropped": [
                {"id": str(each.id), "kept_id": str(kept.id)} for each, kept in self.dropped
            ],
        }


def merge(
    tx: Transaction, merged_id: uuid.UUID, into_id: uuid.UUID, condition: Precondition
) -> dict[str, Any]:
    """Let one card live on in another; what came of it is told by ids alone.

    Raises:
        NotFound: the card is not there, or emptied.
        Invalid: the other one is not, is the same one, or a rule would break.
        Stale: the card is another one than the caller saw.

    """
    merged, heir = _cards(tx, merged_id, into_id)
    condition.hold(merged)
    moves = {each.name: _moves(tx, each, merged, heir) for each in HELD}
    _refuse_two_main_jobs(tx, moves[employments.name], heir)
    taken = _taken(merged, heir)
    for resource in HELD:
        mine = moves[resource.name]
        for stored, _ in mine.dropped:
            batch.remove(tx, resource, stored)
        batch.keep(tx, resource, [altered(each, teacher_id=heir.id) for each in mine.moved])
    # Before the card goes: what was merged into it lives on too.
    heirs.remember(tx, teachers.name, merged, heir.id)
    batch.remove(tx, teachers, merged)
    draft = altered(heir, **{name: it for name, it in taken.items() if name in heir.columns})
    draft.parts |= {name: it for name, it in taken.items() if name in heir.parts}
    batch.keep(tx, teachers, [draft])
    tx.acts.append(Act("merge", teachers.name, (str(merged.id), str(heir.id))))
    return {
        "merged_id": str(merged.id),
        "into_id": str(heir.id),
        **{name: each.spoken() for name, each in moves.items()},
        "taken_over": sorted(_FIELDS.get(name, name) for name in taken),
    }


HELD: tuple[Resource, ...] = (employments, participations)
"""What refers to a teacher."""

_FIELDS = {"snils_hash": "snils"}


def is_here(tx: Transaction, teacher_id: uuid.UUID) -> bool:
    """Whether there is such a card in the caller's scope."""
    found = load_whole(tx, teachers, id=[teacher_id])
    return any(tx.caller.home in {None, each.columns["municipality_id"]} for each in found)


def _cards(tx: Transaction, merged_id: uuid.UUID, into_id: uuid.UUID) -> tuple[Stored, Stored]:
    """Both cards, locked; who merges may not see whose they are."""
    found = {
        each.id: each
        for each in load_whole(tx, teachers, id=[merged_id, into_id])
        if tx.caller.home in {None, each.columns["municipality_id"]}
    }
    if merged_id not in found:
        raise NotFound
    merged, heir = found[merged_id], found.get(into_id)
    if heir is None:
        raise Invalid(Finding(UNKNOWN_REFERENCE, pointer="/into_id"))
    if heir is merged:
        raise Invalid(Finding(SAME_CARD, pointer="/into_id"))
    if heir.columns["municipality_id"] != merged.columns["municipality_id"]:
        raise Invalid(Finding(OTHER_MUNICIPALITY, pointer="/into_id"))
    numbers = {each.columns["snils_hash"] for each in (merged, heir)} - {None}
    if len(numbers) > 1:
        raise Invalid(Finding(TWO_NUMBERS, pointer="/into_id"))
    return merged, heir


def _moves(tx: Transaction, resource: Resource, merged: Stored, heir: Stored) -> Moves:
    held = load_whole(tx, resource, teacher_id=[merged.id, heir.id])
    kept = [each for each in held if each.columns["teacher_id"] == heir.id]
    moves = Moves()
    for each in held:
        if each.columns["teacher_id"] != merged.id:
            continue
        beside = next((other for other in kept if _collide(resource, each, other)), None)
        if beside:
            moves.dropped.append((each, beside))
        else:
            moves.moved.append(each)
    return moves


def _collide(resource: Resource, one: Stored, other: Stored) -> bool:
    """Whether one teacher cannot have both: an event twice, or a position twice on a day."""
    if resource is participations:
        return bool(one.columns["event_id"] == other.columns["event_id"])
    same = ("organization_id", "position_key")
    return overlap(one.columns, other.columns) and all(
        one.columns[name] == other.columns[name] for name in same
    )


def _refuse_two_main_jobs(tx: Transaction, moves: Moves, heir: Stored) -> None:
    main = [
        each
        for each in load_whole(tx, employments, teacher_id=[heir.id])
        if each.columns["is_main_job"]
    ]
    for each in moves.moved:
        if not each.columns["is_main_job"]:
            continue
        for other in main:
            if overlap(each.columns, other.columns):
                jobs = f"{other.id}, {each.id}"
                raise Invalid(Finding(TWO_MAIN_JOBS, pointer="/into_id", values={"jobs": jobs}))


def _taken(merged: Stored, heir: Stored) -> dict[str, Any]:
    """What the heir takes over: a pair or a number that it has not, and the names it had."""
    taken: dict[str, Any] = {}
    if heir.columns["source"] is None and merged.columns["source"] is not None:
        taken |= {name: merged.columns[name] for name in ("source", "source_key")}
    if heir.columns["snils_hash"] is None and merged.columns["snils_hash"] is not None:
        taken["snils_hash"] = merged.columns["snils_hash"]
    former, own = heir.parts["former_names"], _name(heir.columns)
    names = [*former]
    for name in (*merged.parts["former_names"], _name(merged.columns)):
        if not any(is_same_name(name, known) for known in [own, *names]):
            names.append(name)
    return taken | ({"former_names": names} if names != former else {})


def _name(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: columns[name] for name in NAMES}
