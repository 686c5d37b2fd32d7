"""The demo data of size S: it loads through the rules, and a repetition makes nothing."""

import html
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.roles import Role
from app.database.transaction import Transaction
from app.demo import demo
from app.journal.register import Register
from app.model.columns import Instant
from app.model.declaration import table_of
from app.model.resource import Resource
from app.network.results import ResultState
from app.pages import paging, plan
from app.program import doors
from app.registry import RESOURCES
from app.registry.program_parts import IndicatorCode, ProvisionCode
from tests.daily import KINDS
from tests.described import document
from tests.fixtures import Copies, migrated_and_seeded
from tests.holders import issue
from tests.running import serving
from tests.scene import Service
from tests.visitor import Visitor, visitor

pytestmark = pytest.mark.long

RANGES = {
    "organizations": (30, 32),
    "designations": (12, 16),
    "partnerships": (7, 7),
    "events": (50, 90),
    "teachers": (1_500, 1_500),
    "employments": (1_550, 1_750),
    "headcounts": (2, 2),
    "participations": (10_000, 10_000),
    "measures": (5, 5),
    "monitoring_records": (30, 60),
    # Half of what a municipality of 40 schools has; balances of two years.
    "resource_types": (10, 10),
    "resource_balances": (360, 420),
    "shared_resources": (28, 36),
    "resource_uses": (40, 40),
    "network_curricula": (10, 10),
    "network_groups": (30, 30),
    "schedule_slots": (260, 320),
    "funding_entries": (240, 280),
    "assessment_results": (400, 400),
    "result_criteria": (32, 44),
    "initiatives": (20, 20),
    "initiative_members": (200, 200),
}

DOORS = [
    path.removeprefix("/api/v1/programs/{id}/")
    for path, operations in document()["paths"].items()
    if operations.get("get", {}).get("tags") == [doors.TAG]
]
"""The computed answers of a program, as OpenAPI lists them."""


class Loaded:
    """A service with the demo data, and how many statements it took to load."""

    def __init__(self, service: Service) -> None:
        self.database, self.client = service.database, service.client
        self.statements = 0
        sa.event.listen(self.database.engine, "before_cursor_execute", self._count)
        self.made = demo(self.database)
        sa.event.remove(self.database.engine, "before_cursor_execute", self._count)
        self.program = self.get("/programs/by-key/order-125/program-2020-2021")["id"]

    def _count(self, *_: object) -> None:
        self.statements += 1

    def rows(self, statement: sa.Select[Any]) -> list[tuple[Any, ...]]:
        def work(tx: Transaction) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in tx.execute(statement)]

        return self.database.read(work)

    def counts(self, collection: str, column: str) -> dict[Any, int]:
        value = _table(collection).c[column]
        return {
            key: int(count)
            for key, count in self.rows(sa.select(value, sa.func.count()).group_by(value))
        }

    def count(self, collection: str) -> int:
        return int(self.rows(sa.select(sa.func.count()).select_from(_table(collection)))[0][0])

    def get(self, path: str, **query: str) -> dict[str, Any]:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def answer(self, door: str, **query: str) -> dict[str, Any]:
        return self.get(f"/programs/{self.program}/{door}", **query)


def _table(collection: str) -> sa.Table:
    return next(each.table for each in RESOURCES if each.name == collection)


@pytest.fixture(scope="module")
def loads(
    copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Loaded]]:
    """The demo data by kind of database; each is loaded once."""
    with ExitStack() as stack:

        @cache
        def load(kind: str) -> Loaded:
            folder = tmp_path_factory.mktemp("demo")
            url = stack.enter_context(copies(kind, folder, migrated_and_seeded))
            return Loaded(stack.enter_context(serving(kind, url, folder)))

        yield load


@pytest.fixture(params=KINDS)
def loaded(request: pytest.FixtureRequest, loads: Callable[[str], Loaded]) -> Loaded:
    return loads(request.param)


