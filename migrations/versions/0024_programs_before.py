"""A schema tells the oldest program that may use it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

widens = True


def upgrade() -> None:
    op.add_column("alembic_version", sa.Column("oldest", sa.String(32)))


def downgrade() -> None:
    op.drop_column("alembic_version", "oldest")
