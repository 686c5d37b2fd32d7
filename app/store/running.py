"""Running: uploads that go on after they were accepted, from their first row to their last.

The row of an upload decides alone what became of it: whoever ends it changes `running` to something
else, and one of two who try finds that it has ended.
"""

import json
import uuid
from collections.abc import Mapping

import sqlalchemy as sa

from app.acts import Act
from app.database.transaction import Transaction
from app.problems import ImportInterrupted
from app.store import answers
from app.store.outcomes import TAKEN
from app.store.uploads import RUNNING, UPLOADS, Sent, as_text, keep


def accept(tx: Transaction, sent: Sent, progress: Mapping[str, int]) -> None:
    """Store an upload that is to be carried out."""
    keep(tx, sent)
    _change(tx, sent.id, progress=json.dumps(progress))
    tx.acts.append(Act("import", sent.collection, (str(sent.id),), outcome=RUNNING))


def finish(tx: Transaction, sent: Sent) -> None:
    """Store the result of an upload in the transaction of its effect.

    Raises:
        ImportInterrupted: somebody who found no sign of it has ended it meanwhile.

    """
    refused = as_text(sent.refused) if sent.refused else None
    if not _ended(tx, sent.id, status=sent.status, report=as_text(sent.report), refused=refused):
        raise ImportInterrupted
    tx.then.append(sent.told)
    if sent.status == REJECTED:
        answers.withdraw(tx, sent.id)
    tx.acts.append(Act("import", sent.collection, (str(sent.id),), outcome=sent.status))


def reject(tx: Transaction, upload_id: uuid.UUID, problem: Mapping[str, object]) -> None:
    """End an upload of which nothing was written; nothing happens if it has ended already."""
    query = sa.select(UPLOADS.c.collection, UPLOADS.c.report).where(UPLOADS.c.id == upload_id)
    row = tx.execute(query).one()
    report = {**json.loads(row.report), "status": REJECTED, "problem": problem}
    if _ended(tx, upload_id, status=REJECTED, report=as_text(report)):
        tx.then.append(lambda: TAKEN.add(REJECTED, {}))
        answers.withdraw(tx, upload_id)
        tx.acts.append(Act("import", row.collection, (str(upload_id),), outcome=REJECTED))


REJECTED = "rejected"


def _ended(tx: Transaction, upload_id: uuid.UUID, **values: str | None) -> bool:
    return _change(tx, upload_id, **values, progress=None)


def _change(tx: Transaction, upload_id: uuid.UUID, **values: str | None) -> bool:
    """Change the row of an upload; returns whether it was running."""
    is_it = (UPLOADS.c.id == upload_id) & (UPLOADS.c.status == RUNNING)
    return tx.execute(sa.update(UPLOADS).where(is_it).values(**values)).rowcount == 1
