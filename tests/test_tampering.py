"""Tampering: an insider who holds the database, but not the secret, is found out."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest

from app.__main__ import main
from app.acts import Act, Head
from app.database.schema import migrate
from app.database.transaction import Transaction
from app.journal.anchor import Anchor
from app.journal.proof import prove
from app.journal.register import Register
from app.oversight.report import report
from tests.daily import KINDS
from tests.fixtures import Copies
from tests.postgres import Server
from tests.running import SECRET, empty
from tests.scene import NOBODY

OTHER = NOBODY.replace("0189", "0190")
ENTRIES = 10
PAIR = 3
"""The entry that tells of two records."""


def act(database: Register, at: int) -> None:
    ids = (NOBODY, OTHER) if at == PAIR else (NOBODY,)

    def work(tx: Transaction) -> None:
        tx.acts.append(Act("read", "teachers", ids, (f"field_{at}",)))

    database.write(work)


@dataclass(frozen=True)
class Whole:
    """A database with ten entries, and its head outside; tests get copies of it."""

    kind: str
    name: str
    folder: Path


@pytest.fixture(scope="module", params=KINDS)
def whole(
    request: pytest.FixtureRequest, copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("whole")
    with copies(request.param, folder, migrate) as url:
        made = Register(url, SECRET.encode(), folder / "heads")
        for at in range(1, ENTRIES + 1):
            act(made, at)
        made.close()
        yield Whole(request.param, made.url.database or "", folder)


@pytest.fixture
def kept(whole: Whole, server: Server, tmp_path: Path) -> Iterator[Register]:
    """A copy for one test."""
    copytree(whole.folder, tmp_path, dirs_exist_ok=True)
    with empty(whole.kind, server, tmp_path, whole.name) as url:
        lent = Register(url, SECRET.encode(), tmp_path / "heads")
        yield lent
        lent.close()


def bend(database: Register, statements: Sequence[str]) -> None:
    """Change the database as its owner can, past every trigger."""
    with database.engine.connect() as connection:
        for table in ("audit_entries", "audit_subjects"):
            if database.dialect.name == "sqlite":
                for change in ("update", "delete", "replace"):
                    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{change}")
            else:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()


E = "audit_entries"
COPIED = "at, key_id, owner, role, action, type, record_id, ids, outcome, request_id, fields, "
COPIED += "address_hash, count, traceparent, mac"
RESET = "UPDATE audit_heads SET seq = {0}, mac = (SELECT mac FROM audit_entries WHERE seq = {0})"


def cut(last: int) -> list[str]:
    return [f"DELETE FROM {E} WHERE seq > {last}"]


def room_at(seq: int) -> list[str]:
    """Number the entries from here on anew, to put one before them."""
    return [
        f"UPDATE {E} SET seq = -seq WHERE seq >= {seq}",
        f"UPDATE {E} SET seq = 1 - seq WHERE seq < 0",
        "UPDATE audit_heads SET seq = seq + 1",
    ]


def copied(source: int, to: int) -> str:
    return f"INSERT INTO {E} (seq, {COPIED}) SELECT {to}, {COPIED} FROM {E} WHERE seq = {source}"


def closed_up(seq: int) -> list[str]:
    """Take an entry away and number those behind it anew."""
    return [
        f"DELETE FROM {E} WHERE seq = {seq}",
        f"UPDATE {E} SET seq = -seq WHERE seq > {seq}",
        f"UPDATE {E} SET seq = -seq - 1 WHERE seq < 0",
        "UPDATE audit_heads SET seq = seq - 1",
    ]


def swapped(one: int, other: int) -> list[str]:
    return [
        f"UPDATE {E} SET seq = -1 WHERE seq = {one}",
        f"UPDATE {E} SET seq = {one} WHERE seq = {other}",
        f"UPDATE {E} SET seq = {other} WHERE seq = -1",
    ]


BENDS = {
    "another owner": ([f"UPDATE {E} SET owner = 'X' WHERE seq = 5"], 5),
    "another role": ([f"UPDATE {E} SET role = 'admin' WHERE seq = 5"], 5),
    "another action": ([f"UPDATE {E} SET action = 'list' WHERE seq = 5"], 5),
    "another type": ([f"UPDATE {E} SET type = NULL WHERE seq = 5"], 5),
    "another record": ([f"UPDATE {E} SET record_id = '{OTHER}' WHERE seq = 5"], 5),
    "another key": ([f"UPDATE {E} SET key_id = '{OTHER}' WHERE seq = 5"], 5),
    "another time": ([f"UPDATE {E} SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 5"], 5),
    "other records": ([f"UPDATE {E} SET ids = '[\"{NOBODY}\"]' WHERE seq = {PAIR}"], PAIR),
    "another outcome": ([f"UPDATE {E} SET outcome = 'denied' WHERE seq = 5"], 5),
    "another request": ([f"UPDATE {E} SET request_id = 'x' WHERE seq = 5"], 5),
    "other fields": ([f"UPDATE {E} SET fields = '[]' WHERE seq = 5"], 5),
    "another address": ([f"UPDATE {E} SET address_hash = 'x' WHERE seq = 5"], 5),
    "another count": ([f"UPDATE {E} SET count = 2 WHERE seq = 5"], 5),
    "another trace": ([f"UPDATE {E} SET traceparent = '00' WHERE seq = 5"], 5),
    "another hash": ([f"UPDATE {E} SET mac = 'x' WHERE seq = 5"], 5),
    "a cut that nobody signed": (
        [
            *[f"DELETE FROM {E} WHERE seq <= 4", "DELETE FROM audit_subjects WHERE seq <= 4"],
            f"INSERT INTO audit_archives SELECT 4, '{OTHER}', at, mac, mac FROM {E} WHERE seq = 5",
        ],
        1,
    ),
    "the first changed": ([f"UPDATE {E} SET owner = 'X' WHERE seq = 1"], 1),
    "the last changed": ([f"UPDATE {E} SET owner = 'X' WHERE seq = 10"], 10),
    "two changed": ([f"UPDATE {E} SET owner = 'X' WHERE seq IN (4, 8)"], 4),
    "one deleted": ([f"DELETE FROM {E} WHERE seq = 5"], 5),
    "one deleted and the gap closed": (closed_up(5), 5),
    "the first deleted": ([f"DELETE FROM {E} WHERE seq = 1"], 1),
    "one put in": ([*room_at(5), copied(2, 5)], 5),
    "one put before all": ([copied(2, 0)], 0),
    "one put behind all": ([copied(2, 11), "UPDATE audit_heads SET seq = 11"], 11),
    "one put behind the head": ([copied(2, 11)], 11),
    "two swapped": (swapped(4, 7), 4),
    "the end cut": (cut(7), 8),
    "the end cut and the head set back": ([*cut(7), RESET.format(7)], 8),
    "all cut and the head set back": ([*cut(0), "UPDATE audit_heads SET seq = 0, mac = ''"], 1),
    "the head set back": ([RESET.format(7)], 8),
    "the head's hash changed": (["UPDATE audit_heads SET mac = 'x'"], 10),
    "the head set forward": (["UPDATE audit_heads SET seq = 12"], 11),
    "another database's id": ([f"UPDATE audit_heads SET database_id = '{OTHER}'"], 1),
    "a record of a list hidden": (["DELETE FROM audit_subjects WHERE seq = 3"], 3),
    "a record put to a list": ([f"INSERT INTO audit_subjects VALUES ('{OTHER}', 5)"], 5),
    "a record of no entry": ([f"INSERT INTO audit_subjects VALUES ('{OTHER}', 20)"], 11),
}


@pytest.mark.parametrize("bent", BENDS)
@pytest.mark.shared_out
def test_the_first_broken_place_is_named(kept: Register, bent: str) -> None:
    assert prove(kept).whole
    statements, first = BENDS[bent]
    bend(kept, statements)
    found = prove(kept)
    assert (found.whole, found.first_broken) == (False, first)


def test_a_whole_trail_is_vouched_for_to_its_end(kept: Register) -> None:
    found = prove(kept)
    assert vars(found) == {
        "whole": True,
        "first_broken": None,
        "entries": ENTRIES,
        "anchored": ENTRIES,
        "archived": 0,
    }


@pytest.mark.parametrize("more", [1, 3, 6])
@pytest.mark.shared_out
def test_a_trail_that_grew_past_a_cut_stays_broken(kept: Register, more: int) -> None:
    bend(kept, [*cut(7), RESET.format(7)])
    for at in range(more):
        act(kept, 20 + at)
    found = prove(kept)
    assert (found.whole, found.first_broken, found.entries) == (False, 8, 7 + more)


def test_an_entry_of_a_cut_end_does_not_come_back(migrated: Register) -> None:
    for at in range(1, ENTRIES + 1):
        act(migrated, at)
    bend(migrated, [f"CREATE TABLE kept_apart AS SELECT * FROM {E}", *cut(7), RESET.format(7)])
    for at in range(8, ENTRIES + 1):
        act(migrated, 20 + at)
    assert prove(migrated).whole  # nothing outside knows of the end that was cut
    put_back = f"INSERT INTO {E} SELECT * FROM kept_apart WHERE seq = 8"
    bend(migrated, [f"DELETE FROM {E} WHERE seq = 8", put_back])
    assert prove(migrated).first_broken == 9  # which was written behind another one


@pytest.mark.shared_out
def test_without_its_secret_nobody_continues_the_chain(kept: Register, tmp_path: Path) -> None:
    url = kept.url.render_as_string(hide_password=False)
    stranger = Register(url, b"guess", tmp_path / "heads")
    act(stranger, 11)
    stranger.close()
    assert prove(kept).first_broken == 11


def test_a_crash_after_the_commit_leaves_the_head_outside_behind(kept: Register) -> None:
    url = kept.url.render_as_string(hide_password=False)
    crashing = Register(url, SECRET.encode())
    act(crashing, 11)
    crashing.close()
    found = prove(kept)
    assert (found.whole, found.entries, found.anchored) == (True, 11, 10)
    act(kept, 12)
    assert prove(kept).anchored == 12


@pytest.mark.long
@pytest.mark.shared_out
def test_another_database_is_never_compared(kept: Register, server: Server, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with empty(kept.dialect.name, server, tmp_path / "other") as url:
        other = Register(url, SECRET.encode(), tmp_path / "heads")
        migrate(other)
        assert vars(prove(other))["anchored"] is None
        act(other, 1)
        assert (prove(other).whole, prove(other).anchored) == (True, 1)
        other.close()
    assert (prove(kept).whole, prove(kept).anchored) == (True, ENTRIES)


def test_the_head_outside_only_moves_forward(tmp_path: Path) -> None:
    def move(worker: int) -> None:
        anchor = Anchor(tmp_path / "heads")
        for seq in range(worker, 400, 4):
            anchor.move(Head(NOBODY, seq, f"{seq:064x}"))
            found = anchor.read(NOBODY)
            assert found
            assert found.seq >= seq
            assert int(found.mac, 16) == found.seq

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(move, range(4)))
    found = Anchor(tmp_path / "heads").read(NOBODY)
    assert found
    assert found.seq == 399


@pytest.mark.long
def test_two_processes_keep_one_head(kept: Register, tmp_path: Path) -> None:
    url = kept.url.render_as_string(hide_password=False)
    other = Register(url, SECRET.encode(), tmp_path / "heads")

    def work(database: Register) -> None:
        for at in range(20):
            act(database, 20 + at)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [kept, other, kept, other]))
    other.close()
    found = prove(kept)
    assert (found.whole, found.entries, found.anchored) == (True, ENTRIES + 80, ENTRIES + 80)


@pytest.mark.shared_out
def test_a_folder_that_cannot_be_used_stops_nobody(kept: Register, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    url = kept.url.render_as_string(hide_password=False)
    elsewhere = Register(url, SECRET.encode(), tmp_path / "file" / "heads")
    act(elsewhere, 11)
    elsewhere.close()
    assert prove(kept).entries == 11


@pytest.mark.shared_out
def test_the_command_tells_and_exits_by_what_it_found(
    kept: Register,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SN_DATA", str(tmp_path))
    monkeypatch.setenv("SN_SECRET", SECRET)
    monkeypatch.setenv("SN_DATABASE_URL", kept.url.render_as_string(hide_password=False))
    (tmp_path / "heads").rename(tmp_path / "audit-heads")
    assert main(["audit", "verify"]) == 0
    assert "Whole: yes" in capsys.readouterr().out
    bend(kept, [*cut(7), RESET.format(7)])
    assert main(["audit", "verify"]) == 1
    assert "First broken entry: 8" in capsys.readouterr().out


def test_a_database_that_passes_for_a_new_one_is_named(
    kept: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    renamed = f"UPDATE audit_heads SET database_id = '{OTHER}', seq = 0, mac = ''"
    bend(kept, [*cut(0), "DELETE FROM audit_subjects", renamed])
    assert report(kept) == 0
    said = capsys.readouterr().out
    assert "Head outside the database: none" in said
    assert "Head of another database" in said
    assert f"at {ENTRIES}" in said


def test_what_is_not_whole_in_the_file_counts_as_none(tmp_path: Path) -> None:
    anchor = Anchor(tmp_path)
    for content in (b"", b"7", b"x" * 86):
        (tmp_path / NOBODY).write_bytes(content)
        assert anchor.read(NOBODY) is None
    anchor.move(Head(NOBODY, 3, "a" * 64))
    assert anchor.read(NOBODY) == Head(NOBODY, 3, "a" * 64)
