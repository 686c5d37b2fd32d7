"""Naming: reads the name and the СНИЛС of a row's person, and what stands beside the name."""

from pydantic_core import PydanticCustomError

from app.findings import FAULTS
from app.intake import persons
from app.intake.cells import as_id
from app.intake.columns import PERSON
from app.intake.lines import Line, Remark
from app.intake.newcomers import SNILS
from app.intake.person_faults import POSITION_TAKEN
from app.intake.persons import Name
from app.model.faults import MIXED_SCRIPT
from app.model.values import keyed_hash
from app.registry.identifiers import snils_digits
from app.registry.types import BAD_SNILS


def name_of(line: Line) -> None:
    """Read the name of a row, from one cell or from three, and remark on what stands beside it."""
    fields = line.fields
    try:
        if text := fields.pop(PERSON.name, None):
            if as_id(text):
                fields["teacher_id"] = text
            else:
                fields["name"] = persons.whole(text)
        elif fields.get("last_name") or fields.get("first_name"):
            texts = [fields.get(part) or "" for part in ("last_name", "first_name", "patronymic")]
            fields["name"] = persons.parts(*texts)
    except PydanticCustomError as error:
        line.refuse(FAULTS[error.type], PERSON.title, **(error.context or {}))
    if name := fields.get("name"):
        _note_asides(line, name)


def _note_asides(line: Line, name: Name) -> None:
    if name.is_mixed:
        line.warnings += (Remark(MIXED_SCRIPT, PERSON.title),)
    if name.position:
        line.fields["position"] = line.fields.get("position") or name.position
        line.infos += (Remark(POSITION_TAKEN, PERSON.title),)


def number_of(line: Line, secret: bytes) -> str | None:
    """The keyed hash of a row's СНИЛС; a wrong one refuses the row."""
    if not (text := line.fields.get("snils")):
        return None
    digits = snils_digits(text)
    if digits is None and line.is_open:
        line.refuse(BAD_SNILS, SNILS)
    return keyed_hash(secret, digits)
