"""Merging: two cards of one person become one, which takes over the other's records."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from app.acts import Act
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.model.drafts import Stored
from app.model.faults import OTHER_MUNICIPALITY, UNKNOWN_REFERENCE
from app.model.resource import Resource
from app.problems import Invalid, NotFound
from app.registry.employments import employments
from app.registry.participations import participations
from app.registry.teachers import NAMES, is_same_name, teachers
from app.rest.answers import IdText
from app.store import batch, heirs
from app.store.drafts import altered, load_whole
from app.store.lookups import overlap
from app.store.precondition import Precondition

SAME_CARD = fault(
    "same_card",
    "Это та же самая карточка. Укажите в into_id другую, ту, которая останется.",
    "This is the same card. In into_id, name the other one, which stays.",
)
TWO_NUMBERS = fault(
    "two_numbers",
    "У карточек разные СНИЛС: это два человека. Если один из номеров ошибочен, сначала исправьте "
    "его.",
    "The cards have different СНИЛС: these are two people. If a number is wrong, correct it first.",
)
TWO_MAIN_JOBS = fault(
    "two_main_jobs",
    "В одни и те же дни у карточек два основных места работы ({jobs}). Отметьте одно как "
    "совместительство или исправьте даты, затем повторите.",
    "On the same days the cards have two main jobs ({jobs}). Make one of them secondary or change "
    "its dates, then repeat.",
)


class DroppedRecord(TypedDict):
    """Удалённая запись и та, что есть вместо неё."""

    id: IdText
    kept_id: IdText


class MovedRecords(TypedDict):
    """Что стало с записями одного вида."""

    moved: Annotated[list[IdText], Field(description="Перешли к оставшейся карточке")]
    dropped: Annotated[
        list[DroppedRecord],
        Field(description="Удалены: у оставшейся карточки есть своя такая запись (`kept_id`)"),
    ]


class Merged(TypedDict):
    """Две карточки, ставшие одной."""

    merged_id: Annotated[IdText, Field(description="Карточка, которой больше нет")]
    into_id: Annotated[IdText, Field(description="Карточка, которая остаётся")]
    employments: MovedRecords
    participations: MovedRecords
    taken_over: Annotated[
        list[str],
        Field(description="Поля, которые оставшаяся карточка получила от другой; без значений"),
    ]


@dataclass
class Moves:
    """What happens to the merged card's records of one kind."""

    moved: list[Stored] = field(default_factory=list)
    dropped: list[tuple[Stored, Stored]] = field(default_factory=list)
    """Records dropped because the surviving card has an equal one, paired with that one."""

    def as_json(self) -> MovedRecords:
        """The answer's JSON."""
        return {
            "moved": [str(stored.id) for stored in self.moved],
            "dropped": [
                {"id": str(stored.id), "kept_id": str(kept.id)} for stored, kept in self.dropped
            ],
        }


def merge(
    tx: Transaction, merged_id: uuid.UUID, into_id: uuid.UUID, condition: Precondition
) -> Merged:
    """Merge one card into another; the answer names records by their ids only.

    Raises:
        NotFound: the card does not exist or is erased.
        Invalid: the other card does not exist, is the same one, or a rule would break.
        Stale: the card changed since the caller read it.

    """
    merged, heir = _cards(tx, merged_id, into_id)
    condition.hold(merged)
    moves = {held.name: _moves(tx, held, merged, heir) for held in HELD}
    _refuse_two_main_jobs(tx, moves[employments.name], heir)
    taken = _taken(merged, heir)
    for resource in HELD:
        move = moves[resource.name]
        for stored, _ in move.dropped:
            batch.remove(tx, resource, stored)
        batch.keep(tx, resource, [altered(stored, teacher_id=heir.id) for stored in move.moved])
    # Before the removal: cards merged into this one earlier now point to the heir too.
    heirs.remember(tx, teachers.name, merged, heir.id)
    batch.remove(tx, teachers, merged)
    draft = altered(heir, **{name: value for name, value in taken.items() if name in heir.columns})
    draft.parts |= {name: value for name, value in taken.items() if name in heir.parts}
    batch.keep(tx, teachers, [draft])
    tx.acts.append(Act("merge", teachers.name, (str(merged.id), str(heir.id))))
    return {
        "merged_id": str(merged.id),
        "into_id": str(heir.id),
        "employments": moves[employments.name].as_json(),
        "participations": moves[participations.name].as_json(),
        "taken_over": sorted(_FIELDS.get(name, name) for name in taken),
    }


