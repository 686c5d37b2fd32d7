"""Roll: a list of teachers, where each row is a person, found by pair, by СНИЛС, then by name."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from app.database.transaction import Transaction
from app.intake.cells import as_id
from app.intake.columns import PERSON
from app.intake.faults import SNILS_OF_ANOTHER
from app.intake.gathering import crowd
from app.intake.lines import Line
from app.intake.naming import name_of, number_of
from app.intake.newcomers import SNILS, Claim
from app.intake.people import Crowd, Teacher
from app.intake.staff import Staff
from app.registry.names import INITIALS
from app.registry.teachers import teachers
from app.store import heirs
from app.store.lookups import columns_of


class Town(NamedTuple):
    """A municipality, in the place of an organization."""

    home: uuid.UUID

    @property
    def legal_person(self) -> uuid.UUID:
        """All teachers of the municipality are here."""
        return self.home


NAMES = ("last_name", "first_name", "patronymic")


def understand(tx: Transaction, lines: Sequence[Line], staff: Staff) -> None:
    """Put the ids of known teachers into their rows; names are only set where they are new."""
    for line in lines:
        _read_name(line)
    _let_inherit(tx, lines)
    people = crowd(tx, lines, None, staff.places, Crowd(staff.licence, staff.claimed))
    claims = [claim for line in lines if line.is_open and (claim := _settle(tx, line, people))]
    staff.meet(tx, claims)


def _let_inherit(tx: Transaction, lines: Sequence[Line]) -> None:
    """Let rows with the pair of a merged record be rows of its heir, under the heir's own pair."""
    keys = [key for line in lines if (key := line.said.get("source_key"))]
    found = heirs.of_keys(tx, teachers, keys)
    rows = columns_of(tx, teachers.table, found.values(), "source", "source_key") if found else {}
    inherited = {pair: rows[heir] for pair, heir in found.items() if heir in rows}
    for line in lines if inherited else ():
        own = (line.said.get("source") or tx.caller.source, line.said.get("source_key"))
        town = _town(tx, line)
        for (home, *known), heir in inherited.items():
            if (*known,) == own and (town is None or town.home == home):
                pair = {"source": heir.source, "source_key": heir.source_key}
                line.said |= {"id": str(heir.id), **pair}


def _read_name(line: Line) -> None:
    # A row that names its record may leave names out, or some of them.
    if line.names_record and PERSON.name not in line.said:
        return
    name_of(line)
    if name := line.said.get("name"):
        line.said |= dict(zip(NAMES, name[:3], strict=True))


def _settle(tx: Transaction, line: Line, people: Crowd) -> Claim | None:
    number, town = number_of(line, tx.secret), _town(tx, line)
    own, owner = _named(tx, line, people, town), people.owner(number, town)
    name = line.said.get("name")
    if own or line.said.get("id"):
        if owner and owner.id != (own.id if own else as_id(line.said.get("id"))):
            line.refuse(SNILS_OF_ANOTHER, SNILS)
        elif name and name.is_short:
            line.refuse(INITIALS, PERSON.title)
        return None
    claim = None
    if owner and not (owner.pair and line.said.get("source_key")):
        people.confirm(line, owner)
    elif name and not owner:
        claim = people.by_name(line, name, town, number)
    if found := line.said.pop("teacher_id", None):
        line.said["id"] = str(found)
        for field in NAMES:
            line.said.pop(field, None)
    # Who has a pair is told by it.
    return None if line.said.get("source_key") and claim and not claim.card else claim


def _named(tx: Transaction, line: Line, people: Crowd, town: Town | None) -> Teacher | None:
    """The teacher whom a row names by its pair."""
    source, key = line.said.get("source") or tx.caller.source, line.said.get("source_key")
    named = (people.known[each] for each in people.by_key.get(key or "", ()))
    fitting = [each for each in named if each.pair == (source, key)]
    if town:
        fitting = [each for each in fitting if each.home == town.home]
    return fitting[0] if len(fitting) == 1 else None


def _town(tx: Transaction, line: Line) -> Town | None:
    found = as_id(line.said.get("municipality_id")) or tx.caller.home
    return Town(found) if found else None
