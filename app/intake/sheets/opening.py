"""Opening: opens a file of unknown content as a sheet, or refuses it with advice."""

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
    """A list in a file; its rows must be read inside the context.

    The content decides whether it is CSV or XLSX. `is_heading` tells whether a text is a known
    heading.

    Raises:
        NotAList (415), TooMuch (413), Invalid (422), all on entry: reading rows raises nothing.

    """
    if asked.header_row is not None and not 1 <= asked.header_row <= LAST_ROW:
        raise refused(NO_HEADER_ROW, parameter="header_row", row=asked.header_row)
    if kind_of(path, asked.encoding) is Kind.CSV:
        yield separated.read(text_of(path, asked.encoding, is_heading), asked, is_heading)
        return
    with workbook.read(path, asked, is_heading) as sheet:
        yield sheet
