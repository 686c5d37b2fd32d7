"""The source program: order № 125 of 17.04.2020, written with the same checks as other data."""

import csv
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.database.database import Database
from app.database.reading import Reader
from app.database.transaction import Transaction
from app.registry import RESOURCES
from app.store import register

HERE = Path(__file__).parent
SOURCE = "order-125"
REGION = "Республика Татарстан"
OKTMO = "92648000"

NAMES = {
    "$municipality": ("municipalities", "oktmo", OKTMO),
    "$authority": ("organizations", SOURCE, "department"),
    "$school": ("organizations", SOURCE, "otar-dubrovskaya"),
    "$leader": ("organizations", SOURCE, "shalinskaya"),
    "$act": ("legal_acts", SOURCE, "order-125"),
    "$program": ("programs", SOURCE, "program-2020-2021"),
    "$partnership": ("partnerships", SOURCE, "shalinskaya-otar-dubrovskaya"),
    "$activity": ("activities", SOURCE, "row-1"),
}
"""The records that the documentation's examples refer to."""

NIL = str(uuid.UUID(int=0))


def is_empty(database: Database) -> bool:
    """Whether the database has no municipality yet."""
    counts = database.read(lambda tx: tx.texts("SELECT count(*) FROM municipalities", {}))
    return int(counts[0]) == 0


def seed(database: Database) -> int:
    """Create the missing records; edited ones stay. Returns how many were created."""
    return database.write(_seed)


async def names(reader: Reader) -> dict[str, str]:
    """The ids of the records that examples refer to; the nil UUID for a missing one."""
    ids = {}
    for name, (collection, source, key) in NAMES.items():
        text = f"SELECT id FROM {collection} WHERE source = '{source}' AND source_key = '{key}'"  # noqa: S608 - our own constants
        rows = await reader.rows(text, {})
        ids[name] = str(rows[0][0]) if rows else NIL
    return ids


def fill(text: str, ids: Mapping[str, str]) -> str:
    """The document with example names replaced by ids."""
    for name in sorted({*ids, "$event", "$teacher", "$measure"}, key=len, reverse=True):
        text = text.replace(f'"{name}"', f'"{ids.get(name, NIL)}"')
    return text


def _seed(tx: Transaction) -> int:
    made = 0
    ids: dict[str, str] = {}
    for collection, source, key, body in _documents():
        resource = next(entry for entry in RESOURCES if entry.name == collection)
        stored = register.by_key(tx, resource, (source, key))
        if stored is None:
            fields = _resolve(body, ids) | {"source": source, "source_key": key}
            written = register.create(tx, resource, fields)
            made += 1
        ids[f"@{collection}/{key}"] = str(stored.id if stored else written.id)
    return made


def _documents() -> list[tuple[str, str, str, dict[str, object]]]:
    with (HERE / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        districts = [
            ("municipalities", "oktmo", row["oktmo"], {**row, "region_name": REGION})
            for row in csv.DictReader(file)
        ]
    listed = json.loads((HERE / "order_125.json").read_text(encoding="utf-8"))
    return [
        *districts,
        *((entry["collection"], SOURCE, entry["key"], entry["body"]) for entry in listed),
    ]


def _resolve(value: object, ids: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _resolve(item, ids) for name, item in value.items()}
    if isinstance(value, list):
        return [_resolve(item, ids) for item in value]
    if isinstance(value, str) and value.startswith("@"):
        return ids[value]
    return value
