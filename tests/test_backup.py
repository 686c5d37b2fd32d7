"""Copies of the register: hot, whole, and honest to those who follow it (R24, R10)."""

import itertools
import json
import os
import shutil
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import SQLModel

from app.__main__ import main
from app.access import keys
from app.backup import archive, making
from app.backup.archive import Manifest
from app.database import schema
from app.database.transaction import Transaction
from app.journal import ledger
from app.journal.proof import prove
from app.journal.register import Register
from app.model.record import new_id
from app.oversight import act
from app.problems import Invalid
from app.registry import RESOURCES
from tests.daily import KINDS
from tests.fixtures import Copies, migrated_and_seeded
from tests.follower import Follower, Records, lists
from tests.holders import Holder
from tests.postgres import Server
from tests.running import SECRET, empty, serving
from tests.scene import MERGE, RESOURCE, Scene, Service, body_of, problem
from tests.visitor import Visitor, visitor

pytestmark = pytest.mark.long

WRITERS = 4
OTHER = dict(zip(KINDS, reversed(KINDS), strict=True))
Target = Callable[..., "Place"]


@dataclass(frozen=True)
class Place:
    """A database with the folder of what is kept outside of it."""

    kind: str
    url: str
    folder: Path

    def run(self, *words: str | Path, secret: str = SECRET) -> int:
        """The exit status of a command of the administrator."""
        with pytest.MonkeyPatch.context() as settings:
            settings.setenv("SN_DATA", str(self.folder))
            settings.setenv("SN_DATABASE_URL", self.url)
            settings.setenv("SN_SECRET", secret)
            return main([str(word) for word in words])

    @contextmanager
    def database(self) -> Iterator[Register]:
        lent = Register(self.url, SECRET.encode(), self.folder / "audit-heads")
        yield lent
        lent.close()

    def tables(self) -> list[str]:
        with self.database() as database:
            return sa.inspect(database.engine).get_table_names()

    def is_whole(self) -> bool:
        """Whether the trail proves, and SQLite's own check finds nothing."""
        with self.database() as database, database.engine.connect() as connection:
            if self.kind == "sqlite":
                assert connection.exec_driver_sql("PRAGMA integrity_check").all() == [("ok",)]
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            return prove(database).whole


@dataclass(frozen=True)
class Source:
    """A register that was copied twice: among writers, and then at rest."""

    place: Place
    service: Service
    hot: Path
    confirmed: set[str]
    """What was confirmed before the hot copy began."""
    quiet: Path
    records: Records
    indicators: Any
    follower: Follower
    erased_before: str
    erased_after: str
    destruction: dict[str, Any]


@pytest.fixture(scope="module", params=KINDS)
def source(
    request: pytest.FixtureRequest, copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Source]:
    folder = tmp_path_factory.mktemp("source")
    with (
        copies(request.param, folder, migrated_and_seeded) as url,
        serving(request.param, url, folder) as service,
    ):
        place, scene = Place(request.param, url, folder), Scene(service.client)
        for resource in RESOURCES:
            scene.make(resource.name, body_of(resource, scene))
        report = {"as_of": "2020-12-31", "title": "Отчёт"}
        assert service.client.post(
            f"/programs/{scene['$program']}/snapshots", json=report
        ).is_success
        before, after = (teacher(service, scene, name) for name in ("Прежняя", "Поздняя"))
        erase(service, before)
        # Apart from the ledgers: what lies beside a copy is carried out.
        apart = folder / "copies"
        apart.mkdir()
        confirmed = copied_among_writers(place, service, apart / "hot")
        holder = Holder(service.client, service.client.auth.coordinator)  # type: ignore[union-attr]
        follower = Follower(holder)
        follower.catch_up()
        assert place.run("backup", apart / "quiet") == 0
        yield Source(
            place,
            service,
            apart / "hot",
            confirmed,
            apart / "quiet",
            lists(holder),
            indicators(holder),
            follower,
            before,
            after,
            erase(service, after),
        )


@pytest.fixture
def target(server: Server, tmp_path: Path) -> Iterator[Target]:
    """Places with an empty database."""
    with ExitStack() as stack:

        def made(kind: str, name: str = "target") -> Place:
            folder = tmp_path / name
            folder.mkdir()
            return Place(kind, stack.enter_context(empty(kind, server, folder)), folder)

        yield made


