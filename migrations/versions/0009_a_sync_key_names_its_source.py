"""A sync key names the source whose records it writes; one without is revoked."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE, NAME = "api_keys", "ck_api_keys_source_for_sync"
RULE = "role <> 'sync' OR source IS NOT NULL OR revoked_at IS NOT NULL"


def upgrade() -> None:
    keys = sa.table(
        TABLE,
        sa.column("role", sa.String()),
        sa.column("source", sa.String()),
        sa.column("revoked_at", app.model.columns.Instant()),
    )
    columns = keys.c
    unbound = (columns.role == "sync") & columns.source.is_(None) & columns.revoked_at.is_(None)
    now = datetime.now(UTC)
    op.execute(sa.update(keys).where(unbound).values(revoked_at=now))
    # SQLite makes the table anew for it; the checks that stand already are reflected and stay.
    with op.batch_alter_table(TABLE) as batch:
        batch.create_check_constraint(op.f(NAME), RULE)


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
