"""Resource balances: what an organization needs, has and offers of a resource on a day."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.access.rows import KEPT_BY_SCHOOLS
from app.findings import Finding, fault
from app.model.columns import day, decimal, folded, reference, text
from app.model.declaration import Titles
from app.model.drafts import Draft
from app.model.record import Record, Tenant, Write, constraints, natural_key
from app.model.resource import Resource
from app.model.rule import Inquiry
from app.model.values import Day, Id, Text
from app.registry.rules import has_come, open_on
from app.registry.types import COUNTED, Quantity
from app.registry.usage_rules import at_hand

OFFERED_ABOVE_AVAILABLE = fault(
    "offered_above_available",
    "Сети предложено больше, чем имеется. Исправьте одно из чисел.",
    "More is offered to the network than is available. Correct one of the numbers.",
)
OFFERS_WHAT_IT_NEEDS = fault(
    "offers_what_it_needs",
    "За вычетом предложенного сети не хватит на собственную потребность. Проверьте числа.",
    "What is left after the offer does not cover the organization's own need. Check the numbers.",
)


class ResourceBalanceWrite(Write):
    """Обеспеченность организации ресурсом на день."""

    organization_id: Id = reference("organizations", "Организация", index=False)
    resource_type_id: Id = reference("resource_types", "Вид ресурса", beyond=True)
    observed_on: Day = day("На какой день")
    needed: Quantity = decimal("Требуется", COUNTED, default=...)
    available: Quantity = decimal("Имеется", COUNTED, default=...)
    offered: Quantity = decimal("Предлагается сети", COUNTED, default=...)
    note: Text | None = text("Примечание")


class ResourceBalance(ResourceBalanceWrite, Tenant, Record, table=True):
    """A row of resource_balances; an organization tells one balance of a type a day."""

    __tablename__ = "resource_balances"
    __table_args__: Any = constraints(
        natural_key("organization_id", "resource_type_id", "observed_on")
    )

    search_key: str = folded("note")


def offer_is_at_hand(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Nobody offers more than they have."""
    for draft in drafts:
        if draft.columns["offered"] > draft.columns["available"]:
            yield draft.finds(OFFERED_ABOVE_AVAILABLE, "/offered")


def offer_leaves_what_is_needed(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """What is left after the offer covers the organization's own need."""
    for draft in drafts:
        balance = draft.columns
        if balance["offered"] and balance["available"] - balance["offered"] < balance["needed"]:
            yield draft.finds(OFFERS_WHAT_IT_NEEDS, "/offered")


resource_balances = Resource(
    name="resource_balances",
    titles=Titles(
        "Обеспеченность ресурсами",
        "запись об обеспеченности ресурсом",
        "записей об обеспеченности ресурсами",
    ),
    row=ResourceBalance,
    write=ResourceBalanceWrite,
    called=("{organization_id}: {resource_type_id}, {observed_on}",),
    access=KEPT_BY_SCHOOLS,
    owner="organization_id",
    period=None,
    hangs_on=("organization_id",),
    rules=(
        offer_is_at_hand,
        at_hand("resource_type_id"),
        has_come("observed_on"),
        open_on("organization_id", "observed_on"),
    ),
    remarks=(offer_leaves_what_is_needed,),
    immutable=("organization_id",),
    sorts=("observed_on",),
    example={
        "organization_id": "$school",
        "resource_type_id": "$resource_type",
        "observed_on": "2020-08-25",
        "needed": "4",
        "available": "2.5",
        "offered": "0",
    },
    change={"needed": "5"},
)
