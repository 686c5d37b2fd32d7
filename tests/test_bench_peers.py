"""The bench of peers: what is measured by hand still runs, and its sides answer the same."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.municipality import filled
from bench.peers import cpu
from bench.peers.client import is_whole
from bench.peers.rounds import Bench, Cost, asked_of
from bench.peers.sides import (
    BARE,
    ONE,
    PAGE,
    SERVICE,
    TEXTBOOK,
    Side,
    Sides,
    service_side,
    textbook_side,
)
from bench.peers.table import lines
from tests.conftest import on_each_kind
from tests.postgres import Server, free_port
from tests.running import empty


@pytest.mark.torture  # people measure by it, and nobody every day
@on_each_kind
def test_the_textbook_and_the_service_show_the_same_and_are_measured(
    kind: str, server: Server, tmp_path: Path
) -> None:
    with empty(kind, server, tmp_path) as url, filled(url) as (settings, key):
        asked = asked_of(settings)
        assert len(asked.of(PAGE)) == 100
        textbook = textbook_side(sa.make_url(settings.url), asked, free_port())
        other = asked._replace(participations=asked.participations[::-1])
        with pytest.raises(ValueError, match=PAGE), Bench(settings, {TEXTBOOK: textbook}, other):
            pass
        sides: Sides = {
            TEXTBOOK: textbook,
            SERVICE: service_side(settings, key, asked, free_port()),
            BARE: "is missing",
        }
        with Bench(settings, sides, asked) as bench:
            for question in (ONE, PAGE):
                costs = bench.rounds(question, rounds=1, seconds=0)
                assert costs.keys() == {TEXTBOOK, SERVICE}
                assert all(cost.rate > 0 for each in costs.values() for cost in each)


def test_the_table_has_medians_of_the_rounds_ratios() -> None:
    costs = {
        TEXTBOOK: [Cost(100, 0.004, 0.001), Cost(200, 0.002, 0.001), Cost(100, 0.004, 0.001)],
        SERVICE: [Cost(900, 0.0003, 0.0002), Cost(1600, 0.0003, 0.0002), Cost(500, 0.0003, 0.0002)],
    }
    sides: Sides = {name: Side((), {}, {}) for name in costs}
    measured = "× 8.0, by CPU × 10.0; 300 + 200 µs"
    assert list(lines("postgresql", sides | {BARE: "is missing"}, {ONE: costs})) == [
        f"| | {TEXTBOOK} | {SERVICE} | {BARE} |",
        "|---|---|---|---|",
        f"| PostgreSQL, {ONE} | 100 a second; 4000 + 1000 µs | {measured} | is missing |",
    ]


def test_a_connection_that_ends_meanwhile_is_not_counted() -> None:
    assert cpu.more({1: 5.0, 2: 9.0}, {1: 5.5, 3: 0.25}) == 0.75


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
    ],
)
def test_an_answer_is_read_to_its_end(answer: bytes) -> None:
    assert is_whole(answer)
    assert not any(is_whole(answer[:size]) for size in range(len(answer)))


def test_a_refusal_is_no_answer() -> None:
    with pytest.raises(ValueError, match="429"):
        is_whole(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n")
