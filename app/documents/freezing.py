"""Freezing: the report of a snapshot is made and kept with it."""

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.documents.frozen import REPORTS
from app.documents.paper import canonical, digest
from app.documents.report.composing import report
from app.documents.report.source import Source
from app.indicators.asking import Asked
from app.indicators.snapshots import Report


def freeze_report(tx: Transaction, snapshot: Report) -> None:
    """Keep the report of a snapshot that was made in this transaction.

    Nobody is named in it, so its bytes are the same for all who may read it. Of the partners of
    other municipalities it names those whom its maker sees: what was agreed on is shown as it is.
    """
    asked = Asked(tx.today, snapshot.as_of, snapshot.period_start, snapshot.period_end)
    source = Source(tx, snapshot.program_id, asked)
    paper = report(source, {"id": str(snapshot.id), "title": snapshot.title})
    row = {
        "snapshot_id": snapshot.id,
        "sha256": digest(paper),
        "paper": canonical(paper).decode(),
    }
    tx.execute(sa.insert(REPORTS), row)
