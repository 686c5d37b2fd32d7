"""Sheets: the bytes of a list made rows, whatever program wrote them; no database, no HTTP."""

from app.intake.sheets.opening import opened
from app.intake.sheets.shapes import Asked, Cell, Facts, Row, Sheet

__all__ = ["Asked", "Cell", "Facts", "Row", "Sheet", "opened"]
