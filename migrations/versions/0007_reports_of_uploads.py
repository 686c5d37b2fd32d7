"""Reports of uploads, with the rows that were refused."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("key_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("sent_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        for name in ("municipality_id", "sent_at"):
            batch_op.create_index(batch_op.f(f"ix_imports_{name}"), [name], unique=False)


def downgrade() -> None:
    op.drop_table("imports")
