"""Carrying: writes an opened list inside a transaction, or only tries it, and reports."""

import uuid

from app.database.transaction import Transaction
from app.intake.codes import ImportStatus
from app.intake.parameters import home_of
from app.intake.report import file_of, report, status_of
from app.intake.runs import Run
from app.store import uploads


def carried(tx: Transaction, run: Run, import_id: uuid.UUID, name: str | None) -> uploads.Sent:
    """Write a list whose file has this name; the caller stores what became of it.

    Raises:
        Invalid: a parameter names no record that the caller sees.

    """
    terms = run.terms
    home = home_of(tx, terms)
    with tx.trial() as undo:
        run.carry_out(tx, home)
        status = status_of(run.tally, terms)
        if status in {ImportStatus.DRY_RUN, ImportStatus.REJECTED}:
            # A dry run does everything and rolls back, so its report equals that of a commit.
            undo()
    return sent_of(run, import_id, name, home)


def sent_of(
    run: Run, import_id: uuid.UUID, name: str | None, home: uuid.UUID | None
) -> uploads.Sent:
    """What became of a list that was carried out."""
    facts, terms = file_of(run.sheet.facts, name), run.terms
    body = report(import_id, run.tally, run.duplicates, terms, facts, run.infos())
    status = status_of(run.tally, terms)
    return uploads.Sent(import_id, run.resource.name, home, status, body, run.refused())
