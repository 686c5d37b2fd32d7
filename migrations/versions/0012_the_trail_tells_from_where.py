"""The audit trail tells from where, how often, and where its archives begin.

Below this revision the trail knows no addresses, counts or cuts: an entry that has them, and a
trail that was cut, no longer prove there. Nothing else is lost by going down.
"""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = "audit_archives"


def upgrade() -> None:
    # Columns with constant defaults are added without a look at the rows, however many.
    op.add_column("audit_entries", sa.Column("address_hash", sa.String(length=32), nullable=True))
    op.add_column(
        "audit_entries", sa.Column("count", sa.Integer(), nullable=False, server_default="1")
    )
    op.create_table(
        "audit_addresses",
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("seen_at", app.model.columns.Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_audit_addresses")),
    )
    seq = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        NAME,
        sa.Column("last_seq", seq, autoincrement=False, nullable=False),
        sa.Column("archive_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("before_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("last_seq", name=op.f("pk_audit_archives")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _close_on_sqlite()
    else:
        _close_on_postgresql()


def _close_on_sqlite() -> None:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{NAME} can only be added to'); END"
    for change in ("update", "delete"):
        op.execute(f"CREATE TRIGGER {NAME}_no_{change} BEFORE {change.upper()} ON {NAME} {refusal}")
    op.execute(
        f"CREATE TRIGGER {NAME}_no_replace BEFORE INSERT ON {NAME} "
        f"WHEN EXISTS (SELECT 1 FROM {NAME} WHERE last_seq = NEW.last_seq) {refusal}"
    )


def _close_on_postgresql() -> None:
    op.execute(
        f"CREATE TRIGGER {NAME}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {NAME} "
        "FOR EACH STATEMENT EXECUTE FUNCTION can_only_be_added_to()"
    )
    op.execute(f"ALTER TABLE {NAME} ENABLE ALWAYS TRIGGER {NAME}_no_change")


def downgrade() -> None:
    op.drop_table("audit_archives")
    op.drop_table("audit_addresses")
    op.drop_column("audit_entries", "count")
    op.drop_column("audit_entries", "address_hash")
