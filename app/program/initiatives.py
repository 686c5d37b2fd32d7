"""Initiatives: what of a program's provisions is carried out, by whom, and with what success."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.sheets import Line
from app.network.rows import InitiativeMemberRow, InitiativeRow
from app.program.frame import Answer, Frame, Framed, settled
from app.program.tables import Table, day
from app.registry.events import EventStatus
from app.registry.initiatives import InitiativeLevel
from app.registry.program_parts import ProvisionCode
from app.rest.answers import DayText, IdText
from app.store.rows import Id


class InitiativeLine(TypedDict):
    """Сообщество, проект, лагерь или конкурс."""

    id: Annotated[IdText, Field(description="Инициатива")]
    title: Annotated[str, Field(description="Её название")]
    level: InitiativeLevel | None
    start_date: Annotated[DayText, Field(description="Первый день")]
    end_date: Annotated[DayText | None, Field(description="Последний день; null: не назван")]
    organizations: Annotated[int, Field(description="Сколько организаций участвует")]
    teachers: Annotated[int | None, Field(description="null: никто не сообщил")]
    learners: Annotated[int | None, Field(description="null: никто не сообщил")]
    events_held: Annotated[int, Field(description="Сколько событий прошло")]
    winners: Annotated[int, Field(description="Победителей")]
    prize_winners: Annotated[int, Field(description="Призёров")]


class LevelPlaces(TypedDict):
    """Победители и призёры одного уровня."""

    level: InitiativeLevel | None
    winners: Annotated[int, Field(description="Победителей")]
    prize_winners: Annotated[int, Field(description="Призёров")]
    places: Annotated[int, Field(description="Победители и призёры вместе")]


class ProvisionLine(TypedDict):
    """Положение программы и то, чем оно исполняется."""

    code: ProvisionCode
    initiatives: list[InitiativeLine]
    organizations: Annotated[int, Field(description="Разных организаций")]
    teachers: Annotated[int | None, Field(description="Сколько педагогов; null: никто не сообщил")]
    learners: Annotated[
        int | None, Field(description="Сколько обучающихся; null: никто не сообщил")
    ]
    events_held: Annotated[int, Field(description="Сколько событий прошло")]
    places: list[LevelPlaces]


class ProgramInitiatives(Answer):
    """Сообщества, проекты, лагеря и конкурсы по положениям программы."""

    items: list[ProvisionLine]


def initiatives(framed: Framed) -> ProgramInitiatives:
    """The initiatives of a program that meet the period, by provision."""
    head, frame = framed.head, framed.frame
    if frame is None:
        return {**head, "items": []}
    moment = frame.moment
    rows = [
        row
        for row in frame.exchange.initiatives
        if row.start_date <= moment.end and (row.end_date is None or row.end_date >= moment.start)
    ]
    codes = dict.fromkeys(
        [*(row.code for row in frame.exchange.provisions), *(row.provision for row in rows)]
    )
    items = [
        _provision(frame, code, [row for row in rows if row.provision == code]) for code in codes
    ]
    return {**settled(head, rows), "items": items}


def table(body: ProgramInitiatives) -> Table:
    """The answer as a table: a line for each initiative."""
    lines: list[Line] = [
        [
            row["code"].label,
            each["title"],
            each["level"].label if each["level"] else None,
            day(each["start_date"]),
            day(each["end_date"]),
            each["organizations"],
            each["teachers"],
            each["learners"],
            each["events_held"],
            each["winners"],
            each["prize_winners"],
        ]
        for row in body["items"]
        for each in row["initiatives"]
    ]
    headings = (
        "Вид",
        "Название",
        "Уровень",
        "С",
        "По",
        "Организаций",
        "Педагогов",
        "Обучающихся",
        "Событий",
        "Победителей",
        "Призёров",
    )
    return Table("Инициативы", headings, lines)


def _provision(frame: Frame, code: ProvisionCode, rows: list[InitiativeRow]) -> ProvisionLine:
    rows = sorted(rows, key=lambda row: (row.start_date, row.title, row.id))
    members = [member for row in rows for member in _members(frame, row)]
    levels = dict.fromkeys(row.level for row in rows)
    return {
        "code": code,
        "initiatives": [_initiative(frame, row) for row in rows],
        "organizations": len({frame.facts.root(row.organization_id) for row in members}),
        "teachers": _sum(row.teachers for row in members),
        "learners": _sum(row.learners for row in members),
        "events_held": len({key for row in rows for key in _held(frame, row)}),
        "places": [_places(frame, [row for row in rows if row.level == level]) for level in levels],
    }


def _initiative(frame: Frame, row: InitiativeRow) -> InitiativeLine:
    members = _members(frame, row)
    return {
        "id": str(row.id),
        "title": row.title,
        "level": row.level,
        "start_date": row.start_date.isoformat(),
        "end_date": row.end_date.isoformat() if row.end_date else None,
        "organizations": len({frame.facts.root(each.organization_id) for each in members}),
        "teachers": _sum(each.teachers for each in members),
        "learners": _sum(each.learners for each in members),
        "events_held": len(_held(frame, row)),
        "winners": _sum(each.winners for each in members) or 0,
        "prize_winners": _sum(each.prize_winners for each in members) or 0,
    }


def _places(frame: Frame, rows: list[InitiativeRow]) -> LevelPlaces:
    members = [member for row in rows for member in _members(frame, row)]
    winners = _sum(row.winners for row in members) or 0
    prizes = _sum(row.prize_winners for row in members) or 0
    return {
        "level": rows[0].level,
        "winners": winners,
        "prize_winners": prizes,
        "places": winners + prizes,
    }


def _members(frame: Frame, row: InitiativeRow) -> list[InitiativeMemberRow]:
    """The memberships that meet the period."""
    moment = frame.moment
    return [
        member
        for member in frame.exchange.members.get(row.id, ())
        if member.valid_from <= moment.end
        and (member.valid_to is None or member.valid_to >= moment.start)
    ]


def _held(frame: Frame, row: InitiativeRow) -> set[Id]:
    """The events of an initiative that were completed in the period."""
    events = frame.facts.events
    ids = {part.event_id for part in frame.exchange.initiative_events.get(row.id, ())}
    return {
        key
        for key in ids & events.keys()
        if events[key].status == EventStatus.COMPLETED
        and frame.moment.flows(events[key].completed_on)
    }


def _sum(numbers: Iterable[int | None]) -> int | None:
    """The sum of what was told; None if nobody told."""
    told = [number for number in numbers if number is not None]
    return sum(told) if told else None
