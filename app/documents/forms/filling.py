"""Filling: a form is filled in a process of its own, which is killed after half a minute."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypedDict

from app import scratch
from app.documents.forms.values import Fields, Known, Value
from app.findings import Finding, fault
from app.intake.sheets.refusals import BY_CODE, INFLATES, UNREADABLE_SHEET, refused
from app.intake.sheets.workbook import SECONDS, SURROUNDINGS
from app.problems import Invalid

UNKNOWN_PLACEHOLDER = fault(
    "unknown_placeholder",
    "Ячейка {place}: подстановки «{name}» нет. Какие есть, покажет GET …/form/placeholders.",
    "Cell {place}: there is no placeholder `{name}`. GET …/form/placeholders lists all.",
)
PLACEHOLDER_IN_FORMULA = fault(
    "placeholder_in_formula",
    "Ячейка {place}: подстановка «{name}» стоит внутри формулы. Поставьте её в отдельную ячейку, а "
    "в формуле сошлитесь на неё.",
    "Cell {place}: the placeholder `{name}` stands inside a formula. Put it into a cell of its own "
    "and let the formula refer to that.",
)
REPEATED_ROW_IS_MERGED = fault(
    "repeated_row_is_merged",
    "Ячейка {place}: строка с «{name}» объединена с соседней, поэтому её не повторить. Снимите "
    "объединение по вертикали.",
    "Cell {place}: the row with `{name}` is merged with another and is not repeated. Unmerge it.",
)
FORM_HAS_PICTURES = fault(
    "form_has_pictures",
    "В форме есть рисунки: при заполнении они пропали бы. Уберите их и вставьте в готовый файл.",
    "The form has pictures, which would be lost. Remove them, and insert them afterwards.",
)
_FLAWS = {
    each.code: each
    for each in (UNKNOWN_PLACEHOLDER, PLACEHOLDER_IN_FORMULA, REPEATED_ROW_IS_MERGED)
}
_ROOT = Path(__file__).parents[3]
_PROGRAM = (
    f"import sys; sys.path.insert(0, {str(_ROOT)!r}); "
    "from app.documents.forms.child import main; main()"
)


def filled(form: Path, known: Known) -> bytes:
    """A form with its placeholders replaced.

    Raises:
        Invalid: with each placeholder that is unknown or stands where it cannot be replaced.
        NotAList, TooMuch: the file is no workbook, or too large.

    """
    said = json.dumps(
        {
            "single": _spoken(known.single),
            "lists": {name: list(map(_spoken, rows)) for name, rows in known.lists.items()},
        }
    )
    with NamedTemporaryFile(prefix="form-", dir=scratch.folder()) as result:
        answer = _asked(form, Path(result.name), said)
        if "refused" in answer:
            if answer["refused"] == FORM_HAS_PICTURES.code:
                raise Invalid(Finding(FORM_HAS_PICTURES, pointer=""))
            raise refused(BY_CODE[answer["refused"]], **answer["values"])
        if found := answer.get("flaws"):
            raise Invalid(
                *(
                    Finding(_FLAWS[code], pointer="", values={"place": place, "name": name})
                    for code, place, name in found
                )
            )
        return Path(result.name).read_bytes()


class Told(TypedDict, total=False):
    """The answer of the process (`child`)."""

    flaws: list[tuple[str, str, str]]
    refused: str
    values: dict[str, str]


def _asked(form: Path, result: Path, said: str) -> Told:
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", "-c", _PROGRAM, str(form), str(result)],
            input=said,
            capture_output=True,
            check=False,
            env={name: os.environ[name] for name in SURROUNDINGS if name in os.environ},
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise refused(INFLATES) from error
    if not done.stdout.endswith("\n"):
        raise refused(UNREADABLE_SHEET)
    answer: Told = json.loads(done.stdout)
    return answer


def _spoken(fields: Fields) -> Mapping[str, object]:
    return {name: _told(value) for name, value in fields.items()}


def _told(value: Value) -> object:
    if isinstance(value, Decimal):
        return {"number": f"{value:f}"}
    return {"day": value.isoformat()} if isinstance(value, date) else value
