"""Lists of a municipality and pages of its followers are read in the order of an index."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.database import upgrades

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS = (
    "activities",
    "assessment_results",
    "designations",
    "employments",
    "events",
    "funding_entries",
    "headcounts",
    "initiative_members",
    "initiatives",
    "legal_acts",
    "measures",
    "monitoring_records",
    "municipalities",
    "network_curricula",
    "network_groups",
    "organization_aliases",
    "organizations",
    "participations",
    "partnerships",
    "programs",
    "resource_balances",
    "resource_types",
    "resource_uses",
    "result_criteria",
    "schedule_slots",
    "shared_resources",
    "teachers",
)
LISTED = (
    *((table, "municipality_id") for table in KINDS),
    ("employments", "organization_id"),
    ("participations", "event_id"),
    ("participations", "organization_id"),
)
"""Tables, and the columns by which their records are listed in the order of ids."""


def upgrade() -> None:
    for table, column in LISTED:
        upgrades.create_index(_index(table, column, "id"))
        upgrades.drop_index(_index(table, column))
    upgrades.create_index(_index(_JOURNAL, "municipality_id", "position", "collection"))
    upgrades.create_index(_deletes("gone", only=True))
    upgrades.drop_index(_deletes("deleted_key"))


def downgrade() -> None:
    upgrades.create_index(_deletes("deleted_key"))
    upgrades.drop_index(_deletes("gone"))
    upgrades.drop_index(_index(_JOURNAL, "municipality_id", "position", "collection"))
    for table, column in LISTED:
        upgrades.create_index(_index(table, column))
        upgrades.drop_index(_index(table, column, "id"))


_JOURNAL = "journal_entries"


def _index(table: str, *columns: str) -> sa.Index:
    listed = sa.Table(table, sa.MetaData(), *map(sa.Column, columns))
    return sa.Index(op.f(f"ix_{table}_{'_'.join(columns)}"), *listed.c)


def _deletes(name: str, *, only: bool = False) -> sa.Index:
    """The index of the keys of deleted records; the older one has those of all records."""
    key = ("collection", "municipality_id", "source", "source_key")
    entries = sa.Table(_JOURNAL, sa.MetaData(), *map(sa.Column, key))
    conditions = {"sqlite": "deleted = 1", "postgresql": "deleted"} if only else {}
    where: Any = {f"{dialect}_where": sa.text(said) for dialect, said in conditions.items()}
    return sa.Index(op.f(f"ix_{_JOURNAL}_{name}"), *entries.c, **where)
