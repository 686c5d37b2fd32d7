"""Indicators: made-up networks count as the plain oracle does, and every figure is explained."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

import app.registry  # noqa: F401 - the tables declare themselves on import
from app.database.dialects import POSTGRESQL, SQLITE, Dialect
from app.database.engines import postgresql_engine
from app.database.transaction import Transaction
from app.indicators.answer import indicators
from app.indicators.asking import Asked
from app.indicators.codes import ItemOutcome
from app.indicators.explanation import ItemQuery, explain
from app.indicators.figures import target_status
from app.indicators.shares import percent
from app.model.caller import SERVICE
from app.model.columns import Instant, Set
from tests.daily import KINDS
from tests.drawing import (
    ABROAD,
    DAYS,
    EARLY,
    HOME,
    LAST_DAYS,
    OTHER,
    PROGRAM,
    Draw,
    Row,
    in_order,
    key,
    numbered,
    once,
    one,
    rows,
)
from tests.drawing_network import network_kinds, parts_of_program
from tests.oracle import State
from tests.oracle_answers import SHOWN, expected
from tests.oracle_answers import shown as shown_as
from tests.oracle_beside import beside
from tests.oracle_reasons import reasons
from tests.postgres import Server

pytestmark = pytest.mark.shared_out
"""All of them read what counts by the same few statements."""

NOW = datetime(2021, 12, 31, tzinfo=UTC)
TARGET = 50_000_000
"""50 percent in millionths."""

EVERYTHING = ItemQuery(outcome=None, limit=500, language="ru")
MANY = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

FORMS = [
    "joint_curricula",
    "common_assessment",
    "professional_development",
    "joint_councils_and_events",
    "shared_facilities",
]
# The likely ones stand twice.
SORTS = ["general_school"] * 3 + ["additional_education", "preschool", "culture"]
STATUSES = ["active", "active", "ended", "draft"]
ROLES = ["leader", "leader", "supported", "supported", "partner", "social_partner"]


def organizations(draw: Draw) -> list[Row]:
    found = numbered(
        1,
        rows(
            draw,
            6,
            least=2,
            kind=st.sampled_from(SORTS),
            opened_on=one(None, None, None, date(2020, 9, 1), date(2020, 10, 16)),
            closed_on=one(None, None, None, date(2020, 10, 15), date(2021, 3, 1)),
            municipality_id=one(HOME, HOME, HOME, HOME, ABROAD),
            parent_id=one(None, None, None, 0, 1),
        ),
    )
    for place, each in enumerate(found):
        in_order(each, "opened_on", "closed_on")
        parent = found[each["parent_id"]] if place > 1 and each["parent_id"] is not None else None
        each["parent_id"] = parent["id"] if parent else None
        each["municipality_id"] = (parent or each)["municipality_id"] if place else HOME
    return found


def designations(draw: Draw, homes: Mapping[uuid.UUID, uuid.UUID]) -> list[Row]:
    found = rows(
        draw,
        5,
        least=2,
        organization_id=st.sampled_from(list(homes)[:3]),
        category=one("leader", "leader", "low_results", "disadvantaged_conditions"),
        valid_from=EARLY,
        valid_to=LAST_DAYS,
        exit_reason=one("effective_mode", "effective_mode", "reclassified"),
    )
    if draw(st.integers(0, 3)):  # most networks have a leader
        found[0] |= {"organization_id": next(iter(homes)), "category": "leader"}
    for each in found:
        in_order(each, "valid_from", "valid_to")
        each["exit_reason"] = each["exit_reason"] if each["valid_to"] else None
        each["municipality_id"] = homes[each["organization_id"]]
    return numbered(2, once(found, "organization_id", "category"))


def partnerships(draw: Draw, homes: Mapping[uuid.UUID, uuid.UUID]) -> list[Row]:
    found = numbered(
        3,
        rows(
            draw,
            3,
            least=1,
            program_id=one(PROGRAM, PROGRAM, PROGRAM, OTHER),
            model=one("vertical", "horizontal", "mixed"),
            status=st.sampled_from(STATUSES),
            start_date=EARLY,
            end_date=LAST_DAYS,
            act_id=one(None, key(90, 1)),
            agreement_no=one(None, "7"),
            basis=one("order", "agreement"),
        ),
    )
    for each in found:
        in_order(each, "start_date", "end_date")
        each["members"] = once(
            rows(
                draw,
                5,
                least=2,
                organization_id=st.sampled_from(list(homes)),
                role=st.sampled_from(ROLES),
                valid_from=LAST_DAYS,
                valid_to=LAST_DAYS,
            ),
            "organization_id",
        )
        if draw(st.integers(0, 2)):  # most leaders lead
            first = {"organization_id": next(iter(homes)), "role": "leader"}
            each["members"] = once(
                [*each["members"], each["members"][0] | first], "organization_id"
            )
        for member in each["members"]:
            in_order(member, "valid_from", "valid_to")
            if homes[member["organization_id"]] != HOME:
                member["role"] = "social_partner"
        pauses = rows(draw, 1, valid_from=EARLY, valid_to=LAST_DAYS) if draw(st.booleans()) else []
        each["suspensions"] = [in_order(pause, "valid_from", "valid_to") for pause in pauses]
    return found


def events(draw: Draw, activities: Sequence[Row], pairs: Sequence[Row], ours: Any) -> list[Row]:
    found = rows(
        draw,
        6,
        least=1,
        parent=st.sampled_from([*activities, activities[0], *pairs]),
        kind=one("plan_window", "held"),
        host_id=st.none() | ours,
        form=one(None, *FORMS),
        window_start=EARLY,
        window_end=DAYS,
        status=one("planned", "completed", "completed", "completed", "cancelled"),
        completed_on=DAYS,
        learner_count=one(None, 0, 5, 30),
    )
    for number, each in enumerate(found):
        in_order(each, "window_start", "window_end")
        parent = each.pop("parent")
        is_pair = parent in pairs
        each["activity_id"] = None if is_pair else parent["id"]
        each["partnership_id"] = parent["id"] if is_pair else None
        each["kind"] = "held" if is_pair else each["kind"]
        each["occurrence"] = str(number) if each["kind"] == "plan_window" else None
        completed = max(each["completed_on"], each["window_start"])
        each["completed_on"] = completed if each["status"] == "completed" else None
    return numbered(5, found)


@st.composite
def networks(draw: Draw) -> Row:
    """Draw a small network: a program, its organizations and all that happens among them."""
    program = {
        "id": PROGRAM,
        "municipality_id": HOME,
        "start_date": date(2020, 4, 17),
        "end_date": draw(one(date(2021, 8, 31), date(2021, 3, 1))),
        "leader_rule": draw(one("excluded", "in_population", "involved")),
        "preschools_in_population": draw(st.booleans()),
        **parts_of_program(draw),
    }
    placed = organizations(draw)
    homes = {each["id"]: each["municipality_id"] for each in placed}
    ours = st.sampled_from([each for each, home in homes.items() if home == HOME])
    pairs = partnerships(draw, homes)
    activities = numbered(4, [{"program_id": PROGRAM}, {"program_id": OTHER}])
    for each, direction in zip(activities, ("regulatory", "financial"), strict=True):
        each["direction"] = direction
    held = events(draw, activities, pairs, ours)
    teachers = numbered(6, [{"municipality_id": HOME} for _ in range(8)])
    anyone = st.sampled_from([each["id"] for each in teachers])
    employments = rows(
        draw,
        10,
        least=3,
        teacher_id=anyone,
        organization_id=ours,
        position_group=one("teaching", "teaching", "teaching", "head", "other"),
        valid_from=EARLY,
        valid_to=LAST_DAYS,
    )
    attended = one("attended", "attended", "attended", "registered", "absent")
    which = st.sampled_from([each["id"] for each in held])
    participations = rows(
        draw,
        10,
        least=3,
        teacher_id=anyone,
        event_id=which,
        organization_id=ours,
        status=attended,
        participated_on=DAYS,
    )
    headcounts = rows(
        draw,
        4,
        organization_id=ours,
        observed_on=DAYS,
        teachers=st.integers(min_value=0, max_value=3),
    )
    monitored = rows(
        draw,
        3,
        program_id=one(PROGRAM, PROGRAM, OTHER),
        measure_id=one(key(11, 0), key(11, 1)),
        organization_id=st.none() | ours,
        state=one("accepted", "accepted", "submitted", "returned"),
        period_start=DAYS,
        period_end=DAYS,
        observed_on=DAYS,
        value_number=one(Decimal(0), Decimal(1), Decimal(60)),
    )
    found = {
        "program": program,
        "organizations": placed,
        "designations": designations(draw, homes),
        "partnerships": pairs,
        "activities": activities,
        "events": held,
        "teachers": teachers,
        "employments": numbered(
            7, [in_order(each, "valid_from", "valid_to") for each in employments]
        ),
        "headcounts": numbered(8, once(headcounts, "organization_id", "observed_on")),
        "participations": numbered(9, once(participations, "teacher_id", "event_id")),
        "monitoring_records": numbered(
            10, [in_order(each, "period_start", "period_end") for each in monitored]
        ),
    }
    return found | network_kinds(draw, found, homes)


@st.composite
def questions(draw: Draw) -> Asked:
    """Draw a day and a period that ends by it; the day may lie outside the program."""
    late = one(date(2020, 1, 1), *[date(2020, 10, 16), date(2020, 12, 31), date(2021, 3, 1)] * 3)
    start, end, day = sorted(draw(st.tuples(EARLY, DAYS, DAYS | late)))
    return Asked(date(2021, 12, 31), day, start, end)


@dataclass(frozen=True)
class Place:
    """An empty database whose tables stand as the models declare them."""

    engine: sa.Engine
    dialect: Dialect


@pytest.fixture(scope="module", params=KINDS)
def place(request: pytest.FixtureRequest, server: Server) -> Iterator[Place]:
    """A database for networks, which may refer to what is not there."""
    if request.param == "sqlite":
        made = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        SQLModel.metadata.create_all(made)
        yield Place(made, SQLITE)
        return
    with server.database() as url:
        made = postgresql_engine(sa.make_url(url))
        SQLModel.metadata.create_all(made)
        yield Place(made, POSTGRESQL)
        made.dispose()


def required(column: sa.Column[Any], place: int) -> Any:
    """Fill a column that indicators do not look at."""
    if isinstance(column.type, Instant):
        return NOW
    if isinstance(column.type, Set):
        return []
    if isinstance(column.type, sa.Enum):
        return column.type.enums[0]
    if isinstance(column.type, sa.Boolean):
        return False
    if isinstance(column.type, sa.Date):
        return date(2020, 4, 17)
    if isinstance(column.type, sa.Integer):
        return place if column.name == "place" else 1
    return uuid.UUID(int=10**9) if column.foreign_keys else f"{place}"


PLACES = count()
PARTS = {
    "partnership_members": ("partnerships", "members"),
    "partnership_suspensions": ("partnerships", "suspensions"),
    "resource_use_breaks": ("resource_uses", "breaks"),
    "network_curriculum_parties": ("network_curricula", "parties"),
    "network_group_learners": ("network_groups", "learners"),
    "network_group_breaks": ("network_groups", "breaks"),
    "initiative_events": ("initiatives", "events"),
}
"""The tables of parts: their owners' collection, and the field that holds them."""


