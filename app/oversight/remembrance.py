"""Remembering destruction: what was destroyed after a copy was made does not come back with it."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.oversight import act, destruction
from app.problems import Invalid

NO_RECORD = fault(
    "no_record_of_destruction",
    "Это не запись об уничтожении (id {id}). Ничего не восстановлено.",
    "This is no record of destruction (id {id}). Nothing was restored.",
)


def replay(tx: Transaction, records: Iterable[Mapping[str, Any]]) -> int:
    """Destroy again in a restored copy; the records stay as they were made. How many there were."""
    # Of several for one person the last one was committed.
    latest = {each["teacher_id"]: each for each in records}
    due = [each for each in latest if destruction.is_here(tx, each)]
    for teacher_id in due:
        destruction.empty(tx, teacher_id, latest[teacher_id]["destroyed_at"])
        tx.execute(sa.insert(act.RECORDS), [latest[teacher_id]])
    return len(due)


def complete(tx: Transaction, known: Collection[str]) -> None:
    """Tell the ledger every record of this database that it does not know."""
    table = act.RECORDS
    # A copy is made of an older database too, which may lack the newest columns.
    held = {each["name"] for each in sa.inspect(tx.connection).get_columns(table.name)}
    columns = [each for each in table.c if each.name in held]
    for row in tx.execute(sa.select(*columns).order_by(table.c.destroyed_at)).mappings():
        if str(row["id"]) not in known:
            tx.destroyed.append(act.spoken(row))


def heard(told: Mapping[str, Any]) -> dict[str, Any]:
    """A record of destruction from what `spoken` made of it.

    Raises:
        Invalid: it is none.

    """
    try:
        by, kept = told["destroyed_by"], told["kept"]
        # The lines of an older version name no operator.
        operator = told.get("operator") or {}
        return {
            "id": uuid.UUID(told["id"]),
            "teacher_id": uuid.UUID(told["teacher_id"]),
            "municipality_id": uuid.UUID(told["municipality_id"]),
            "operator": operator.get("name"),
            "operator_address": operator.get("address"),
            "categories": " ".join(told["categories"]),
            "reason": told["reason"],
            "destroyed_at": datetime.fromisoformat(told["destroyed_at"]),
            "key_id": by["key_id"] and uuid.UUID(by["key_id"]),
            "owner": by["owner"],
            "role": by["role"],
            "request_id": told["request_id"],
            "employments": int(kept["employments"]),
            "participations": int(kept["participations"]),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(Finding(NO_RECORD, values={"id": told.get("id", "-")})) from error
