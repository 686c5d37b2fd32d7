"""Snapshots of indicators, which can only be added to."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = {"snapshots": ("id",), "snapshot_lists": ("snapshot_id", "code")}


def upgrade() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("program_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("made_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("state_version", sa.BigInteger(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("indicators", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"], ["legal_acts.id"], name=op.f("fk_snapshots_act_id_legal_acts")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_snapshots_municipality_id_municipalities"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_snapshots_program_id_programs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
    )
    with op.batch_alter_table("snapshots", schema=None) as batch_op:
        for name in ("act_id", "municipality_id", "program_id"):
            batch_op.create_index(batch_op.f(f"ix_snapshots_{name}"), [name], unique=False)
    op.create_table(
        "snapshot_lists",
        sa.Column("snapshot_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("items", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name=op.f("fk_snapshot_lists_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "code", name=op.f("pk_snapshot_lists")),
    )
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
    for table in TABLES:
        # The function is the audit trail's, of migration 0003.
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION can_only_be_added_to()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change")


def downgrade() -> None:
    op.drop_table("snapshot_lists")
    op.drop_table("snapshots")
