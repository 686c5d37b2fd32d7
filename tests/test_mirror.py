"""The mirror: killed, expired, refused or kept waiting, it ends equal to the service (R8, R9)."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.access.roles import Role
from app.database.transaction import Transaction
from app.journal import positions
from app.mirror.service import Service
from app.registry import RESOURCES
from app.remote import Refused
from tests.daily import KINDS
from tests.follower import Records, walk
from tests.holders import issue
from tests.houses import House
from tests.postgres import free_port
from tests.process import ROOT, serving

EQUAL = "The mirror equals the service"
ALONE = ("-m", "app.mirror")
"""The program that others take; it starts four times as fast as the same command of ours."""


@pytest.fixture
def house(houses: Callable[[str], House]) -> House:
    return houses("sqlite")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mirror.db"


@contextmanager
def mirroring(
    address: str, key: str, file: Path, *words: str, program: tuple[str, ...] = ALONE
) -> Iterator[subprocess.Popen[str]]:
    """Run the command; whatever still runs at the end is killed."""
    said = [sys.executable, *program, "--url", address, "--into", str(file), *words]
    process = subprocess.Popen(
        said,
        cwd=ROOT,
        env=os.environ | {"SN_KEY": key},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def mirror(house: House, file: Path, *words: str, key: str = "", status: int = 0) -> str:
    """What the command says until it ends by itself."""
    with mirroring(house.address, key or house.coordinator.key, file, *words) as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == status, said
    return said


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, timeout=60)) as connection, connection:
        yield connection


def mirrored(file: Path) -> Records:
    """What a reader of the file finds."""
    with reading(file) as connection:
        found = connection.execute("SELECT * FROM records").fetchall()
    records = {}
    for kind, record_id, *pair, text in found:
        record = records[kind, record_id] = json.loads(text)
        assert pair == [record[name] for name in ("version", "source", "source_key")]
    return records


def reached(file: Path, cursor: str | None = None) -> str | None:
    """Wait until the mirror has moved on from a cursor, and say to which."""
    while True:
        try:
            with reading(file) as connection:
                found = connection.execute("SELECT cursor FROM place").fetchone()
        except sqlite3.OperationalError:
            found = None
        if found and found[0] not in {cursor, None}:
            return str(found[0])
        time.sleep(0.01)


@pytest.fixture
def followed(house: House) -> Iterator[Service]:
    service = Service(house.address, house.coordinator.key)
    yield service
    service.close()


@pytest.mark.long
def test_it_learns_the_types_from_the_service(house: House, followed: Service) -> None:
    assert followed.kinds() == [each.name for each in RESOURCES]
    for resource in RESOURCES:
        # A type is listed under its name with hyphens.
        shown = walk(house.coordinator, f"/{resource.path}")
        assert list(followed.listed(resource.name)) == shown


@pytest.mark.long
def test_a_service_without_a_description_is_asked_for_named_types(
    house: House, file: Path, followed: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followed, "_document", f"{house.address}/nothing.json")
    with pytest.raises(Refused, match=r"404 .* name them in --types"):
        followed.kinds()
    assert EQUAL in mirror(house, file, "--verify", "--types", "organizations,teachers")


@pytest.mark.long
def test_it_has_what_the_lists_show_and_every_delta(house: House, file: Path) -> None:
    house.school("delta", 1, "Первая")
    house.school("delta", 2, "Вторая")
    mirror(house, file, "--once", "--limit", "50")
    assert mirrored(file) == house.lists()
    with reading(file) as connection:
        before = connection.execute("SELECT cursor FROM place").fetchone()
    house.school("delta", 1, "Первая с новым именем")
    house.close_school("delta", 2)
    assert "Changes applied: 2, up to 20" in mirror(house, file, "--once")
    assert mirrored(file) == house.lists()
    # What comes again does no harm.
    with reading(file) as connection:
        connection.execute("UPDATE place SET cursor = ?", before)
    assert "Changes applied: 2," in mirror(house, file, "--once")
    assert mirrored(file) == house.lists()


@pytest.mark.long
def test_a_page_and_its_place_are_one(house: House, file: Path) -> None:
    seen: dict[str, int] = {}
    words = ("--once", "--limit", "1")
    with mirroring(house.address, house.coordinator.key, file, *words) as process:
        reached(file)
        while process.poll() is None:
            with reading(file) as connection:
                count = "(SELECT count(*) FROM arriving) + (SELECT count(*) FROM records)"
                cursor, kept = connection.execute(f"SELECT cursor, {count} FROM place").fetchone()
            assert seen.setdefault(cursor, kept) == kept
    assert len(seen) > 20


@contextmanager
def writing(house: House, writers: int) -> Iterator[None]:
    """Writers who make, change, delete and make again, until the block ends."""
    is_over = threading.Event()

    def work(writer: int) -> int:
        chance, steps = random.Random(writer), 0  # noqa: S311 - a test's own dice
        while not is_over.is_set():
            steps += 1
            # Half of the records are never touched again: what is lost of them stays lost.
            number = chance.choice([chance.randrange(5), 5 + steps])
            if chance.random() < 0.3:
                house.close_school(f"writer-{writer}", number)
            else:
                house.school(f"writer-{writer}", number, f"{steps}")
        return steps

    with ThreadPoolExecutor(writers) as pool:
        work_of = [pool.submit(work, writer) for writer in range(writers)]
        try:
            yield
        finally:
            is_over.set()
        assert all(each.result() for each in work_of)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.one_database
def test_killed_among_writers_it_ends_equal(
    houses: Callable[[str], House], kind: str, file: Path, *, full: bool
) -> None:
    house, key = houses(kind), houses(kind).coordinator.key
    seen: str | None = None
    with writing(house, 8 if full else 2):
        for _ in range(20 if full else 3):
            with mirroring(house.address, key, file, "--limit", "3") as process:
                seen = reached(file, seen)
                time.sleep(random.random() / 4)  # noqa: S311 - a test's own dice
                process.kill()
        assert EQUAL in mirror(house, file, "--verify")
    mirror(house, file, "--once")
    assert mirrored(file) == house.lists()


def restore(tx: Transaction) -> None:
    tx.execute(sa.update(positions.HEADS).values(epoch=uuid.uuid4()))


def purge(tx: Transaction) -> None:
    assert positions.purge(tx.connection, tx.now)


@pytest.mark.long
def test_a_new_load_takes_the_place_of_the_old_at_once(house: House, file: Path) -> None:
    """After a purge the cursor has ended; while all comes anew, the service is restored."""
    for number in range(10):
        house.school("anew", number, "Прежняя")
    mirror(house, file, "--once")
    before = mirrored(file)
    for number in range(10):
        house.school("anew", number, "Новая")
    house.close_school("anew", 3)
    with house.database() as database:
        database.write(purge)
    after, seen, cursor = house.lists(), [before], reached(file)
    with mirroring(house.address, house.coordinator.key, file, "--limit", "4") as process:
        reached(file, cursor)
        process.kill()
    with house.database() as database, reading(file) as connection:
        connection.execute("INSERT INTO arriving VALUES ('teachers', 'gone', 1, NULL, NULL, '{}')")
        database.write(restore)
    with mirroring(house.address, house.coordinator.key, file, "--limit", "4") as process:
        while seen[-1] != after:
            seen.append(mirrored(file))
            assert seen[-1] in (before, after)
        process.terminate()
        said, _ = process.communicate(timeout=30)
    assert (process.returncode, len(seen) > 10, "complete" in said) == (0, True, True)


@pytest.mark.long
def test_a_mirror_that_was_tampered_with_is_found_out(house: House, file: Path) -> None:
    schools = [house.school("tampered", number, "Школа")["id"] for number in range(4)]
    assert EQUAL in mirror(house, file, "--verify")
    with reading(file) as connection:
        for sql, record_id in zip(
            (
                "UPDATE records SET version = 7 WHERE id = ?",
                "DELETE FROM records WHERE id = ?",
                "UPDATE records SET id = 'nobody' WHERE id = ?",
                "UPDATE records SET data = replace(data, 'Школа', 'Лицей') WHERE id = ?",
            ),
            schools,
            strict=True,
        ):
            assert connection.execute(sql, (record_id,)).rowcount == 1
    said = mirror(house, file, "--verify", status=1)
    for record_id, what in zip(
        [*schools, "nobody"],
        (
            "version 7, the service has 1",
            "missing in the mirror",
            "missing in the mirror",
            "the same version with other data",
            "surplus in the mirror",
        ),
        strict=True,
    ):
        assert f"organizations {record_id}: {what}\n" in said
    assert said.endswith("The mirror differs from the service, records: 5\n")
    assert "Лицей" not in said


@pytest.mark.long
def test_a_reader_mirrors_what_it_may_read(house: House, file: Path) -> None:
    key = house.key(Role.READER)
    assert EQUAL in mirror(house, file, "--verify", key=key)
    kinds = {kind for kind, _ in mirrored(file)}
    assert "organizations" in kinds
    assert not kinds & {"teachers", "employments", "headcounts", "participations"}
    with reading(file) as connection:
        row = (
            "SELECT 'teachers', 'somebody', version, source, source_key, data FROM records LIMIT 1"
        )
        connection.execute(f"INSERT INTO records {row}")
    said = mirror(house, file, "--verify", key=key, status=1)
    assert "teachers somebody: surplus in the mirror\n" in said
    elsewhere = file.with_name("teachers.db")
    said = mirror(house, elsewhere, "--once", "--types", "teachers", key=key, status=1)
    assert "The service refuses: 403" in said


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "words", "told"),
    [
        ("sn_wrong_key", (), "The service refuses: 401 Send a valid key"),
        ("sn_wrong\nkey", (), "The key contains characters that keys never have"),
        ("", ("--types", "organisations"), "The service refuses: 422 The value is not on the list"),
        ("", ("--url", "127.0.0.1"), "An address must begin with http://"),
        ("", ("--into", "nowhere/mirror.db"), "no such file"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(
    house: House, file: Path, key: str, words: tuple[str, ...], told: str
) -> None:
    said = mirror(house, file, "--once", *words, key=key, status=1)
    assert told in said
    assert said.count("\n") == 1
    assert (key or house.coordinator.key) not in said


@pytest.mark.long
def test_a_role_without_a_feed_is_told_so(house: House, file: Path) -> None:
    with house.database() as database:
        key = issue(database, Role.ADMIN)
    assert "403" in mirror(house, file, "--once", key=key, status=1)


@pytest.mark.long
def test_one_file_is_one_mirror(house: House, file: Path) -> None:
    mirror(house, file, "--once", "--types", "organizations")
    assert {kind for kind, _ in mirrored(file)} == {"organizations"}
    assert EQUAL in mirror(house, file, "--verify", "--types", "organizations")
    assert "name another file" in mirror(house, file, "--once", status=1)


@pytest.mark.long
def test_it_waits_for_a_service_that_is_down_or_busy(house: House, file: Path) -> None:
    port, key = free_port(), house.coordinator.key
    program = ("-m", "app", "mirror")
    words = ("--once", "--limit", "60")
    address = f"http://127.0.0.1:{port}"
    with mirroring(address, key, file, *words, program=program) as process:
        assert process.stdout
        assert "No answer yet" in process.stdout.readline()
        with serving(house.folder, house.database_url, port=str(port), rate="1"):
            said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "429" in said
    assert mirrored(file) == house.lists()
