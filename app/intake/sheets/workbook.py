"""Workbook: reads XLSX in a child process, so that a hostile file cannot harm the service."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from signal import SIGABRT
from tempfile import TemporaryFile
from threading import Timer
from types import TracebackType
from typing import IO, Self, TypedDict, cast

from app.findings import Finding
from app.intake.sheets.encodings import CHUNK, measured
from app.intake.sheets.header import (
    SEARCHED,
    Header,
    Merge,
    header_of,
    no_header,
    refuse_bad_headings,
    rows_above,
)
from app.intake.sheets.refusals import (
    BY_CODE,
    HIDDEN_ROWS,
    INFLATES,
    LOST_VALUES,
    NO_HEADER,
    NO_HEADER_ROW,
    OTHER_SHEETS,
    UNKNOWN_SHEET,
    UNREADABLE_SHEET,
    refused,
)
from app.intake.sheets.separated import padded
from app.intake.sheets.shapes import Asked, Cell, Facts, Known, Plain, Row, Rows, Sheet
from app.problems import Problem
from app.store.escape import unescaped

SECONDS = 30
"""Seconds after which the child is killed."""
EXAMPLE, GUIDE, CHOICES = "Пример", "Как заполнять", "Списки"
EXPLAINING = frozenset({EXAMPLE, GUIDE, CHOICES})
"""The sheets with which a template explains the list."""

_ROOT = Path(__file__).parents[3]

PROGRAM = (
    f"import sys; sys.path.insert(0, {str(_ROOT)!r}); "
    "from app.intake.sheets.child import main; main()"
)
"""The child's, for Python; it gets the workbook's path and the spool's descriptor."""

# What the loader of some systems needs; nothing else of the service's surroundings, and no secret.
SURROUNDINGS = ("LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")


class Told(TypedDict, total=False):
    """An answer of the process; what it holds depends on what was asked (`child`)."""

    sheets: list[tuple[str, bool]]
    head: list[tuple[int, list[Plain]]]
    merges: list[tuple[int, int, int, int]]
    count: int
    last: int
    hidden: int
    lost: int
    lost_rows: list[int]
    refused: str
    values: dict[str, str]


@contextmanager
def read(path: Path, asked: Asked, is_known: Known) -> Iterator[Sheet]:
    """The first visible sheet of a workbook with a header, or the sheet that was asked for.

    Raises:
        NotAList, TooMuch, Invalid.

    """
    size, sha256 = measured(path)
    with TemporaryFile(buffering=CHUNK) as spool:
        with Child(path, spool) as child:
            names = [name for name, _ in child.sheets]
            name, header, above = _header(child, asked, is_known)
            refuse_bad_headings(header.headings)
            done = child.ask({"after": header.row})
            rows = max(0, done["last"] - header.row)
        yield Sheet(
            Facts("xlsx", size, sha256, header.row, sheet=name),
            header.headings,
            Rows(lambda: _rows(spool, header)),
            [*_unread(name, names, rows), *_hidden(done), *_lost(done)],
            rows,
            above,
        )


def _header(child: "Child", asked: Asked, is_known: Known) -> tuple[str, Header, list[Row]]:
    """The name of a sheet, its header, and the rows above it."""
    first = asked.header_row or 1
    read: list[Row] = []
    for name in _candidates(child, asked):
        head = child.ask({"head": name, "first": first - SEARCHED, "last": first + SEARCHED})
        rows = [Row(number, list(map(_cell, cells))) for number, cells in head["head"]]
        merges = [Merge(*merge) for merge in head["merges"]]
        read = read or rows
        header = header_of(rows, is_known, merges, asked.header_row)
        if header:
            return name, header, rows_above(header, rows)
    if asked.header_row is not None:
        raise refused(NO_HEADER_ROW, parameter="header_row", row=asked.header_row)
    raise refused(NO_HEADER, **no_header(read, is_known))


def _candidates(child: "Child", asked: Asked) -> list[str]:
    """The sheets to search; a hidden one only if the uploader named it."""
    if asked.sheet is None:
        return [name for name, is_visible in child.sheets if is_visible]
    names = [name for name, _ in child.sheets]
    if asked.sheet not in names:
        raise refused(UNKNOWN_SHEET, parameter="sheet", sheets=_listed(names))
    return [asked.sheet]