def insert(connection: sa.Connection, name: str, found: Sequence[Mapping[str, Any]]) -> None:
    table = SQLModel.metadata.tables[name]
    for row in found:
        values = {each: row[each] for each in row if each in table.c}
        if "municipality_id" in table.c:
            values.setdefault("municipality_id", HOME)
        place = next(PLACES)
        for column in table.c:
            if not column.nullable and column.name not in values:
                values[column.name] = required(column, place)
        connection.execute(table.insert(), values)


@contextmanager
def stored(place: Place, network: Mapping[str, Any]) -> Iterator[Transaction]:
    """Lend a transaction that sees a network and leaves nothing behind."""
    with place.engine.connect() as connection:
        if place.dialect is POSTGRESQL:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        insert(connection, "programs", [network["program"], network["program"] | {"id": OTHER}])
        for name in network:
            if name != "program":
                insert(connection, name, network[name])
        for table, (owners, part) in PARTS.items():
            for owner in network.get(owners, ()):
                parts = [each | {"owner_id": owner["id"]} for each in owner[part]]
                insert(connection, table, parts)
        for part in ("targets", "provisions", "expected_results"):
            parts = [each | {"owner_id": PROGRAM} for each in network["program"].get(part, ())]
            insert(connection, f"program_{part}", parts)
        yield Transaction(connection, place.dialect, NOW, b"", SERVICE)
        connection.rollback()


