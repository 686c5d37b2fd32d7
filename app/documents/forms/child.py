"""Child: the process that fills a form, as a hostile workbook can exhaust whoever reads it.

It reads the values from standard input, as JSON, and prints one line: `{}` when the filled form is
in the file of the second argument, `{"flaws": …}`, or `{"refused": …}`.
"""

import json
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.documents.forms.template import Value, fill, flaws
from app.intake.sheets import child
from app.intake.sheets.archive import checked
from app.intake.sheets.look import Refused

Spoken: TypeAlias = str | dict[str, str] | None
"""A value in JSON: a text, or `{"number": …}` or `{"day": …}`."""


def main() -> None:
    """Fill the form in the first argument into the file in the second."""
    child.limit()
    said = json.load(sys.stdin)
    try:
        _say(_filled(Path(sys.argv[1]), Path(sys.argv[2]), said["single"], said["lists"]))
    except Refused as refusal:
        _say({"refused": refusal.code, "values": refusal.values})
    except (MemoryError, OSError):
        _say({"refused": "inflates", "values": {}})


def _filled(
    form: Path,
    result: Path,
    single: Mapping[str, Spoken],
    lists: Mapping[str, list[Mapping[str, Spoken]]],
) -> Mapping[str, object]:
    archive = checked(form)
    if any(part.startswith("xl/media/") for part in archive.parts):
        raise Refused("form_has_pictures")
    try:
        # By its name alone openpyxl refuses a file without an ending.
        with form.open("rb") as file:
            book = load_workbook(file)
    except (ValueError, LookupError, TypeError, AttributeError, InvalidFileException) as error:
        # openpyxl raises any of these for a part that it does not understand.
        raise Refused("unreadable_sheet") from error
    told = {name: _value(value) for name, value in single.items()}
    found = flaws(book, told, lists)
    if found:
        return {"flaws": found}
    rows: dict[str, list[Mapping[str, Value]]] = {
        name: [{field: _value(value) for field, value in row.items()} for row in each]
        for name, each in lists.items()
    }
    fill(book, told, rows)
    book.save(result)
    return {}


def _value(spoken: Spoken) -> Value:
    if not isinstance(spoken, dict):
        return spoken
    if "day" in spoken:
        return date.fromisoformat(spoken["day"])
    return Decimal(spoken["number"])


def _say(answer: Mapping[str, object]) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201 - the answer of the process
