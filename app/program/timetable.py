"""Timetable: the dated slots of a week, with whoever has the same resource at that time."""

from collections import defaultdict
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.sheets import Line
from app.network.conflicts import takes
from app.program.frame import Answer, Frame, Framed, Named, settled
from app.program.tables import Table, day
from app.registry.timetable import Slot, Span, are_one, clock, dates_of, week_of
from app.rest.answers import DayText, IdText
from app.store.rows import Id

WEEKDAYS = ("Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс")


class Component(TypedDict):
    """Часть сетевой программы."""

    no: Annotated[int, Field(description="Номер части")]
    title: Annotated[str, Field(description="Название части")]


class Meeting(TypedDict):
    """Другое занятие в том же ресурсе в то же время."""

    slot_id: Annotated[IdText, Field(description="Строка расписания")]
    holder: Named
    starts: Annotated[str, Field(description="Начало, ЧЧ:ММ")]
    ends: Annotated[str, Field(description="Конец, ЧЧ:ММ")]


class DatedSlot(TypedDict):
    """Занятие в определённый день."""

    slot_id: Annotated[IdText, Field(description="Строка расписания")]
    date: Annotated[DayText, Field(description="День")]
    starts: Annotated[str, Field(description="Начало, ЧЧ:ММ")]
    ends: Annotated[str, Field(description="Конец, ЧЧ:ММ")]
    group: Named | None
    use: Named | None
    organization: Named
    resource: Named | None
    component: Component | None
    conflicts: list[Meeting]


class ProgramTimetable(Answer):
    """Расписание недели."""

    week_start: Annotated[DayText, Field(description="Первый день недели")]
    week_end: Annotated[DayText, Field(description="Последний день недели")]
    items: list[DatedSlot]


class Week(NamedTuple):
    """Which week is asked for, of which organization, and in which resource."""

    holds: date | None
    organization_id: Id | None
    resource_id: Id | None = None


def timetable(framed: Framed, week: Week) -> ProgramTimetable:
    """The slots of a program's groups and uses in one week, by date and time.

    Days before the period and after the program's end are empty.
    """
    head, frame = framed.head, framed.frame
    span = week_of(week.holds or date.fromisoformat(head["as_of"]))
    first, last = span.first.isoformat(), span.last.isoformat()
    if frame is None:
        return {**head, "week_start": first, "week_end": last, "items": []}
    span = span.common(frame.ahead)
    ours = [
        slot for slot in frame.exchange.slots if _is_shown(frame, slot, framed.program_id, week)
    ]
    dated = [(at, slot) for slot in ours for at in dates_of(slot, span)]
    dated.sort(key=lambda entry: (entry[0], entry[1].starts, entry[1].id))
    taken = _taken(frame, span)
    items = [_item(frame, at, slot, taken[at, slot.resource_id]) for at, slot in dated]
    return {**settled(head, items), "week_start": first, "week_end": last, "items": items}


def table(body: ProgramTimetable) -> Table:
    """The answer as a table."""
    lines: list[Line] = [
        [
            day(row["date"]),
            WEEKDAYS[date.fromisoformat(row["date"]).weekday()],
            f"{row['starts']}–{row['ends']}",
            _name(row["group"]) or _name(row["use"]),
            row["component"]["title"] if row["component"] else None,
            row["organization"]["name"],
            _name(row["resource"]),
            "; ".join(
                f"{other['holder']['name']} {other['starts']}–{other['ends']}"
                for other in row["conflicts"]
            ),
        ]
        for row in body["items"]
    ]
    headings = (
        "Дата",
        "День недели",
        "Время",
        "Группа или пользователь",
        "Часть программы",
        "Кто ведёт расписание",
        "Ресурс",
        "Занят также",
    )
    first, last = (date.fromisoformat(body[name]) for name in ("week_start", "week_end"))
    return Table("Расписание", headings, lines, f"неделя {first:%d.%m.%Y}–{last:%d.%m.%Y}")


def _is_shown(frame: Frame, slot: Slot, program_id: Id, week: Week) -> bool:
    holder = frame.exchange.holders[slot.holder_id]
    if holder.program_id != program_id or holder.is_draft:
        return False
    if week.resource_id not in {None, slot.resource_id}:
        return False
    homes = (row.organization_id for row in frame.exchange.learners.get(holder.id, ()))
    return week.organization_id in {None, holder.keeper_id, holder.organization_id, *homes}


def _taken(frame: Frame, span: Span) -> dict[tuple[date, Id | None], list[Slot]]:
    """By date and exclusive resource: the slots that take it."""
    taken: dict[tuple[date, Id | None], list[Slot]] = defaultdict(list)
    for slot in frame.exchange.slots:
        if takes(frame.exchange, slot):
            for at in dates_of(slot, span):
                taken[at, slot.resource_id].append(slot)
    return taken


def _item(frame: Frame, at: date, slot: Slot, beside: list[Slot]) -> DatedSlot:
    holder = frame.exchange.holders[slot.holder_id]
    named = frame.holder(slot.holder_id)
    return {
        "slot_id": str(slot.id),
        "date": at.isoformat(),
        "starts": clock(slot.starts),
        "ends": clock(slot.ends),
        "group": named if slot.is_of_group else None,
        "use": None if slot.is_of_group else named,
        "organization": frame.named(holder.keeper_id),
        "resource": frame.named(slot.resource_id) if slot.resource_id else None,
        "component": _component(frame, holder.curriculum_id, slot.component_no),
        "conflicts": [
            {
                "slot_id": str(other.id),
                "holder": frame.holder(other.holder_id),
                "starts": clock(other.starts),
                "ends": clock(other.ends),
            }
            for other in beside
            if slot.overlaps(other) and not are_one(slot, other)
        ],
    }


def _component(frame: Frame, curriculum_id: Id | None, no: int | None) -> Component | None:
    rows = frame.exchange.components.get(curriculum_id, ()) if curriculum_id and no else ()
    for row in rows:
        if row.no == no:
            return {"no": row.no, "title": row.title}
    return None


def _name(named: Named | None) -> str | None:
    return named["name"] if named else None
