"""Answers of writes are kept for those who repeat a request."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.String(length=64), nullable=True),
        sa.Column("collection", sa.String(length=40), nullable=True),
        sa.Column("record_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("answered_at", app.model.columns.Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("request", name=op.f("pk_kept_answers")),
    )
    with op.batch_alter_table("kept_answers", schema=None) as batch_op:
        for name in ("answered_at", "record_id"):
            batch_op.create_index(batch_op.f(f"ix_kept_answers_{name}"), [name], unique=False)


def downgrade() -> None:
    op.drop_table("kept_answers")
