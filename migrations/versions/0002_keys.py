"""Keys."""

import sqlalchemy as sa
from alembic import op
import app.store.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    I = app.store.columns.Identifier(length=36)
    T = app.store.columns.Instant(length=27)
    op.create_table("api_keys",
        sa.Column("id", I, primary_key=True), sa.Column("kid", sa.String, unique=True), sa.Column("token_hash", sa.String),
        sa.Column("role", sa.String), sa.Column("owner", sa.String),
        sa.Column("municipality_id", I, sa.ForeignKey("municipalities.id")), sa.Column("organization_id", I, sa.ForeignKey("organizations.id")),
        sa.Column("source", sa.String), sa.Column("created_at", T), sa.Column("expires_at", T), sa.Column("revoked_at", T), sa.Column("last_used_at", T), sa.Column("rotated_from", I))


def downgrade() -> None:
    op.drop_table("api_keys")
