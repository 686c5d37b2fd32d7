"""SQLite's log is emptied although somebody always reads (R28)."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.acts import Act
from app.database import room
from app.database.schema import migrate
from app.journal.register import Register
from app.rest import chores
from tests.postgres import Server
from tests.running import empty


@pytest.mark.long
def test_a_long_log_is_emptied_when_its_last_reader_is_done(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LONG", 0)
    monkeypatch.setattr(room, "PATIENCE", 0.01)
    monkeypatch.setattr(room, "PAUSE", 0.0)
    log = tmp_path / "school.db-wal"
    with empty("sqlite", server, tmp_path) as url:
        database = Register(url)
        migrate(database)
        with database.reading() as first:
            first.connection.exec_driver_sql("SELECT count(*) FROM alembic_version")
            database.write(lambda tx: tx.acts.append(Act("read")))
            with database.reading() as second:
                second.connection.exec_driver_sql("SELECT count(*) FROM alembic_version")
                before = log.stat().st_size
                database.tend_disk()  # waits for both, in vain
                assert log.stat().st_size == before > 0
        with database.reading() as third:
            third.connection.exec_driver_sql("SELECT count(*) FROM alembic_version")
            database.write(lambda tx: tx.acts.append(Act("read")))
        database.tend_disk()
        assert log.stat().st_size == 0
        database.close()


def test_a_disk_that_cannot_be_tended_ends_no_service() -> None:
    def fail() -> None:
        raise PoolTimeout

    service: Any = SimpleNamespace(database=SimpleNamespace(tend_disk=fail))
    anyio.run(chores._tend, service)  # noqa: SLF001 - a chore has no other door
