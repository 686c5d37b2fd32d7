"""Frozen reports: kept byte for byte beside their snapshots, so that everybody can verify them."""

import uuid
from datetime import date, datetime
from typing import ClassVar, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.transaction import Transaction
from app.documents.paper import Paper, of_json
from app.indicators.snapshots import SNAPSHOTS
from app.model.columns import Identifier
from app.model.rights import ADDED, Rights
from app.problems import NotFound


class SnapshotReport(SQLModel, table=True):
    """The report of a snapshot, as canonical JSON."""

    __tablename__ = "snapshot_reports"
    rights: ClassVar[Rights] = ADDED
    snapshot_id: uuid.UUID = Field(primary_key=True, sa_type=Identifier, foreign_key="snapshots.id")
    sha256: str = Field(sa_type=sa.String(64), unique=True)
    paper: str = Field(sa_type=sa.Text)


REPORTS = SQLModel.metadata.tables["snapshot_reports"]


class Verified(NamedTuple):
    """What everybody may know of a frozen report: neither names nor figures."""

    program: str
    title: str
    as_of: date
    made_at: datetime


def frozen_report(tx: Transaction, snapshot_id: uuid.UUID) -> Paper:
    """The report of a snapshot.

    Raises:
        NotFound: the snapshot is older than reports of snapshots.

    """
    query = sa.select(REPORTS.c.paper).where(REPORTS.c.snapshot_id == snapshot_id)
    text = tx.execute(query).scalar()
    if text is None:
        raise NotFound
    return of_json(text)


def verified(tx: Transaction, sha256: str) -> Verified | None:
    """The frozen report with this digest; None: the service has made none."""
    programs = SQLModel.metadata.tables["programs"]
    query = (
        sa.select(
            programs.c.title.label("program"),
            SNAPSHOTS.c.title,
            SNAPSHOTS.c.as_of,
            SNAPSHOTS.c.made_at,
        )
        .join(REPORTS, REPORTS.c.snapshot_id == SNAPSHOTS.c.id)
        .join(programs, programs.c.id == SNAPSHOTS.c.program_id)
        .where(REPORTS.c.sha256 == sha256)
    )
    row = tx.execute(query).first()
    return Verified._make(row) if row else None
