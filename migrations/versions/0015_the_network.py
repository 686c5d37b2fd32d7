"""The network at work: resources, curricula, groups, timetables, money, marks and initiatives."""

import sqlalchemy as sa
from alembic import op

import app.model.columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resource_types",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("code", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "staff",
                "facility",
                "equipment",
                "informational",
                "methodical",
                "other",
                name="resourcekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=500), nullable=False),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_resource_types_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_types")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_resource_types_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_resource_types_natural_key")),
    )
    op.create_index(
        op.f("ix_resource_types_municipality_id"),
        "resource_types",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "resource_balances",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("resource_type_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("needed", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("offered", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_resource_balances_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_resource_balances_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_type_id"],
            ["resource_types.id"],
            name=op.f("fk_resource_balances_resource_type_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_balances")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_resource_balances_municipality_id_source_source_key"),
        ),
    )
    op.create_index(
        op.f("ix_resource_balances_municipality_id"),
        "resource_balances",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_resource_balances_organization_id_resource_type_id_observed_on"),
        "resource_balances",
        ["organization_id", "resource_type_id", "observed_on"],
        unique=True,
        sqlite_where=None,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_resource_balances_resource_type_id"),
        "resource_balances",
        ["resource_type_id"],
        unique=False,
    )
    op.create_table(
        "shared_resources",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("resource_type_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column(
            "right",
            sa.Enum(
                "operational_management",
                "ownership",
                "lease",
                "free_use",
                "other",
                name="propertyright",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_shared_resources_valid_to_order"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_shared_resources_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_shared_resources_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_type_id"],
            ["resource_types.id"],
            name=op.f("fk_shared_resources_resource_type_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_resources")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_shared_resources_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_shared_resources_natural_key")),
    )
    op.create_index(
        op.f("ix_shared_resources_municipality_id"),
        "shared_resources",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_shared_resources_organization_id"),
        "shared_resources",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_shared_resources_resource_type_id"),
        "shared_resources",
        ["resource_type_id"],
        unique=False,
    )
    op.create_table(
        "initiatives",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("program_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "provision",
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
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "school",
                "municipal",
                "regional",
                "federal",
                name="initiativelevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("organizer_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("organizer_name", sa.String(length=500), nullable=True),
        sa.Column("partnership_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "end_date IS NULL OR end_date >= start_date", name=op.f("ck_initiatives_end_date_order")
        ),
        sa.ForeignKeyConstraint(["act_id"], ["legal_acts.id"], name=op.f("fk_initiatives_act_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_initiatives_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizations.id"], name=op.f("fk_initiatives_organizer_id")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_initiatives_partnership_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_initiatives_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiatives")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_initiatives_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_initiatives_natural_key")),
    )
    op.create_index(op.f("ix_initiatives_act_id"), "initiatives", ["act_id"], unique=False)
    op.create_index(
        op.f("ix_initiatives_municipality_id"), "initiatives", ["municipality_id"], unique=False
    )
    op.create_index(
        op.f("ix_initiatives_organizer_id"), "initiatives", ["organizer_id"], unique=False
    )
    op.create_index(
        op.f("ix_initiatives_partnership_id"), "initiatives", ["partnership_id"], unique=False
    )
    op.create_index(op.f("ix_initiatives_program_id"), "initiatives", ["program_id"], unique=False)
    op.create_table(
        "network_curricula",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("program_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("partnership_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "general",
                "additional",
                name="curriculumkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum(
                "preschool",
                "primary",
                "basic",
                "secondary",
                name="educationlevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("focus", sa.String(length=500), nullable=True),
        sa.Column(
            "scope",
            sa.Enum(
                "whole",
                "part",
                name="curriculumscope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "approved_by",
            sa.Enum(
                "base",
                "jointly",
                name="approvedby",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("standard_ref", sa.String(length=500), nullable=True),
        sa.Column("learners_min", sa.Integer(), nullable=True),
        sa.Column("learners_max", sa.Integer(), nullable=True),
        sa.Column(
            "schedule_mode",
            sa.Enum(
                "each_party",
                "annex_all",
                "annex_participant",
                name="schedulemode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "final_assessment",
            sa.Enum(
                "base",
                "jointly",
                "none",
                name="finalassessment",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("documents_issued", sa.String(length=500), nullable=True),
        sa.Column(
            "funding_mode",
            sa.Enum(
                "service_contract",
                "paid_services",
                "resource_payment",
                "own_means",
                name="fundingmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "end_date IS NULL OR end_date >= start_date",
            name=op.f("ck_network_curricula_end_date_order"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_network_curricula_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_network_curricula_partnership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_network_curricula_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_curricula")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_network_curricula_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_network_curricula_natural_key")),
    )
    op.create_index(
        op.f("ix_network_curricula_municipality_id"),
        "network_curricula",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_network_curricula_program_id"),
        "network_curricula",
        ["program_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_network_curricula_partnership_id"),
        "network_curricula",
        ["partnership_id"],
        unique=False,
    )
    op.create_table(
        "resource_uses",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("program_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("partnership_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("resource_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("provider_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("user_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "joint_use",
                "free_use",
                "lease",
                name="usebasis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("assessment_act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("consent_act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=True),
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
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "end_date IS NULL OR end_date >= start_date",
            name=op.f("ck_resource_uses_end_date_order"),
        ),
        sa.ForeignKeyConstraint(
            ["act_id"], ["legal_acts.id"], name=op.f("fk_resource_uses_act_id")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_act_id"],
            ["legal_acts.id"],
            name=op.f("fk_resource_uses_assessment_act_id"),
        ),
        sa.ForeignKeyConstraint(
            ["consent_act_id"], ["legal_acts.id"], name=op.f("fk_resource_uses_consent_act_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_resource_uses_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_resource_uses_partnership_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_resource_uses_program_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organizations.id"], name=op.f("fk_resource_uses_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["shared_resources.id"], name=op.f("fk_resource_uses_resource_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["organizations.id"], name=op.f("fk_resource_uses_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_uses")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_resource_uses_municipality_id_source_source_key"),
        ),
    )
    op.create_index(op.f("ix_resource_uses_act_id"), "resource_uses", ["act_id"], unique=False)
    op.create_index(
        op.f("ix_resource_uses_assessment_act_id"),
        "resource_uses",
        ["assessment_act_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_resource_uses_consent_act_id"), "resource_uses", ["consent_act_id"], unique=False
    )
    op.create_index(
        op.f("ix_resource_uses_municipality_id"), "resource_uses", ["municipality_id"], unique=False
    )
    op.create_index(
        op.f("ix_resource_uses_partnership_id"), "resource_uses", ["partnership_id"], unique=False
    )
    op.create_index(
        op.f("ix_resource_uses_program_id_resource_id_user_id_start_date"),
        "resource_uses",
        ["program_id", "resource_id", "user_id", "start_date"],
        unique=True,
        sqlite_where=None,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_resource_uses_provider_id"), "resource_uses", ["provider_id"], unique=False
    )
    op.create_index(
        op.f("ix_resource_uses_resource_id"), "resource_uses", ["resource_id"], unique=False
    )
    op.create_index(op.f("ix_resource_uses_user_id"), "resource_uses", ["user_id"], unique=False)
    op.create_table(
        "result_criteria",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("program_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
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
        sa.Column(
            "kind",
            sa.Enum(
                "indicator",
                "measure",
                "activity",
                "document",
                name="criterionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "indicator_code",
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
                "resource_sufficiency_share",
                "need_coverage_share",
                "property_documented_share",
                "conflicted_resources",
                "contract_coverage_share",
                "network_learners",
                "provision_coverage_share",
                "result_confirmation_share",
                name="indicatorcode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("measure_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("activity_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column(
            "operator",
            sa.Enum(
                "gte",
                "lte",
                name="criterionoperator",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("threshold", sa.BigInteger(), nullable=True),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"], ["legal_acts.id"], name=op.f("fk_result_criteria_act_id")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_result_criteria_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures.id"], name=op.f("fk_result_criteria_measure_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_result_criteria_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_result_criteria_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_criteria")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_result_criteria_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_result_criteria_natural_key")),
    )
    op.create_index(op.f("ix_result_criteria_act_id"), "result_criteria", ["act_id"], unique=False)
    op.create_index(
        op.f("ix_result_criteria_activity_id"), "result_criteria", ["activity_id"], unique=False
    )
    op.create_index(
        op.f("ix_result_criteria_measure_id"), "result_criteria", ["measure_id"], unique=False
    )
    op.create_index(
        op.f("ix_result_criteria_municipality_id"),
        "result_criteria",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_result_criteria_program_id"), "result_criteria", ["program_id"], unique=False
    )
    op.create_table(
        "assessment_results",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("event_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "baseline",
                "interim",
                "final",
                name="assessmentstage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("mark_2", sa.Integer(), nullable=False),
        sa.Column("mark_3", sa.Integer(), nullable=False),
        sa.Column("mark_4", sa.Integer(), nullable=False),
        sa.Column("mark_5", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_assessment_results_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_assessment_results_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_assessment_results_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_results")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_assessment_results_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_assessment_results_natural_key")),
    )
    op.create_index(
        op.f("ix_assessment_results_event_id"), "assessment_results", ["event_id"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_results_municipality_id"),
        "assessment_results",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_assessment_results_organization_id"),
        "assessment_results",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "funding_entries",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("program_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "entry",
            sa.Enum(
                "plan",
                "change",
                "payment",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entry_date", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "fund",
            sa.Enum(
                "federal_budget",
                "regional_budget",
                "municipal_budget",
                "own_income",
                "donations",
                "other",
                name="fund",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "mechanism",
            sa.Enum(
                "task_subsidy",
                "special_subsidy",
                "estimate",
                "service_contract",
                "resource_payment",
                "other",
                name="fundingmechanism",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("payer_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("recipient_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("activity_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("partnership_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("curriculum_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("document_no", sa.String(length=500), nullable=True),
        sa.Column("act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"], ["legal_acts.id"], name=op.f("fk_funding_entries_act_id")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_funding_entries_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["curriculum_id"],
            ["network_curricula.id"],
            name=op.f("fk_funding_entries_curriculum_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_funding_entries_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_funding_entries_partnership_id")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["organizations.id"], name=op.f("fk_funding_entries_payer_id")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_funding_entries_program_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["organizations.id"], name=op.f("fk_funding_entries_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_entries")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_funding_entries_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_funding_entries_natural_key")),
    )
    op.create_index(op.f("ix_funding_entries_act_id"), "funding_entries", ["act_id"], unique=False)
    op.create_index(
        op.f("ix_funding_entries_activity_id"), "funding_entries", ["activity_id"], unique=False
    )
    op.create_index(
        op.f("ix_funding_entries_curriculum_id"), "funding_entries", ["curriculum_id"], unique=False
    )
    op.create_index(
        op.f("ix_funding_entries_municipality_id"),
        "funding_entries",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_funding_entries_partnership_id"),
        "funding_entries",
        ["partnership_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_funding_entries_payer_id"), "funding_entries", ["payer_id"], unique=False
    )
    op.create_index(
        op.f("ix_funding_entries_program_id"), "funding_entries", ["program_id"], unique=False
    )
    op.create_index(
        op.f("ix_funding_entries_recipient_id"), "funding_entries", ["recipient_id"], unique=False
    )
    op.create_table(
        "initiative_events",
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("event_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_initiative_events_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_initiative_events_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["initiatives.id"], name=op.f("fk_initiative_events_owner_id")
        ),
        sa.PrimaryKeyConstraint("owner_id", "place", name=op.f("pk_initiative_events")),
    )
    op.create_index(
        op.f("ix_initiative_events_event_id"), "initiative_events", ["event_id"], unique=False
    )
    op.create_index(
        op.f("ix_initiative_events_municipality_id"),
        "initiative_events",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "initiative_members",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("initiative_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "organizer",
                "participant",
                name="initiativerole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("teachers", sa.Integer(), nullable=True),
        sa.Column("learners", sa.Integer(), nullable=True),
        sa.Column("winners", sa.Integer(), nullable=True),
        sa.Column("prize_winners", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_initiative_members_valid_to_order"),
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiatives.id"], name=op.f("fk_initiative_members_initiative_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_initiative_members_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_initiative_members_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_members")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_initiative_members_municipality_id_source_source_key"),
        ),
    )
    op.create_index(
        op.f("ix_initiative_members_initiative_id"),
        "initiative_members",
        ["initiative_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_initiative_members_municipality_id"),
        "initiative_members",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_initiative_members_organization_id"),
        "initiative_members",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "network_curriculum_components",
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("hours", sa.BigInteger(), nullable=False),
        sa.Column("assessment_form", sa.String(length=500), nullable=True),
        sa.Column("resource_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_network_curriculum_components_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_network_curriculum_components_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["network_curricula.id"],
            name=op.f("fk_network_curriculum_components_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["shared_resources.id"],
            name=op.f("fk_network_curriculum_components_resource_id"),
        ),
        sa.PrimaryKeyConstraint("owner_id", "place", name=op.f("pk_network_curriculum_components")),
    )
    op.create_index(
        op.f("ix_network_curriculum_components_municipality_id"),
        "network_curriculum_components",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_network_curriculum_components_organization_id"),
        "network_curriculum_components",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_network_curriculum_components_resource_id"),
        "network_curriculum_components",
        ["resource_id"],
        unique=False,
    )
    op.create_table(
        "network_curriculum_parties",
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "base",
                "educating",
                "resource_owner",
                name="curriculumrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("licence_no", sa.String(length=100), nullable=True),
        sa.Column("licence_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["act_id"], ["legal_acts.id"], name=op.f("fk_network_curriculum_parties_act_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_network_curriculum_parties_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_network_curriculum_parties_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["network_curricula.id"],
            name=op.f("fk_network_curriculum_parties_owner_id"),
        ),
        sa.PrimaryKeyConstraint("owner_id", "place", name=op.f("pk_network_curriculum_parties")),
    )
    op.create_index(
        op.f("ix_network_curriculum_parties_act_id"),
        "network_curriculum_parties",
        ["act_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_network_curriculum_parties_municipality_id"),
        "network_curriculum_parties",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_network_curriculum_parties_organization_id"),
        "network_curriculum_parties",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "network_groups",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("curriculum_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "class",
                "group",
                name="groupkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("academic_year", sa.String(length=9), nullable=False),
        sa.Column("grade_from", sa.Integer(), nullable=True),
        sa.Column("grade_to", sa.Integer(), nullable=True),
        sa.Column("host_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("modes", sa.Text(), nullable=False),
        sa.Column("act_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "end_date IS NULL OR end_date >= start_date",
            name=op.f("ck_network_groups_end_date_order"),
        ),
        sa.ForeignKeyConstraint(
            ["act_id"], ["legal_acts.id"], name=op.f("fk_network_groups_act_id")
        ),
        sa.ForeignKeyConstraint(
            ["curriculum_id"],
            ["network_curricula.id"],
            name=op.f("fk_network_groups_curriculum_id"),
        ),
        sa.ForeignKeyConstraint(
            ["host_id"], ["organizations.id"], name=op.f("fk_network_groups_host_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_network_groups_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_groups")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_network_groups_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_network_groups_natural_key")),
    )
    op.create_index(op.f("ix_network_groups_act_id"), "network_groups", ["act_id"], unique=False)
    op.create_index(
        op.f("ix_network_groups_curriculum_id"), "network_groups", ["curriculum_id"], unique=False
    )
    op.create_index(op.f("ix_network_groups_host_id"), "network_groups", ["host_id"], unique=False)
    op.create_index(
        op.f("ix_network_groups_municipality_id"),
        "network_groups",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "resource_use_breaks",
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_resource_use_breaks_valid_to_order"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_resource_use_breaks_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["resource_uses.id"], name=op.f("fk_resource_use_breaks_owner_id")
        ),
        sa.PrimaryKeyConstraint("owner_id", "place", name=op.f("pk_resource_use_breaks")),
    )
    op.create_index(
        op.f("ix_resource_use_breaks_municipality_id"),
        "resource_use_breaks",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "network_group_breaks",
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_network_group_breaks_valid_to_order"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_network_group_breaks_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["network_groups.id"], name=op.f("fk_network_group_breaks_owner_id")
        ),
        sa.PrimaryKeyConstraint("owner_id", "place", name=op.f("pk_network_group_breaks")),
    )
    op.create_index(
        op.f("ix_network_group_breaks_municipality_id"),
        "network_group_breaks",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "network_group_learners",
        sa.Column("owner_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("requested", sa.Integer(), nullable=False),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_network_group_learners_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_network_group_learners_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["network_groups.id"], name=op.f("fk_network_group_learners_owner_id")
        ),
        sa.PrimaryKeyConstraint("owner_id", "place", name=op.f("pk_network_group_learners")),
    )
    op.create_index(
        op.f("ix_network_group_learners_municipality_id"),
        "network_group_learners",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_network_group_learners_organization_id"),
        "network_group_learners",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "schedule_slots",
        sa.Column("id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", app.model.columns.Instant(length=27), nullable=False),
        sa.Column("municipality_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=True),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("group_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("use_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("organization_id", app.model.columns.Identifier(length=36), nullable=False),
        sa.Column("component_no", sa.Integer(), nullable=True),
        sa.Column("resource_id", app.model.columns.Identifier(length=36), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column(
            "parity",
            sa.Enum(
                "every",
                "odd",
                "even",
                name="weekparity",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_schedule_slots_valid_to_order"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["network_groups.id"], name=op.f("fk_schedule_slots_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_schedule_slots_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_schedule_slots_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["shared_resources.id"], name=op.f("fk_schedule_slots_resource_id")
        ),
        sa.ForeignKeyConstraint(
            ["use_id"], ["resource_uses.id"], name=op.f("fk_schedule_slots_use_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_slots")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_key",
            name=op.f("uq_schedule_slots_municipality_id_source_source_key"),
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_schedule_slots_natural_key")),
    )
    op.create_index(
        op.f("ix_schedule_slots_group_id"), "schedule_slots", ["group_id"], unique=False
    )
    op.create_index(
        op.f("ix_schedule_slots_municipality_id"),
        "schedule_slots",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_schedule_slots_organization_id"),
        "schedule_slots",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_schedule_slots_resource_id"), "schedule_slots", ["resource_id"], unique=False
    )
    op.create_index(op.f("ix_schedule_slots_use_id"), "schedule_slots", ["use_id"], unique=False)
    with op.batch_alter_table("legal_acts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_legal_acts_legalactkind"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_legal_acts_legalactkind"),
            "kind IN ("
            "'order', "
            "'agreement', "
            "'network_form_contract', "
            "'regulation', "
            "'free_use_contract', "
            "'lease_contract', "
            "'service_contract', "
            "'conclusion', "
            "'minutes', "
            "'other'"
            ")",
        )

    with op.batch_alter_table("program_targets", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_program_targets_indicatorcode"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_program_targets_indicatorcode"),
            "code IN ("
            "'org_involvement_share', "
            "'org_involvement_share_priority', "
            "'org_active_involvement_share', "
            "'teacher_coverage_share', "
            "'plan_completion_share', "
            "'plan_on_time_share', "
            "'overdue_windows', "
            "'legal_coverage_share', "
            "'social_partner_count', "
            "'form_coverage_share', "
            "'leader_load', "
            "'monitoring_completeness_share', "
            "'effective_mode_transition_share', "
            "'learner_participation_total', "
            "'resource_sufficiency_share', "
            "'need_coverage_share', "
            "'property_documented_share', "
            "'conflicted_resources', "
            "'contract_coverage_share', "
            "'network_learners', "
            "'provision_coverage_share', "
            "'result_confirmation_share'"
            ")",
        )


def downgrade() -> None:
    # The release before counts no such indicators, so their targets go. Documents stay, as others;
    # their natural keys keep the kind, so that none of them takes the key of another document.
    op.execute(
        "DELETE FROM program_targets WHERE code IN ("
        "'resource_sufficiency_share', "
        "'need_coverage_share', "
        "'property_documented_share', "
        "'conflicted_resources', "
        "'contract_coverage_share', "
        "'network_learners', "
        "'provision_coverage_share', "
        "'result_confirmation_share'"
        ")"
    )
    op.execute(
        "UPDATE legal_acts SET kind = 'other' WHERE kind IN ("
        "'free_use_contract', 'lease_contract', 'service_contract', 'conclusion', 'minutes')"
    )
    with op.batch_alter_table("program_targets", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_program_targets_indicatorcode"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_program_targets_indicatorcode"),
            "code IN ("
            "'org_involvement_share', "
            "'org_involvement_share_priority', "
            "'org_active_involvement_share', "
            "'teacher_coverage_share', "
            "'plan_completion_share', "
            "'plan_on_time_share', "
            "'overdue_windows', "
            "'legal_coverage_share', "
            "'social_partner_count', "
            "'form_coverage_share', "
            "'leader_load', "
            "'monitoring_completeness_share', "
            "'effective_mode_transition_share', "
            "'learner_participation_total'"
            ")",
        )

    with op.batch_alter_table("legal_acts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_legal_acts_legalactkind"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_legal_acts_legalactkind"),
            "kind IN ('order', 'agreement', 'network_form_contract', 'regulation', 'other')",
        )

    op.drop_table("schedule_slots")
    op.drop_table("network_group_learners")
    op.drop_table("network_group_breaks")
    op.drop_table("resource_use_breaks")
    op.drop_table("network_groups")
    op.drop_table("network_curriculum_parties")
    op.drop_table("network_curriculum_components")
    op.drop_table("initiative_members")
    op.drop_table("initiative_events")
    op.drop_table("funding_entries")
    op.drop_table("assessment_results")
    op.drop_table("result_criteria")
    op.drop_table("resource_uses")
    op.drop_table("network_curricula")
    op.drop_table("initiatives")
    op.drop_table("shared_resources")
    op.drop_table("resource_balances")
    op.drop_table("resource_types")
