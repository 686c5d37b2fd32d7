"""The audit trail tells to which trace of its caller a request belongs.

Below this revision the trail knows no traces: an entry that has one no longer proves there. Nothing
else is lost by going down.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A column without a default is added without a look at the rows, however many.
    op.add_column("audit_entries", sa.Column("traceparent", sa.String(length=55), nullable=True))


def downgrade() -> None:
    op.drop_column("audit_entries", "traceparent")
