"""The indicators of the order, computed on the order's own program."""

import uuid
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from app.indicators.answer import indicators
from app.indicators.asking import Asked
from app.journal.register import Register
from app.operations.plan_windows import generate
from app.registry.programs import programs
from app.store import register
from app.store.precondition import Precondition

pytestmark = pytest.mark.shared_out

YEAR_END = date(2020, 12, 31)


@pytest.fixture
def database(seeded: Register) -> Register:
    return seeded


@pytest.fixture
def program_id(database: Register) -> uuid.UUID:
    """The source program in a database of its own, its plan's windows generated."""
    table = programs.table
    found: uuid.UUID = database.read(lambda tx: tx.execute(sa.select(table.c.id)).scalar_one())
    database.write(lambda tx: generate(tx, found, {}))
    return found


def figures(database: Register, program_id: uuid.UUID) -> dict[str, tuple[Any, ...]]:
    asked = Asked(today=date(2026, 1, 1), as_of=YEAR_END)
    answer = database.read(lambda tx: indicators(tx, program_id, asked))
    wanted = ("numerator", "denominator", "value_status")
    items: list[dict[str, Any]] = [dict(item) for item in answer["items"]]
    return {item["code"]: tuple(item[name] for name in wanted) for item in items}


def test_the_order_is_fulfilled_on_paper_and_its_plan_is_not(
    database: Register, program_id: uuid.UUID
) -> None:
    found = figures(database, program_id)
    assert found["org_involvement_share"] == (1, 1, "ok")
    assert found["org_involvement_share_priority"] == (1, 1, "ok")
    assert found["legal_coverage_share"] == (1, 1, "ok")
    assert found["plan_completion_share"] == (0, 7, "ok")
    assert found["teacher_coverage_share"] == (0, 0, "no_population")


@pytest.mark.parametrize(("rule", "counted"), [("in_population", 1), ("involved", 2)])
def test_the_rule_on_leaders_decides_whether_they_count(
    database: Register, program_id: uuid.UUID, rule: str, counted: int
) -> None:
    whatever = Precondition(any=True, given=True)
    database.write(
        lambda tx: register.amend(tx, programs, program_id, {"leader_rule": rule}, whatever)
    )
    assert figures(database, program_id)["org_involvement_share"] == (counted, 2, "ok")
