"""Resources: who needs, has, lacks and lends what, and how offers could meet needs."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.facts import PRIORITY
from app.indicators.network import Network
from app.indicators.sheets import Line, amount
from app.model.text import alphabetical
from app.model.values import spoken_decimal
from app.network.holdings import Holding, proposals
from app.program.frame import Answer, Frame, Framed, Named, settled
from app.program.tables import Table
from app.registry.partnerships import MemberRole
from app.rest.answers import DayText, DecimalText, IdText
from app.store.rows import Id


class TypeNamed(Named):
    """Вид ресурса."""

    code: Annotated[str, Field(description="Его код")]
    unit: Annotated[str, Field(description="Единица измерения")]


class ResourceLine(TypedDict):
    """Организация и вид ресурса: требуется, имеется, не хватает, получено."""

    balance_id: Annotated[IdText, Field(description="Запись об обеспеченности")]
    organization: Named
    resource_type: TypeNamed
    observed_on: Annotated[DayText, Field(description="На какой день сведения")]
    stale: Annotated[bool, Field(description="Сведения старше года, по ним не считают")]
    needed: Annotated[DecimalText, Field(description="Требуется")]
    available: Annotated[DecimalText, Field(description="Имеется")]
    offered: Annotated[DecimalText, Field(description="Готова предоставить другим")]
    short: Annotated[DecimalText | None, Field(description="Не хватает своего")]
    provided: Annotated[DecimalText | None, Field(description="Получено от других")]
    open: Annotated[DecimalText | None, Field(description="Не закрыто")]
    free: Annotated[DecimalText | None, Field(description="Предложено и не занято")]


class ResourceProposal(TypedDict):
    """Предложение: кто кому мог бы предоставить. Нигде не записывается."""

    provider: Named
    user: Named
    resource_type: TypeNamed
    quantity: Annotated[DecimalText, Field(description="Сколько")]


class ProgramResources(Answer):
    """Обеспеченность ресурсами и предложения сети."""

    items: list[ResourceLine]
    proposals: list[ResourceProposal]


def resources(framed: Framed) -> ProgramResources:
    """The resources of a program's organizations on a day."""
    head, frame = framed.head, framed.frame
    if frame is None:
        return {**head, "items": [], "proposals": []}
    rows = _holdings(frame)
    fresh = [row for row in rows if not row.is_stale]
    asked_for = frame.network.population | frame.network.leaders
    found = proposals(
        [row for row in fresh if row.organization_id in asked_for],
        fresh,
        lambda key: bool(PRIORITY & frame.network.categories.get(key, set())),
        _leaders(frame.network),
    )
    return {
        **settled(head, rows),
        "items": [_line(frame, row) for row in rows],
        "proposals": [
            {
                "provider": frame.named(row.provider_id),
                "user": frame.named(row.user_id),
                "resource_type": _type(frame, row.resource_type_id),
                "quantity": spoken_decimal(row.quantity),
            }
            for row in found
        ],
    }


def table(body: ProgramResources) -> Table:
    """The answer as a table; what the network offers stands beside each need."""
    offers: dict[tuple[str, str], list[str]] = {}
    for row in body["proposals"]:
        place = row["user"]["id"], row["resource_type"]["id"]
        offers.setdefault(place, []).append(f"{row['provider']['name']}: {row['quantity']}")
    lines: list[Line] = [
        [
            row["organization"]["name"],
            row["resource_type"]["name"],
            row["resource_type"]["unit"],
            amount(row["needed"]),
            amount(row["available"]),
            amount(row["short"]),
            amount(row["provided"]),
            amount(row["open"]),
            "; ".join(offers.get((row["organization"]["id"], row["resource_type"]["id"]), [])),
            "старше года" if row["stale"] else None,
        ]
        for row in body["items"]
    ]
    return Table(
        "Ресурсы",
        (
            "Организация",
            "Ресурс",
            "Единица",
            "Требуется",
            "Имеется",
            "Не хватает",
            "Получено",
            "Не закрыто",
            "Предложение сети",
            "Примечание",
        ),
        lines,
    )


def _holdings(frame: Frame) -> list[Holding]:
    """Those of the organizations that report, and of social partners of the municipality."""
    network = frame.network
    seen = network.population | network.leaders
    for row in network.counting:
        seen |= network.members(row, MemberRole.SOCIAL_PARTNER)
    names = frame.names
    rows = frame.exchange.stock.holdings(frame.moment.day).values()
    return sorted(
        (row for row in rows if row.organization_id in seen),
        key=lambda row: (alphabetical(names.get(row.organization_id)), *row[:2]),
    )


def _leaders(network: Network) -> dict[Id, set[Id]]:
    """The valid leaders of each supported organization."""
    leaders: dict[Id, set[Id]] = {}
    for leader, supported in network.supported.items():
        for key in supported:
            leaders.setdefault(key, set()).add(leader)
    return leaders


def _line(frame: Frame, row: Holding) -> ResourceLine:
    balance = row.balance

    def computed(value: Decimal) -> str | None:
        return None if row.is_stale else spoken_decimal(value)

    return {
        "balance_id": str(balance.id),
        "organization": frame.named(row.organization_id),
        "resource_type": _type(frame, row.resource_type_id),
        "observed_on": balance.observed_on.isoformat(),
        "stale": row.is_stale,
        "needed": spoken_decimal(balance.needed),
        "available": spoken_decimal(balance.available),
        "offered": spoken_decimal(balance.offered),
        "short": computed(row.short),
        "provided": computed(row.provided),
        "open": computed(row.open),
        "free": computed(row.free),
    }


def _type(frame: Frame, key: Id) -> TypeNamed:
    kind = frame.exchange.types[key]
    return {"id": str(key), "name": kind.title, "code": kind.code, "unit": kind.unit}
