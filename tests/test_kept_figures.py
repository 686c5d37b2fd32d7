"""Kept figures: what was counted once is told after a start, and never for another state (0032)."""

import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.indicators import counting
from app.indicators.answer import indicators
from app.journal.positions import HEADS
from app.journal.register import Register
from app.problems import DiskFull
from app.store import figures
from app.store.figures import FIGURES, MOST
from tests.running import serving
from tests.scene import MERGE, RESOURCE, Scene, Service, body_of

pytestmark = pytest.mark.long

DAY = "2020-12-31"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that are counted from now on."""
    programs: list[str] = []

    def recorded(tx: Any, program_id: uuid.UUID, asked: Any) -> Any:
        programs.append(str(program_id))
        return indicators(tx, program_id, asked)

    monkeypatch.setattr(counting, "indicators", recorded)
    return programs


@pytest.fixture
def database(seeded: Register) -> Register:
    return seeded


@contextmanager
def started(database: Register, folder: Path) -> Iterator[Service]:
    """The service over a database, until it stops."""
    url = database.url.render_as_string(hide_password=False)
    with serving(database.dialect.name, url, folder) as service:
        yield service


def table(service: Service, day: str | None = DAY) -> tuple[bytes, str]:
    """The table of all programs on a day, and its ETag."""
    answer = service.client.get("/indicators", params={"as_of": day} if day else {})
    assert answer.status_code == 200, answer.text
    return answer.content, answer.headers["etag"]


def kept(database: Register) -> list[Any]:
    with database.engine.connect() as connection:
        return [*connection.execute(sa.select(FIGURES))]


def test_a_start_counts_nothing_that_has_not_changed(
    database: Register, tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(database, tmp_path) as service:
        scene, other = Scene(service.client), Scene(service.client)
        assert scene["$partnership"]
        assert other["$program"]
        first = table(service)
        every = sorted(counted)
        assert {scene["$program"], other["$program"]} < {*every}
    counted.clear()
    with started(database, tmp_path) as service:
        assert table(service) == first
        assert counted == []
        path, headers = f"/partnerships/{scene['$partnership']}", {"Content-Type": MERGE}
        headers |= {"If-Match": "*"}
        moved = service.client.patch(path, json={"start_date": "2021-02-01"}, headers=headers)
        assert moved.status_code == 200, moved.text
        second = table(service)
        assert second[0] != first[0]
        assert second[1] != first[1]
        assert counted == [scene["$program"]]
    counted.clear()
    with started(database, tmp_path) as service:
        assert table(service) == second
        assert counted == []
    # Another release may count or spell an answer otherwise.
    with monkeypatch.context() as patched, started(database, tmp_path) as service:
        patched.setattr(counting, "RELEASE", "0" * 32)
        assert table(service) == second
        assert sorted(counted) == every
    counted.clear()
    # A restored register starts another epoch: its positions say nothing of the state before.
    with database.engine.begin() as connection:
        connection.execute(sa.update(HEADS).values(epoch=uuid.uuid4()))
    with started(database, tmp_path) as service:
        assert table(service)[0] == second[0]
        assert sorted(counted) == every


def test_what_is_kept_is_bounded_and_tells_of_nobody(database: Register, tmp_path: Path) -> None:
    with started(database, tmp_path) as service:
        scene = Scene(service.client)
        assert scene["$partnership"]
        attendance = scene.make("participations", body_of(RESOURCE["participations"], scene))
        listed = service.client.get("/programs", params={"limit": 500}).json()["items"]
        todays = {(each["id"], each["end_date"]) for each in listed}
    for days in ([None], ["2020-10-01", "2020-11-01"], [DAY, "2020-12-01", "2021-01-31"]):
        with started(database, tmp_path) as service:
            for day in days:
                table(service, day)
    rows = kept(database)
    assert len(rows) == MOST * len(todays)
    # The source program ended in 2021, so its last day is that of every later question.
    assert todays <= {(str(each.program_id), each.day.isoformat()) for each in rows}
    texts = " ".join(text for each in rows for text in told(each))
    assert scene["$program"] in texts
    assert scene["$teacher"] not in texts
    assert attendance["id"] not in texts


def test_what_is_kept_of_a_program_goes_with_it(database: Register, tmp_path: Path) -> None:
    with started(database, tmp_path) as service:
        programs = [Scene(service.client)["$program"] for _ in range(2)]
        table(service)
    for program in programs:
        assert program in {str(each.program_id) for each in kept(database)}
        with started(database, tmp_path) as service:
            if program == programs[0]:
                # It waits to be kept when its program goes.
                table(service, "2020-12-01")
            gone = service.client.delete(f"/programs/{program}", headers={"If-Match": "*"})
            assert gone.status_code == 204, gone.text
            if program == programs[1]:
                service.database.write(figures.purge)
    assert {str(each.program_id) for each in kept(database)}.isdisjoint(programs)


def told(row: Any) -> Iterator[str]:
    yield zlib.decompress(row.body).decode()
    yield row.sums


@pytest.mark.shared_out
def test_a_full_disk_keeps_nothing_and_refuses_nobody(
    database: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFull

    with monkeypatch.context() as patched, started(database, tmp_path) as service:
        patched.setattr(figures, "keep", full)
        first = table(service)
    assert kept(database) == []
    with started(database, tmp_path) as service:
        counted.clear()
        assert table(service) == first
        assert counted != []
    assert kept(database) != []
