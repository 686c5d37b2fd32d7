"""Indexes: parts and references are found by them, in the models and in a migrated database.

Derived from the declarations, so that a new kind of record is held to the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from app.journal.register import Register
from app.model.declaration import table_of
from app.model.record import new_id
from app.model.resource import Resource
from app.registry import RESOURCES
from app.store.filters import filters
from tests.conftest import on_postgresql
from tests.scene import Scene, Service, body_of

PARENTS = [each for each in RESOURCES if each.parts]
PARTS = {table_of(part): each for each in PARENTS for part in each.parts.values()}

by_name = pytest.mark.parametrize("resource", PARENTS, ids=lambda each: each.name)


def test_the_models_key_parts_by_their_parent() -> None:
    for table, parent in PARTS.items():
        assert [column.name for column in table.primary_key] == ["owner_id", "place"], table.name
        (key,) = table.c.owner_id.foreign_keys
        assert key.column is parent.table.c.id


def test_a_migrated_database_keys_parts_by_their_parent(migrated: Register) -> None:
    inspector = sa.inspect(migrated.engine)
    keys = {each.name: inspector.get_pk_constraint(each.name) for each in PARTS}
    columns = {name: key["constrained_columns"] for name, key in keys.items()}
    assert columns == {name: ["owner_id", "place"] for name in keys}
    assert all(key["name"] == f"pk_{name}" for name, key in keys.items())


@pytest.mark.long
def test_every_reference_begins_an_index(migrated: Register) -> None:
    """A delete looks for whoever refers to the record: without an index that reads every row."""
    inspector = sa.inspect(migrated.engine)
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


NARROW = [
    pytest.param(kind, name, id=f"{kind.name}-{name}")
    for kind in RESOURCES
    for name, entry in filters(kind).items()
    if entry.is_narrow
]


@pytest.mark.parametrize(("resource", "name"), NARROW)
def test_a_list_of_one_reference_is_not_sought_in_all_of_the_municipality(
    service: Service,
    desk: Scene,
    resource: Resource,
    name: str,
    statements: list[tuple[str, Mapping[str, Any]]],
) -> None:
    assert desk.client.get(f"/{resource.path}?{name}={new_id()}").status_code == 200
    ((sql, parameters),) = [
        each for each in statements if f"FROM {resource.table.name} t" in each[0]
    ]
    told = plan(service, sql, parameters)
    if service.kind == "sqlite":
        assert not [line for line in told if " t " in line and "(municipality_id=?" in line], told
        assert not [line for line in told if line.startswith("SCAN t ")], told


ORDERED = [("event_id", "participations"), ("organization_id", "participations")]
ORDERED += [("organization_id", "employments")]


@pytest.mark.parametrize(("name", "kind"), ORDERED)
def test_a_long_list_of_one_record_is_read_in_its_order(
    desk: Scene,
    service: Service,
    name: str,
    kind: str,
    statements: list[tuple[str, Mapping[str, Any]]],
) -> None:
    assert desk.client.get(f"/{kind}?{name}={new_id()}").status_code == 200
    ((sql, parameters),) = [each for each in statements if f"FROM {kind} t" in each[0]]
    told = plan(service, sql, parameters)
    assert any(f"ix_{kind}_{name}_id" in line for line in told), told
    assert not [line for line in told if "TEMP B-TREE" in line or "Sort" in line], told


IN_ORDER = "ix_journal_entries_municipality_id_position_collection"


@pytest.mark.parametrize("types", ["", "&types=organizations", "&types=participations,teachers"])
def test_a_follower_of_a_municipality_reads_its_entries_in_order(
    desk: Scene, service: Service, types: str, statements: list[tuple[str, Mapping[str, Any]]]
) -> None:
    assert desk.client.get(f"/changes?limit=2{types}").status_code == 200
    ((sql, parameters),) = [each for each in statements if "journal_entries" in each[0]]
    told = plan(service, sql, parameters)
    read = [line for line in told if "journal_entries" in line or " e " in line]
    assert any(IN_ORDER in line for line in read), told
    # A table of a few rows PostgreSQL reads as it likes.
    others = ("SCAN journal_entries", "sqlite_autoindex_journal_entries_1")
    assert not [line for line in read if any(name in line for name in others)], told


OTHERS = """
INSERT INTO journal_entries
SELECT 1000000 + n, 'kind ' || n %% 20, gen_random_uuid(),
  CASE n %% 10 WHEN 0 THEN %(home)s::uuid ELSE gen_random_uuid() END,
  false, 1, NULL, NULL, now()
FROM generate_series(1, 20000) n
"""
"""Entries of other kinds, a tenth of them of one municipality."""


@on_postgresql
def test_a_kind_that_statistics_do_not_know_is_read_in_order_too(
    desk: Scene, service: Service, statements: list[tuple[str, Mapping[str, Any]]]
) -> None:
    with service.database.engine.begin() as connection:
        connection.exec_driver_sql(OTHERS, {"home": desk["$municipality"]})
        connection.exec_driver_sql("ANALYZE journal_entries")
    assert desk.client.get("/changes?limit=2&types=participations").status_code == 200
    ((sql, parameters),) = [each for each in statements if "journal_entries" in each[0]]
    with service.database.engine.connect() as connection:
        told = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}", dict(parameters))]
    read = [line for line in told if "journal_entries" in line]
    assert read, told
    assert not [line for line in read if "uq_journal_entries" in line], told


def is_found_by_owner(line: str, table: str) -> bool:
    """Whether a line of a plan looks into the primary key of a table of parts by the parent."""
    on_sqlite = f"SEARCH p USING INDEX sqlite_autoindex_{table}_1 (owner_id=?)"
    return line.startswith(on_sqlite) or f"using pk_{table} " in line


def plan(service: Service, sql: str, parameters: Mapping[str, Any]) -> list[str]:
    """How the database would run a statement if reading a whole table cost more than anything.

    So would sorting: in a few rows PostgreSQL rather sorts than reads in the order of an index.
    """
    with service.database.engine.connect() as connection:
        if service.kind == "sqlite":
            told = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", dict(parameters))
            return [row[3] for row in told]
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        connection.exec_driver_sql("SET LOCAL enable_sort = off")
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}", dict(parameters))]
