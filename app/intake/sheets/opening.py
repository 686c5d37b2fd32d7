"""Opening: a file of unknown content becomes a sheet, or is refused with what to do about it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.intake.sheets import separated, workbook
from app.intake.sheets.encodings import text_of
from app.intake.sheets.kinds import Kind, kind_of
from app.intake.sheets.refusals import NO_HEADER_ROW, refused
from app.intake.sheets.shapes import LAST_ROW, Asked, Sheet


@contextmanager
def opened(path: Path, asked: Asked, is_heading: Callable[[str], bool]) -> Iterator[Sheet]:
    """A list in a file, its rows to be read before the context ends.

    Its content decides whether it is CSV or XLSX. `is_heading` tells whether a text, as it stands
    in the list, names a column that is known.

    Raises:
        NotAList (415), TooMuch (413), Invalid (422), all of them here: rows raise nothing.

    """
    if asked.header_row is not None and not 1 <= asked.header_row <= LAST_ROW:
        raise refused(NO_HEADER_ROW, parameter="header_row", row=asked.header_row)
    if kind_of(path, asked.encoding) is Kind.CSV:
        yield separated.read(text_of(path, asked.encoding, is_heading), asked, is_heading)
        return
    with workbook.read(path, asked, is_heading) as sheet:
        yield sheet
