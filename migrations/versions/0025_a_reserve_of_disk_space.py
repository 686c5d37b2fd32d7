"""A reserve of disk space, which the service fills on PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

widens = True


def upgrade() -> None:
    op.create_table(
        "disk_reserve",
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("filler", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_disk_reserve")),
    )


def downgrade() -> None:
    op.drop_table("disk_reserve")
