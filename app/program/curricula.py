"""Curricula: hours by party, groups and learners, and what of the contract is filled in."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from app.findings import Words
from app.indicators.sheets import Line, amount
from app.model.text import alphabetical
from app.model.values import spoken_decimal
from app.network.rows import CurriculumRow, GroupRow
from app.program.frame import Answer, Frame, Framed, Named, hours, settled
from app.program.tables import Table, day
from app.registry.network_curricula import CurriculumKind, CurriculumRole
from app.registry.timetable import Span, minutes_in
from app.rest.answers import DayText, DecimalText, IdText
from app.rest.mentions import Labelled
from app.store.rows import Id

Filled = Literal["filled", "missing"]

_FILLED = {"filled": Words("заполнено", "filled"), "missing": Words("не заполнено", "missing")}


class CurriculumParty(TypedDict):
    """Сторона: часы по программе и по расписанию."""

    organization: Named
    role: CurriculumRole
    hours: Annotated[DecimalText, Field(description="Часов по программе")]
    scheduled: Annotated[DecimalText, Field(description="Часов по расписанию на эту дату")]


class CurriculumHome(TypedDict):
    """Обучающиеся одной школы."""

    organization: Named
    requested: Annotated[int, Field(description="Сколько обучающихся заявлено")]
    enrolled: Annotated[int, Field(description="Сколько зачислено")]


class ContractLine(TypedDict):
    """Пункт типового договора: заполнен или нет."""

    clause: Annotated[str, Field(description="Пункт типового договора")]
    field: Annotated[str, Field(description="Что в нём указывают")]
    organization: Named | None
    state: Annotated[Filled, Field(description="Заполнен ли он"), Labelled(_FILLED)]


class CurriculumLine(TypedDict):
    """Сетевая программа."""

    id: Annotated[IdText, Field(description="Сетевая программа")]
    title: Annotated[str, Field(description="Её название")]
    kind: CurriculumKind
    start_date: Annotated[DayText, Field(description="Первый день")]
    end_date: Annotated[DayText, Field(description="Последний день")]
    parties: list[CurriculumParty]
    groups: Annotated[int, Field(description="Сколько групп")]
    requested: Annotated[int, Field(description="Сколько обучающихся заявлено")]
    enrolled: Annotated[int, Field(description="Сколько зачислено")]
    homes: list[CurriculumHome]
    contract: list[ContractLine]


class ProgramCurricula(Answer):
    """Сетевые программы."""

    items: list[CurriculumLine]


CLAUSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("1.1", "scope", ("scope",)),
    ("1.2", "approved_by", ("approved_by",)),
    ("1.3", "start_date", ("start_date", "end_date")),
    ("2.2", "standard_ref", ("standard_ref",)),
    ("2.3", "learners_min", ("learners_min", "learners_max")),
    ("2.4", "schedule_mode", ("schedule_mode",)),
    ("2.7", "final_assessment", ("final_assessment",)),
    ("2.8–2.9", "documents_issued", ("documents_issued",)),
    ("3.1", "funding_mode", ("funding_mode",)),
)
"""Points of the model contract (order 882/391), with the fields that fill each."""


def curricula(framed: Framed) -> ProgramCurricula:
    """The curricula of a program."""
    head, frame = framed.head, framed.frame
    if frame is None:
        return {**head, "items": []}
    rows = sorted(
        frame.exchange.curricula, key=lambda row: (alphabetical(row.title), row.start_date, row.id)
    )
    return {**settled(head, rows), "items": [_item(frame, row) for row in rows]}


def table(body: ProgramCurricula) -> Table:
    """The answer as a table: a line for each party."""
    lines: list[Line] = [
        [
            row["title"],
            row["kind"].label,
            day(row["start_date"]),
            day(row["end_date"]),
            party["organization"]["name"],
            party["role"].label,
            amount(party["hours"]),
            amount(party["scheduled"]),
            row["groups"],
            row["requested"],
            row["enrolled"],
            ", ".join(each["clause"] for each in row["contract"] if each["state"] == "missing"),
        ]
        for row in body["items"]
        for party in row["parties"]
    ]
    headings = (
        "Программа",
        "Вид",
        "С",
        "По",
        "Сторона",
        "Роль",
        "Часов",
        "По расписанию",
        "Групп",
        "Заявлений",
        "Обучающихся",
        "Не заполнено в договоре",
    )
    return Table("Сетевые программы", headings, lines)


def _item(frame: Frame, row: CurriculumRow) -> CurriculumLine:
    groups = [group for group in frame.exchange.groups if group.curriculum_id == row.id]
    homes = _homes(frame, groups)
    return {
        "id": str(row.id),
        "title": row.title,
        "kind": row.kind,
        "start_date": row.start_date.isoformat(),
        "end_date": row.end_date.isoformat(),
        "parties": _parties(frame, row, groups),
        "groups": len(groups),
        "requested": sum(home["requested"] for home in homes),
        "enrolled": sum(home["enrolled"] for home in homes),
        "homes": homes,
        "contract": [*_clauses(row), *_papers(frame, row)],
    }


def _parties(frame: Frame, row: CurriculumRow, groups: list[GroupRow]) -> list[CurriculumParty]:
    planned: defaultdict[Id, Decimal] = defaultdict(Decimal)
    teachers: dict[int, Id] = {}
    for component in frame.exchange.components.get(row.id, ()):
        planned[component.organization_id] += component.hours
        teachers[component.no] = component.organization_id
    minutes: defaultdict[Id, int] = defaultdict(int)
    span = Span(frame.moment.start, frame.moment.day)
    ours = {group.id: group.host_id for group in groups}
    for slot in frame.exchange.slots:
        if slot.holder_id in ours:
            who = teachers.get(slot.component_no or 0, ours[slot.holder_id])
            minutes[who] += minutes_in(slot, span)
    return [
        {
            "organization": frame.named(party.organization_id),
            "role": party.role,
            "hours": spoken_decimal(planned[party.organization_id]),
            "scheduled": hours(minutes[party.organization_id]),
        }
        for party in frame.exchange.parties.get(row.id, ())
    ]


def _homes(frame: Frame, groups: list[GroupRow]) -> list[CurriculumHome]:
    requested: defaultdict[Id, int] = defaultdict(int)
    enrolled: defaultdict[Id, int] = defaultdict(int)
    for group in groups:
        for row in frame.exchange.learners.get(group.id, ()):
            requested[row.organization_id] += row.requested
            enrolled[row.organization_id] += row.enrolled
    return [
        {"organization": frame.named(key), "requested": requested[key], "enrolled": enrolled[key]}
        for key in sorted(requested, key=lambda key: (alphabetical(frame.names.get(key)), key))
    ]


def _clauses(row: CurriculumRow) -> Iterator[ContractLine]:
    for clause, field, names in CLAUSES:
        is_filled = all(getattr(row, name) is not None for name in names)
        yield _contract_line(clause, field, None, is_filled=is_filled)


def _papers(frame: Frame, row: CurriculumRow) -> Iterator[ContractLine]:
    """A licence of each educating party and an act of each base."""
    for party in frame.exchange.parties.get(row.id, ()):
        who = frame.named(party.organization_id)
        if party.role == CurriculumRole.EDUCATING:
            yield _contract_line(
                "лицензия", "licence_no", who, is_filled=party.licence_no is not None
            )
        elif party.role == CurriculumRole.BASE:
            yield _contract_line("договор", "act_id", who, is_filled=party.act_id is not None)


def _contract_line(
    clause: str, field: str, organization: Named | None, *, is_filled: bool
) -> ContractLine:
    return {
        "clause": clause,
        "field": field,
        "organization": organization,
        "state": "filled" if is_filled else "missing",
    }
