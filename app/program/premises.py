"""Property: who uses what of whom, on which papers, for how many hours, and with what conflicts."""

from collections import defaultdict
from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.sheets import Line, amount
from app.model.text import alphabetical
from app.model.values import spoken_decimal
from app.network.conflicts import conflicts_of
from app.network.holdings import REAL
from app.network.papers import missing_papers
from app.network.rows import UseRow
from app.program.frame import Answer, Frame, Framed, Named, hours, settled
from app.program.tables import Table, day
from app.registry.partnerships import PartnershipStatus
from app.registry.resource_uses import UseBasis
from app.registry.timetable import Meeting, Slot, Span, minutes_in, week_of
from app.rest.answers import DayText, DecimalText, IdText
from app.store.rows import Id

PAPERS = {
    "act_id": "договор или соглашение",
    "assessment_act_id": "оценка последствий",
    "consent_act_id": "согласие собственника",
}


# `with` is a keyword of Python: only this form can have it as a name.
_Other = TypedDict("_Other", {"with": Annotated[Named, Field(description="С кем")]})


class Conflict(_Other):
    """Двойная бронь: с кем, впервые, сколько дат и минут."""

    first_date: Annotated[DayText, Field(description="Первая дата")]
    dates: Annotated[int, Field(description="Сколько дат")]
    minutes: Annotated[int, Field(description="Сколько минут")]


class PropertyUse(TypedDict):
    """Пользование ресурсом: основание, документы, часы, двойные брони."""

    id: Annotated[IdText, Field(description="Пользование ресурсом")]
    resource: Named
    provider: Named
    user: Named
    basis: UseBasis
    status: PartnershipStatus
    quantity: Annotated[DecimalText, Field(description="Сколько")]
    start_date: Annotated[DayText, Field(description="Первый день")]
    end_date: Annotated[DayText, Field(description="Последний день")]
    missing: Annotated[list[str], Field(description="Каких документов нет на эту дату")]
    minutes_a_week: Annotated[int, Field(description="В неделю, на которую приходится дата")]
    hours: Annotated[DecimalText, Field(description="От начала периода до конца программы")]
    conflicts: list[Conflict]


class ProgramProperty(Answer):
    """Пользование имуществом; смотрит вперёд, до конца программы."""

    items: list[PropertyUse]


def premises(framed: Framed) -> ProgramProperty:
    """The uses of a program from the start of the period to its end."""
    head, frame = framed.head, framed.frame
    if frame is None:
        return {**head, "items": []}
    uses = [
        row
        for row in frame.exchange.stock.uses
        if row.program_id == framed.program_id
        and row.status in REAL
        and frame.ahead.meets(Span(row.start_date, row.end_date))
    ]
    # By holder, once: a hall with hundreds of users has pairs of them by the ten thousand.
    slots: dict[Id, list[Slot]] = defaultdict(list)
    for slot in frame.exchange.slots:
        slots[slot.holder_id].append(slot)
    conflicts: dict[Id, list[Meeting]] = defaultdict(list)
    for meeting in conflicts_of(frame.exchange, framed.program_id, frame.ahead):
        for key in meeting.holders:
            conflicts[key].append(meeting)
    items = [_item(frame, row, slots[row.id], conflicts[row.id]) for row in uses]
    items.sort(
        key=lambda item: (alphabetical(item["resource"]["name"]), item["start_date"], item["id"])
    )
    return {**settled(head, items), "items": items}


def table(body: ProgramProperty) -> Table:
    """The answer as a table."""
    lines: list[Line] = [
        [
            row["resource"]["name"],
            row["provider"]["name"],
            row["user"]["name"],
            row["basis"].label,
            day(row["start_date"]),
            day(row["end_date"]),
            ", ".join(PAPERS[name] for name in row["missing"]) or None,
            row["minutes_a_week"],
            amount(row["hours"]),
            len(row["conflicts"]),
            "; ".join(
                f"{each['with']['name']}, с {date.fromisoformat(each['first_date']):%d.%m.%Y}"
                for each in row["conflicts"]
            ),
        ]
        for row in body["items"]
    ]
    headings = (
        "Объект",
        "Предоставляет",
        "Пользуется",
        "Основание",
        "С",
        "По",
        "Нет документов",
        "Минут в неделю",
        "Часов",
        "Конфликтов",
        "С кем",
    )
    return Table("Имущество", headings, lines)


def _item(frame: Frame, row: UseRow, slots: list[Slot], conflicts: list[Meeting]) -> PropertyUse:
    kind = frame.facts.organizations[frame.facts.root(row.provider_id)].kind
    return {
        "id": str(row.id),
        "resource": frame.named(row.resource_id),
        "provider": frame.named(row.provider_id),
        "user": frame.named(row.user_id),
        "basis": row.basis,
        "status": row.status,
        "quantity": spoken_decimal(row.quantity),
        "start_date": row.start_date.isoformat(),
        "end_date": row.end_date.isoformat(),
        "missing": missing_papers(row, kind, frame.exchange.acts, frame.moment.day),
        "minutes_a_week": _minutes(slots, week_of(frame.moment.day)),
        "hours": hours(_minutes(slots, frame.ahead)),
        "conflicts": [_conflict(frame, row.id, each) for each in conflicts],
    }


def _minutes(slots: list[Slot], span: Span) -> int:
    return sum(minutes_in(slot, span) for slot in slots)


def _conflict(frame: Frame, use_id: Id, meeting: Meeting) -> Conflict:
    first, last = meeting.holders
    return {
        "with": frame.holder(last if first == use_id else first),
        "first_date": meeting.first.isoformat(),
        "dates": meeting.dates,
        "minutes": meeting.minutes,
    }
