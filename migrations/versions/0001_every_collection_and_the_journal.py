"""Every collection and the journal."""

import uuid

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal_entries",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("record_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("changed_at", app.model.columns.Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("collection", "record_id"),
    )
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_journal_entries_deleted_key",
            ["collection", "municipality_id", "source", "source_key"],
            unique=False,
        )

    op.create_table(
        "journal_heads",
        sa.Column("epoch", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("epoch"),
    )
    op.create_table(
        "municipalities",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("oktmo", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("region_name", sa.String(length=500), nullable=True),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_municipalities_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipalities")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_municipalities_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("municipalities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_municipalities_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_municipalities_oktmo"),
            ["oktmo"],
            unique=True,
            sqlite_where=None,
            postgresql_where=None,
        )

    op.create_table(
        "state_positions",
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_id"),
    )
    op.create_table(
        "measures",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("code", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("unit", sa.String(length=500), nullable=True),
        sa.Column(
            "value_kind",
            sa.Enum(
                "number",
                "text",
                name="valuekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_measures_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_measures_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_measures_natural_key")),
    )
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_measures_municipality_id"), ["municipality_id"], unique=False
        )

    op.create_table(
        "organizations",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "education_authority",
                "general_school",
                "additional_education",
                "preschool",
                "culture",
                "sport",
                "other_social_institution",
                "other",
                name="organizationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("full_name", sa.String(length=500), nullable=False),
        sa.Column("short_name", sa.String(length=500), nullable=False),
        sa.Column("name_tt", sa.String(length=500), nullable=True),
        sa.Column("inn", sa.String(length=10), nullable=True),
        sa.Column("kpp", sa.String(length=9), nullable=True),
        sa.Column("ogrn", sa.String(length=13), nullable=True),
        sa.Column("parent_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("phone", sa.String(length=500), nullable=True),
        sa.Column("email", sa.String(length=500), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("successor_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("full_name_key", sa.Text(), nullable=False),
        sa.Column("short_name_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "closed_on IS NULL OR closed_on >= opened_on",
            name=op.f("ck_organizations_closed_on_order"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_organizations_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organizations.id"], name=op.f("fk_organizations_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["organizations.id"], name=op.f("fk_organizations_successor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_organizations_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organizations_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_organizations_municipality_id_inn_kpp"),
            ["municipality_id", "inn", "kpp"],
            unique=True,
            sqlite_where=sa.text("parent_id IS NULL"),
            postgresql_where=sa.text("parent_id IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_organizations_municipality_id_ogrn"),
            ["municipality_id", "ogrn"],
            unique=True,
            sqlite_where=sa.text("parent_id IS NULL"),
            postgresql_where=sa.text("parent_id IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_organizations_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_organizations_successor_id"), ["successor_id"], unique=False
        )

    op.create_table(
        "teachers",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("last_name", sa.String(length=500), nullable=False),
        sa.Column("first_name", sa.String(length=500), nullable=False),
        sa.Column("patronymic", sa.String(length=500), nullable=True),
        sa.Column("snils_hash", sa.String(length=64), nullable=True),
        sa.Column("last_name_key", sa.Text(), nullable=False),
        sa.Column("first_name_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_teachers_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teachers")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_teachers_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("teachers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_teachers_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_teachers_municipality_id_snils_hash"),
            ["municipality_id", "snils_hash"],
            unique=True,
            sqlite_where=None,
            postgresql_where=None,
        )

    op.create_table(
        "employments",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("teacher_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("position", sa.String(length=500), nullable=True),
        sa.Column(
            "position_group",
            sa.Enum(
                "teaching",
                "head",
                "other",
                name="positiongroup",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_main_job", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("position_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_employments_valid_to_order")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_employments_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_employments_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teachers.id"], name=op.f("fk_employments_teacher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employments")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_employments_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("employments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_employments_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_employments_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_employments_teacher_id"), ["teacher_id"], unique=False)

    op.create_table(
        "headcounts",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("teachers", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_headcounts_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_headcounts_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcounts")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_headcounts_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("headcounts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_headcounts_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_headcounts_organization_id_observed_on"),
            ["organization_id", "observed_on"],
            unique=True,
            sqlite_where=None,
            postgresql_where=None,
        )

    op.create_table(
        "legal_acts",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("issuer_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("issuer_name", sa.String(length=500), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "order",
                "agreement",
                "network_form_contract",
                "regulation",
                "other",
                name="legalactkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=500), nullable=False),
        sa.Column("act_date", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.String(length=500), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("number_key", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["organizations.id"], name=op.f("fk_legal_acts_issuer_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_legal_acts_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_acts")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_legal_acts_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_legal_acts_natural_key")),
    )
    with op.batch_alter_table("legal_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_acts_issuer_id"), ["issuer_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_legal_acts_municipality_id"), ["municipality_id"], unique=False
        )

    op.create_table(
        "organization_aliases",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("alias", sa.String(length=500), nullable=False),
        sa.Column("alias_key", sa.Text(), nullable=False),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_organization_aliases_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_organization_aliases_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_aliases")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_organization_aliases_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_organization_aliases_natural_key")),
    )
    with op.batch_alter_table("organization_aliases", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organization_aliases_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_organization_aliases_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "designations",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "low_results",
                "disadvantaged_conditions",
                "leader",
                name="designationcategory",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("grounds", sa.Text(), nullable=True),
        sa.Column(
            "exit_reason",
            sa.Enum(
                "effective_mode",
                "reclassified",
                "organization_closed",
                "entered_in_error",
                "other",
                name="exitreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_designations_valid_to_order"),
        ),
        sa.ForeignKeyConstraint(["act_id"], ["legal_acts.id"], name=op.f("fk_designations_act_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_designations_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_designations_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designations")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_designations_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("designations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_designations_act_id"), ["act_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_designations_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_designations_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "legal_act_clauses",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("no", sa.String(length=500), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_legal_act_clauses_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["legal_acts.id"], name=op.f("fk_legal_act_clauses_owner_id")
        ),
        sa.PrimaryKeyConstraint("place", "owner_id", name=op.f("pk_legal_act_clauses")),
    )
    op.create_table(
        "programs",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("goal_due", sa.Date(), nullable=True),
        sa.Column("approved_by_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("appendix_no", sa.String(length=500), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column(
            "leader_rule",
            sa.Enum(
                "excluded",
                "in_population",
                "involved",
                name="leaderrule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("preschools_in_population", sa.Boolean(), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("modes", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "end_date IS NULL OR end_date >= start_date", name=op.f("ck_programs_end_date_order")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["legal_acts.id"], name=op.f("fk_programs_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_programs_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programs")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_programs_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("programs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_programs_approved_by_id"), ["approved_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_programs_municipality_id"), ["municipality_id"], unique=False
        )

    op.create_table(
        "activities",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("program_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("plan_no", sa.String(length=500), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "regulatory",
                "organizational",
                "financial",
                name="direction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("term_text", sa.String(length=500), nullable=True),
        sa.Column("inherits_from_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("expected_result", sa.Text(), nullable=True),
        sa.Column(
            "term_kind",
            sa.Enum(
                "fixed_window",
                "annual_window",
                "whole_period",
                "permanent",
                "academic_year",
                "unparsed",
                name="termkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("term_start_date", sa.Date(), nullable=True),
        sa.Column("term_end_date", sa.Date(), nullable=True),
        sa.Column("term_month_from", sa.Integer(), nullable=True),
        sa.Column("term_month_to", sa.Integer(), nullable=True),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "term_end_date IS NULL OR term_end_date >= term_start_date",
            name=op.f("ck_activities_term_end_date_order"),
        ),
        sa.ForeignKeyConstraint(
            ["inherits_from_id"], ["activities.id"], name=op.f("fk_activities_inherits_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_activities_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_activities_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_activities_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activities_inherits_from_id"), ["inherits_from_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_activities_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_activities_program_id_plan_no"),
            ["program_id", "plan_no"],
            unique=True,
            sqlite_where=None,
            postgresql_where=None,
        )

    op.create_table(
        "partnerships",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("program_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "model",
            sa.Enum(
                "vertical",
                "horizontal",
                "mixed",
                name="partnershipmodel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=500), nullable=True),
        sa.Column(
            "basis",
            sa.Enum(
                "order",
                "agreement",
                "network_form_contract",
                "plan",
                name="partnershipbasis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("act_clause", sa.String(length=500), nullable=True),
        sa.Column("agreement_no", sa.String(length=500), nullable=True),
        sa.Column("agreement_date", sa.Date(), nullable=True),
        sa.Column("support_program", sa.String(length=500), nullable=True),
        sa.Column("term_text", sa.String(length=500), nullable=True),
        sa.Column(
            "term_kind",
            sa.Enum(
                "fixed_window",
                "annual_window",
                "whole_period",
                "permanent",
                "academic_year",
                "unparsed",
                name="termkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "active",
                "ended",
                name="partnershipstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("modes", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "end_date IS NULL OR end_date >= start_date",
            name=op.f("ck_partnerships_end_date_order"),
        ),
        sa.ForeignKeyConstraint(["act_id"], ["legal_acts.id"], name=op.f("fk_partnerships_act_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_partnerships_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_partnerships_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnerships")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_partnerships_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("partnerships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partnerships_act_id"), ["act_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_partnerships_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partnerships_program_id"), ["program_id"], unique=False
        )

    op.create_table(
        "program_directives",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("no", sa.String(length=500), nullable=True),
        sa.Column("addressee", sa.String(length=500), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("term_text", sa.String(length=500), nullable=True),
        sa.Column(
            "term_kind",
            sa.Enum(
                "fixed_window",
                "annual_window",
                "whole_period",
                "permanent",
                "academic_year",
                "unparsed",
                name="termkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "obligation",
            sa.Enum(
                "recommended",
                "mandatory",
                name="obligation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_program_directives_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["programs.id"], name=op.f("fk_program_directives_owner_id")
        ),
        sa.PrimaryKeyConstraint("place", "owner_id", name=op.f("pk_program_directives")),
    )
    op.create_table(
        "program_expected_results",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "matrix",
                "qualitative",
                name="resultkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "municipal",
                "institutional",
                "learner",
                name="resultlevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_program_expected_results_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["programs.id"], name=op.f("fk_program_expected_results_owner_id")
        ),
        sa.PrimaryKeyConstraint("place", "owner_id", name=op.f("pk_program_expected_results")),
    )
    op.create_table(
        "program_officers",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "coordinator",
                "supervisor",
                name="officerrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_name", sa.String(length=500), nullable=True),
        sa.Column("position", sa.String(length=500), nullable=True),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_program_officers_valid_to_order"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_program_officers_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_program_officers_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["programs.id"], name=op.f("fk_program_officers_owner_id")
        ),
        sa.PrimaryKeyConstraint("place", "owner_id", name=op.f("pk_program_officers")),
    )
    with op.batch_alter_table("program_officers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_program_officers_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "program_provisions",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "code",
            sa.Enum(
                "professional_communities",
                "partnership_projects",
                "additional_time_resources",
                "contest_support",
                name="provisioncode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_program_provisions_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["programs.id"], name=op.f("fk_program_provisions_owner_id")
        ),
        sa.PrimaryKeyConstraint("place", "owner_id", name=op.f("pk_program_provisions")),
    )
    op.create_table(
        "program_targets",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "code",
            sa.Enum(
                "org_involvement_share",
                "org_involvement_share_priority",
                "org_active_involvement_share",
                "teacher_coverage_share",
                "plan_completion_share",
                "plan_on_time_share",
                "overdue_windows",
                "legal_coverage_share",
                "social_partner_count",
                "form_coverage_share",
                "leader_load",
                "monitoring_completeness_share",
                "effective_mode_transition_share",
                "learner_participation_total",
                name="indicatorcode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "operator",
            sa.Enum(
                "gte", name="targetoperator", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_program_targets_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["programs.id"], name=op.f("fk_program_targets_owner_id")
        ),
        sa.PrimaryKeyConstraint("place", "owner_id", name=op.f("pk_program_targets")),
    )
    op.create_table(
        "program_tasks",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("no", sa.String(length=500), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_program_tasks_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["programs.id"], name=op.f("fk_program_tasks_owner_id")
        ),
        sa.PrimaryKeyConstraint("place", "owner_id", name=op.f("pk_program_tasks")),
    )
    op.create_table(
        "activity_parties",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "responsible",
                "participant",
                "unspecified",
                name="partyrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_activity_parties_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_activity_parties_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["activities.id"], name=op.f("fk_activity_parties_owner_id")
        ),
        sa.PrimaryKeyConstraint("place", "owner_id", name=op.f("pk_activity_parties")),
    )
    with op.batch_alter_table("activity_parties", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_parties_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "events",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("activity_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("partnership_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "plan_window",
                "held",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("occurrence", sa.String(length=500), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=True),
        sa.Column("host_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column(
            "form",
            sa.Enum(
                "joint_curricula",
                "common_assessment",
                "professional_development",
                "joint_councils_and_events",
                "shared_facilities",
                name="interactionform",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("modes", sa.Text(), nullable=False),
        sa.Column("window_start", sa.Date(), nullable=False),
        sa.Column("window_end", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "completed",
                "cancelled",
                name="eventstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("evidence_url", sa.String(length=500), nullable=True),
        sa.Column("learner_count", sa.Integer(), nullable=True),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "completed_on IS NULL OR completed_on >= window_start",
            name=op.f("ck_events_completed_on_order"),
        ),
        sa.CheckConstraint(
            "window_end IS NULL OR window_end >= window_start",
            name=op.f("ck_events_window_end_order"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_events_activity_id")
        ),
        sa.ForeignKeyConstraint(["host_id"], ["organizations.id"], name=op.f("fk_events_host_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_events_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_events_partnership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_events_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_events_activity_id_occurrence"),
            ["activity_id", "occurrence"],
            unique=True,
            sqlite_where=None,
            postgresql_where=None,
        )
        batch_op.create_index(batch_op.f("ix_events_host_id"), ["host_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_events_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_events_partnership_id"), ["partnership_id"], unique=False
        )

    op.create_table(
        "monitoring_records",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("program_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("measure_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("partnership_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("activity_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("value_number", sa.BigInteger(), nullable=True),
        sa.Column("value_text", sa.Text(), nullable=True),
        sa.Column("baseline_number", sa.BigInteger(), nullable=True),
        sa.Column("target_number", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "accepted",
                "returned",
                name="monitoringstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("evidence_url", sa.String(length=500), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("submitted_at", app.model.columns.Instant(length=27), nullable=True),
        sa.Column("submitted_by", sa.String(length=128), nullable=True),
        sa.Column("decided_at", app.model.columns.Instant(length=27), nullable=True),
        sa.Column("decided_by", sa.String(length=128), nullable=True),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "period_end IS NULL OR period_end >= period_start",
            name=op.f("ck_monitoring_records_period_end_order"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_monitoring_records_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures.id"], name=op.f("fk_monitoring_records_measure_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_monitoring_records_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_monitoring_records_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_monitoring_records_partnership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_monitoring_records_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_records")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_monitoring_records_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_monitoring_records_natural_key")),
    )
    with op.batch_alter_table("monitoring_records", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_monitoring_records_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_monitoring_records_measure_id"), ["measure_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_monitoring_records_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_monitoring_records_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_monitoring_records_partnership_id"), ["partnership_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_monitoring_records_program_id"), ["program_id"], unique=False
        )

    op.create_table(
        "partnership_members",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "leader",
                "supported",
                "social_partner",
                "partner",
                name="memberrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("representative", sa.String(length=500), nullable=True),
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_partnership_members_valid_to_order"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_partnership_members_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_partnership_members_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["partnerships.id"], name=op.f("fk_partnership_members_owner_id")
        ),
        sa.PrimaryKeyConstraint("place", "owner_id", name=op.f("pk_partnership_members")),
    )
    with op.batch_alter_table("partnership_members", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partnership_members_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "partnership_suspensions",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_partnership_suspensions_valid_to_order"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_partnership_suspensions_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["partnerships.id"], name=op.f("fk_partnership_suspensions_owner_id")
        ),
        sa.PrimaryKeyConstraint("place", "owner_id", name=op.f("pk_partnership_suspensions")),
    )
    op.create_table(
        "participations",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("teacher_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("event_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "attendee",
                "speaker",
                "organizer",
                name="participationrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "registered",
                "attended",
                "absent",
                "cancelled",
                name="participationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "remote",
                "in_person",
                "network_association",
                name="interactionmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("participated_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_participations_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_participations_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_participations_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teachers.id"], name=op.f("fk_participations_teacher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participations")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_participations_municipality_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participations_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_participations_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_participations_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_participations_teacher_id_event_id"),
            ["teacher_id", "event_id"],
            unique=True,
            sqlite_where=None,
            postgresql_where=None,
        )

    heads = sa.table(
        "journal_heads",
        sa.column("epoch", app.model.columns.Identifier()),
        sa.column("position", sa.BigInteger()),
    )
    op.bulk_insert(heads, [{"epoch": uuid.uuid4(), "position": 0}])


def downgrade() -> None:
    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_participations_teacher_id_event_id"),
            sqlite_where=None,
            postgresql_where=None,
        )
        batch_op.drop_index(batch_op.f("ix_participations_organization_id"))
        batch_op.drop_index(batch_op.f("ix_participations_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_participations_event_id"))

    op.drop_table("participations")
    op.drop_table("partnership_suspensions")
    with op.batch_alter_table("partnership_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partnership_members_organization_id"))

    op.drop_table("partnership_members")
    with op.batch_alter_table("monitoring_records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_monitoring_records_program_id"))
        batch_op.drop_index(batch_op.f("ix_monitoring_records_partnership_id"))
        batch_op.drop_index(batch_op.f("ix_monitoring_records_organization_id"))
        batch_op.drop_index(batch_op.f("ix_monitoring_records_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_monitoring_records_measure_id"))
        batch_op.drop_index(batch_op.f("ix_monitoring_records_activity_id"))

    op.drop_table("monitoring_records")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_partnership_id"))
        batch_op.drop_index(batch_op.f("ix_events_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_events_host_id"))
        batch_op.drop_index(
            batch_op.f("ix_events_activity_id_occurrence"), sqlite_where=None, postgresql_where=None
        )

    op.drop_table("events")
    with op.batch_alter_table("activity_parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_parties_organization_id"))

    op.drop_table("activity_parties")
    op.drop_table("program_tasks")
    op.drop_table("program_targets")
    op.drop_table("program_provisions")
    with op.batch_alter_table("program_officers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_program_officers_organization_id"))

    op.drop_table("program_officers")
    op.drop_table("program_expected_results")
    op.drop_table("program_directives")
    with op.batch_alter_table("partnerships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partnerships_program_id"))
        batch_op.drop_index(batch_op.f("ix_partnerships_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_partnerships_act_id"))

    op.drop_table("partnerships")
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_activities_program_id_plan_no"), sqlite_where=None, postgresql_where=None
        )
        batch_op.drop_index(batch_op.f("ix_activities_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_activities_inherits_from_id"))

    op.drop_table("activities")
    with op.batch_alter_table("programs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_programs_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_programs_approved_by_id"))

    op.drop_table("programs")
    op.drop_table("legal_act_clauses")
    with op.batch_alter_table("designations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_designations_organization_id"))
        batch_op.drop_index(batch_op.f("ix_designations_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_designations_act_id"))

    op.drop_table("designations")
    with op.batch_alter_table("organization_aliases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_aliases_organization_id"))
        batch_op.drop_index(batch_op.f("ix_organization_aliases_municipality_id"))

    op.drop_table("organization_aliases")
    with op.batch_alter_table("legal_acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legal_acts_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_legal_acts_issuer_id"))

    op.drop_table("legal_acts")
    with op.batch_alter_table("headcounts", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_headcounts_organization_id_observed_on"),
            sqlite_where=None,
            postgresql_where=None,
        )
        batch_op.drop_index(batch_op.f("ix_headcounts_municipality_id"))

    op.drop_table("headcounts")
    with op.batch_alter_table("employments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employments_teacher_id"))
        batch_op.drop_index(batch_op.f("ix_employments_organization_id"))
        batch_op.drop_index(batch_op.f("ix_employments_municipality_id"))

    op.drop_table("employments")
    with op.batch_alter_table("teachers", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_teachers_municipality_id_snils_hash"),
            sqlite_where=None,
            postgresql_where=None,
        )
        batch_op.drop_index(batch_op.f("ix_teachers_municipality_id"))

    op.drop_table("teachers")
    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organizations_successor_id"))
        batch_op.drop_index(batch_op.f("ix_organizations_parent_id"))
        batch_op.drop_index(
            batch_op.f("ix_organizations_municipality_id_ogrn"),
            sqlite_where=sa.text("parent_id IS NULL"),
            postgresql_where=sa.text("parent_id IS NULL"),
        )
        batch_op.drop_index(
            batch_op.f("ix_organizations_municipality_id_inn_kpp"),
            sqlite_where=sa.text("parent_id IS NULL"),
            postgresql_where=sa.text("parent_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_organizations_municipality_id"))

    op.drop_table("organizations")
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measures_municipality_id"))

    op.drop_table("measures")
    op.drop_table("state_positions")
    with op.batch_alter_table("municipalities", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_municipalities_oktmo"), sqlite_where=None, postgresql_where=None
        )
        batch_op.drop_index(batch_op.f("ix_municipalities_municipality_id"))

    op.drop_table("municipalities")
    op.drop_table("journal_heads")
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_entries_deleted_key")

    op.drop_table("journal_entries")
