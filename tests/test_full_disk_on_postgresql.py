"""A full disk under PostgreSQL: a list is refused, and small changes go on by the reserve (R25)."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database.reserve import Reserve
from app.journal.register import Register
from tests.fixtures import Copies, migrated_and_seeded
from tests.postgres import Postgres
from tests.process import Process, started
from tests.running import served
from tests.test_full_disk import MIB, Client, filled, free
from tests.waiting import until

pytestmark = pytest.mark.long

SIZE = sa.text("SELECT pg_total_relation_size('disk_reserve')")
DEAD = sa.text("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'organizations'")
REFUSED = "INSERT INTO organizations SELECT * FROM organizations"


@pytest.fixture
def serving_role(copies: Copies, tmp_path: Path) -> Iterator[tuple[Register, Register]]:
    """A database as its owner knows it, and as the role that serves."""
    with copies("postgresql", tmp_path, migrated_and_seeded) as url:
        owner = Register(url, b"tests")
        with served(owner) as place:
            servant = Register(place, b"tests")
            yield owner, servant
            servant.close()
        owner.close()


def test_the_reserve_is_taken_given_up_and_taken_again(
    serving_role: tuple[Register, Register],
) -> None:
    owner, servant = serving_role

    def asked(query: sa.TextClause) -> int:
        with owner.engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    Reserve(servant.engine).tend(is_full=False)
    assert 2 * MIB < asked(SIZE) < 3 * MIB
    reserve = Reserve(servant.engine)
    reserve.tend(is_full=False)
    assert asked(SIZE) < 3 * MIB
    with pytest.raises(sa.exc.IntegrityError), owner.engine.begin() as connection:
        connection.exec_driver_sql(REFUSED)
    until(lambda: asked(DEAD))
    reserve.tend(is_full=True)
    assert asked(SIZE) < MIB
    assert asked(DEAD) == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Postgres]]:
    """A PostgreSQL whose data lie on a file system of their own, of 300 MiB.

    Its log of changes (WAL) lies elsewhere. On the same disk PostgreSQL stops when it cannot write
    it, starts again, and has made room by that.
    """
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting a file system of a known size is not allowed here")
    for path in (tmp_path, *tmp_path.parents[:2]):
        path.chmod(0o755)
    place.chmod(0o777)  # for PostgreSQL's own account
    with Postgres(durable=True) as postgres:
        postgres.stop()
        moved(postgres.folder / "data" / "pg_wal", postgres.folder / "wal")
        moved(postgres.folder / "data", place / "data")
        postgres.restart()
        yield place, postgres
        postgres.stop("immediate")
    subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607 - the system's own


def moved(source: Path, target: Path) -> None:
    """Move a folder with the owners of its files, and leave a link to it."""
    command = ["cp", "--archive", str(source), str(target)]
    subprocess.run(command, check=True)
    shutil.rmtree(source)
    source.symlink_to(target)


@pytest.mark.torture
def test_small_changes_go_on_after_a_list_has_filled_the_disk(
    disk: tuple[Path, Postgres], tmp_path: Path
) -> None:
    place, postgres = disk
    process = Process(tmp_path / "data", url := postgres.create("school"))
    with started(process), Client(process.base, tmp_path / "data", url) as client:
        assert client.send(500).status_code == 200
        with filled(place, leaving=10 * MIB):
            refused = client.send(60_000)
            assert (refused.status_code, refused.json()["type"]) == (503, "/problems/disk_full")
            until(lambda: client.write("first").status_code == 201)
            until(lambda: free(place) > MIB)
            assert {client.write(f"later {n}").status_code for n in range(500)} == {201}
            assert client.ready().status_code == 200
        assert client.programs()
