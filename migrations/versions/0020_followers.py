"""Followers."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followers",
        sa.Column("key_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", app.model.columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_followers_key_id")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_followers")),
    )


def downgrade() -> None:
    op.drop_table("followers")
