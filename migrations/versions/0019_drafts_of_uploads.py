"""Drafts of uploads."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload_drafts",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("ends_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("checked", sa.Text(), nullable=True),
        sa.Column("upload_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_hash"],
            ["page_sessions.id_hash"],
            name=op.f("fk_upload_drafts_session_hash"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_drafts")),
    )
    for column in ("ends_at", "municipality_id", "session_hash", "upload_id"):
        op.create_index(op.f(f"ix_upload_drafts_{column}"), "upload_drafts", [column])
    op.create_table(
        "upload_draft_pieces",
        sa.Column("draft_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["upload_drafts.id"],
            name=op.f("fk_upload_draft_pieces_draft_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("draft_id", "place", name=op.f("pk_upload_draft_pieces")),
    )


def downgrade() -> None:
    op.drop_table("upload_draft_pieces")
    op.drop_table("upload_drafts")
