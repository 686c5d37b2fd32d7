"""Escape: makes texts harmless that a spreadsheet program would run as a formula, and back."""

import re

SIGNS = "=+-@\t\r\0＝＋－＠"
"""Characters with which a formula begins (OWASP, CSV Injection); East Asian programs treat
full-width characters as the plain ones."""

# A text of apostrophes and such a character gets one more, so that unescaping restores it.
_RUNS = re.compile(f"'*[{re.escape(SIGNS)}]")


def escaped(text: str) -> str:
    """The text as a cell: with an apostrophe if a spreadsheet program would run it."""
    return f"'{text}" if _RUNS.match(text) else text


def unescaped(cell: str) -> str:
    """The text of a cell; the inverse of `escaped`."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell
