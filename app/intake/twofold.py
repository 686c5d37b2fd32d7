"""Twofold: references that a row tells both by a name and by an id, which must mean one record.

The id counts. A name that is not that of the id's record, and by which the row would mean another
record or none, refuses the row: whoever changed only one of the two cells meant something else.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from app.database.transaction import Transaction
from app.intake import usages
from app.intake.cells import as_id
from app.intake.citations import Row, library
from app.intake.columns import PERSON, TEACHER
from app.intake.documents import Candidate
from app.intake.faults import ID_NOT_SEEN, NAME_OF_ANOTHER
from app.intake.fits import MANY
from app.intake.lines import Line
from app.intake.narrowing import Known
from app.intake.person_faults import PERSON_OF_ANOTHER
from app.intake.quoting import quoted
from app.model.headings import Heading, Kind, headings
from app.model.resource import Resource
from app.model.text import fold
from app.registry import KINDS
from app.registry.organizations import organizations
from app.registry.resource_uses import resource_uses
from app.registry.teachers import teachers
from app.rest.called import NAMING
from app.store.captions import names_of


class Pair(NamedTuple):
    """A name in a row, and the id beside it."""

    line: Line
    text: str
    id: uuid.UUID


def drop_own_names(tx: Transaction, lines: Iterable[Line]) -> None:
    """Drop the names of persons that are just those of their ids, as an exported file has them.

    A stored name need not follow the grammar by which names in lists are read.
    """
    pairs = [
        Pair(line, text, key)
        for line in lines
        if (text := line.fields.get(PERSON.name)) and (key := as_id(line.fields.get(TEACHER)))
    ]
    for pair, is_own in _compared(tx, teachers.name, pairs):
        if is_own:
            del pair.line.fields[PERSON.name]


def check(tx: Transaction, resource: Resource, lines: Sequence[Line], known: Known) -> None:
    """Refuse the rows in which a name and the id beside it are of different records."""
    told = [line for line in lines if line.beside and not line.errors]
    for heading in headings(resource) if told else ():
        if heading.kind == Kind.REFERENCE:
            compared = _compared(tx, str(heading.target), [*_pairs(told, heading.name)])
            _refuse_others(tx, heading, [pair for pair, is_own in compared if not is_own], known)


def _pairs(lines: Iterable[Line], name: str) -> Iterator[Pair]:
    for line in lines:
        if (text := line.beside.get(name)) is not None:
            told = line.fields.get(name) or (line.head or line).fields.get(name)
            if key := as_id(str(told)):
                yield Pair(line, text, key)


def _compared(tx: Transaction, kind: str, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, bool]]:
    """The pairs, and whether the name is what the id's record is called."""
    names = _names(tx, kind, {pair.id for pair in pairs})
    for pair in pairs:
        yield pair, fold(pair.text) == fold(names.get(pair.id, ""))


def _names(tx: Transaction, kind: str, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What the records are called that the caller sees."""
    namer = NAMING.seen_by(tx.caller, tx.dialect)
    told = names_of(tx, namer, {kind: [str(key) for key in ids]})
    return {uuid.UUID(key): name for _, key, name in told if name}


def _refuse_others(tx: Transaction, heading: Heading, pairs: Sequence[Pair], known: Known) -> None:
    """Refuse those rows in which the name cannot mean the id's record either."""
    if not pairs:
        return
    kind = KINDS[str(heading.target)]
    meant = _meant(tx, kind, {pair.text for pair in pairs}, known)
    others = {row.id for rows in meant.values() for row in rows}
    names = _names(tx, kind.name, {pair.id for pair in pairs} | others)
    for pair in pairs:
        ids = [row.id for row in meant[pair.text]]
        if pair.id not in ids:
            _refuse(heading, pair, ids[:MANY], names)


def _refuse(
    heading: Heading, pair: Pair, others: Sequence[uuid.UUID], names: Mapping[uuid.UUID, str]
) -> None:
    line, told = pair.line, [key for key in (pair.id, *others) if key in names]
    if heading.target in KINDS.of_persons:
        line.refuse(PERSON_OF_ANOTHER, PERSON.title)
        line.candidates += tuple(Candidate(id=str(key)) for key in told)
        return
    # A name that the caller may read anyway may be repeated, whatever its words are.
    is_known = fold(pair.text) in {fold(names[key]) for key in others if key in names}
    said = f" «{pair.text}»" if is_known else quoted(pair.text)
    if name := names.get(pair.id):
        line.refuse(NAME_OF_ANOTHER, heading.title, said=said, name=name)
    else:
        line.refuse(ID_NOT_SEEN, heading.title, said=said)
    line.candidates += tuple(Candidate(id=str(key), name=names[key]) for key in told)


def _meant(
    tx: Transaction, kind: Resource, texts: AbstractSet[str], known: Known
) -> dict[str, Sequence[Row]]:
    """The records that each text may mean, as in a row that has no id beside it."""
    if kind is organizations:
        return {text: known.places.find(text) for text in texts}
    shelf = library(tx, kind.name, known.home, texts, known.zone)
    meant: dict[str, Sequence[Row]] = {text: shelf.of(text, known.zone) for text in texts}
    if kind is resource_uses:
        asides = [Line(at, (), {"use_id": text}) for at, text in enumerate(sorted(texts))]
        uses = usages.find_uses(tx, asides, known)
        meant |= {
            line.fields["use_id"]: uses[line.number] or meant[line.fields["use_id"]]
            for line in asides
        }
    return meant
