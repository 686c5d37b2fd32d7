"""Reports of snapshots, which can only be added to."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot_reports",
        sa.Column("snapshot_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name=op.f("fk_snapshot_reports_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_snapshot_reports")),
        sa.UniqueConstraint("sha256", name=op.f("uq_snapshot_reports_sha256")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _close_on_sqlite()
    else:
        _close_on_postgresql()


def _close_on_sqlite() -> None:
    refusal = "BEGIN SELECT RAISE(ABORT, 'snapshot_reports can only be added to'); END"
    for change in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER snapshot_reports_no_{change} BEFORE {change.upper()} "
            f"ON snapshot_reports {refusal}"
        )
    # INSERT OR REPLACE deletes without a trigger of DELETE, unless recursive_triggers is on.
    op.execute(
        "CREATE TRIGGER snapshot_reports_no_replace BEFORE INSERT ON snapshot_reports "
        "WHEN EXISTS (SELECT 1 FROM snapshot_reports WHERE snapshot_id = NEW.snapshot_id "
        f"OR sha256 = NEW.sha256) {refusal}"
    )


def _close_on_postgresql() -> None:
    # The function is the audit trail's, of migration 0003.
    op.execute(
        "CREATE TRIGGER snapshot_reports_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON snapshot_reports FOR EACH STATEMENT EXECUTE FUNCTION can_only_be_added_to()"
    )
    op.execute("ALTER TABLE snapshot_reports ENABLE ALWAYS TRIGGER snapshot_reports_no_change")


def downgrade() -> None:
    op.drop_table("snapshot_reports")
