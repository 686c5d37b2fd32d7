"""Sheets: the bytes of a list made rows, whatever program wrote them; no database, no HTTP."""

from app.intake.sheets.opening import opened
from app.intake.sheets.shapes import Asked, Cell, Facts, Row, Sheet
from app.intake.sheets.writing import write_csv, write_xlsx, written

__all__ = ["Asked", "Cell", "Facts", "Row", "Sheet", "opened", "write_csv", "write_xlsx", "written"]
