"""Roll: a list of teachers, in which each row is a person, found by key, СНИЛС or name."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from app.database.transaction import Transaction
from app.intake.cells import as_id
from app.intake.columns import PERSON
from app.intake.fits import Teacher
from app.intake.gathering import crowd
from app.intake.lines import Line
from app.intake.naming import name_of, number_of
from app.intake.newcomers import SNILS, Claim
from app.intake.people import Crowd
from app.intake.person_faults import SNILS_OF_ANOTHER
from app.intake.staff import Staff
from app.registry.names import INITIALS


class Town(NamedTuple):
    """A municipality, where other lists have an organization."""

    home: uuid.UUID

    @property
    def legal_person(self) -> uuid.UUID:
        """A stand-in: all teachers of the municipality belong to it."""
        return self.home


NAMES = ("last_name", "first_name", "patronymic")


def understand(tx: Transaction, lines: Sequence[Line], staff: Staff) -> None:
    """Set the ids of known teachers in their rows; names are set only for new teachers."""
    for line in lines:
        _read_name(line)
    people = crowd(tx, lines, None, staff.places, Crowd(staff.licence, staff.claimed))
    for line in lines if people.heirs else ():
        _let_inherit(tx, line, people)
    claims = [claim for line in lines if line.is_open and (claim := _settle(tx, line, people))]
    staff.meet(tx, claims)


def _let_inherit(tx: Transaction, line: Line, people: Crowd) -> None:
    """Turn a row with the key of a merged card into a row of its heir, with the heir's own key."""
    own = (line.fields.get("source") or tx.caller.source, line.fields.get("source_key"))
    town = _town(tx, line)
    for (home, *pair), heir_id in people.heirs.items():
        if (*pair,) == own and (town is None or town.home == home):
            heir = people.known.get(heir_id)
            source, key = heir.pair if heir and heir.pair else (None, None)
            line.fields |= {"id": str(heir_id), "source": source, "source_key": key}


def _read_name(line: Line) -> None:
    # A row that names its record may leave names out, or some of them.
    if line.names_record and PERSON.name not in line.fields:
        return
    name_of(line)
    if name := line.fields.get("name"):
        line.fields |= dict(zip(NAMES, name[:3], strict=True))


def _settle(tx: Transaction, line: Line, people: Crowd) -> Claim | None:
    number, town = number_of(line, tx.secret), _town(tx, line)
    own, owner = _named(tx, line, people, town), people.owner(number, town)
    name = line.fields.get("name")
    if own or line.fields.get("id"):
        if owner and owner.id != (own.id if own else as_id(line.fields.get("id"))):
            line.refuse(SNILS_OF_ANOTHER, SNILS)
        elif name and name.is_short:
            line.refuse(INITIALS, PERSON.title)
        return None
    claim = None
    if owner and not (owner.pair and line.fields.get("source_key")):
        people.confirm(line, owner)
    elif name and not owner:
        claim = people.by_name(line, name, town, number)
    if teacher_id := line.fields.pop("teacher_id", None):
        line.fields["id"] = str(teacher_id)
        for field in NAMES:
            line.fields.pop(field, None)
    # A teacher with a source key is identified by it.
    return None if line.fields.get("source_key") and claim and not claim.card else claim


def _named(tx: Transaction, line: Line, people: Crowd, town: Town | None) -> Teacher | None:
    """The teacher whom a row names by its source key."""
    source, key = line.fields.get("source") or tx.caller.source, line.fields.get("source_key")
    named = (people.known[teacher_id] for teacher_id in people.by_key.get(key or "", ()))
    fitting = [teacher for teacher in named if teacher.pair == (source, key)]
    if town:
        fitting = [teacher for teacher in fitting if teacher.home == town.home]
    return fitting[0] if len(fitting) == 1 else None


def _town(tx: Transaction, line: Line) -> Town | None:
    municipality_id = as_id(line.fields.get("municipality_id")) or tx.caller.home
    return Town(municipality_id) if municipality_id else None
