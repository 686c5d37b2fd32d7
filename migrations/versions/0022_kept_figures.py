"""Kept figures."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_figures",
        sa.Column("program_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("release", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("beside", sa.BigInteger(), nullable=False),
        sa.Column("sums", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", app.model.columns.Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("program_id", "day", name=op.f("pk_kept_figures")),
    )


def downgrade() -> None:
    op.drop_table("kept_figures")
