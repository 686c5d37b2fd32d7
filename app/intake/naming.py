"""Naming: the name and the СНИЛС by which a row tells a person, and what stands beside them."""

from pydantic_core import PydanticCustomError

from app.findings import FAULTS
from app.intake import persons
from app.intake.cells import as_id
from app.intake.columns import PERSON
from app.intake.faults import POSITION_TAKEN
from app.intake.lines import Line, Remark
from app.intake.newcomers import SNILS
from app.intake.persons import Name
from app.model.faults import MIXED_SCRIPT
from app.model.values import keyed_hash
from app.registry.identifiers import snils_digits
from app.registry.types import BAD_SNILS


def name_of(line: Line) -> None:
    """Read the name of a row, from one cell or from three, and what stands beside it."""
    said = line.said
    try:
        if text := said.pop(PERSON.name, None):
            if as_id(text):
                said["teacher_id"] = text
            else:
                said["name"] = persons.whole(text)
        elif said.get("last_name") or said.get("first_name"):
            texts = [said.get(each) or "" for each in ("last_name", "first_name", "patronymic")]
            said["name"] = persons.parts(*texts)
    except PydanticCustomError as error:
        line.refuse(FAULTS[error.type], PERSON.title, **(error.context or {}))
    if name := said.get("name"):
        _tell_asides(line, name)


def _tell_asides(line: Line, name: Name) -> None:
    if name.is_mixed:
        line.warnings += (Remark(MIXED_SCRIPT, PERSON.title),)
    if name.position:
        line.said["position"] = line.said.get("position") or name.position
        line.infos += (Remark(POSITION_TAKEN, PERSON.title),)


def number_of(line: Line, secret: bytes) -> str | None:
    """The keyed hash of a row's СНИЛС; a wrong one refuses the row."""
    if not (said := line.said.get("snils")):
        return None
    digits = snils_digits(said)
    if digits is None and line.is_open:
        line.refuse(BAD_SNILS, SNILS)
    return keyed_hash(secret, digits)
