"""The audit trail, to which can only be added.

A later batch migration of these tables on SQLite makes them anew and loses their triggers: it has
to make the triggers again.
"""

import uuid

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = {"audit_entries": ("seq",), "audit_subjects": ("record_id", "seq")}
"""The tables that are only added to, with their keys."""


def upgrade() -> None:
    seq = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_entries",
        sa.Column("seq", seq, autoincrement=False, nullable=False),
        sa.Column("at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("key_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=True),
        sa.Column("record_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entries")),
    )
    for columns in (["record_id", "seq"], ["key_id", "seq"], ["at"]):
        name = op.f("ix_audit_entries_" + "_".join(columns))
        op.create_index(name, "audit_entries", columns, unique=False)
    op.create_table(
        "audit_subjects",
        sa.Column("record_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "seq", name=op.f("pk_audit_subjects")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_heads",
        sa.Column("database_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("database_id", name=op.f("pk_audit_heads")),
    )
    heads = sa.table(
        "audit_heads",
        sa.column("database_id", app.model.columns.Identifier()),
        sa.column("seq", sa.BigInteger()),
        sa.column("mac", sa.String()),
    )
    op.bulk_insert(heads, [{"database_id": uuid.uuid4(), "seq": 0, "mac": ""}])
    if op.get_bind().dialect.name == "sqlite":
        _close_on_sqlite()
    else:
        _close_on_postgresql()


def _close_on_sqlite() -> None:
    for table, key in TABLES.items():
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} can only be added to'); END"
        for change in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} {refusal}"
            )
        # INSERT OR REPLACE deletes without a trigger of DELETE, unless recursive_triggers is on.
        same = " AND ".join(f"{name} = NEW.{name}" for name in key)
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refusal}"
        )


def _close_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION can_only_be_added_to() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% can only be added to', TG_TABLE_NAME; END $$"
    )
    for table in TABLES:
        # For each statement: refused even where it would find no row. ALWAYS: replaying sessions
        # (session_replication_role), which skip ordinary triggers, are refused too.
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION can_only_be_added_to()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change")


def downgrade() -> None:
    op.drop_table("audit_heads")
    op.drop_table("audit_subjects")
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION can_only_be_added_to()")
