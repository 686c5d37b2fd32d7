"""The outcomes of the demo data: by what results are confirmed, and what provisions bring about."""

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.demo.door import Door
from app.demo.network import END, START, Basis, Places
from app.demo.words import MATERIAL
from app.model.declaration import table_of
from app.registry.initiative_members import initiative_members
from app.registry.initiatives import initiatives
from app.registry.measures import measures
from app.registry.program_parts import ExpectedResult, ResultKind
from app.registry.result_criteria import result_criteria

Body = dict[str, object]

MEMBERS = 10
"""Members of an initiative."""

_KINDS = (
    ("professional_communities", "Методическое объединение", None),
    ("partnership_projects", "Межшкольный проект", None),
    ("additional_time_resources", "Летняя школа", None),
    ("contest_support", "Муниципальный конкурс", "municipal"),
    ("professional_communities", "Профессиональное обучающееся сообщество", None),
    ("partnership_projects", "Взаимопосещение уроков", None),
    ("additional_time_resources", "Зимний образовательный лагерь", None),
    ("contest_support", "Республиканский конкурс", "regional"),
)
"""Provision, what it is, and the level of a contest."""

_UNASKED = ("measure-survey-1", "measure-survey-2")


class Plan(NamedTuple):
    """The first row of the plan, whose windows are completed, and the order of the program."""

    row: uuid.UUID
    act: uuid.UUID


def confirm(door: Door, basis: Basis, row: uuid.UUID) -> None:
    """Create the criteria: for each five results one in every state."""
    asked = door.put(
        measures,
        {
            _UNASKED[0]: _survey("demo_parents", "Удовлетворённость родителей, опрос"),
            _UNASKED[1]: _survey("demo_learners", "Удовлетворённость обучающихся, опрос"),
        },
    )
    bodies: dict[str, Body] = {}
    for at, (number, level) in enumerate(door.read(lambda tx: _expected(tx, basis.program))):
        for criterion in _criteria(at % 5, Plan(row, basis.act), [*asked.values()]):
            bodies[f"criterion-{len(bodies) + 1:03}"] = {
                "program_id": basis.program,
                "row": number,
                "level": level,
                **criterion,
            }
    door.put(result_criteria, bodies)


def initiate(
    door: Door,
    rng: random.Random,
    inside: tuple[Basis, Places],
    held: Sequence[uuid.UUID],
) -> None:
    """Create the initiatives, one for each school, with ten members each."""
    basis, places = inside
    listed = [_initiative(basis, places, at, held) for at in range(len(places.schools))]
    bodies = {f"initiative-{n:03}": body for n, body in enumerate(listed, 1)}
    ids = list(door.put(initiatives, bodies).values())
    members: dict[str, Body] = {}
    for at, (initiative_id, body) in enumerate(zip(ids, listed, strict=True)):
        for member in _members(rng, places, at, body):
            members[f"member-{len(members) + 1:05}"] = {"initiative_id": initiative_id} | member
    door.put(initiative_members, members)


def _survey(code: str, title: str) -> Body:
    return {"code": code, "title": title, "unit": "%", "value_kind": "number"}


def _expected(tx: Transaction, program: uuid.UUID) -> list[tuple[int, str | None]]:
    """Row and level of each expected result; qualitative ones are numbered by themselves."""
    table = table_of(ExpectedResult)
    rows = tx.execute(
        sa.select(table).where(table.c.owner_id == program).order_by(table.c.place)
    ).all()
    qualitative = [row for row in rows if row.kind == ResultKind.QUALITATIVE]
    cells = [row for row in rows if row.kind != ResultKind.QUALITATIVE]
    return [
        *((row.row, row.level) for row in cells),
        *((number, None) for number in range(1, len(qualitative) + 1)),
    ]


def _criteria(state: int, plan: Plan, asked: list[uuid.UUID]) -> Iterator[Body]:
    """Criteria that make a result confirmed, partly, unconfirmed, unmeasured; or none."""
    document = {"kind": "document", "act_id": plan.act}
    if state == 0:
        yield from (document, {"kind": "activity", "activity_id": plan.row})
        yield _indicator("provision_coverage_share", "50")
        yield _indicator("network_learners", "50")
    elif state == 1:
        yield document
        yield _indicator("property_documented_share", "50")
        yield _indicator("need_coverage_share", "95")
        yield _indicator("legal_coverage_share", "10")
    elif state == 2:  # noqa: PLR2004 - the third of five
        yield _indicator("org_involvement_share", "95")
        yield _indicator("need_coverage_share", "95")
    elif state == 3:  # noqa: PLR2004 - the fourth of five
        for measure in asked:
            yield {"kind": "measure", "measure_id": measure, "threshold": "70"}


def _indicator(code: str, threshold: str) -> Body:
    return {
        "kind": "indicator",
        "indicator_code": code,
        "operator": "gte",
        "threshold": threshold,
    }


def _initiative(basis: Basis, places: Places, at: int, held: Sequence[uuid.UUID]) -> Body:
    provision, title, level = _KINDS[at % len(_KINDS)]
    start = date(2020, 10, 1) + timedelta(days=7 * (at % 50))
    # A community lasts; the others end.
    is_lasting = provision == "professional_communities"
    organizer: Body = {"organizer_id": places.schools[at % 10]}
    if level == "regional":
        organizer = {"organizer_name": "Республиканский центр конкурсов (учебный пример)"}
    events = [held[at % len(held)], held[(at + len(_KINDS) + 1) % len(held)]] if held else []
    return {
        "program_id": basis.program,
        "provision": provision,
        "title": f"{title}: {MATERIAL[at // len(_KINDS) % len(MATERIAL)]}",
        "level": level or ("school" if at % 2 else "municipal"),
        "start_date": max(start, START),
        "end_date": END if is_lasting else start + timedelta(days=30),
        "result": None if is_lasting else "Итоги подведены на совещании руководителей",
        "events": [{"event_id": event} for event in dict.fromkeys(events)],
        **organizer,
    }


def _members(rng: random.Random, places: Places, at: int, body: Body) -> Iterator[Body]:
    is_contest = body["provision"] == "contest_support"
    for number in range(MEMBERS):
        learners = rng.randint(4, 20)
        yield {
            "organization_id": places.schools[(3 * at + number) % len(places.schools)],
            "role": "participant" if number else "organizer",
            "valid_from": body["start_date"],
            "valid_to": body["end_date"],
            "teachers": rng.randint(1, 4),
            "learners": None if body["provision"] == "professional_communities" else learners,
            "winners": rng.randint(0, 1) if is_contest else None,
            "prize_winners": rng.randint(0, 3) if is_contest else None,
        }
