"""Remarks: what a report says about a list beside its refusals, as pages of an upload tell it."""

from collections.abc import Iterable
from typing import Any

from app.findings import FAULTS, Finding
from app.intake.codes import RowOutcome
from app.intake.documents import ImportRemark, RepeatedRows
from app.intake.faults import (
    EVENT_DAY_TAKEN,
    FILLED_DOWN,
    PARAMETER_TAKEN,
    TITLE_OF_ANOTHER,
    UNMARKED_ABSENT,
)
from app.intake.lines import Remark
from app.intake.notes import Note, Notes
from app.model.headings import titles
from app.model.resource import Resource
from app.pages import words
from app.pages.meanings import readings
from app.pages.speaking import in_list, reported

TOLD_BY_PAGE = {PARAMETER_TAKEN, EVENT_DAY_TAKEN}
"""What holds for all rows; the pages tell it with the list."""

DIFFERING = "rows_differ"
"""The code of a note about rows of one record that differ."""


LOOK_AT = {UNMARKED_ABSENT, TITLE_OF_ANOTHER, FILLED_DOWN}
"""What is said of a list as a whole and may be meant otherwise."""


def of_list(kind: Resource, infos: Iterable[Finding]) -> list[Note]:
    """What is said about a list as a whole."""
    notes = Notes()
    for each in infos:
        if each.fault not in TOLD_BY_PAGE:
            said = in_list(kind, Remark(each.fault, None, each.values))
            notes.add(said, [], "", is_warning=each.fault in LOOK_AT)
    return notes.told


def of_repeated(kind: Resource, groups: Iterable[RepeatedRows]) -> list[Note]:
    """Which rows about one record differ: only the first of them counts."""
    notes = Notes()
    for group in groups:
        if group["differing"]:
            notes.add(_differing(kind, group), group["rows"], "", is_warning=True)
    return notes.told


def of_report(kind: Resource, report: dict[str, Any]) -> list[Note]:
    """What a kept report says: of a list whose draft has ended, or that no page has sent."""
    notes = Notes()
    for said in report["infos"]:
        fault = FAULTS.get(said["code"])
        if fault not in TOLD_BY_PAGE:
            notes.add(reported(kind, said), [], "", is_warning=fault in LOOK_AT)
    for row in report["rows"]:
        if row["outcome"] != RowOutcome.REJECTED:
            for name in ("warnings", "infos"):
                for said in row[name]:
                    is_warning = name == "warnings"
                    notes.add(reported(kind, said), [row["row"]], "", is_warning=is_warning)
    return [*of_repeated(kind, report["duplicates"]), *notes.told]


def _differing(kind: Resource, group: RepeatedRows) -> ImportRemark:
    called = {**titles(kind), **readings(kind)}
    fields = ", ".join(f"«{called[name]}»" for name in group["differing"] if name in called)
    first, *others = map(words.number, group["rows"])
    which = f"{', '.join([first, *others[:-1]][:LISTED])} и {others[-1]}"
    return {
        "code": DIFFERING,
        "column": None,
        "detail": f"Строки {which} об одной записи, а в них разное: {fields or 'другие столбцы'}.",
        "hint": f"Учтена строка {words.number(group['kept'])}.",
    }


LISTED = 10
"""Rows about one record that are named, and the last of them."""