def teacher(service: Service, scene: Scene, name: str) -> str:
    body = {"municipality_id": scene["$municipality"], "last_name": name, "first_name": "Вера"}
    return str(scene.make("teachers", body)["id"])


def erase(service: Service, teacher_id: str) -> dict[str, Any]:
    said = {"reason": f"Обращение о {teacher_id}"}
    answer = service.client.post(f"/teachers/{teacher_id}/erasure", json=said)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def indicators(holder: Holder) -> list[Any]:
    """What is counted of each program, and what was frozen of it."""
    programs = holder.get("/programs").json()["items"]
    live = [holder.get(f"/programs/{each['id']}/indicators").json() for each in programs]
    reports = [holder.get(f"/programs/{each['id']}/snapshots").json()["items"] for each in programs]
    assert any(reports)
    return [live, reports]


def copied_among_writers(place: Place, service: Service, path: Path) -> set[str]:
    """Copy while others write; what was confirmed before the copy began."""
    confirmed: list[str] = []
    ended = threading.Event()
    home = service.client.get("/municipalities").json()["items"][0]["id"]

    def write(writer: int) -> None:
        scene, parent = Scene(service.client), None
        for at in range(100_000):
            if ended.is_set():
                return
            # Every second one refers to the one before.
            body = {"kind": "general_school", "municipality_id": home, "parent_id": parent}
            name = f"Школа {writer}.{at}"
            made = scene.make("organizations", body, full_name=name, short_name=name)["id"]
            confirmed.append(made)
            parent = None if parent else made
            time.sleep(0.01)

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, writer) for writer in range(WRITERS)]
        try:
            while len(confirmed) < 2 * WRITERS and not any(each.done() for each in writers):
                time.sleep(0.01)
            before = set(confirmed)
            assert place.run("backup", path) == 0
        finally:
            ended.set()
    for each in writers:
        each.result()
    assert len(confirmed) > len(before) >= 2 * WRITERS, "nobody wrote meanwhile"
    return before


def manifest(path: Path) -> Manifest:
    with archive.opened(path) as copy:
        return copy.manifest


def retold(path: Path, drop: str = "", **said: Any) -> Path:
    """A copy that says something else of itself, or lacks the rows of a table, and is sealed."""
    made = path.with_name("retold")
    made.unlink(missing_ok=True)
    with archive.opened(path) as copy, archive.drafted(made) as draft:
        tables = [
            archive.add(
                draft, each.name, each.columns, () if each.name == drop else copy.rows(each)
            )
            for each in copy.manifest.tables
        ]
        archive.sign(draft, replace(copy.manifest, tables=tables, **said))
    return made


def test_what_was_confirmed_before_a_hot_copy_is_in_it(source: Source, target: Target) -> None:
    place = target(source.place.kind)
    assert place.run("restore", source.hot) == 0
    assert place.is_whole()
    with place.database() as database:
        ids = database.read(lambda tx: tx.texts("SELECT id FROM organizations", {}))
    assert source.confirmed <= {str(each) for each in ids}


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_register_is_restored_in_time(
    kind: str, target: Target, capsys: pytest.CaptureFixture[str], *, full: bool
) -> None:
    """100,000 rows in at most five minutes (R24)."""
    if not full:
        pytest.skip("each other test restores a small one")
    large, place = target(kind, "large"), target(kind)
    assert large.run("generate", "--size", "M") == 0
    copy, times = large.folder / "copy", [time.monotonic()]
    for where, verb in ((large, "backup"), (place, "restore")):
        assert where.run(verb, copy) == 0
        times.append(time.monotonic())
    rows, size = manifest(copy).rows, copy.stat().st_size
    copied, restored = (after - before for before, after in itertools.pairwise(times))
    with capsys.disabled():
        told = f"copied in {copied:.1f} s ({size:,} bytes), restored in {restored:.1f} s"
        sys.stdout.write(f"\n{kind}: {rows:,} rows {told}\n")
    assert place.is_whole()
    assert rows >= 100_000
    assert restored < 300