HELD: tuple[Resource, ...] = (employments, participations)
"""The kinds of records that refer to a teacher."""

_FIELDS = {"snils_hash": "snils"}


def is_here(tx: Transaction, teacher_id: uuid.UUID) -> bool:
    """Whether the card exists in the caller's municipality."""
    cards = load_whole(tx, teachers, id=[teacher_id])
    return any(tx.caller.home in {None, card.columns["municipality_id"]} for card in cards)


def _cards(tx: Transaction, merged_id: uuid.UUID, into_id: uuid.UUID) -> tuple[Stored, Stored]:
    """Both cards, locked; checks the municipality, as the merging role may not read names."""
    cards = {
        card.id: card
        for card in load_whole(tx, teachers, id=[merged_id, into_id])
        if tx.caller.home in {None, card.columns["municipality_id"]}
    }
    if merged_id not in cards:
        raise NotFound
    merged, heir = cards[merged_id], cards.get(into_id)
    if heir is None:
        raise Invalid(Finding(UNKNOWN_REFERENCE, pointer="/into_id"))
    if heir is merged:
        raise Invalid(Finding(SAME_CARD, pointer="/into_id"))
    if heir.columns["municipality_id"] != merged.columns["municipality_id"]:
        raise Invalid(Finding(OTHER_MUNICIPALITY, pointer="/into_id"))
    numbers = {card.columns["snils_hash"] for card in (merged, heir)} - {None}
    if len(numbers) > 1:
        raise Invalid(Finding(TWO_NUMBERS, pointer="/into_id"))
    return merged, heir


def _moves(tx: Transaction, resource: Resource, merged: Stored, heir: Stored) -> Moves:
    held = load_whole(tx, resource, teacher_id=[merged.id, heir.id])
    kept = [stored for stored in held if stored.columns["teacher_id"] == heir.id]
    moves = Moves()
    for stored in held:
        if stored.columns["teacher_id"] != merged.id:
            continue
        twin = next((other for other in kept if _collide(resource, stored, other)), None)
        if twin:
            moves.dropped.append((stored, twin))
        else:
            moves.moved.append(stored)
    return moves


def _collide(resource: Resource, stored: Stored, other: Stored) -> bool:
    """Whether one teacher cannot have both: the same event, or the same position on one day."""
    if resource is participations:
        return bool(stored.columns["event_id"] == other.columns["event_id"])
    position = ("organization_id", "position_key")
    return overlap(stored.columns, other.columns) and all(
        stored.columns[name] == other.columns[name] for name in position
    )


def _refuse_two_main_jobs(tx: Transaction, moves: Moves, heir: Stored) -> None:
    main = [
        job
        for job in load_whole(tx, employments, teacher_id=[heir.id])
        if job.columns["is_main_job"]
    ]
    for job in moves.moved:
        if not job.columns["is_main_job"]:
            continue
        for other in main:
            if overlap(job.columns, other.columns):
                jobs = f"{other.id}, {job.id}"
                raise Invalid(Finding(TWO_MAIN_JOBS, pointer="/into_id", values={"jobs": jobs}))


def _taken(merged: Stored, heir: Stored) -> dict[str, Any]:
    """What the heir takes over: source key and СНИЛС if it has none, and former names."""
    taken: dict[str, Any] = {}
    if heir.columns["source"] is None and merged.columns["source"] is not None:
        taken |= {name: merged.columns[name] for name in ("source", "source_key")}
    if heir.columns["snils_hash"] is None and merged.columns["snils_hash"] is not None:
        taken["snils_hash"] = merged.columns["snils_hash"]
    former, own = heir.parts["former_names"], _name(heir.columns)
    names = [*former]
    for name in (*merged.parts["former_names"], _name(merged.columns)):
        if not any(is_same_name(name, existing) for existing in [own, *names]):
            names.append(name)
    return taken | ({"former_names": names} if names != former else {})


def _name(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: columns[name] for name in NAMES}
