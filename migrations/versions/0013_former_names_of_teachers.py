"""Teachers keep the names that they had before."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = "teacher_former_names"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("last_name", sa.String(length=500), nullable=False),
        sa.Column("first_name", sa.String(length=500), nullable=True),
        sa.Column("patronymic", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f(f"fk_{TABLE}_municipality_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["teachers.id"], name=op.f(f"fk_{TABLE}_owner_id")),
        sa.PrimaryKeyConstraint("owner_id", "place", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_municipality_id"), TABLE, ["municipality_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
