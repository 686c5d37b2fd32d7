"""Races of the feed: among writers, and among transactions that end late, nothing is lost (R8)."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from app.database.transaction import Transaction
from app.feed import pages
from app.store import register
from tests.follower import Follower, lists, local, told
from tests.scene import RESOURCE, Scene, Service, body_of
from tests.waiting import LIMIT


@pytest.fixture
def follower(service: Service, scene: Scene) -> Follower:
    """A coordinator who has everything of a new municipality."""
    made = Follower(local(service, scene))
    made.catch_up()
    return made


Told = Callable[[dict[str, Any]], None]


def write(scene: Scene, writer: int, changes: int, told: Told) -> int:
    """Make, change, delete and make again under keys of one's own; how many changes there were."""
    chance = random.Random(writer)  # noqa: S311 - a test's own dice
    for step in range(changes):
        address = f"/organizations/by-key/writer-{writer}/{chance.randrange(5)}"
        if chance.random() < 0.3:
            assert scene.client.delete(address).status_code in {204, 404}
            continue
        body = {
            "municipality_id": scene["$municipality"],
            "kind": "general_school",
            "full_name": f"Школа {writer} {step}",
            "short_name": f"{step}",
        }
        answer = scene.client.put(address, json=body)
        assert answer.status_code in {200, 201}, answer.text
        told(answer.json())
    return changes


def follow_writers(
    scene: Scene,
    followers: Sequence[Follower],
    writers: int,
    changes: int,
    told: Told = lambda _: None,
) -> None:
    """Let everybody follow until the writers are done; then each mirror is what the lists show."""
    assert scene["$municipality"]
    done = threading.Event()

    def follow(follower: Follower) -> None:
        while not done.is_set():
            follower.page(wait="1")

    with ThreadPoolExecutor(len(followers) + writers) as pool:
        following = [pool.submit(follow, each) for each in followers]
        try:
            work = [pool.submit(write, scene, each, changes, told) for each in range(writers)]
            assert sum(each.result() for each in work) == writers * changes
        finally:
            done.set()
        for each in following:
            each.result()
    shown = lists(followers[0].holder)
    for follower in followers:
        follower.catch_up()
        assert follower.records == shown


@pytest.mark.long
def test_followers_among_writers_lose_nothing(
    service: Service, scene: Scene, *, full: bool
) -> None:
    writers, changes = (32, 625) if full else (8, 15)
    follow_writers(scene, trio(service, scene), writers, changes)


def trio(service: Service, scene: Scene) -> list[Follower]:
    """Followers of a municipality with pages of 1, 7 and 500."""
    return [Follower(local(service, scene), limit) for limit in (1, 7, 500)]


@contextmanager
def held_before_commit(service: Service, scene: Scene) -> Iterator[Callable[[], str]]:
    """A change that was made first and is committed last; the result lets it go."""
    reached, release = threading.Event(), threading.Event()
    body = body_of(RESOURCE["organizations"], scene)

    def work(tx: Transaction) -> str:
        made = register.create(tx, RESOURCE["organizations"], body)
        reached.set()
        assert release.wait(LIMIT)
        return str(made.id)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(service.database.write, work)
        assert reached.wait(LIMIT)

        def let_go() -> str:
            release.set()
            return slow.result()

        try:
            yield let_go
        finally:
            release.set()


@pytest.mark.long
def test_what_is_committed_last_comes_last(
    service: Service, scene: Scene, follower: Follower
) -> None:
    if service.kind == "sqlite":
        pytest.skip("it has one writer at a time")
    body = body_of(RESOURCE["organizations"], scene)
    with held_before_commit(service, scene) as let_go:
        quick = scene.make("organizations", {**body, "full_name": "Быстрая школа"})
        assert [each[0] for each in told(follower)] == [quick["id"]]
        slow = let_go()
    assert [each[0] for each in told(follower)] == [slow]


@pytest.mark.long
def test_a_position_is_not_given_before_the_one_below_is_seen(
    service: Service, scene: Scene, follower: Follower
) -> None:
    """Commits are made slow one after the other: the second must wait for the first."""
    first = threading.Event()

    def slowly(_: sa.Connection) -> None:
        if not first.is_set():
            first.set()
            time.sleep(0.7)

    bodies = [
        {**body_of(RESOURCE["organizations"], scene), "full_name": f"Школа {n}"} for n in "ab"
    ]
    follower.catch_up()
    engine = service.database.engine
    sa.event.listen(engine, "commit", slowly)
    try:
        with ThreadPoolExecutor(2) as pool:

            def create(body: dict[str, Any]) -> str:
                made = service.database.write(
                    lambda tx: register.create(tx, RESOURCE["organizations"], body)
                )
                return str(made.id)

            slow = pool.submit(create, bodies[0])
            assert first.wait(LIMIT)
            quick = pool.submit(create, bodies[1])
            seen = []
            while not (slow.done() and quick.done()):
                seen += told(follower)
            seen += told(follower)
    finally:
        sa.event.remove(engine, "commit", slowly)
    assert [each[0] for each in seen] == [slow.result(), quick.result()]


@pytest.mark.long
def test_a_page_looks_at_a_bounded_part_of_the_journal(
    scene: Scene, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "WINDOW", 3)
    pages.statement.cache_clear()
    try:
        anew = Follower(follower.holder)
        anew.catch_up()
        assert anew.records == lists(follower.holder)
    finally:
        pages.statement.cache_clear()