def test_the_other_kind_of_database_shows_the_same(source: Source, target: Target) -> None:
    place = target(OTHER[source.place.kind])
    assert place.run("restore", source.quiet) == 0
    with serving(place.kind, place.url, place.folder) as service:
        # Under the same key: it was copied with everything else.
        holder = Holder(service.client, source.follower.holder.key)
        assert unversioned(lists(holder)) == unversioned(source.records)
        assert indicators(holder) == source.indicators
        answer = holder.get("/changes", params={"cursor": source.follower.cursor})
        assert problem(answer, 410, "epoch_changed")
        anew = Follower(holder)
        anew.catch_up()
        assert anew.records == lists(holder)
        assert source.erased_before not in {record_id for _, record_id in anew.records}
    assert place.is_whole()
    again = place.folder / "again"
    assert place.run("backup", again) == 0
    assert same_rows(source.quiet, again) >= {"participations", "teachers", "state_positions"}


def test_no_version_is_given_twice(source: Source, target: Target) -> None:
    """An ETag from before a restore matches nothing after it: no read, and no change (R4)."""
    key = source.follower.holder.key
    holder = Holder(source.service.client, key)
    path = f"/organizations/{holder.get('/organizations').json()['items'][0]['id']}"
    met = tags_of_changes(holder, path)
    for day, name in enumerate(("once", "again")):
        place = target(source.place.kind, name)
        with time_machine.travel(datetime.now(UTC) + timedelta(days=day)):
            assert place.run("restore", source.quiet) == 0
        with serving(place.kind, place.url, place.folder) as service:
            holder = Holder(service.client, key)
            made = tags_of_changes(holder, path)
            assert not {*met} & {*made}
            for tag in met:
                assert holder.get(path, headers={"If-None-Match": tag}).is_success
                problem(amended(holder, path, "Чужая", tag), 412)
            met += made


def test_a_clock_that_is_behind_gives_no_version_twice(source: Source, target: Target) -> None:
    """A new machine has the clock of its battery until somebody sets it."""
    key = source.follower.holder.key
    holder = Holder(source.service.client, key)
    path = f"/organizations/{holder.get('/organizations').json()['items'][0]['id']}"
    met = tags_of_changes(holder, path)
    place = target(source.place.kind)
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)):
        assert place.run("restore", source.quiet) == 0
    with serving(place.kind, place.url, place.folder) as service:
        assert not {*met} & {*tags_of_changes(Holder(service.client, key), path)}


def test_a_clock_that_is_far_ahead_leaves_room_for_changes(source: Source, target: Target) -> None:
    place = target(source.place.kind)
    with time_machine.travel(datetime(2400, 1, 1, tzinfo=UTC)):
        assert place.run("restore", source.quiet) == 0
    with serving(place.kind, place.url, place.folder) as service:
        holder = Holder(service.client, source.follower.holder.key)
        path = f"/organizations/{holder.get('/organizations').json()['items'][0]['id']}"
        assert tags_of_changes(holder, path) == ['"2000000000"', '"2000000001"', '"2000000002"']


def tags_of_changes(holder: Holder, path: str) -> list[str]:
    """The ETags of an organization as it stands and after two changes."""
    answers = [holder.get(path)]
    answers += [amended(holder, path, name, "*") for name in ("Первая", "Вторая")]
    return [answer.headers["etag"] for answer in answers]


def amended(holder: Holder, path: str, name: str, tag: str) -> Any:
    headers = {"If-Match": tag, "Content-Type": MERGE}
    return holder.request("PATCH", path, json={"short_name": name}, headers=headers)


def unversioned(records: Records) -> Records:
    """Records without what every restore makes anew."""
    anew = {"version", "etag"}
    return {
        key: {name: said for name, said in record.items() if name not in anew}
        for key, record in records.items()
    }


