"""What was merged into another record is remembered, with the pair that it was known by."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = "merged_records"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("heir_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("merged_at", app.model.columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f(f"fk_{TABLE}_municipality_id_municipalities"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    for columns in (["collection", "source", "source_key"], ["heir_id"], ["municipality_id"]):
        op.create_index(op.f(f"ix_{TABLE}_{'_'.join(columns)}"), TABLE, columns)


def downgrade() -> None:
    op.drop_table(TABLE)
