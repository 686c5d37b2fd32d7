"""Page sessions."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_sessions",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("key_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("opened_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("ends_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_page_sessions_key_id")),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_page_sessions")),
    )
    op.create_index(op.f("ix_page_sessions_ends_at"), "page_sessions", ["ends_at"], unique=False)
    op.create_index(op.f("ix_page_sessions_key_id"), "page_sessions", ["key_id"], unique=False)


def downgrade() -> None:
    op.drop_table("page_sessions")
