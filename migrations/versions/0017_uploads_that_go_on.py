"""Uploads go on after they were accepted.

Below this revision an upload has ended when it is stored: one that runs now would stay `running`
for ever, so it becomes `rejected`. It has written nothing, as its transaction waits for this one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("progress", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute(
        "UPDATE imports SET status = 'rejected', "
        """report = replace(report, '"status":"running"', '"status":"rejected"') """
        "WHERE status = 'running'"
    )
    with op.batch_alter_table("imports") as batch_op:
        batch_op.drop_column("progress")
