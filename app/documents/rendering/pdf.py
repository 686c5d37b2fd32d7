"""PDF: a paper laid out by Typst as PDF/A-3a and PDF/UA-1, with its JSON attached."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from app import scratch
from app.documents.paper import (
    NOTHING_KNOWN,
    Approval,
    Clause,
    ColumnKind,
    Orientation,
    Paper,
    RowKind,
    Section,
    Signature,
    canonical,
)
from app.documents.rendering import child, face
from app.documents.rendering.continuing import held
from app.documents.rendering.face import fitted, lettered
from app.documents.rendering.layout import (
    closing,
    code_drawing,
    heading_of,
    is_tall,
    marks,
    parts,
    proof,
    signed_lines,
    signed_rows,
    signed_tall,
    title,
)
from app.documents.rendering.tables import SIGNED_MM, Line, table, width_of
from app.documents.rendering.widths import INSET, PAGE, POINT, SIZE, wrapped
from app.documents.wording import clean
from app.intake.sheets.workbook import SURROUNDINGS
from app.json_types import Json

_CLOSING = 26
"""Lines that fit on a page below a heading of columns in any case."""
_NAME_MM = 45.0
"""The place of a name beside its signature, as in the layout."""
_TITLE = 200
"""Signs of a title: a string of a PDF/A may have 32,767 bytes."""


def pdf(paper: Paper, address: str | None) -> bytes:
    """A document as PDF; `address` is where a frozen report is verified, printed as a QR code."""
    files: dict[str, bytes] = {
        "main.typ": _template(),
        "view.json": json.dumps(_view(paper, address)).encode(),
        "report.json": canonical(paper),
    }
    if address:
        files["code.svg"] = code_drawing(address)
    # The layout reads the folder that it lies in, and nothing else.
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return laid_out(folder, str(face.FOLDER), paper["requisites"]["as_of"])


def laid_out(folder: str, fonts: str, day: str) -> bytes:
    """The PDF that the child makes of a folder.

    Raises:
        RuntimeError: the layout failed.

    """
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", child.__file__, folder, fonts, day],
        capture_output=True,
        check=False,
        env={name: os.environ[name] for name in SURROUNDINGS if name in os.environ},
        timeout=2 * child.SECONDS,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout


@cache
def _template() -> bytes:
    return Path(__file__).with_name("paper.typ").read_bytes()


def _view(paper: Paper, address: str | None) -> Json:
    requisites, page = paper["requisites"], PAGE[paper["orientation"]]
    body, annexes = parts(paper)
    end = closing(body)
    return {
        "landscape": paper["orientation"] == Orientation.LANDSCAPE,
        "title": heading_of(paper)[:_TITLE],
        "author": _text(requisites["organization"] or "")[:_TITLE],
        "marks": marks(paper),
        "footer": _maybe(requisites["footer"]),
        "organization": _maybe(requisites["organization"]),
        "approval": _approval(requisites["approval"]),
        "heading": _text(requisites["heading"]),
        "subject": _text(requisites["subject"]),
        "place": _maybe(requisites["place"]),
        "about": [_text(paragraph) for paragraph in requisites["about"]],
        "numbered": requisites["numbered"],
        "code": address,
        "proof": proof(paper, address),
        "nothing": NOTHING_KNOWN,
        "closing": end,
        "sections": [
            _section(section, page, _signed_lines(paper) if section is body[end - 1] else 0)
            for section in body
        ],
        "annexes": [_section(section, page, 0) for section in annexes],
        "tall": signed_tall(paper),
        "signatures": [
            {**_signature(one), "tall": is_tall(row)} for row in signed_rows(paper) for one in row
        ],
    }


def _section(section: Section, page: float, below: int) -> Json:
    """A section, below which so many lines stay on the page of its last rows."""
    drawn = held(table(section, page))
    below += len(wrapped(clean(section["note"] or ""), page))
    return {
        "annex": _maybe(section["annex"]),
        "title": lettered(title(section)),
        "clauses": [_clause(clause) for clause in section["clauses"]],
        "columns": [
            {"title": _fitted(face.bold(), text, width), "width": round(width, 2)}
            for text, width in zip(drawn.titles, drawn.widths, strict=True)
        ],
        "rows": [_row(line, drawn.widths) for line in drawn.lines],
        "closing": _closing(drawn.lines, below),
        "note": _maybe(section["note"]),
    }


def _signed_lines(paper: Paper) -> int:
    return sum(max(map(signed_lines, row)) for row in signed_rows(paper))


def _closing(lines: Sequence[Line], below: int) -> int:
    """How many of the last rows stay on the page of what stands below the table."""
    start = len(lines) - 1
    while start > 0 and (not lines[start].held or lines[start - 1].kind == RowKind.HEADING):
        start -= 1
    last = lines[start:]
    return len(last) if sum(line.height for line in last) + below <= _CLOSING else 0


def _row(line: Line, widths: list[float]) -> Json:
    letters = face.regular() if line.kind == RowKind.ROW else face.bold()
    return {
        "kind": line.kind.value,
        "tall": line.is_tall,
        "room": SIGNED_MM - 2 * INSET if line.is_signed else None,
        "cells": [
            {
                "lines": [_fitted(letters, text, width_of(place, widths)) for text in place.lines],
                "span": place.span,
                "rows": line.held if number < line.continued else 1,
                "align": place.align,
                "signed": line.is_signed and place.kind == ColumnKind.SIGNATURE,
            }
            for number, place in enumerate(line.places)
            if line.held or number >= line.continued
        ],
    }


def _fitted(letters: face.Face, text: str, width: float) -> str:
    return fitted(letters, lettered(text), (width - 2 * INSET) / POINT, SIZE)


def _clause(clause: Clause) -> Json:
    return {
        "no": _maybe(clause["no"]),
        "pieces": [piece and _text(piece) for piece in clause["pieces"]],
    }


def _approval(approval: Approval | None) -> Json:
    if approval is None:
        return None
    return {
        "heading": _text(approval["heading"]),
        "position": _maybe(approval["position"]),
        "name": _maybe(approval["name"]),
    }


def _signature(one: Signature) -> dict[str, Json]:
    name = one["name"] and fitted(face.regular(), _text(one["name"]), _NAME_MM / POINT, 12)
    return {
        "side": _maybe(one["side"]),
        "lines": [_text(line) for line in one["lines"]],
        "position": _maybe(one["position"]),
        "name": name,
    }


def _text(text: str) -> str:
    return lettered(clean(text))


def _maybe(text: str | None) -> str | None:
    return None if text is None else _text(text)
