"""Shared resources: halls, laboratories and equipment that an organization may lend."""

from typing import Any

from app.access.rows import KEPT_BY_SCHOOLS
from app.findings import fault
from app.model.columns import Choice, choice, day, flag, folded, integer, line, reference
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints, date_order
from app.model.resource import Resource
from app.model.values import Day, Id, Line
from app.registry.booking_rules import exclusive_means_one_at_a_time
from app.registry.rules import open_on
from app.registry.usage_rules import at_hand, fixed_once_used

RESOURCE_IN_USE = fault(
    "resource_in_use",
    "Этим ресурсом уже пользуются, поэтому его вид не меняется: в его единицах указано количество. "
    "Заведите новый ресурс.",
    "The resource is in use, and quantities are told in the unit of its type. Make a new resource.",
)


class PropertyRight(Choice):
    """By what right an organization has a resource."""

    OPERATIONAL_MANAGEMENT = "operational_management", "оперативное управление"
    OWNERSHIP = "ownership", "собственность"
    LEASE = "lease", "аренда"
    FREE_USE = "free_use", "безвозмездное пользование"
    OTHER = "other", "иное"


class SharedResourceWrite(Write):
    """Общий ресурс: зал, кабинет, лаборатория, оборудование."""

    organization_id: Id = reference("organizations", "Чей ресурс")
    resource_type_id: Id = reference("resource_types", "Вид ресурса", beyond=True)
    title: Line = line("Название")
    seats: int | None = integer("Число мест", 0, 100_000, default=None)
    right: PropertyRight = choice("Право", PropertyRight)
    exclusive: bool = flag("Только один пользователь в одно время", default=True)
    valid_from: Day = day("Первый день")
    valid_to: Day | None = day("Последний день", default=None)


class SharedResource(SharedResourceWrite, Tenant, Record, table=True):
    """A row of shared_resources; a title names one in an organization."""

    __tablename__ = "shared_resources"
    __table_args__: Any = constraints(date_order("valid_from", "valid_to"))

    natural_key: str = folded("organization_id", "title", unique=True)
    title_key: str = folded("title")
    search_key: str = folded("title")


shared_resources = Resource(
    name="shared_resources",
    titles=Titles("Общие ресурсы", "общий ресурс", "общих ресурсов"),
    row=SharedResource,
    write=SharedResourceWrite,
    called=("{title}",),
    access=KEPT_BY_SCHOOLS,
    owner="organization_id",
    period=("valid_from", "valid_to"),
    hangs_on=("organization_id",),
    rules=(
        at_hand("resource_type_id"),
        open_on("organization_id", "valid_from"),
        fixed_once_used(
            "resource_type_id", by=("resource_uses.resource_id",), otherwise=RESOURCE_IN_USE
        ),
    ),
    remarks=(exclusive_means_one_at_a_time,),
    immutable=("organization_id",),
    sorts=("title", "valid_from", "valid_to"),
    example={
        "organization_id": "$leader",
        "resource_type_id": "$hall_type",
        "title": "Большой спортивный зал",
        "seats": 60,
        "right": "operational_management",
        "valid_from": "2019-09-01",
    },
    change={"seats": 80},
)
