"""Erased teachers stay as shells, and teachers know the organization that entered them."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

import app.store.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LINES = ("last_name", "first_name")
KEYS = ("last_name_key", "first_name_key", "search_key")


def upgrade() -> None:
    with op.batch_alter_table("teachers", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("entered_by_id", app.store.columns.Identifier(length=36), nullable=True)
        )
        batch_op.add_column(
            sa.Column("erased_at", app.store.columns.Instant(length=27), nullable=True)
        )
        _let_be_null(batch_op, nullable=True)


def downgrade() -> None:
    for name in (*LINES, *KEYS):
        op.execute(f"UPDATE teachers SET {name} = '' WHERE {name} IS NULL")
    with op.batch_alter_table("teachers", schema=None) as batch_op:
        _let_be_null(batch_op, nullable=False)
        batch_op.drop_column("erased_at")
        batch_op.drop_column("entered_by_id")


def _let_be_null(batch_op: BatchOperations, *, nullable: bool) -> None:
    for name in LINES:
        batch_op.alter_column(name, existing_type=sa.String(length=500), nullable=nullable)
    for name in KEYS:
        batch_op.alter_column(name, existing_type=sa.Text(), nullable=nullable)