def _listed(names: list[str]) -> str:
    return ", ".join(f"«{name}»" for name in names)


def _unread(name: str, names: list[str], rows: int) -> Iterator[Finding]:
    """The sheets that may hold rows of the list; in an empty list also those of the template."""
    known = {name, *EXPLAINING} if rows else {name}
    others = [other for other in names if other not in known]
    if others:
        yield Finding(OTHER_SHEETS, values={"sheet": name, "others": _listed(others)})


def _hidden(done: Told) -> Iterator[Finding]:
    if done["hidden"]:
        yield Finding(HIDDEN_ROWS, values={"count": done["hidden"]})


def _lost(done: Told) -> Iterator[Finding]:
    if done["lost"]:
        rows = ", ".join(map(str, done["lost_rows"]))
        yield Finding(LOST_VALUES, values={"count": done["lost"], "rows": rows})


def _rows(spool: IO[bytes], header: Header) -> Iterator[Row]:
    """The rows of the sheet, including empty ones in between."""
    width = len(header.headings)
    expected = header.row + 1
    spool.seek(0)
    for line in spool:
        number, cells = json.loads(line)
        for empty in range(expected, number):
            yield Row(empty, [None] * width)
        yield Row(number, padded(list(map(_cell, cells)), width))
        expected = number + 1


def _cell(value: Plain) -> Cell:
    if isinstance(value, str):
        return unescaped(_with_halves(value))
    if isinstance(value, dict):
        day = value.get("d")
        return date.fromisoformat(day) if day else datetime.fromisoformat(value["t"])
    return value


_HALF = re.compile("_x(D[89A-F][0-9A-F]{2}|FFF[EF])_")


def _with_halves(text: str) -> str:
    """The text, with escaped halves of characters decoded, which calamine leaves escaped.

    Excel escapes characters that XML lacks as `_x000B_` (ECMA-376-1, 22.9.2.19). Two halves form a
    character; a single one is invalid, which is reported when the cell is read.
    """
    if not _HALF.search(text):
        return text
    halves = _HALF.sub(lambda match: chr(int(match[1], 16)), text)
    return halves.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def launched(path: Path, spool: IO[bytes]) -> "subprocess.Popen[str]":
    """Start a Python that reads a workbook into a spool, and sees nothing else of the service."""
    surroundings = {name: os.environ[name] for name in SURROUNDINGS if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-I", "-c", PROGRAM, str(path.resolve()), str(spool.fileno())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[spool.fileno()],
        env=surroundings,
        text=True,
    )


class Child:
    """The process that reads a workbook; killed after half a minute."""

    def __init__(self, path: Path, spool: IO[bytes]) -> None:
        self.process = launched(path, spool)
        self.commands = cast("IO[str]", self.process.stdin)
        self.answers = cast("IO[str]", self.process.stdout)
        self.timer = Timer(SECONDS, self.process.kill)
        self.timer.daemon = True
        self.sheets: list[tuple[str, bool]] = []

    def __enter__(self) -> Self:
        self.timer.start()
        try:
            self.sheets = [(name, is_visible) for name, is_visible in self._answer()["sheets"]]
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the process."""
        self.timer.cancel()
        self.process.kill()
        for pipe in (self.commands, self.answers):
            with suppress(OSError):
                pipe.close()
        self.process.wait()

    def ask(self, command: Mapping[str, object]) -> Told:
        """Send a command and read its answer.

        Raises:
            NotAList, TooMuch, Invalid.

        """
        with suppress(BrokenPipeError):
            self.commands.write(json.dumps(command) + "\n")
            self.commands.flush()
        return self._answer()

    def _answer(self) -> Told:
        line = self.answers.readline()
        if not line.endswith("\n"):
            raise self._death()
        answer: Told = json.loads(line)
        if "refused" in answer:
            raise refused(BY_CODE[answer["refused"]], **answer["values"])
        return answer

    def _death(self) -> Problem:
        # Rust aborts the process when memory runs out.
        aborted = self.process.wait() == -SIGABRT
        return refused(INFLATES if aborted else UNREADABLE_SHEET)
