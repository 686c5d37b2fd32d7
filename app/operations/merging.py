"""Merging: two cards of one person become one, which takes over the other's records."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field
from typing_extensions import TypedDict

from app.acts import Act
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.model.drafts import Draft, Stored, altered
from app.model.faults import OTHER_MUNICIPALITY, UNKNOWN_REFERENCE
from app.model.match_keys import fold_columns
from app.model.resource import Resource
from app.operations.twins import taken
from app.problems import Invalid, NotFound
from app.registry.employments import employments
from app.registry.holders import Holder, holders
from app.registry.rules import apart
from app.registry.teachers import NAMES, is_same_name, teachers
from app.rest.answers import IdText
from app.store import heirs, keeping
from app.store.loading import load_whole
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

    id: Annotated[IdText, Field(description="Удалённая запись")]
    kept_id: Annotated[IdText, Field(description="Запись, которая есть вместо неё")]
    taken_over: Annotated[
        list[str],
        Field(description="Что оставшаяся запись взяла у удалённой: дни, участие, пару ключа"),
    ]


class MovedRecords(TypedDict):
    """Что стало с записями одного вида."""

    moved: Annotated[list[IdText], Field(description="Перешли к оставшейся карточке")]
    dropped: Annotated[
        list[DroppedRecord],
        Field(description="Удалены: у оставшейся карточки есть своя такая запись (`kept_id`)"),
    ]


@dataclass
class Moves:
    """What happens to the merged card's records of one kind."""

    resource: Resource
    moved: list[Draft] = field(default_factory=list)
    dropped: list[Stored] = field(default_factory=list)
    twins: dict[uuid.UUID, tuple[Draft, list[str]]] = field(default_factory=dict)
    """For each dropped record the one that is kept, and what that one takes from it."""

    @property
    def kept(self) -> list[Draft]:
        """The records of the surviving card that take something from a dropped one."""
        every = {twin.id: twin for twin, _ in self.twins.values()}
        return [twin for twin in every.values() if twin.is_changed]

    def drop(self, stored: Stored, columns: Mapping[str, Any], twin: Draft) -> None:
        """Drop a record for its twin, which is then kept for whatever was dropped for that record.

        `columns` are those that the dropped record would have.
        """
        values = taken(self.resource, twin.columns, columns)
        twin.columns |= values
        self.dropped.append(stored)
        for key, (kept, names) in self.twins.items():
            if kept.id == stored.id:
                self.twins[key] = twin, names
        self.twins[stored.id] = twin, sorted(values)

    def twin_of(self, stored: Stored) -> Draft:
        """What stands for a record of the surviving card: itself, or what it was dropped for."""
        every = {twin.id: twin for twin, _ in self.twins.values()}
        return (
            self.twins[stored.id][0]
            if stored.id in self.twins
            else every.get(stored.id, altered(stored))
        )

    def as_json(self) -> MovedRecords:
        """The answer's JSON."""
        return {
            "moved": [str(stored.id) for stored in self.moved],
            "dropped": [
                {"id": str(key), "kept_id": str(twin.id), "taken_over": names}
                for key, (twin, names) in self.twins.items()
            ],
        }


def merge(
    tx: Transaction, merged_id: uuid.UUID, into_id: uuid.UUID, condition: Precondition
) -> dict[str, object]:
    """Merge one card into another; the answer names records by their ids only.

    Raises:
        NotFound: the card does not exist or is erased.
        Invalid: the other card does not exist, is the same one, or a rule would break.
        Stale: the card changed since the caller read it.

    """
    merged, heir = _cards(tx, merged_id, into_id)
    condition.hold(merged)
    moves = {each.resource.name: _moves(tx, each, merged, heir) for each in holders(teachers)}
    _refuse_two_main_jobs(tx, moves[employments.name], heir)
    values = _taken(merged, heir)
    for holder in holders(teachers):
        resource, move = holder.resource, moves[holder.resource.name]
        for stored in move.dropped:
            keeping.remove(tx, resource, stored)
        keeping.keep(tx, resource, [*move.moved, *move.kept])
    # Before the removal: cards merged into this one earlier now point to the heir too.
    heirs.remember(tx, teachers.name, merged, heir.id)
    keeping.remove(tx, teachers, merged)
    draft = altered(heir, **{name: value for name, value in values.items() if name in heir.columns})
    draft.parts |= {name: value for name, value in values.items() if name in heir.parts}
    keeping.keep(tx, teachers, [draft])
    tx.acts.append(Act("merge", teachers.name, (str(merged.id), str(heir.id))))
    return {
        "merged_id": str(merged.id),
        "into_id": str(heir.id),
        **{name: move.as_json() for name, move in moves.items()},
        "taken_over": sorted(_FIELDS.get(name, name) for name in values),
    }


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