@contextmanager
def read_once(place: Place, network: Mapping[str, Any]) -> Iterator[Transaction]:
    """Like `stored`, for many questions about one state: it is read once, as a snapshot is."""
    with stored(place, network) as tx:
        tx.known = {}
        yield tx


def period(asked: Asked) -> tuple[date, date, date]:
    assert asked.as_of
    assert asked.period_start
    assert asked.period_end
    return asked.as_of, asked.period_start, asked.period_end


@pytest.mark.long
@pytest.mark.usefixtures("full")
@MANY
@given(network=networks(), asked=questions())
def test_a_network_counts_as_the_definitions_say(place: Place, network: Row, asked: Asked) -> None:
    with stored(place, network) as tx:
        items: list[Row] = [dict(item) for item in indicators(tx, PROGRAM, asked)["items"]]
    found = {each["code"]: {name: each[name] for name in SHOWN} for each in items}
    assert found == expected(network, *period(asked))
    more = {each["code"]: (each["excluded_count"], broken(each)) for each in items}
    assert more == beside(network, *period(asked))


def broken(answer: Row) -> dict[str | None, tuple[int, int | None]]:
    """A breakdown by its keys, each with its integers; their values are those of any figure."""
    entries = answer["breakdown"]
    for each in entries:
        assert each["value"] == shown_as(each["numerator"], each["denominator"])["value"]
    keys = [each["key"] for each in entries]
    assert len(keys) == len(set(keys))
    return {each["key"]: (each["numerator"], each["denominator"]) for each in entries}


