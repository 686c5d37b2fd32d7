"""The report of an upload: totals, every row that is not simply accepted, and the reasons."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from app.findings import Finding, Words, plain
from app.intake.cells import Cell
from app.intake.codes import ImportStatus, RowOutcome
from app.intake.columns import PERSON
from app.intake.documents import (
    ImportedFile,
    ImportedRow,
    ImportRemark,
    ImportReport,
    ImportStats,
    RefusalGroup,
)
from app.intake.duplicates import Duplicates
from app.intake.faults import EMPTY_CELL, MISSING_COLUMN
from app.intake.lines import Line, Remark
from app.intake.quoting import quoting, reads_harmless
from app.intake.sheets.shapes import Facts
from app.intake.terms import OnError, Terms
from app.model.faults import MISSING

MOST_ROWS = 1_000
"""Rows that a report lists at most; those that need attention go first."""

MOST_NUMBERS = 100
"""Row numbers that a group lists at most."""


@dataclass
class Tally:
    """Counts rows one by one; its size depends on the faults, not on the file."""

    counts: Counter[RowOutcome] = field(default_factory=Counter)
    notable: list[ImportedRow] = field(default_factory=list)
    plain: list[ImportedRow] = field(default_factory=list)
    groups: dict[tuple[str, ...], RefusalGroup] = field(default_factory=dict)
    refused: list["Refused"] = field(default_factory=list)
    is_cut: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)
    """The list's own headings by field title."""
    has_names: bool = False
    """Whether the list has names of persons in separate columns."""

    @property
    def stats(self) -> ImportStats:
        """The number of rows, in total and by outcome."""
        return {
            "total": self.counts.total(),
            "created": self.counts[RowOutcome.CREATED],
            "updated": self.counts[RowOutcome.UPDATED],
            "unchanged": self.counts[RowOutcome.UNCHANGED],
            "duplicate": self.counts[RowOutcome.DUPLICATE],
            "blank": self.counts[RowOutcome.BLANK],
            "rejected": self.counts[RowOutcome.REJECTED],
        }

    @property
    def written(self) -> int:
        """The number of rows that added or changed a record."""
        return self.counts[RowOutcome.CREATED] + self.counts[RowOutcome.UPDATED]

    def add(self, line: Line, *, is_dry: bool) -> None:
        """Count a row whose outcome is known."""
        outcome = line.outcome or RowOutcome.BLANK
        line.errors = tuple(map(self._of_a_column, line.errors))
        self.counts[outcome] += 1
        for remark in line.errors:
            self._group(line.number, remark)
        if outcome == RowOutcome.BLANK and not line.infos:
            return
        is_plain = not (line.errors or line.warnings or line.infos)
        rows = self.plain if is_plain else self.notable
        if len(rows) < MOST_ROWS:
            rows.append(self._row(line, outcome, is_dry=is_dry))
        else:
            self.is_cut = True
        if outcome == RowOutcome.REJECTED:
            self.refused.append(refused(line))

    def _of_a_column(self, remark: Remark) -> Remark:
        """Turns the fault of an empty cell into one of a missing column, if the list lacks it."""
        title = remark.column
        if remark.fault not in {EMPTY_CELL, MISSING} or title is None or title in self.titles:
            return remark
        if title == PERSON.title and self.has_names:
            return remark
        return Remark(MISSING_COLUMN, title, {"column": title})

    def _group(self, number: int, remark: Remark) -> None:
        text = as_json(remark, self.titles)
        # Rows with different cells are different groups, even if the texts may not quote the cells.
        group = self.groups.setdefault(
            (text["code"], text["detail"], str(remark.values.get("cell"))),
            {"code": text["code"], "detail": text["detail"], "rows": [], "count": 0},
        )
        group["count"] += 1
        if len(group["rows"]) < MOST_NUMBERS:
            group["rows"].append(number)

    def _row(self, line: Line, outcome: RowOutcome, *, is_dry: bool) -> ImportedRow:
        is_kept = outcome in {RowOutcome.UPDATED, RowOutcome.UNCHANGED} or (
            outcome == RowOutcome.CREATED and not is_dry
        )
        return {
            "row": line.number,
            "outcome": outcome,
            "id": str(line.id) if is_kept and line.id else None,
            "errors": [as_json(error, self.titles) for error in line.errors],
            "warnings": [as_json(warning, self.titles) for warning in line.warnings],
            "infos": [as_json(info, self.titles) for info in line.infos],
            "candidates": list(line.candidates),
        }


class Refused(NamedTuple):
    """A refused row for the file of refused rows, with its fault and what to do."""

    cells: list[Cell]
    error: str
    hint: str


def refused(line: Line) -> Refused:
    """The refused row of a line."""
    texts = [_texts(remark) for remark in line.errors]
    errors, hints = (
        " ".join(filter(None, dict.fromkeys(column))) for column in zip(*texts, strict=True)
    )
    return Refused(list(line.cells), errors, hints)


def status_of(tally: Tally, terms: Terms) -> ImportStatus:
    """The result of the upload."""
    refused = tally.counts[RowOutcome.REJECTED]
    if terms.is_dry:
        return ImportStatus.DRY_RUN
    if refused and terms.on_error == OnError.ABORT:
        return ImportStatus.REJECTED
    return ImportStatus.PARTIAL if refused else ImportStatus.COMMITTED


def report(
    import_id: uuid.UUID,
    tally: Tally,
    duplicates: Duplicates,
    terms: Terms,
    file: ImportedFile,
    infos: Iterable[Finding] = (),
) -> ImportReport:
    """The report as JSON."""
    rows = sorted([*tally.notable, *tally.plain], key=lambda row: row["row"])
    is_cut = tally.is_cut or len(rows) > MOST_ROWS
    if len(rows) > MOST_ROWS:
        rows = sorted(
            [*tally.notable, *tally.plain[: MOST_ROWS - len(tally.notable)]],
            key=lambda row: row["row"],
        )
    return {
        "id": str(import_id),
        "status": status_of(tally, terms),
        "mode": terms.mode,
        "on_error": terms.on_error,
        "file": file,
        "infos": [as_json(Remark(info.fault, None, info.values)) for info in infos],
        "stats": tally.stats,
        "groups": sorted(tally.groups.values(), key=lambda group: -group["count"]),
        "duplicates": list(duplicates.groups.values()),
        "rows": rows,
        "rows_truncated": is_cut,
    }


def file_of(facts: Facts, name: str | None) -> ImportedFile:
    """The report's facts about the file."""
    return {
        "name": name,
        "sha256": facts.sha256,
        "size": facts.size,
        "format": facts.format,
        "encoding": facts.encoding,
        "delimiter": facts.delimiter,
        "sheet": facts.sheet,
        "header_row": facts.header_row,
    }


def as_json(remark: Remark, titles: Mapping[str, str] = MappingProxyType({})) -> ImportRemark:
    """A remark as JSON: its code, its column, what is wrong and what to do."""
    detail, hint = _texts(remark)
    column = titles.get(remark.column or "", remark.column)
    if column and not reads_harmless(column):
        column = remark.column
    return {"code": remark.fault.code, "column": column, "detail": detail, "hint": hint}


def _texts(remark: Remark) -> tuple[str, str]:
    """The first sentence says what is wrong, the rest what to do."""
    words = Words(*map(plain, remark.fault.words))
    return words.sentences("ru", quoting(remark.values))