def _moves(tx: Transaction, holder: Holder, merged: Stored, heir: Stored) -> Moves:
    resource, moves = holder.resource, Moves(holder.resource)
    found = tx.execute(sa.select(resource.table.c.id).where(holder.holds([merged.id, heir.id])))
    held = load_whole(tx, resource, id=found.scalars().all())
    for stored in held:
        if not (draft := _moved(holder, stored, merged.id, heir.id)):
            continue
        others = [other for other in held if other is not stored and _collide(holder, draft, other)]
        if not others:
            moves.moved.append(draft)
            continue
        twin = moves.twin_of(others[0])
        moves.drop(stored, draft.columns, twin)
        # It may join two records of the surviving card that lay apart.
        for other in others[1:]:
            joined = moves.twin_of(other)
            if joined.stored and joined.id != twin.id:
                moves.drop(joined.stored, joined.columns, twin)
    return moves


def _moved(
    holder: Holder, stored: Stored, merged_id: uuid.UUID, heir_id: uuid.UUID
) -> Draft | None:
    """The record with the heir in the place of the merged card, if it names that card."""
    named = [name for name in holder.columns if stored.columns[name] == merged_id]
    draft = altered(stored, **dict.fromkeys(named, heir_id))
    for name, column in holder.parts:
        draft.parts[name] = [
            row | {column: heir_id} if row[column] == merged_id else row
            for row in draft.parts[name]
        ]
    fold_columns(holder.resource, draft)
    return draft if draft.is_changed else None


def _collide(holder: Holder, draft: Draft, other: Stored) -> bool:
    """Whether one teacher cannot have both: the same event, or the same position on one day."""
    resource, names = holder.resource, {*holder.columns}
    for key in resource.natural_keys:
        columns = {*key.columns}.union(*(resource.folds(name) for name in key.columns))
        if names & columns and not key.unless and _equal(draft, other, key.columns):
            return True
    for word in resource.words:
        if word.name == apart.__name__ and names & {*word.of} and _equal(draft, other, word.of):
            first, last = resource.period or ("", "")
            if overlap(draft.columns, other.columns, first, last):
                return True
    return False


def _equal(draft: Draft, other: Stored, names: Iterable[str]) -> bool:
    pairs = [(draft.columns[name], other.columns[name]) for name in names]
    return all(one is not None and one == another for one, another in pairs)


def _refuse_two_main_jobs(tx: Transaction, moves: Moves, heir: Stored) -> None:
    own = [altered(job) for job in load_whole(tx, employments, teacher_id=[heir.id])]
    changed = {job.id: job for job in (*moves.moved, *moves.kept)}
    every = {job.id: job for job in own if job.id not in moves.twins} | changed
    main = [job for job in every.values() if job.columns["is_main_job"]]
    for one, other in combinations(main, 2):
        if changed.keys() & {one.id, other.id} and overlap(one.columns, other.columns):
            jobs = f"{one.id}, {other.id}"
            raise Invalid(Finding(TWO_MAIN_JOBS, pointer="/into_id", values={"jobs": jobs}))


def _taken(merged: Stored, heir: Stored) -> dict[str, Any]:
    """What the heir takes over: source key and СНИЛС if it has none, and former names."""
    taken: dict[str, object] = {}
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


def _name(columns: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: columns[name] for name in NAMES}