def content(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table of a copy, without versions."""
    with archive.opened(path) as copy:
        return {
            table.name: [
                dict(zip(table.columns, row, strict=True)) | {"version": None}
                for row in copy.rows(table)
            ]
            for table in copy.manifest.tables
        }


def same_rows(one: Path, other: Path, lost: frozenset[str] = frozenset()) -> set[str]:
    """The tables that two copies hold alike."""
    ours, theirs = content(one), content(other)
    assert ours.keys() == theirs.keys() == SQLModel.metadata.tables.keys()
    changed = {"journal_heads", "audit_entries", "audit_heads", "api_keys", "audit_subjects"}
    changed |= {"audit_addresses", "followers"}
    differing = {name for name in ours if ours[name] != theirs[name]}
    assert differing <= changed | lost
    return ours.keys() - differing


@pytest.mark.shared_out
@pytest.mark.parametrize("is_beside", [True, False], ids=["beside", "named"])
def test_who_was_destroyed_after_the_copy_does_not_come_back(
    source: Source,
    target: Target,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    is_beside: bool,
) -> None:
    place = target(source.place.kind)
    told, copy = source.place.folder / "destroyed.jsonl", tmp_path / "copy"
    shutil.copy(source.quiet, copy)
    if is_beside:
        shutil.copy(told, tmp_path)
    named = () if is_beside else ("--destroyed", told)
    assert place.run("restore", copy, *named) == 0
    assert "destroyed again: 1\n" in capsys.readouterr().out
    assert place.is_whole()
    with place.database() as database:
        kept = database.read(lambda tx: remembrance_of(tx, source.erased_after))
    assert kept == (source.destruction, None, "erase")
    # Whoever restores an older copy here later has every record, the older ones too.
    known = {each["teacher_id"] for each in ledger.read(place.folder / "destroyed.jsonl")}
    assert {source.erased_before, source.erased_after} <= known


def remembrance_of(tx: Transaction, teacher_id: str) -> tuple[Any, str | None, str]:
    """The record of somebody's destruction, their name, and what the trail tells of them last."""
    table, known = RESOURCE["teachers"].table, uuid.UUID(teacher_id)
    name = tx.execute(sa.select(table.c.last_name).where(table.c.id == known)).scalar_one()
    trail = SQLModel.metadata.tables["audit_entries"].c
    acts = sa.select(trail.action).where(trail.record_id == known).order_by(trail.seq.desc())
    return act.record_of(tx, known), name, tx.execute(acts).scalars().first() or ""


def test_a_key_that_ended_after_the_copy_stays_ended(
    source: Source, target: Target, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = tmp_path / "copies"
    shelf.mkdir()
    lost, stolen, replaced = (issued(source) for _ in range(3))
    pages = visitor(source.service.client, issued(source)["key"])
    assert source.place.run("backup", "--into", shelf) == 0
    (copy,) = shelf.glob("*.zip")
    admin = source.service.client
    pages.post("/logout", {})
    told = source.place.folder / "ended-keys.jsonl"
    told.unlink(missing_ok=True)
    told.mkdir()  # A full disk hinders nobody from closing the door.
    assert admin.delete(f"/keys/{lost['id']}").status_code == 204
    told.rmdir()
    assert admin.delete(f"/keys/{stolen['id']}").status_code == 204
    until = datetime.now(UTC) + timedelta(hours=1)
    said = {"old_valid_until": until.isoformat()}
    assert admin.post(f"/keys/{replaced['id']}/rotation", json=said).status_code == 201
    assert source.place.run("backup", "--into", shelf) == 0
    place = target(source.place.kind)
    capsys.readouterr()
    assert place.run("restore", copy) == 0
    assert "Keys that were revoked again: 3\n" in capsys.readouterr().out
    with serving(place.kind, place.url, place.folder) as service:
        for key in (lost, stolen):
            problem(Holder(service.client, key["key"]).get("/organizations"), 401)
        assert Holder(service.client, replaced["key"]).get("/organizations").is_success
        assert (
            Visitor(service.client, pages.cookie).get("/").headers["location"].startswith("/login")
        )
    with place.database() as database:
        assert database.read(lambda tx: keys.one(tx, uuid.UUID(replaced["id"]))).expires_at == until
    again = place.folder / "ended-keys.jsonl"
    assert {json.loads(line)["id"] for line in again.read_text().splitlines()} >= {
        key["id"] for key in (lost, stolen, replaced)
    }


def issued(source: Source) -> Any:
    answer = source.service.client.post("/keys", json={"role": "reader", "owner": "Школа"})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.shared_out
def test_what_cannot_be_told_outside_is_not_destroyed(source: Source) -> None:
    scene, kept = Scene(source.service.client), source.place.folder / "destroyed.jsonl"
    somebody, aside = teacher(source.service, scene, "Нынешняя"), kept.with_name("aside")
    kept.rename(aside)
    kept.mkdir()
    try:
        said = {"reason": "Диск полон"}
        problem(source.service.client.post(f"/teachers/{somebody}/erasure", json=said), 503)
        answer = source.service.client.get(f"/teachers/{somebody}")
        assert answer.json()["last_name"] == "Нынешняя"
    finally:
        kept.rmdir()
        aside.rename(kept)


@pytest.mark.parametrize("rest", [b'{"id": "2", "rea', b"\0\0\0", b""])
def test_a_line_that_was_cut_short_takes_no_other_with_it(tmp_path: Path, rest: bytes) -> None:
    kept = ledger.Ledger(tmp_path / "destroyed.jsonl")
    kept.add([{"id": "1"}])
    kept.path.write_bytes(kept.path.read_bytes() + rest)
    kept.add([{"id": "3"}])
    assert [record["id"] for record in kept.records()] == ["1", "3"]


@pytest.mark.parametrize("damaged", [b'{"id": "2" "rea"}', b'{"id": "\xff"}', b"[{}]", b"{}{}"])
def test_a_line_that_is_whole_and_damaged_is_told(tmp_path: Path, damaged: bytes) -> None:
    kept = ledger.Ledger(tmp_path / "destroyed.jsonl")
    kept.path.write_bytes(damaged + b'\n{"id": "3"}\n')
    if damaged.endswith(b"}"):
        with pytest.raises(Invalid):
            list(kept.records())
    assert [*kept.readable()] == [{"id": "3"}]


def test_a_disk_that_takes_a_part_gets_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, write = ledger.Ledger(tmp_path / "destroyed.jsonl"), os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda file, data: write(file, data[:3]))
        kept.add([{"id": "1"}, {"id": "2"}])
    assert [*kept.records()] == [{"id": "1"}, {"id": "2"}]


@pytest.mark.shared_out
def test_what_is_told_beside_a_copy_is_told_by_the_next_one_too(
    source: Source, target: Target, tmp_path: Path
) -> None:
    """Of keys and persons that this copy lacks: a newer one may have them."""
    place, shelf, copy = target(source.place.kind), tmp_path / "copies", tmp_path / "copy"
    shelf.mkdir()
    shutil.copy(source.quiet, copy)
    ended = {"id": str(uuid.uuid4()), "revoked_at": datetime.now(UTC).isoformat()}
    told = source.place.folder / "destroyed.jsonl"
    erased = {**next(ledger.read(told)), "id": str(uuid.uuid4()), "teacher_id": str(uuid.uuid4())}
    for name, line in (("destroyed.jsonl", erased), ("ended-keys.jsonl", ended)):
        (tmp_path / name).write_text(json.dumps(line) + "\n")
    assert place.run("restore", copy) == 0
    assert place.run("backup", "--into", shelf) == 0
    for folder in (place.folder, shelf):
        assert erased in ledger.read(folder / "destroyed.jsonl")
        assert ended in ledger.read(folder / "ended-keys.jsonl")


@pytest.mark.shared_out
def test_what_is_no_record_of_destruction_destroys_nothing(source: Source, target: Target) -> None:
    place = target(source.place.kind)
    listed = place.folder / "listed"
    # What `retention --dry-run` prints.
    for line in (json.dumps({"teacher_id": source.erased_after}), "{", "[]"):
        listed.write_text(line)
        assert place.run("restore", source.quiet, "--destroyed", listed) == 1
    assert place.tables() == []


@pytest.mark.shared_out
def test_a_damaged_file_is_refused_and_leaves_nothing(
    source: Source, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    place, whole = target(source.place.kind), source.quiet.read_bytes()
    damaged = place.folder / "damaged"
    spoilt = [bytes([*whole[:at], whole[at] ^ 1, *whole[at + 1 :]]) for at in places(len(whole))]
    for content in (*spoilt, whole[:-1], whole[: len(whole) // 2], b"", b"PK", b"rubbish" * 1000):
        damaged.write_bytes(content)
        assert place.run("restore", damaged) == 1
        assert "is damaged, cut short" in capsys.readouterr().err
    assert place.run("restore", place.folder / "absent") == 1
    assert place.tables() == []


def places(size: int) -> list[int]:
    """Bytes of every part of an archive: the first and last, and some between."""
    return [0, 10, *range(size // 9, size, size // 9), size - 70, size - 1]


def test_rows_that_refer_to_nothing_are_refused(source: Source, target: Target) -> None:
    place = target(source.place.kind)
    assert place.run("restore", retold(source.quiet, drop="organizations")) == 1
    assert place.tables() == []


@pytest.mark.shared_out
def test_a_newer_schema_is_refused(
    source: Source, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    place = target(source.place.kind)
    assert place.run("restore", retold(source.quiet, revision="9999")) == 1
    assert "9999 is newer than this program" in capsys.readouterr().err
    assert place.tables() == []


@pytest.mark.parametrize(("older", "proves"), [("0004", False), ("0012", True)])
@pytest.mark.shared_out
def test_an_older_schema_is_brought_to_the_newest(
    source: Source, target: Target, older: str, *, proves: bool
) -> None:
    """Below 0012 the trail has no column for the addresses of this source's entries."""
    old, new = target(source.place.kind, "old"), target(source.place.kind, "new")
    assert old.run("restore", source.quiet) == 0
    # The program of those days wrote its own entry; today's has columns that its trail had not.
    with old.database() as database, archive.drafted(old.folder / "copy") as draft:
        schema.downgrade(database, older)
        database.read(lambda tx: making.copied(tx, draft, str(new_id())))
    assert manifest(old.folder / "copy").revision == older
    # Into one that is migrated, and into one that has nothing.
    assert not proves or new.run("migrate") == 0
    assert new.run("restore", old.folder / "copy") == 0
    assert new.is_whole() == proves
    assert new.run("backup", new.folder / "copy") == 0
    # What a schema had no table for is not in its copy.
    kept = {table.name for table in manifest(old.folder / "copy").tables}
    lost = frozenset(SQLModel.metadata.tables.keys() - kept)
    # It is in the copy of 0004, but its operator is younger.
    lost |= {"destruction_records"}
    same = same_rows(source.quiet, new.folder / "copy", lost)
    assert same >= {"teachers", "participations"}


@pytest.mark.shared_out
def test_only_an_empty_database_is_restored_into(
    source: Source, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    place = target(source.place.kind)
    assert place.run("key", "issue", "--role", "admin", "--owner", "А") == 0
    before = place.tables()
    assert place.run("restore", source.quiet) == 1
    assert "api_keys has rows" in capsys.readouterr().err
    assert source.place.run("restore", source.quiet) == 1
    assert place.tables() == before


@pytest.mark.shared_out
def test_another_secret_is_refused_unless_it_is_said(
    source: Source, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    place = target(source.place.kind)
    assert place.run("restore", source.quiet, secret="other") == 1
    # The advice is of this command: nothing is served here yet.
    told = capsys.readouterr().err
    assert "The copy was made under another secret" in told
    assert "repeat with --other-secret" in told
    assert "serve" not in told
    assert place.tables() == []
    assert place.run("restore", source.quiet, "--other-secret", secret="other") == 0
    # The chain was forged with the secret that is lost: nobody can prove it any more.
    assert place.run("audit", "verify", secret="other") == 1


@pytest.mark.shared_out
def test_a_copy_beside_its_original_does_not_bend_the_original_trail(
    source: Source, target: Target
) -> None:
    beside = replace(target(source.place.kind), folder=source.place.folder)
    assert beside.run("restore", source.quiet) == 1
    assert source.place.run("audit", "verify") == 0


@pytest.mark.shared_out
def test_in_place_the_head_of_the_trail_is_put_aside_knowingly(
    source: Source, target: Target
) -> None:
    place = target(source.place.kind)
    heads, made = place.folder / "audit-heads", manifest(source.quiet)
    shutil.copytree(source.place.folder / "audit-heads", heads)
    head = (heads / made.database_id).read_text()
    (heads / f"{made.database_id}.lost").write_text(f"{made.last_entry + 1}\n")
    assert place.run("restore", source.quiet, "--in-place") == 0
    assert place.is_whole()
    (aside,) = (each for each in heads.glob(f"{made.database_id}.2*") if ".lost" not in each.name)
    assert aside.read_text() == head
    with place.database() as database:
        sql = "SELECT fields FROM audit_entries WHERE action = 'restore'"
        assert database.read(lambda tx: tx.texts(sql, {})) == ['["epoch","audit_heads"]']


def test_without_the_newest_schema_there_is_no_copy(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    place = target("sqlite")
    assert place.run("backup", place.folder / "copy") == 1
    assert "There is no register in this database yet" in capsys.readouterr().err
    assert list(place.folder.glob("copy*")) == []


@pytest.mark.shared_out
def test_a_file_is_never_overwritten(source: Source) -> None:
    before = source.quiet.read_bytes()
    assert source.place.run("backup", source.quiet) == 1
    assert source.quiet.read_bytes() == before
    assert source.quiet.stat().st_mode & 0o777 == 0o600
    assert source.place.run("backup", source.place.folder / "nowhere" / "copy") == 1
    assert list(source.place.folder.glob("*.part")) == []
