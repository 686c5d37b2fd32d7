"""Erased teachers stay as shells beside a record of their destruction; who entered them is kept."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

import app.model.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LINES = ("last_name", "first_name")
KEYS = ("last_name_key", "first_name_key", "search_key")


def upgrade() -> None:
    identifier = app.model.columns.Identifier(length=36)
    op.create_table(
        "destruction_records",
        sa.Column("id", identifier, nullable=False),
        sa.Column("teacher_id", identifier, nullable=False),
        sa.Column("municipality_id", identifier, nullable=False),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("destroyed_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("key_id", identifier, nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("employments", sa.Integer(), nullable=False),
        sa.Column("participations", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_records")),
        sa.UniqueConstraint("teacher_id", name=op.f("uq_destruction_records_teacher_id")),
    )
    with op.batch_alter_table("destruction_records", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_destruction_records_municipality_id"), ["municipality_id"]
        )
    with op.batch_alter_table("teachers", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("entered_by_id", app.model.columns.Identifier(length=36), nullable=True)
        )
        batch_op.add_column(
            sa.Column("erased_at", app.model.columns.Instant(length=27), nullable=True)
        )
        _let_be_null(batch_op, nullable=True)
    # No teacher is without a name but those whom a downgrade left so: they are shells again.
    names = ", ".join(f"{name} = NULL" for name in (*LINES, *KEYS))
    op.execute(f"UPDATE teachers SET {names}, erased_at = updated_at WHERE last_name = ''")


def downgrade() -> None:
    for name in (*LINES, *KEYS):
        op.execute(f"UPDATE teachers SET {name} = '' WHERE {name} IS NULL")
    with op.batch_alter_table("teachers", schema=None) as batch_op:
        _let_be_null(batch_op, nullable=False)
        batch_op.drop_column("erased_at")
        batch_op.drop_column("entered_by_id")
    op.drop_table("destruction_records")


def _let_be_null(batch_op: BatchOperations, *, nullable: bool) -> None:
    for name in LINES:
        batch_op.alter_column(name, existing_type=sa.String(length=500), nullable=nullable)
    for name in KEYS:
        batch_op.alter_column(name, existing_type=sa.Text(), nullable=nullable)
