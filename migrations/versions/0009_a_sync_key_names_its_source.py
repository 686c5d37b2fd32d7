"""A sync key names the source whose records it writes; one without is revoked."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import app.store.columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME, RULE = "source_for_sync", "role <> 'sync' OR source IS NOT NULL OR revoked_at IS NOT NULL"

CHECKS = {
    "organization_of_org": "(role = 'org') = (organization_id IS NOT NULL)",
    "source_of_sync": "role = 'sync' OR source IS NULL",
    "scope_of_role": "role NOT IN ('admin', 'auditor') OR municipality_id IS NULL",
    "home_of_organization": "organization_id IS NULL OR municipality_id IS NOT NULL",
    "role": "role IN ('sync', 'org', 'coordinator', 'reader', 'auditor', 'admin')",
}
"""Those that stand already, of migration 0002."""


def upgrade() -> None:
    keys = sa.table(
        "api_keys",
        sa.column("role", sa.String()),
        sa.column("source", sa.String()),
        sa.column("revoked_at", app.store.columns.Instant()),
    )
    columns = keys.c
    unbound = (columns.role == "sync") & columns.source.is_(None) & columns.revoked_at.is_(None)
    now = datetime.now(UTC)
    op.execute(sa.update(keys).where(unbound).values(revoked_at=now))
    if _is_sqlite():
        _remake_on_sqlite({**CHECKS, NAME: RULE})
    else:
        op.create_check_constraint(op.f(f"ck_api_keys_{NAME}"), "api_keys", RULE)


def downgrade() -> None:
    if _is_sqlite():
        _remake_on_sqlite(CHECKS)
    else:
        op.drop_constraint(op.f(f"ck_api_keys_{NAME}"), "api_keys", type_="check")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _remake_on_sqlite(checks: dict[str, str]) -> None:
    # SQLite changes no constraint of a table that exists, and its checks are not reflected.
    named = ((op.f(f"ck_api_keys_{name}"), rule) for name, rule in checks.items())
    table_args = tuple(sa.CheckConstraint(rule, name=name) for name, rule in named)
    with op.batch_alter_table("api_keys", recreate="always", table_args=table_args):
        pass
