"""Activities: the rows of a program's plan, each with its direction, term and parties."""

import re
import uuid
from dataclasses import asdict
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from app.access.rows import REGISTER
from app.model.columns import (
    Choice,
    choice,
    code,
    day,
    embedded,
    folded,
    integer,
    line,
    parts,
    reference,
)
from app.model.columns import text as long_text
from app.model.declaration import Titles
from app.model.derivation import Derivation
from app.model.faults import BLANK, ENDS_BEFORE_START, refuse
from app.model.record import (
    Part,
    Record,
    Strict,
    Tenant,
    Write,
    constraints,
    date_order,
    natural_key,
    owner,
)
from app.model.resource import Resource
from app.model.values import Day, Id, Line, Text
from app.registry.activity_rules import NO_CHAINS, term_is_understood
from app.registry.rules import agrees, keeps_to_text, one_deep
from app.registry.terms import SILENT, TermKind, parse_term, term_columns
from app.registry.types import Number

LAST_POSITION = 100_000


class Direction(Choice):
    """What a row of the plan deals with."""

    REGULATORY = "regulatory", "нормативно-правовое"
    ORGANIZATIONAL = "organizational", "организационно-управленческое"
    FINANCIAL = "financial", "финансово-экономическое"


class PartyRole(Choice):
    """What a party does; the plan's column «Ответственные/ участники» does not say which."""

    RESPONSIBLE = "responsible", "ответственный"
    PARTICIPANT = "participant", "участник"
    UNSPECIFIED = "unspecified", "не указано"


def _without_dot(value: str) -> str:
    return value.rstrip(" .") or refuse(BLANK)


PlanNo = Annotated[Number, AfterValidator(_without_dot)]
"""The number of a row; «6.» is stored as "6"."""


def _place_of(plan_no: str | None) -> tuple[int | None]:
    """The place of a row: the number with which its own begins."""
    number = re.match("[0-9]{1,5}", plan_no or "")
    return (int(number[0]) if number else None,)


class TermBody(Strict):
    """Срок: как повторяется и в какие дни или месяцы."""

    kind: TermKind = choice("Вид срока", TermKind, heading="вид")
    start_date: Day | None = day("Первый день", heading="первый день", default=None)
    end_date: Day | None = day("Последний день", heading="последний день", default=None)
    month_from: int | None = integer("Первый месяц", 1, 12, heading="первый месяц", default=None)
    month_to: int | None = integer(
        "Последний месяц; меньше первого: в следующем году",
        1,
        12,
        heading="последний месяц",
        default=None,
    )

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.start_date and self.end_date and self.end_date < self.start_date:
            refuse(ENDS_BEFORE_START)
        return self


class ActivityFields(Write):
    """Columns that a row of the plan and its body share."""

    program_id: Id = reference("programs", "Программа", index=False)
    plan_no: PlanNo = code(
        "Номер в плане; точка в конце отбрасывается", heading="Номер в плане", length=500
    )
    position: int | None = integer(
        "Место в плане; если не указано, число из номера",
        0,
        LAST_POSITION,
        heading="Место в плане",
        default=None,
    )
    title: Line = line("Мероприятие")
    direction: Direction = choice("Направление", Direction)
    term_text: Line | None = line("Срок, как напечатан", heading="Срок", default=None)
    inherits_from_id: Id | None = reference(
        "activities",
        "Строка плана, с которой эта объединена: срок, ответственные и результат оттуда",
        heading="Объединена со строкой плана",
        default=None,
    )
    expected_result: Text | None = long_text("Результат", heading="Результат")


class PlanPartyBody(Strict):
    """Ответственный или участник мероприятия."""

    organization_id: Id = reference("organizations", "Организация", heading="организация")
    role: PartyRole = choice("Роль", PartyRole, heading="роль", default=PartyRole.UNSPECIFIED)


class ActivityWrite(ActivityFields):
    """Мероприятие плана: строка с номером, направлением и сроком."""

    term: TermBody | None = embedded(
        "Срок; если не указан, определяется по term_text", heading="Точный срок"
    )
    parties: list[PlanPartyBody] = parts("Ответственные и участники")

    @model_validator(mode="after")
    def _printed_is_read(self) -> Self:
        if self.term is None and self.term_text:
            self.term = TermBody(**asdict(parse_term(self.term_text)))
        if self.position is None:
            (self.position,) = _place_of(self.plan_no)
        return self


class Activity(ActivityFields, Tenant, Record, table=True):
    """A row of activities; a number names one in a plan."""

    __tablename__ = "activities"
    __table_args__ = constraints(
        natural_key("program_id", "plan_no"),
        date_order("term_start_date", "term_end_date"),
    )

    term_kind: TermKind | None = choice("Вид срока", TermKind, default=None)
    term_start_date: Day | None = day("Первый день срока", default=None)
    term_end_date: Day | None = day("Последний день срока", default=None)
    term_month_from: int | None = integer("Первый месяц срока", 1, 12, default=None)
    term_month_to: int | None = integer("Последний месяц срока", 1, 12, default=None)
    title_key: str = folded("title")
    search_key: str = folded("plan_no", "title", "expected_result")


class Party(PlanPartyBody, Part, table=True):
    """A party of an activity."""

    __tablename__ = "activity_parties"

    owner_id: uuid.UUID = owner("activities")


TERM = Derivation(
    "term_text",
    ("term_kind", "term_start_date", "term_end_date", "term_month_from", "term_month_to"),
    term_columns,
    SILENT,
)

activities = Resource(
    name="activities",
    titles=Titles("Мероприятия плана", "мероприятие плана", "мероприятий плана"),
    row=Activity,
    write=ActivityWrite,
    called=("{plan_no}. {title}",),
    access=REGISTER,
    period=None,
    hangs_on=("program_id",),
    parts={"parties": Party},
    rules=(
        agrees("inherits_from_id", "program_id"),
        one_deep("inherits_from_id", otherwise=NO_CHAINS),
    ),
    remarks=(term_is_understood, keeps_to_text(TERM, "/term")),
    derived=(TERM, Derivation("plan_no", ("position",), _place_of)),
    guards=("inherits_from_id",),
    immutable=("program_id",),
    sorts=("position", "title"),
    example={
        "program_id": "$program",
        "plan_no": "11.",
        "title": "Неделя открытых уроков в школе-лидере",
        "direction": "organizational",
        "term_text": "Ежегодно (октябрь-ноябрь)",
        "expected_result": "Обмен опытом между учителями-предметниками",
        "parties": [
            {"organization_id": "$leader", "role": "responsible"},
            {"organization_id": "$school", "role": "participant"},
        ],
    },
    change={"expected_result": "Другой результат"},
)
