"""Designations: when an organization was ШНОР, ШНСУ or a leader school, and why that ended."""

from app.access.rows import REGISTER
from app.findings import fault
from app.model.columns import Choice, choice, day, folded, reference, text
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints, date_order
from app.model.resource import Resource
from app.model.values import Day, Id, Text
from app.registry.rules import apart, open_on, together

DESIGNATION_OVERLAPS = fault(
    "designation_overlaps",
    "В эти дни организация уже отнесена к этой категории. Укажите у прежней записи последний день "
    "(valid_to) или исправьте даты.",
    "The organization has this category on these days already: close that record or change dates.",
)
EXIT_REASON_WITH_END = fault(
    "exit_reason_with_end",
    "Причина выхода указывается вместе с последним днём (valid_to) и только с ним. Заполните оба "
    "или уберите причину.",
    "An exit reason comes together with valid_to, and only then.",
)


class DesignationCategory(Choice):
    """What an organization is in the program; several may hold on one day."""

    LOW_RESULTS = "low_results", "школа с низкими результатами обучения (ШНОР)"
    DISADVANTAGED_CONDITIONS = (
        "disadvantaged_conditions",
        "школа в неблагоприятных социальных условиях (ШНСУ)",
    )
    LEADER = "leader", "школа или организация-лидер (ШЛ)"


class ExitReason(Choice):
    """Why a designation ended."""

    EFFECTIVE_MODE = "effective_mode", "переход в эффективный режим"
    RECLASSIFIED = "reclassified", "отнесена к другой категории"
    ORGANIZATION_CLOSED = "organization_closed", "организация закрыта"
    ENTERED_IN_ERROR = "entered_in_error", "внесено по ошибке"
    OTHER = "other", "другая причина"


class DesignationWrite(Write):
    """Отнесение организации к категории: ШНОР, ШНСУ или школа-лидер."""

    organization_id: Id = reference("organizations", "Организация")
    category: DesignationCategory = choice("Категория", DesignationCategory)
    valid_from: Day = day("Первый день")
    valid_to: Day | None = day("Последний день", default=None)
    act_id: Id | None = reference("legal_acts", "Документ-основание", default=None)
    grounds: Text | None = text("Обоснование: результаты, опыт, ресурсы", heading="Обоснование")
    exit_reason: ExitReason | None = choice("Причина выхода", ExitReason, default=None)


class Designation(DesignationWrite, Tenant, Record, table=True):
    """A row of designations."""

    __tablename__ = "designations"
    __table_args__ = constraints(date_order("valid_from", "valid_to"))

    search_key: str = folded("grounds")


designations = Resource(
    name="designations",
    titles=Titles("Категории организаций", "категорию организации", "категорий организаций"),
    row=Designation,
    write=DesignationWrite,
    called=("{organization_id}: {category}, с {valid_from}",),
    access=REGISTER,
    period=("valid_from", "valid_to"),
    hangs_on=("organization_id",),
    rules=(
        # On a day an organization has a category once; leaving and rejoining is legal.
        apart("organization_id", "category", otherwise=DESIGNATION_OVERLAPS),
        together("exit_reason", "valid_to", otherwise=EXIT_REASON_WITH_END),
        open_on("organization_id", "valid_from", "valid_to"),
    ),
    guards=("organization_id",),
    immutable=("organization_id",),
    sorts=("valid_from", "valid_to"),
    example={
        "organization_id": "$school",
        "category": "disadvantaged_conditions",
        "valid_from": "2020-09-01",
        "act_id": "$act",
        "grounds": "Результаты мониторинга за 2019/2020 учебный год",
    },
    change={"grounds": "По решению комиссии"},
)
