"""The feed knows up to which position deletes are not kept any more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("journal_heads", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("purged_to", sa.BigInteger(), server_default="0", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("journal_heads", schema=None) as batch_op:
        batch_op.drop_column("purged_to")
