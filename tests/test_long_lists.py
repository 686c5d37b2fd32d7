"""Long lists: what the database takes behind the reading, and what is put aside, is kept whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.database.volume import spool
from app.intake import runs
from app.journal.proof import prove
from app.model.drafts import Stored
from app.registry.assessment_results import assessment_results
from app.registry.organization_aliases import organization_aliases
from app.store import matches
from app.store.loading import load
from tests.follower import Follower, local
from tests.scene import Scene, Service, body_of
from tests.test_import_collections import send, sheet
from tests.test_imports import listed, report, row, stats, upload
from tests.test_races import at_once

BLOCK, ROWS = 100, 350
"""Changes that stay in memory, fewer than else, and the rows of a list of several blocks."""


@pytest.fixture
def spellings(scene: Scene) -> bytes:
    """A list of other names of one school, each under its key."""
    body = body_of(organization_aliases, scene) | {"source": "tests"}
    rows = [
        body | {"alias": f"Школа {at}", "source_key": f"{scene.oktmo}-{at}"} for at in range(ROWS)
    ]
    return sheet(organization_aliases, *rows)


@pytest.mark.long
def test_a_long_list_is_whole_in_the_feed_and_the_trail(
    service: Service, scene: Scene, spellings: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "HELD", BLOCK)
    follower = Follower(local(service, scene))
    follower.catch_up()
    before = prove(service.database).entries
    tried = report(send(scene, organization_aliases, spellings, mode="dry_run"))
    assert stats(tried) == {"created": ROWS}
    assert follower.catch_up() == []
    # The upload itself, and what was read meanwhile.
    assert prove(service.database).entries < before + ROWS
    made = report(send(scene, organization_aliases, spellings))
    assert stats(made) == {"created": ROWS}
    told = follower.catch_up()
    assert [each["data"]["alias"] for each in told] == [f"Школа {at}" for at in range(ROWS)]
    assert {each["version"] for each in told} == {1}
    assert prove(service.database).whole


@pytest.mark.long
def test_of_two_at_once_one_makes_the_records(scene: Scene, spellings: bytes) -> None:
    answers = at_once(lambda _: send(scene, organization_aliases, spellings), 2)
    found: list[Any] = [stats(report(each)) for each in answers]
    assert sorted(map(str, found)) == sorted(map(str, [{"created": ROWS}, {"unchanged": ROWS}]))


REFUSING = {
    "sqlite": """
        CREATE TRIGGER refusing BEFORE INSERT ON organization_aliases
        WHEN new.alias = 'Школа 349' BEGIN SELECT RAISE(ABORT, 'refused'); END
    """,
    "postgresql": """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'refused'; END $$;
        CREATE TRIGGER refusing BEFORE INSERT ON organization_aliases FOR EACH ROW
        WHEN (new.alias = 'Школа 349') EXECUTE FUNCTION refuse()
    """,
}
ADMITTING = {
    "sqlite": "DROP TRIGGER refusing",
    "postgresql": "DROP FUNCTION refuse CASCADE",
}


@contextmanager
def refusing(service: Service) -> Iterator[None]:
    """A database that does not take the last row of the list, whoever waits for it."""
    engine = service.database.engine
    with engine.begin() as connection:
        connection.exec_driver_sql(REFUSING[service.kind])
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(ADMITTING[service.kind])


@pytest.mark.long
@pytest.mark.shared_out
def test_what_is_refused_behind_is_no_success(
    service: Service, scene: Scene, spellings: bytes
) -> None:
    with refusing(service):
        assert send(scene, organization_aliases, spellings).status_code == 500
    assert stats(report(send(scene, organization_aliases, spellings))) == {"created": ROWS}
    assert prove(service.database).whole


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[Stored]:
    """The records with which rows of short slices are compared."""
    loaded: list[Stored] = []

    def counted(*asked: Any) -> list[Stored]:
        found = load(*asked)
        loaded.extend(found)
        return found

    monkeypatch.setattr(runs, "AT_ONCE", 2)
    monkeypatch.setattr(matches, "load", counted)
    return loaded


def test_new_rows_are_not_held_against_all_of_their_event(
    seminar: Scene, compared: list[Stored]
) -> None:
    """Else a list takes the square of its length."""
    names = [f"{last} Анна" for last in ("Белова", "Волкова", "Гусева", "Дятлова", "Ершова")]
    said = report(upload(seminar, listed(*map(row, names))))
    assert (stats(said), compared) == ({"created": len(names)}, [])


def test_new_rows_with_a_folded_key_are_not_held_against_their_siblings(
    scene: Scene, compared: list[Stored]
) -> None:
    body = body_of(assessment_results, scene)
    rows = [body | {"grade": grade} for grade in range(5, 10)]
    said = report(send(scene, assessment_results, sheet(assessment_results, *rows, leave={"id"})))
    assert (stats(said), compared) == ({"created": len(rows)}, [])
