"""Escape: texts that a spreadsheet program would run as a formula, made harmless and back."""

import re

SIGNS = "=+-@\t\r\0＝＋－＠"
"""What a formula begins with (OWASP, CSV Injection); programs of East Asia read a full-width sign
as the plain one."""

# What begins with apostrophes and such a sign takes one more, or the way back would change it.
_RUNS = re.compile(f"'*[{re.escape(SIGNS)}]")


def escaped(text: str) -> str:
    """The text as a cell: an apostrophe before whatever a spreadsheet program would run."""
    return f"'{text}" if _RUNS.match(text) else text


def unescaped(cell: str) -> str:
    """The text that a cell stands for; the inverse of `escaped`."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell
