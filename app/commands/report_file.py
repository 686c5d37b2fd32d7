"""The report file: composes the report of a program and writes it."""

import argparse
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from app.acts import Act
from app.commands.opening import ours
from app.database.transaction import Transaction
from app.documents.formats import FORMATS
from app.documents.paper import Paper, canonical
from app.documents.report.composing import report
from app.documents.report.source import Source
from app.indicators.asking import Asked
from app.model.text import fold
from app.registry.programs import programs
from app.settings import Settings
from app.store.rows import Id
from app.words import Words, in_guillemets, trouble

ENDINGS = {"json": None, **{each.ending: each for each in FORMATS.values()}}
"""The formats of a report, by the ending of the file's name; None: its canonical JSON."""


SEVERAL = Words(
    "Программ с названием «{text}»: {count}. Назовите одну:",
    "Programs called “{text}”: {count}. Name one:",
)
WRITTEN = Words(
    "Отчёт {title} на {day} записан в {path}", "The report of {title}, {day}, is in {path}"
)


def write(settings: Settings, args: argparse.Namespace) -> int:
    """Write the report; returns 1 if the program is not clear or the file cannot be written."""
    with ours(settings) as database:
        known = database.read(_titles)
        wanted = _wanted(known, args.program)
        if len(wanted) != 1:
            print(SEVERAL.said(count=len(wanted), text=args.program), file=sys.stderr)
            for key in wanted or known:
                print(f"  {key}  {known[key]}", file=sys.stderr)
            return 1
        paper = database.write(lambda tx: _made(tx, wanted[0], args.as_of))
    try:
        _write(args.to, paper)
    except OSError as error:
        print(trouble(error), file=sys.stderr)
        return 1
    title, day = in_guillemets(known[wanted[0]]), paper["requisites"]["as_of"]
    print(WRITTEN.said(title=title, day=day, path=args.to))
    return 0


def _write(path: Path, paper: Paper) -> None:
    """Write the whole file or none of it."""
    form = ENDINGS[path.suffix[1:].lower()]
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(form.render(paper, None) if form else canonical(paper))
    part.replace(path)


def _made(tx: Transaction, program_id: Id, as_of: date | None) -> Paper:
    paper = report(Source(tx, program_id, Asked(tx.today, as_of)), named=False)
    tx.acts.append(Act("export", programs.name, (str(program_id),), (), "report by the command"))
    return paper


def _titles(tx: Transaction) -> dict[Id, str]:
    table = programs.table
    rows = tx.execute(sa.select(table.c.id, table.c.title).order_by(table.c.title, table.c.id))
    return {row.id: row.title for row in rows}


def _wanted(known: Mapping[Id, str], text: str) -> list[Id]:
    """The programs with this id, or with this text in their titles."""
    exact = [key for key in known if str(key) == text.lower()]
    return exact or [key for key, title in known.items() if fold(text) in fold(title)]
