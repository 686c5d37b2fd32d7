"""The act of a destruction names the operator; keys of erased teachers leave the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ADDED = ("operator", "operator_address")


def upgrade() -> None:
    for name in ADDED:
        op.add_column("destruction_records", sa.Column(name, sa.Text(), nullable=True))
    # Without the secret no hash can be made here: what was erased before has no key any more.
    op.execute(
        "UPDATE journal_entries SET source = NULL, source_key = NULL"
        " WHERE collection = 'teachers' AND deleted AND source_key NOT LIKE 'erased~%'"
        " AND record_id IN (SELECT id FROM teachers WHERE erased_at IS NOT NULL)"
    )


def downgrade() -> None:
    with op.batch_alter_table("destruction_records", schema=None) as batch_op:
        for name in ADDED:
            batch_op.drop_column(name)
