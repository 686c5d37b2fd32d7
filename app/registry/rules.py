"""Rules: what several kinds say alike, a word for each; a declaration says it with its columns.

A word knows its kind when it judges: its table, its period and what its references lead to.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.among import among
from app.database.slicing import slices
from app.findings import Fault, Finding, Words, fault
from app.model.declaration import Declaration, Word
from app.model.derivation import Derivation
from app.model.drafts import Draft
from app.model.graph import target_of
from app.model.rule import Inquiry
from app.store.lookups import column_of, columns_of, neighbours, overlap
from app.words import in_guillemets

NOT_YET = fault(
    "not_yet",
    "Этот день ещё не наступил. О том, что только предстоит, не пишут как о состоявшемся: "
    "исправьте день или состояние.",
    "The day has not come yet. What is still ahead is no fact: correct the day or the state.",
)
ORGANIZATION_CLOSED = fault(
    "organization_closed",
    "В этот день организация не работает: {because}. Проверьте день{instead}.",
    "The organization is not open on this day: {because}. Check the day{instead}.",
)
OTHER_PROGRAM = fault(
    "other_program",
    "Запись, на которую ссылается поле, относится к другой программе. Выберите запись этой "
    "программы.",
    "The record that is referred to belongs to another program. Choose one of this program.",
)
OUTSIDE_PROGRAM = fault(
    "outside_program",
    "День вне сроков программы. Проверьте дату.",
    "The day lies outside the program. Check the date.",
)
DIFFERS_FROM_TEXT = fault(
    "differs_from_text",
    "Текст «{text}» говорит о другом сроке, чем записан. Исправьте одно из двух; пустое поле "
    "заполняется по тексту.",
    "The text «{text}» says another term than the one that is recorded. Correct one of them; an "
    "empty field is filled from the text.",
)

Place = sa.Row[*tuple[object, ...]]
"""An organization with its first and last day and its successor."""


def has_come(day: str, **states: Iterable[str]) -> Word:
    """The rule that a day is not after today, where a field holds one of the given values."""

    def judge(_: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        today = tx.today
        ahead = [each for each in drafts if (on := each.columns[day]) and on > today]
        for draft in ahead:
            is_fact = all(draft.columns[name] in values for name, values in states.items())
            if is_fact and draft.moves(day, *states):
                yield draft.finds(NOT_YET, f"/{day}")

    return Word("has_come", (day, *states), judge, states)


def open_on(place: str, *days: str) -> Word:
    """The rule that an organization is open on each of some days.

    What was written before an organization closed stays as it is.
    """

    def judge(_: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        places = places_of(tx, {draft.columns[place] for draft in drafts})
        # Most organizations tell neither day.
        bounded = {key for key, row in places.items() if row.opened_on or row.closed_on}
        for draft in drafts if bounded else ():
            where = places.get(draft.columns[place])
            if not where or where.id not in bounded or not draft.moves(place, *days):
                continue
            for day in days:
                if (on := draft.columns[day]) and not is_open(where, on):
                    yield draft.finds(
                        ORGANIZATION_CLOSED, f"/{day}", **told(draft, places, where, on)
                    )

    return Word("open_on", (place, *days), judge)


def inside(*references: str, days: tuple[str, ...] = ()) -> Word:
    """The rule that days lie within a program; if none are named, those of the kind's period.

    The program is the one that the first reference which is set leads to: the program itself, or
    the program of an activity, a partnership or another record that names one.
    """

    def judge(resource: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        homes = programs_of(tx, resource, drafts, *references)
        table = SQLModel.metadata.tables["programs"]
        days_of = columns_of(tx, table, homes.values(), "start_date", "end_date")
        for draft in drafts:
            leading = next(filter(None, map(draft.columns.get, references)), None)
            program = days_of.get(homes[leading]) if leading in homes else None
            if program is None:
                continue
            for name in days or resource.period or ():
                day = draft.columns[name]
                if day and not program.start_date <= day <= program.end_date:
                    yield draft.finds(OUTSIDE_PROGRAM, f"/{name}")

    return Word("inside", (*references, *days), judge, is_of_period=not days)


def meets_program() -> Word:
    """The rule that a record shares a day with its program; it may begin before and outlast it."""

    def judge(resource: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        first, last = resource.period or ("", "")
        ids = (draft.columns["program_id"] for draft in drafts)
        table = SQLModel.metadata.tables["programs"]
        found = columns_of(tx, table, ids, "start_date", "end_date")
        for draft in drafts:
            if not (program := found.get(draft.columns["program_id"])):
                continue
            if draft.columns[first] > program.end_date:
                yield draft.finds(OUTSIDE_PROGRAM, f"/{first}")
            elif (draft.columns[last] or date.max) < program.start_date:
                yield draft.finds(OUTSIDE_PROGRAM, f"/{last}")

    return Word("meets_program", ("program_id",), judge, is_of_period=True)


def agrees(reference: str, shared: str, otherwise: Fault = OTHER_PROGRAM) -> Word:
    """The rule that a record and the one that it refers to have the same value in a column."""

    def judge(resource: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        ids = (draft.columns[reference] for draft in drafts)
        found = column_of(tx, target_of(resource.table.c[reference]), ids, shared)
        for draft in drafts:
            about = draft.columns[reference]
            if about in found and found[about] != draft.columns[shared]:
                yield draft.finds(otherwise, f"/{reference}")

    return Word("agrees", (reference, shared), judge)


def apart(*same: str, otherwise: Fault) -> Word:
    """The rule that records equal in some columns never share a day of their periods."""

    def judge(resource: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        first, last = resource.period or ("", "")
        for draft, others in neighbours(tx, resource, drafts, *same):
            if any(overlap(draft.columns, other, first, last) for other in others):
                yield draft.finds(otherwise, f"/{first}")

    return Word("apart", same, judge, is_of_period=True)


def one_deep(parent: str, *, otherwise: Fault) -> Word:
    """The rule that whoever has a parent of its own kind is none: no chains and no cycles."""

    def judge(resource: Declaration, tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        drafted = {draft.id: draft.columns[parent] for draft in drafts}
        parents = {key for key in drafted.values() if key}
        above = column_of(tx, resource.table, parents, parent)
        children = [draft for draft in drafts if draft.columns[parent]]
        parents |= _stored_parents(tx, resource.table.c[parent], children)
        for draft in children:
            key = draft.columns[parent]
            if draft.id in parents or drafted.get(key, above.get(key)):
                yield draft.finds(otherwise, f"/{parent}")

    return Word("one_deep", (parent,), judge)


def together(one: str, other: str, *, otherwise: Fault) -> Word:
    """The rule that two fields are both given or both empty; the first one is told of."""

    def judge(_: Declaration, _tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        for draft in drafts:
            if (draft.columns[one] is None) != (draft.columns[other] is None):
                yield draft.finds(otherwise, f"/{one}")

    return Word("together", (one, other), judge)


def either(one: str, other: str, *, otherwise: Fault) -> Word:
    """The rule that one of two fields is given, and not both; the first one is told of."""

    def judge(_: Declaration, _tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        for draft in drafts:
            if (draft.columns[one] is None) == (draft.columns[other] is None):
                yield draft.finds(otherwise, f"/{one}")

    return Word("either", (one, other), judge)


def keeps_to_text(derivation: Derivation, pointer: str) -> Word:
    """The rule that columns which can be read from a text hold what it says."""
    names = (derivation.text, *derivation.columns)

    def judge(_: Declaration, _tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
        for draft in drafts:
            if draft.moves(*names) and derivation.differs(draft.columns):
                text = draft.columns[derivation.text]
                yield draft.finds(DIFFERS_FROM_TEXT, pointer, text=text)

    return Word("keeps_to_text", names, judge)


def programs_of(
    tx: Inquiry, resource: Declaration, drafts: Sequence[Draft], *references: str
) -> dict[uuid.UUID, uuid.UUID]:
    """The program of every record to which these references lead, or led before a change."""
    homes: dict[uuid.UUID, uuid.UUID] = {}
    for name in references:
        ids = {value for draft in drafts for value in (draft.columns[name], draft.was(name))}
        table = target_of(resource.table.c[name])
        if table.name == "programs":
            homes |= {key: key for key in ids if key}
        else:
            homes |= column_of(tx, table, ids, "program_id")
    return homes


def _stored_parents(
    tx: Inquiry, parent: sa.Column[object], children: Iterable[Draft]
) -> set[uuid.UUID]:
    """Those of the drafts that stored records have as their parent."""
    found: set[uuid.UUID] = set()
    for some in slices(draft.id for draft in children if draft.stored):
        found |= set(
            tx.execute(sa.select(parent).where(among(parent, "ids")), {"ids": some}).scalars()
        )
    return found


def places_of(tx: Inquiry, ids: Iterable[uuid.UUID | None]) -> Mapping[uuid.UUID, Place]:
    """Organizations with their days, and the successors of those."""
    table = SQLModel.metadata.tables["organizations"]
    names = ("municipality_id", "opened_on", "closed_on", "successor_id", "short_name")
    found = columns_of(tx, table, ids, *names)
    heirs = (row.successor_id for row in found.values() if row.successor_id not in found)
    return found | columns_of(tx, table, heirs, *names)


def is_open(place: Place, day: date) -> bool:
    """Whether an organization has opened by a day and not closed before it."""
    return (place.opened_on or day) <= day <= (place.closed_on or day)


def told(
    draft: Draft, places: Mapping[uuid.UUID, Place], place: Place, day: date
) -> dict[str, Words]:
    """Why an organization is not open on a day, and which one took its place.

    A successor in another municipality than the draft's is not named: who writes may not see it.
    """
    if place.opened_on and day < place.opened_on:
        opened = place.opened_on
        because = Words(f"она открыта {opened:%d.%m.%Y}", f"it opened on {opened}")
        return {"because": because, "instead": Words("", "")}
    closed = place.closed_on
    because = Words(f"она закрыта {closed:%d.%m.%Y}", f"it closed on {closed}")
    heir = places.get(place.successor_id)
    if not heir or heir.municipality_id != draft.municipality_id:
        return {"because": because, "instead": Words("", "")}
    named = f"{in_guillemets(heir.short_name)} ({heir.id})"
    instead = Words(f" или укажите преемника: {named}", f", or name its successor: {named}")
    return {"because": because, "instead": instead}
