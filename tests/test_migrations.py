"""Migrations: they make what the models want, and go down and up with the program inside."""

import sqlalchemy as sa

from app import seeding
from app.store.database import Database
from app.store.schema import check, downgrade, migrate


def tables(database: Database) -> set[str]:
    return set(sa.inspect(database.engine).get_table_names())


def test_migrations_make_what_the_models_want(database: Database) -> None:
    migrate(database)
    check(database)


def test_the_schema_goes_down_and_up_again_with_data_inside(database: Database) -> None:
    migrate(database)
    made, known = seeding.seed(database), tables(database)
    downgrade(database, "base")
    assert tables(database) == {"alembic_version"}
    migrate(database)
    assert tables(database) == known
    check(database)
    assert seeding.seed(database) == made > 45


def test_migrating_again_keeps_everything(database: Database) -> None:
    migrate(database)
    seeding.seed(database)
    migrate(database)
    assert seeding.seed(database) == 0
    assert not seeding.is_empty(database)


def test_every_reference_of_the_seed_resolves(database: Database) -> None:
    migrate(database)
    seeding.seed(database)
    inspector = sa.inspect(database.engine)
    with database.engine.connect() as connection:
        for table in sorted(tables(database)):
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
        if database.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