def test_it_loads_in_few_statements(loaded: Loaded) -> None:
    # More than 12,000 records; each by itself would take several.
    assert loaded.statements < 1_000


@pytest.mark.shared_out
def test_there_is_as_much_as_declared(loaded: Loaded) -> None:
    outside = {
        name: loaded.count(name)
        for name, (low, high) in RANGES.items()
        if not low <= loaded.count(name) <= high
    }
    assert outside == {}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
@pytest.mark.shared_out
def test_every_kind_has_rows(loaded: Loaded, resource: Resource) -> None:
    assert loaded.count(resource.name)


@pytest.mark.parametrize(
    ("owner", "part"),
    [(each, part) for each in RESOURCES for part in each.parts],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
@pytest.mark.shared_out
def test_every_part_has_rows(loaded: Loaded, owner: Resource, part: str) -> None:
    table = table_of(owner.parts[part])
    assert loaded.rows(sa.select(table.c.owner_id).limit(1))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.shared_out
def test_every_answer_has_content(loaded: Loaded, door: str) -> None:
    answer = loaded.answer(door)
    assert answer["value_status"] == "ok"
    empty_lists = [name for name, value in answer.items() if value == []]
    assert empty_lists == []


def test_there_are_eight_answers() -> None:
    assert len(DOORS) == 8


@pytest.mark.shared_out
def test_every_indicator_counts_something(loaded: Loaded) -> None:
    found = {each["code"]: each for each in loaded.answer("indicators")["items"]}
    assert found.keys() == {code.value for code in IndicatorCode}
    silent = [key for key, each in found.items() if each["value_status"] != "ok"]
    nothing = [key for key, each in found.items() if not each["numerator"]]
    assert (silent, nothing) == ([], [])


@pytest.mark.shared_out
def test_next_week_a_hall_is_booked_twice(loaded: Loaded) -> None:
    booked = [row for row in loaded.answer("property")["items"] if row["conflicts"]]
    assert {"Спортивный зал", "Компьютерный класс"} == {row["resource"]["name"] for row in booked}
    week = loaded.answer("timetable", as_of="2021-12-15", week="2021-12-22")["items"]
    twice = [row for row in week if row["conflicts"]]
    assert {row["date"] for row in twice if row["use"]} >= {"2021-12-21"}


@pytest.mark.shared_out
def test_a_shortage_is_met_and_another_has_a_proposal(loaded: Loaded) -> None:
    answer = loaded.answer("resources")
    short = [row for row in answer["items"] if row["short"] not in {None, "0"}]
    met = [row for row in short if row["open"] == "0"]
    assert "Ноутбук" in {row["resource_type"]["name"] for row in met}
    waiting = {(row["organization"]["id"], row["resource_type"]["id"]) for row in short}
    proposed = {(row["user"]["id"], row["resource_type"]["id"]) for row in answer["proposals"]}
    assert proposed
    assert proposed < waiting


@pytest.mark.shared_out
def test_social_partners_offer_and_some_balances_are_stale(loaded: Loaded) -> None:
    items = loaded.answer("resources")["items"]
    assert 0 < sum(row["stale"] for row in items) < len(items) / 5
    partners = {row["organization"]["name"] for row in items if row["needed"] == "0"}
    assert {"Районный дом культуры «Чишмә»", "Спортивный комплекс «Тулпар»"} <= partners


@pytest.mark.shared_out
def test_papers_are_missing_in_part(loaded: Loaded) -> None:
    missing = [tuple(row["missing"]) for row in loaded.answer("property")["items"]]
    assert {("assessment_act_id",), ("act_id",), ()} <= set(missing)
    assert missing.count(()) > len(missing) / 2


@pytest.mark.shared_out
def test_somebody_pays_more_than_is_planned(loaded: Loaded) -> None:
    recipients = loaded.answer("finance")["recipients"]
    above = [row for row in recipients if Decimal(row["paid"]) > Decimal(row["approved"])]
    assert len(above) == 1


@pytest.mark.shared_out
def test_a_group_is_small_and_a_gap_closes(loaded: Loaded) -> None:
    answer = loaded.answer("quality")
    small = [row for row in answer["items"] if "small_group" in row["flags"]]
    assert 0 < len(small) < 20
    whole = [row for row in answer["pairs"] if row["baseline_gap"] and row["final_gap"]]
    assert sum(Decimal(row["closed"]) > 5 for row in whole) > len(whole) / 2


@pytest.mark.shared_out
def test_results_are_in_all_five_states(loaded: Loaded) -> None:
    states = {row["state"] for row in loaded.answer("results")["items"]}
    assert states == {state.value for state in ResultState}


@pytest.mark.shared_out
def test_a_document_that_confirms_is_named_as_it_is_cited(loaded: Loaded) -> None:
    criteria = [each for row in loaded.answer("results")["items"] for each in row["criteria"]]
    documents = {each["name"] for each in criteria if each["kind"] == "document"}
    assert documents == {"приказ № 125 от 17.04.2020"}


@pytest.mark.shared_out
def test_every_provision_is_carried_out_and_contests_are_won(loaded: Loaded) -> None:
    items = {row["code"]: row for row in loaded.answer("initiatives")["items"]}
    assert items.keys() == {code.value for code in ProvisionCode}
    assert all(row["initiatives"] and row["events_held"] for row in items.values())
    places = {each["level"]: each["winners"] for each in items["contest_support"]["places"]}
    assert {"municipal", "regional"} == places.keys()
    assert all(places.values())


@pytest.mark.shared_out
def test_groups_have_learners_and_breaks(loaded: Loaded) -> None:
    items = loaded.get("/network-groups")["items"]
    assert all(row["learners"] and row["breaks"] for row in items)
    titles = [row["title"] for row in items if row["academic_year"] == "2021/2022"]
    assert len(set(titles)) == len(titles)  # a timetable tells them apart


@pytest.mark.shared_out
def test_some_contracts_are_complete_and_some_are_not(loaded: Loaded) -> None:
    lines = [row["contract"] for row in loaded.answer("curricula")["items"]]
    gaps = [sum(line["state"] == "missing" for line in each) for each in lines]
    assert 0 in gaps
    assert max(gaps) > 2


@pytest.mark.shared_out
def test_every_party_that_teaches_has_lessons(loaded: Loaded) -> None:
    parties = [each for row in loaded.answer("curricula")["items"] for each in row["parties"]]
    assert [
        each for each in parties if (each["hours"] == "0") != (each["scheduled"] == "0.00")
    ] == []


@pytest.mark.shared_out
def test_timetables_meet_only_where_the_demo_tells_it(loaded: Loaded) -> None:
    found = {row["code"]: row for row in loaded.answer("indicators")["items"]}
    assert found["conflicted_resources"]["value"] == "2"


@pytest.mark.shared_out
def test_every_state_occurs(loaded: Loaded) -> None:
    assert set(loaded.counts("monitoring_records", "state")) == {
        "draft",
        "submitted",
        "accepted",
        "returned",
    }
    assert set(loaded.counts("partnerships", "status")) == {"draft", "active", "ended"}
    assert loaded.counts("participations", "status")["attended"] > 8_500


@pytest.mark.shared_out
def test_windows_are_completed_some_late(loaded: Loaded) -> None:
    table = _table("events")
    done = loaded.rows(
        sa.select(table.c.window_end, table.c.completed_on)
        .where(table.c.kind == "plan_window")
        .where(table.c.status == "completed")
    )
    assert len(done) == 12
    assert 0 < sum(on > end for end, on in done) < 6


def test_a_repetition_makes_nothing(loaded: Loaded) -> None:
    heads = sa.select(sa.text("position")).select_from(sa.text("journal_heads"))
    before = loaded.rows(heads)
    assert demo(loaded.database) == 0
    assert loaded.rows(heads) == before


DERIVED = {"natural_key"}
"""Columns that the service makes of others, with ids in them."""


def spoken(database: Register) -> dict[str, list[str]]:
    """The rows of every kind and part, with keys in place of ids and without times."""

    def read(statement: sa.Select[Any]) -> list[tuple[Any, ...]]:
        return database.read(lambda tx: [tuple(row) for row in tx.execute(statement)])

    def columns(table: sa.Table) -> list[sa.Column[Any]]:
        return [
            column
            for column in table.c
            if not isinstance(column.type, Instant) and column.name not in DERIVED
        ]

    keys = {
        str(identifier): f"{each.name}/{source}/{key}"
        for each in RESOURCES
        for identifier, source, key in read(
            sa.select(each.table.c.id, each.table.c.source, each.table.c.source_key)
        )
    }
    tables = [each.table for each in RESOURCES]
    tables += [table_of(part) for each in RESOURCES for part in each.parts.values()]
    return {
        table.name: sorted(
            repr([keys.get(str(value), str(value)) for value in row])
            for row in read(sa.select(*columns(table)))
        )
        for table in tables
    }


def test_every_database_gets_the_same(loads: Callable[[str], Loaded]) -> None:
    one, other = (spoken(loads(kind).database) for kind in KINDS)
    assert {name for name in one if one[name] != other[name]} == set()


LONG = [
    "",
    *(f"/{page}" for page in ("plan", "network", "monitoring", *DOORS) if page != "results"),
]
"""Pages of a program whose tables grow with what is entered; the results are the order's own."""
SHOWN = 20
"""Rows of a page, fewer than people get, so that the demo data fills several."""
TABLE = re.compile("<table.*?</table>", re.DOTALL)
ROW = re.compile(r'<th scope="row"[^>]*>(?!Все вместе)(.*?)</th>', re.DOTALL)
ITEM = re.compile("<li>(.*?)</li>", re.DOTALL)
NEXT = re.compile(r'href="([^"]*)">Следующие')
ALL = re.compile(r'href="([^"]*)">Все строки')
TABLES = 3
"""Tables of a page, at most."""


@pytest.mark.shared_out
@pytest.mark.one_database
@pytest.mark.parametrize("page", LONG)
def test_a_long_table_is_cut_into_pages_that_lose_nothing(
    loads: Callable[[str], Loaded], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = loads("sqlite")
    home = loaded.get(f"/programs/{loaded.program}")["municipality_id"]
    key = issue(loaded.database, Role.COORDINATOR, municipality_id=home)
    desk = visitor(loaded.client, key)
    day = "?week=2021-04-06" if page == "/timetable" else "?as_of=2021-04-06"
    first = f"/programs/{loaded.program}{page}{'' if page == '/monitoring' else day}"
    monkeypatch.setattr(paging, "ROWS", 1_000)
    whole = desk.get(first).text
    assert "Следующие" not in whole
    monkeypatch.setattr(paging, "ROWS", SHOWN)
    monkeypatch.setattr(plan, "MOST", SHOWN)
    wanted, rows = [first], set[str]()
    while wanted:
        text = desk.get(wanted.pop().partition("#")[0]).text
        assert max(len(ROW.findall(table)) for table in TABLE.findall(text)) <= SHOWN
        rows |= {*ROW.findall(text), *ITEM.findall(text)}
        # Of several tables, one is turned over at a time: the next page of the first one is not
        # turned over to that of another.
        links = map(html.unescape, NEXT.findall(text))
        wanted += [link for link in links if len(re.findall(r"[?&](?!week|as_of)", link)) == 1]
    everything = whole_by_links(desk, first)
    assert ROW.findall(everything) == ROW.findall(whole)
    assert ITEM.findall(everything) == ITEM.findall(whole)
    assert {*ROW.findall(whole), *ITEM.findall(whole)} <= rows


def whole_by_links(desk: Visitor, address: str) -> str:
    """A page on which every table that has more rows was asked for all of them."""
    text: str = desk.get(address).text
    for _ in range(TABLES):
        if link := ALL.search(text):
            text = desk.get(html.unescape(link[1]).partition("#")[0]).text
    return text
