"""Remembrance: destroys again, in a restored copy, what was destroyed after the copy was made."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.acts import Destroyed
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.oversight import act, destruction
from app.problems import Invalid

NO_RECORD = fault(
    "no_record_of_destruction",
    "Это не запись об уничтожении (id {id}). Ничего не восстановлено.",
    "This is not a record of destruction (id {id}). Nothing was restored.",
)


def replay(tx: Transaction, records: Iterable[act.Record]) -> int:
    """Destroy again in a restored copy; inserts the original records. Returns how many."""
    # The last record of a person is the one that was committed.
    latest = {record.teacher_id: record for record in records}
    due = [teacher_id for teacher_id in latest if destruction.is_here(tx, teacher_id)]
    for teacher_id in due:
        destruction.empty(tx, teacher_id, latest[teacher_id].destroyed_at)
        tx.execute(sa.insert(act.RECORDS), [latest[teacher_id]._asdict()])
    return len(due)


def complete(tx: Transaction, told: Iterable[Destroyed]) -> None:
    """Add the records of this database that are missing in the ledger."""
    known = {str(line.get("id")) for line in (*told, *tx.destroyed)}
    table = act.RECORDS
    # The database may be older than the newest columns.
    existing = {column["name"] for column in sa.inspect(tx.connection).get_columns(table.name)}
    columns = [column for column in table.c if column.name in existing]
    for row in tx.execute(sa.select(*columns).order_by(table.c.destroyed_at)).mappings():
        if str(row["id"]) not in known:
            tx.destroyed.append(act.as_json(act.Record(**row)))


def parsed(line: Mapping[str, Any]) -> act.Record:
    """A record of destruction from its JSON.

    Raises:
        Invalid: it is not one.

    """
    try:
        by, kept = line["destroyed_by"], line["kept"]
        # The lines of an older version name no operator.
        operator = line.get("operator") or {}
        return act.Record(
            id=uuid.UUID(line["id"]),
            teacher_id=uuid.UUID(line["teacher_id"]),
            municipality_id=uuid.UUID(line["municipality_id"]),
            operator=operator.get("name"),
            operator_address=operator.get("address"),
            categories=" ".join(line["categories"]),
            reason=line["reason"],
            destroyed_at=datetime.fromisoformat(line["destroyed_at"]),
            key_id=by["key_id"] and uuid.UUID(by["key_id"]),
            owner=by["owner"],
            role=by["role"],
            request_id=line["request_id"],
            employments=int(kept["employments"]),
            participations=int(kept["participations"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(Finding(NO_RECORD, values={"id": line.get("id", "-")})) from error
