"""Keys of callers: their hashes, owners, roles and scopes."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("kid", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "sync",
                "org",
                "coordinator",
                "reader",
                "auditor",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("expires_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("revoked_at", app.model.columns.Instant(length=27), nullable=True),
        sa.Column("last_used_at", app.model.columns.Instant(length=27), nullable=True),
        sa.Column("rotated_from", app.model.columns.Identifier(length=36), nullable=True),
        sa.CheckConstraint(
            "(role = 'org') = (organization_id IS NOT NULL)",
            name=op.f("ck_api_keys_organization_of_org"),
        ),
        sa.CheckConstraint(
            "role = 'sync' OR source IS NULL", name=op.f("ck_api_keys_source_of_sync")
        ),
        sa.CheckConstraint(
            "role NOT IN ('admin', 'auditor') OR municipality_id IS NULL",
            name=op.f("ck_api_keys_scope_of_role"),
        ),
        sa.CheckConstraint(
            "organization_id IS NULL OR municipality_id IS NOT NULL",
            name=op.f("ck_api_keys_home_of_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_api_keys_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_api_keys_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["rotated_from"], ["api_keys.id"], name=op.f("fk_api_keys_rotated_from")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("kid", name=op.f("uq_api_keys_kid")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        for name in ("municipality_id", "organization_id", "rotated_from"):
            batch_op.create_index(batch_op.f(f"ix_api_keys_{name}"), [name], unique=False)


def downgrade() -> None:
    op.drop_table("api_keys")
