"""Parts are keyed by their parent, and every reference of theirs begins an index."""

import sqlalchemy as sa
from alembic import op

from app.database import upgrades

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = (
    "activity_parties",
    "legal_act_clauses",
    "partnership_members",
    "partnership_suspensions",
    "program_directives",
    "program_expected_results",
    "program_officers",
    "program_provisions",
    "program_targets",
    "program_tasks",
)


def upgrade() -> None:
    for table in TABLES:
        upgrades.rekey(table, ("owner_id", "place"))
        # The database looks here for parts of a municipality that is deleted.
        upgrades.create_index(_index(table))


def downgrade() -> None:
    for table in TABLES:
        upgrades.drop_index(_index(table))
        upgrades.rekey(table, ("place", "owner_id"))


def _index(table: str) -> sa.Index:
    columns = sa.Table(table, sa.MetaData(), sa.Column("municipality_id")).c
    return sa.Index(op.f(f"ix_{table}_municipality_id"), columns.municipality_id)
