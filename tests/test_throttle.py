"""Slowing down: too many wrong keys or requests are told how long to wait, and no one else is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.acts import Actor
from app.problems import Busy
from app.rest.origins import Origins
from app.rest.strangers import NOBODY, Strangers
from app.rest.throttle import REMEMBERED, Buckets, Failures, network_of

WRONG_KEYS = 20
HERE, THERE = "192.0.2.1", "192.0.2.2"


def tired(now: float = 0.0) -> Failures:
    failures = Failures(WRONG_KEYS)
    assert [failures.add(HERE, now) for _ in range(WRONG_KEYS)] == [0] * WRONG_KEYS
    return failures


def test_the_twenty_first_wrong_key_in_a_minute_has_to_wait() -> None:
    failures = tired()
    assert failures.add(HERE, 10.0) == 50
    assert failures.add(HERE, 59.5) == 1


def test_the_wait_ends_however_often_one_tries() -> None:
    failures = tired()
    for second in range(1, 60):
        assert failures.add(HERE, second) == 60 - second
    assert failures.add(HERE, 60.0) == 0


def test_another_address_does_not_wait() -> None:
    assert tired().add(THERE, 1.0) == 0


def test_wrong_keys_that_come_slowly_are_never_too_many() -> None:
    failures = Failures(WRONG_KEYS)
    assert [failures.add(HERE, second * 3.0) for second in range(200)] == [0] * 200


@pytest.mark.long
@given(st.lists(st.integers(0, 1200).map(lambda quarter: quarter / 4), max_size=200).map(sorted))
def test_no_minute_lets_through_more_than_twenty(times: list[float]) -> None:
    failures = Failures(WRONG_KEYS)
    passed = [at for at in times if failures.add(HERE, at) == 0]
    for start in passed:
        assert sum(start <= at < start + 60 for at in passed) <= WRONG_KEYS


def test_a_flood_of_addresses_cannot_fill_the_memory() -> None:
    failures = Failures(WRONG_KEYS)
    for number in range(REMEMBERED + 500):
        failures.add(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0.0)
    assert len(failures) == REMEMBERED


def told(strangers: Strangers, now: float) -> list[tuple[str | None, int]]:
    found: list[tuple[str | None, int]] = []
    strangers.flush(lambda actor, act, _: found.append((actor.address_hash, act.count)), now)
    return found


def refuse(strangers: Strangers, address: str, now: float = 0.0, times: int = 1) -> None:
    actor = Actor(NOBODY, address_hash=address)
    for _ in range(times):
        strangers.add(actor, "programs", now, wrong_key=False)


def test_strangers_are_told_of_once_a_minute_with_their_number() -> None:
    strangers = Strangers()
    refuse(strangers, HERE, times=900)
    refuse(strangers, THERE, now=30.0)
    assert told(strangers, 59.0) == []
    assert told(strangers, 60.0) == [(HERE, 900)]
    refuse(strangers, HERE, now=61.0)
    assert told(strangers, 90.0) == [(THERE, 1)]
    assert told(strangers, 121.0) == [(HERE, 1)]
    assert told(strangers, 999.0) == []


def test_strangers_of_many_addresses_are_one_in_the_end() -> None:
    strangers = Strangers(named=3)
    for number in range(1_000):
        refuse(strangers, str(number))
    refuse(strangers, "1", times=5)
    assert told(strangers, 60.0) == [("0", 1), ("1", 6), ("2", 1), (None, 997)]


def test_no_stranger_is_lost_where_there_is_no_room() -> None:
    strangers = Strangers()
    refuse(strangers, HERE, times=7)

    def full(*_: object) -> None:
        raise Busy

    with pytest.raises(Busy):
        strangers.flush(full, 60.0)
    assert told(strangers, 60.0) == [(HERE, 7)]


def test_an_address_is_kept_once_an_hour_and_only_where_it_may_be() -> None:
    for days, kept in ((0, []), (30, [HERE])):
        origins = Origins(lambda: b"secret", days)
        scope: dict[str, Any] = {"headers": [], "client": (HERE, 1)}
        scope["address_hash"], scope["address"] = origins.of(scope)
        for _ in range(3):
            origins.note(scope)
        assert [*origins.take().values()] == kept
        origins.note(scope)
        assert not origins.take()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_one_customer_counts_as_one(address: str, name: str) -> None:
    assert network_of(address) == name


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    buckets, key = Buckets(10), "a"
    assert [buckets.take(key, 0.0) for _ in range(11)] == [0] * 10 + [1]
    assert [buckets.take(key, 0.1), buckets.take(key, 0.1)] == [0, 1]
    assert [buckets.take(key, 100.0) for _ in range(11)] == [0] * 10 + [1]


def test_one_key_does_not_drain_the_bucket_of_another() -> None:
    buckets = Buckets(1)
    assert [buckets.take(str(number), 0.0) for number in (1, 1, 2)] == [0, 1, 0]


def test_a_clock_that_runs_back_gives_nothing_and_takes_nothing() -> None:
    buckets, key = Buckets(2), "a"
    assert [buckets.take(key, at) for at in (10.0, 5.0, 5.0)] == [0, 0, 1]


def test_buckets_of_many_keys_cannot_fill_the_memory() -> None:
    buckets = Buckets(1)
    for number in range(REMEMBERED + 10):
        buckets.take(str(number), 0.0)
    assert len(buckets) == REMEMBERED
