"""Clauses: the text of the contract; what the register does not know is left blank.

The text stands in model_form.txt: headings after `#`, then clauses with their numbers. A clause
with a word in brackets is taken if that word holds; `{name}` is filled in, `{_}` never is. A `*`
after the number says that the clause is not known from the order, but was worded for the service.
"""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from app.documents.contract.parties import CurriculumText, Side, Sides
from app.documents.paper import Clause, Section
from app.registry.network_curricula import (
    ApprovedBy,
    CurriculumKind,
    CurriculumRole,
    CurriculumScope,
    EducationLevel,
    FinalAssessment,
    ScheduleMode,
)
from app.words import in_guillemets

Piece = str | None
"""A piece of text; None: a blank to fill in."""

_CLAUSE = re.compile(r"(?P<no>[\d.]*)(?P<own>\*?) ?(\[(?P<when>\w*)\])? ?(?P<text>.+)")

_LEVELS = {
    EducationLevel.PRESCHOOL: "дошкольного образования",
    EducationLevel.PRIMARY: "начального общего образования",
    EducationLevel.BASIC: "основного общего образования",
    EducationLevel.SECONDARY: "среднего общего образования",
}
_SCOPE = {CurriculumScope.WHOLE: "", CurriculumScope.PART: "части "}
_APPROVED = {
    ApprovedBy.BASE: "Базовой организацией",
    ApprovedBy.JOINTLY: "Базовой организацией совместно с Организацией-участником",
}
_SCHEDULE = {
    ScheduleMode.EACH_PARTY: "определяется каждой из Сторон для реализуемых ею частей",
    ScheduleMode.ANNEX_ALL: "определяется приложением № 2 к Договору",
    ScheduleMode.ANNEX_PARTICIPANT: "определяется для Организации-участника приложением № 2 к "
    "Договору, а для Базовой организации — ею самой",
}
_FINAL = {
    FinalAssessment.BASE: "проводится Базовой организацией",
    FinalAssessment.JOINTLY: "проводится Сторонами совместно",
    FinalAssessment.NONE: "не проводится",
}


class Line(NamedTuple):
    """A clause of the model form."""

    no: str | None
    when: str | None
    """The word that must hold; None: it is always taken."""
    text: str
    is_own: bool
    """Whether the service words it, not the order."""


def sections(sides: Sides) -> list[Section]:
    """The sections of the contract before its annexes."""
    values = _values(sides)
    return [
        {
            "no": None,
            "title": title,
            "annex": None,
            "clauses": [_filled(line, values) for line in lines],
            "columns": [],
            "rows": [],
            "note": None,
        }
        for title, lines in _taken(sides)
    ]


def own_clauses(sides: Sides) -> list[str]:
    """The numbers of the clauses that the service words, not the order."""
    lines = (line for _, lines in _taken(sides) for line in lines)
    return [line.no for line in lines if line.no and line.is_own]


def _taken(sides: Sides) -> Iterator[tuple[str, list[Line]]]:
    """The clauses that hold of this contract, by their headings."""
    words = _words(sides)
    for title, lines in model_form().items():
        yield title, [line for line in lines if line.when in {None, *words}]


@cache
def model_form() -> Mapping[str, list[Line]]:
    """The clauses of the model form by their headings."""
    text = Path(__file__).with_name("model_form.txt").read_text(encoding="utf-8")
    form: dict[str, list[Line]] = {}
    for part in filter(None, text.splitlines()):
        if part.startswith("#"):
            lines = form.setdefault(part.removeprefix("#").strip(), [])
        elif found := _CLAUSE.fullmatch(part):
            no, when = found["no"] or None, found["when"] or None
            lines.append(Line(no, when, found["text"], is_own=bool(found["own"])))
    return form


def _filled(line: Line, values: Mapping[str, list[Piece]]) -> Clause:
    pieces: list[Piece] = []
    for literal, name, _, _ in Formatter().parse(line.text):
        pieces += [literal] if literal else []
        pieces += values[name] if name else []
    return {"no": line.no, "pieces": pieces}


def _words(sides: Sides) -> AbstractSet[str]:
    """What holds of this contract: what the participants do, and who pays."""
    roles = {side.party.role for side in sides.participants}
    only_owns = roles == {CurriculumRole.RESOURCE_OWNER}
    role = CurriculumRole.RESOURCE_OWNER if only_owns else CurriculumRole.EDUCATING
    funding = sides.curriculum.funding_mode
    return {role.value, funding.value if funding else "unfunded"}


def _values(sides: Sides) -> Mapping[str, list[Piece]]:
    curriculum = sides.curriculum
    told: dict[str, Piece] = {
        "_": None,
        "scope": _SCOPE[curriculum.scope],
        "title": in_guillemets(curriculum.title),
        "approved_by": _APPROVED[curriculum.approved_by],
        "start_date": _day(curriculum.start_date),
        "end_date": _day(curriculum.end_date),
        "standard_ref": curriculum.standard_ref,
        "learners_min": _number(curriculum.learners_min),
        "learners_max": _number(curriculum.learners_max),
        "schedule_mode": curriculum.schedule_mode and _SCHEDULE[curriculum.schedule_mode],
        "final_assessment": curriculum.final_assessment and _FINAL[curriculum.final_assessment],
        "documents_issued": curriculum.documents_issued,
        "copies": str(1 + len(sides.participants)) if sides.participants else None,
    }
    return {name: [piece] for name, piece in told.items()} | {
        "kind": _kind(curriculum),
        "base": list(_introduced(sides.base, "Базовая организация")),
        "participants": list(_participants(sides)),
    }


def _kind(curriculum: CurriculumText) -> list[Piece]:
    if curriculum.kind == CurriculumKind.GENERAL:
        level = curriculum.level and _LEVELS[curriculum.level]
        return ["основной общеобразовательной программы ", level]
    return ["дополнительной общеобразовательной программы (направленность: ", curriculum.focus, ")"]


def _participants(sides: Sides) -> Iterator[Piece]:
    if not sides.participants:
        yield from (None, ", именуемая в дальнейшем «Организация-участник»")
    for number, side in enumerate(sides.participants):
        if number:
            yield ", и "
        yield from _introduced(side, "Организация-участник")


def _introduced(side: Side, name: str) -> Iterator[Piece]:
    yield side.details.full_name
    # Who only owns resources needs no licence.
    if side.party.role != CurriculumRole.RESOURCE_OWNER:
        on = side.party.licence_date
        yield ", осуществляющая образовательную деятельность на основании лицензии от "
        yield _day(on) if on else None
        yield " № "
        yield side.party.licence_no
        yield ", выданной "
        yield None
    yield f", именуемая в дальнейшем «{name}», в лице "
    yield None
    yield ", действующего на основании "
    yield None


def _number(number: int | None) -> str | None:
    return None if number is None else str(number)


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
