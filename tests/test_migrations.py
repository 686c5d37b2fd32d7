"""Migrations: they make what the models want, and go down and up with data in every table."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from app import seeding
from app.access.keys import listed
from app.access.roles import Role
from app.access.sessions import SESSIONS
from app.database import revisions as known_revisions
from app.database.reserve import RESERVE
from app.database.schema import check, configuration, downgrade, migrate
from app.database.transaction import Transaction
from app.journal.register import Register
from app.model.columns import Identifier, Instant
from app.model.record import new_id
from app.oversight.archiving import archive
from app.registry import RESOURCES
from app.store import drafts
from tests.holders import issue
from tests.running import serving
from tests.scene import RESOURCE, Scene, body_of
from tests.visitor import visitor

Rows = list[dict[str, Any]]


def tables(database: Register) -> set[str]:
    return set(sa.inspect(database.engine).get_table_names())


def revisions(database: Register) -> list[tuple[str, str]]:
    """Each revision and the one below it, the newest first."""
    scripts = ScriptDirectory.from_config(configuration(database))
    return [(each.revision, str(each.down_revision or "base")) for each in scripts.walk_revisions()]


def keep_draft(tx: Transaction) -> None:
    """Keep a list that nobody has written yet."""
    session = tx.execute(sa.select(SESSIONS.c.id_hash)).scalars().first()
    drafts.keep(tx, str(session), {}, [b"list"], name=None, home=None)


def keep_room(tx: Transaction) -> None:
    """Put something into the reserve of the disk, which SQLite does not use."""
    tx.execute(sa.delete(RESERVE))
    tx.execute(sa.insert(RESERVE).values(place=1, filler=" "))


def fill(database: Register, folder: Path) -> None:
    """Put rows into every table, as people do: the source program, and a record of each kind."""
    url = database.url.render_as_string(hide_password=False)
    with serving(database.dialect.name, url, folder) as service:
        archive(service.database, datetime.now(UTC), folder / f"{new_id()}.jsonl")
        scene = Scene(service.client)
        for resource in RESOURCES:
            scene.make(resource.name, body_of(resource, scene))
        reports = f"/programs/{scene['$program']}/snapshots"
        report = {"as_of": "2020-12-31", "title": "Отчёт"}
        assert service.client.post(reports, json=report).status_code == 201
        # A list that names several persons is put down with each of them; one is then erased.
        assert len(service.client.get("/teachers").json()["items"]) > 1
        twice = scene.make("teachers", body_of(RESOURCE["teachers"], scene))
        merge = f"/teachers/{twice['id']}/merge"
        other = {"into_id": scene.make("teachers", body_of(RESOURCE["teachers"], scene))["id"]}
        assert service.client.post(merge, json=other).status_code == 200
        erasure = f"/teachers/{scene['$teacher']}/erasure"
        asked: Any = {"json": {"reason": "Проверка"}, "headers": {"Idempotency-Key": "0" * 16}}
        assert service.client.post(erasure, **asked).status_code == 200
        listed = "Организация;На какой день;Число педагогов\nНет такой;01.09.2020;7\n".encode()
        sent: Any = {"content": listed, "headers": {"Content-Type": "text/csv"}}
        tried = service.client.post("/imports/headcounts", params={"mode": "dry_run"}, **sent)
        assert tried.json()["stats"]["rejected"] == 1
        assert (
            visitor(service.client, issue(database, Role.READER)).get("/login").status_code == 303
        )
        service.database.write(keep_draft)
        # Where a key reads the feed and what was counted is stored when the service stops.
        assert service.client.get("/changes").status_code == 200
        assert service.client.get("/indicators").status_code == 200
        service.database.write(keep_room)
    empty = {name for name, rows in content(database).items() if not rows}
    assert empty == set()
    assert tables(database) == {*SQLModel.metadata.tables, "alembic_version"}


def content(database: Register) -> dict[str, Rows]:
    """Every row of every table, as the driver gives it."""
    with database.engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(whole(name)).mappings()]
            for name in sa.inspect(connection).get_table_names()
        }


def whole(table: str) -> sa.Select[Any]:
    return sa.select(sa.text("*")).select_from(sa.table(table))


def changed(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> set[str]:
    """The tables of both states whose rows differ in a column of both.

    Null and empty count as the same: below 0004 the names of an erased teacher cannot be null.
    """
    shared = (before.keys() & after.keys()) - {"alembic_version"}
    return {name for name in shared if not _same(before[name], after[name])}


def _same(before: Rows, after: Rows) -> bool:
    columns = sorted(before[0].keys() & after[0].keys()) if before and after else []
    ours, theirs = (
        sorted(repr([row[column] or "" for column in columns]) for row in rows)
        for rows in (before, after)
    )
    return ours == theirs


@pytest.mark.long
def test_migrations_make_what_the_models_want(migrated: Register) -> None:
    check(migrated)


@pytest.mark.long
def test_the_names_of_the_files_tell_every_revision(database: Register) -> None:
    """Alembic runs each file to learn as much."""
    assert known_revisions.known() == tuple(each for each, _ in revisions(database))[::-1]
    assert database.read(lambda tx: known_revisions.current(tx.connection)) is None
    migrate(database, "0007")
    assert database.read(lambda tx: known_revisions.current(tx.connection)) == "0007"


NEWEST = 2
"""Revisions that are stepped through daily; older ones never change, and are passed in one go."""


@pytest.mark.long
def test_each_revision_steps_down_and_up_and_touches_no_other_rows(
    migrated: Register, tmp_path: Path, *, full: bool
) -> None:
    database = migrated
    fill(database, tmp_path)
    for revision, below in revisions(database)[: -1 if full else NEWEST]:
        above = content(database)
        assert all(above.values())
        downgrade(database, below)
        kept = content(database)
        assert changed(above, kept) == set()
        migrate(database, revision)
        assert changed(kept, content(database)) == set()
        downgrade(database, below)
        assert changed(kept, content(database)) == set()
    downgrade(database, "base")
    assert tables(database) == {"alembic_version"}
    migrate(database)
    check(database)
    if full:
        fill(database, tmp_path)


@pytest.mark.long
def test_the_release_before_the_network_reads_what_it_does_not_know(
    migrated: Register, tmp_path: Path
) -> None:
    database = migrated
    url = database.url.render_as_string(hide_password=False)
    targets = [
        {"code": code, "operator": "gte", "value": "50"}
        for code in ("network_learners", "plan_completion_share", "need_coverage_share")
    ]
    with serving(database.dialect.name, url, tmp_path) as service:
        scene = Scene(service.client)
        act = RESOURCE["legal_acts"].example
        for kind in ("other", "lease_contract", "minutes", "order"):
            scene.make("legal_acts", act, kind=kind)
        program = RESOURCE["programs"].example
        scene.ids["$program"] = scene.make("programs", program, targets=targets)["id"]

    def kept() -> tuple[list[str], list[str]]:
        rows = content(database)
        acts = [row["kind"] for row in rows["legal_acts"] if row["number"] == act["number"]]
        codes = [
            row["code"]
            for row in rows["program_targets"]
            if str(row["owner_id"]) == scene["$program"]
        ]
        return sorted(acts), codes

    for step in (lambda lent: downgrade(lent, "0014"), migrate):
        step(database)
        assert kept() == (["order", "other", "other", "other"], ["plan_completion_share"])
    check(database)


def ninth(database: Register) -> None:
    migrate(database, "0009")


@pytest.mark.long
def test_a_sync_key_that_may_write_everything_is_revoked(database: Register) -> None:
    migrate(database, "0008")
    moments, texts = ("created_at", "expires_at"), ("kid", "token_hash", "role", "owner", "source")
    table = sa.table(
        "api_keys",
        *(sa.column(name, Instant()) for name in moments),
        *(sa.column(name, sa.String()) for name in texts),
        sa.column("id", Identifier()),
    )
    row = dict.fromkeys(moments, datetime(2020, 1, 1, tzinfo=UTC)) | {"owner": "А"}
    with database.engine.begin() as connection:
        for role, source in (("sync", None), ("sync", "gis"), ("reader", None)):
            kid = f"{role} {source}"
            own = {"id": new_id(), "kid": kid, "token_hash": kid}
            connection.execute(
                sa.insert(table).values({**row, **own, "role": role, "source": source})
            )
    # 0009 does it; what is above knows nothing of it.
    for step in (ninth, lambda lent: downgrade(lent, "0008"), migrate):
        step(database)
        with database.engine.connect() as connection:
            revoked = "SELECT kid FROM api_keys WHERE revoked_at IS NOT NULL"
            assert connection.exec_driver_sql(revoked).scalars().all() == ["sync None"]
    assert len(database.read(listed)) == 3
    check(database)


def shape(database: Register) -> Counter[tuple[str, str, str]]:
    """The columns, keys, indexes, checks and triggers of every table, each with its number."""
    seen = sa.inspect(database.engine)
    # A question for all tables at once: on PostgreSQL each is a slow one.
    asked: dict[str, Mapping[Any, Any]] = {
        "column": seen.get_multi_columns(),
        "key": {name: [key] for name, key in seen.get_multi_pk_constraint().items()},
        "reference": seen.get_multi_foreign_keys(),
        "unique": seen.get_multi_unique_constraints(),
        "index": seen.get_multi_indexes(),
        "check": seen.get_multi_check_constraints(),
    }
    found = [
        (table, kind, told(each))
        for kind, answers in asked.items()
        for (_, table), parts in answers.items()
        for each in parts
    ]
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(_TRIGGERS[database.dialect.name])
        return Counter(found) + Counter((row[0], "trigger", row[1]) for row in rows)


def told(value: Any) -> str:
    """What is known of a part of a table, as a text without addresses of objects."""
    if isinstance(value, Mapping):
        return str(sorted((name, told(each)) for name, each in value.items()))
    return str(value)


_TRIGGERS = {
    "sqlite": "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE NOT tgisinternal",
}


@pytest.mark.long
def test_a_schema_is_the_same_reached_from_below_and_from_above(
    database: Register, *, full: bool
) -> None:
    every = [revision for revision, _ in revisions(database)][::-1]
    # Daily the first one, the newest and one between them.
    order = every if full else [every[0], every[len(every) // 2], *every[-NEWEST:]]
    made = {}
    for revision in order:
        migrate(database, revision)
        made[revision] = shape(database)
        assert [each for each, number in made[revision].items() if number > 1] == []
    for revision in order[-2::-1]:
        downgrade(database, revision)
        assert shape(database) == made[revision], revision


@pytest.mark.long
def test_migrating_again_keeps_everything(seeded: Register) -> None:
    migrate(seeded)
    assert seeding.seed(seeded) == 0
    assert not seeding.is_empty(seeded)


@pytest.mark.long
def test_every_reference_of_the_seed_resolves(seeded: Register) -> None:
    inspector = sa.inspect(seeded.engine)
    with seeded.engine.connect() as connection:
        for table in sorted(tables(seeded)):
            for key in inspector.get_foreign_keys(table):
                child, parent = sa.table(table).alias("c"), sa.table(key["referred_table"])
                pairs = zip(key["constrained_columns"], key["referred_columns"], strict=True)
                on = " AND ".join(f"p.{theirs} = c.{ours}" for ours, theirs in pairs)
                filled = " AND ".join(f"c.{o} IS NOT NULL" for o in key["constrained_columns"])
                lost = sa.select(sa.func.count()).select_from(child)
                lost = lost.where(sa.text(filled)).where(
                    ~sa.exists(sa.text("1")).select_from(parent.alias("p")).where(sa.text(on))
                )
                assert connection.execute(lost).scalar_one() == 0
        if seeded.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