@pytest.mark.long
@pytest.mark.usefixtures("full")
@MANY
@given(network=networks(), asked=questions())
def test_what_is_explained_adds_up(place: Place, network: Row, asked: Asked) -> None:
    with read_once(place, network) as tx:
        for answer in indicators(tx, PROGRAM, asked)["items"]:
            explained = explain(tx, PROGRAM, answer["code"], asked, EVERYTHING)
            items = explained["items"]
            figures = (answer["numerator"], answer["denominator"])
            assert (explained["numerator"], explained["denominator"]) == figures
            assert explained["next"] is None
            assert all(each["reason"] and each["reason_text"] for each in items)
            named = [(each["type"], each["id"]) for each in items if each["id"]]
            assert len(named) == len(set(named))
            if answer["value_status"] == "outside_program_period":
                assert not items
                continue
            sums = {
                outcome: sum(each.get("number", 1) for each in items if each["outcome"] == outcome)
                for outcome in ("counted", "not_counted", "excluded")
            }
            assert sums["counted"] == answer["numerator"]
            assert sums["excluded"] == answer["excluded_count"]
            if answer["denominator"] is None:
                assert not sums["not_counted"]
            else:
                assert sums["counted"] + sums["not_counted"] == answer["denominator"]


@pytest.mark.long
@pytest.mark.usefixtures("full")
@MANY
@given(network=networks(), asked=questions())
def test_a_reason_is_the_very_one(place: Place, network: Row, asked: Asked) -> None:
    day, start, end = period(asked)
    inside = network["program"]["start_date"] <= day <= network["program"]["end_date"]
    wanted = reasons(State(network, day, start, end)) if inside else {}
    lacking = ItemQuery(ItemOutcome.NOT_COUNTED, limit=500, language="ru")
    with read_once(place, network) as tx:
        for code, told in wanted.items():
            items = explain(tx, PROGRAM, code, asked, lacking)["items"]
            assert {each["id"]: each["reason"] for each in items} == told


@pytest.mark.parametrize(
    ("numerator", "status", "gap", "shown"),
    [
        (4999, "not_met", 1, "49.99"),
        (5000, "met", 0, "50.00"),
        (5001, "met", 0, "50.01"),
    ],
)
def test_a_target_is_met_at_its_very_number(
    numerator: int, status: str, gap: int, shown: str
) -> None:
    assert target_status(numerator, 10_000, TARGET) == (status, gap)
    assert percent(numerator, 10_000) == shown


def test_a_share_that_rounds_up_to_its_target_does_not_meet_it() -> None:
    assert percent(49_999, 100_000) == "50.00"
    assert target_status(49_999, 100_000, TARGET) == ("not_met", 1)
    assert target_status(1, 2, TARGET) == ("met", 0)


def test_a_target_is_of_no_use_without_a_population_or_a_number() -> None:
    assert target_status(0, 0, TARGET) == ("not_applicable", None)
    assert target_status(1, 2, None) == ("not_applicable", None)


@pytest.mark.parametrize(("numerator", "status", "gap"), [(2, "not_met", 1), (3, "met", 0)])
def test_a_count_is_held_against_its_target_itself(numerator: int, status: str, gap: int) -> None:
    assert target_status(numerator, None, 3_000_000) == (status, gap)
