"""CSV lines: the rows of an exported list as lines that an import reads back.

Semicolons between cells, quotes as in RFC 4180, CRLF at the end.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from app.model.headings import ID, Heading, Kind
from app.store.captions import Captions
from app.store.cells import Cells, Made, Named
from app.store.escape import escaped
from app.store.phrases import FLAGS, day_as_printed
from app.store.spelling import unscaled
from app.store.unfolding import Row

_BETWEEN, _END = b";", b"\r\n"
_QUOTED = re.compile(r'[;"\r\n]')
"""Characters that require quotes around a cell."""


def line(cells: Iterable[str]) -> bytes:
    """The cells as a line."""
    return _BETWEEN.join(map(_quoted, cells)) + _END


class Lines:
    """Writes rows as lines."""

    def __init__(self, columns: Sequence[Heading], captions: Captions) -> None:
        self._cells = Cells(columns, _Hand(), captions)

    def of(self, rows: Sequence[Row]) -> bytes:
        """The lines of one row and more."""
        return _END.join(map(_BETWEEN.join, self._cells.of(rows))) + _END


class _Hand:
    unnamed = _BETWEEN

    def value(self, heading: Heading, place: int) -> Made:  # noqa: ARG002 - a cell has no address
        match heading.kind:
            case Kind.CHOICE | Kind.WEEKDAY:
                return partial(_label, heading.choices)
            case Kind.CHOICES:
                return partial(_labels, heading.choices)
            case Kind.FLAG:
                return partial(_label, FLAGS)
            case Kind.DAY:
                return lambda text: day_as_printed(text).encode()
            case Kind.NUMBER | Kind.DECIMAL:
                return lambda text: unscaled(heading, text).replace(".", ",").encode()
            case Kind.TEXT if heading.name != ID.name:
                return lambda text: _quoted(escaped(text))
            case _:
                return str.encode

    def reference(self, place: int) -> Named:  # noqa: ARG002
        return lambda key, name: _quoted(escaped(name)) + _BETWEEN + key.encode()


def _label(labels: Mapping[str, str], text: str) -> bytes:
    return _quoted(labels.get(text, ""))


def _labels(labels: Mapping[str, str], text: str) -> bytes:
    return _quoted("; ".join(labels[value] for value in json.loads(text)))


def _quoted(text: str) -> bytes:
    if _QUOTED.search(text):
        text = text.replace('"', '""')
        text = f'"{text}"'
    return text.encode()
