"""Indexes: parts and references are found by them, in the models and in a migrated database.

Derived from the declarations, so that a new kind of record is held to the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.schema import migrate
from app.journal.register import Register
from app.model.declaration import table_of
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.scene import Scene, Service, body_of

PARENTS = [each for each in RESOURCES if each.parts]
PARTS = {table_of(part): each for each in PARENTS for part in each.parts.values()}

by_name = pytest.mark.parametrize("resource", PARENTS, ids=lambda each: each.name)


def test_the_models_key_parts_by_their_parent() -> None:
    for table, parent in PARTS.items():
        assert [column.name for column in table.primary_key] == ["owner_id", "place"], table.name
        (key,) = table.c.owner_id.foreign_keys
        assert key.column is parent.table.c.id


def test_a_migrated_database_keys_parts_by_their_parent(database: Register) -> None:
    migrate(database)
    inspector = sa.inspect(database.engine)
    keys = {each.name: inspector.get_pk_constraint(each.name) for each in PARTS}
    columns = {name: key["constrained_columns"] for name, key in keys.items()}
    assert columns == {name: ["owner_id", "place"] for name in keys}
    assert all(key["name"] == f"pk_{name}" for name, key in keys.items())


def test_every_reference_begins_an_index(database: Register) -> None:
    """A delete looks for whoever refers to the record: without an index that reads every row."""
    migrate(database)
    inspector = sa.inspect(database.engine)
    for table in SQLModel.metadata.tables.values():
        led = {names[0] for names in indexed(inspector, table.name)}
        assert {key.parent.name for key in table.foreign_keys} <= led, table.name


def indexed(inspector: sa.Inspector, table: str) -> Iterator[Sequence[str | None]]:
    """The columns of every index that covers all rows of a table."""
    yield inspector.get_pk_constraint(table)["constrained_columns"]
    for unique in inspector.get_unique_constraints(table):
        yield unique["column_names"]
    for index in inspector.get_indexes(table):
        if not {"sqlite_where", "postgresql_where"} & index.get("dialect_options", {}).keys():
            yield index["column_names"]


@pytest.fixture
def statements(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, Mapping[str, Any]]]:
    """What the reading lane runs from here on."""
    reader = service.client.app.state.service.reader  # type: ignore[attr-defined]
    run, seen = reader.rows, []

    async def rows(sql: str, parameters: Mapping[str, Any], *, heavy: bool = False) -> Any:
        seen.append((sql, parameters))
        return await run(sql, parameters, heavy=heavy)

    monkeypatch.setattr(reader, "rows", rows)
    return seen


@by_name
def test_reading_a_parent_scans_no_table_of_parts(
    service: Service,
    scene: Scene,
    resource: Resource,
    statements: list[tuple[str, Mapping[str, Any]]],
) -> None:
    address = f"/{resource.path}"
    found = scene.make(resource.name, body_of(resource, scene))
    for read in (address, f"{address}/{found['id']}", f"/changes?types={resource.name}"):
        statements.clear()
        assert service.client.get(read).status_code == 200
        tables = [table_of(part).name for part in resource.parts.values()]
        asked = [each for each in statements if all(name in each[0] for name in tables)]
        assert asked, read
        for sql, parameters in asked:
            told = plan(service, sql, parameters)
            for name in tables:
                assert any(is_found_by_owner(line, name) for line in told), (read, name, told)


def is_found_by_owner(line: str, table: str) -> bool:
    """Whether a line of a plan looks into the primary key of a table of parts by the parent."""
    on_sqlite = f"SEARCH p USING INDEX sqlite_autoindex_{table}_1 (owner_id=?)"
    return line.startswith(on_sqlite) or f"using pk_{table} " in line


def plan(service: Service, sql: str, parameters: Mapping[str, Any]) -> list[str]:
    """How the database would run a statement if reading a whole table cost more than anything."""
    with service.database.engine.connect() as connection:
        if service.kind == "sqlite":
            told = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", dict(parameters))
            return [row[3] for row in told]
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}", dict(parameters))]
