"""stub: the interface until the branch sheets is merged."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from app.findings import Finding


@dataclass(frozen=True, slots=True)
class Asked:
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None


Cell = str | int | float | bool | date | datetime | None


class Row(NamedTuple):
    number: int
    cells: list[Cell]


@dataclass
class Facts:
    format: str
    size: int = 0
    sha256: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = 1


@dataclass
class Sheet:
    facts: Facts
    headings: list[str]
    rows: Iterator[Row]
    infos: list[Finding] = field(default_factory=list)
