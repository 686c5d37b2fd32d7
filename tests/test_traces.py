"""Traces: a caller's own trace finds its requests in the log and in the trail."""

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.acts import Act, Actor
from app.journal import cuts, piece, proof, trail
from app.journal.register import Register
from app.rest.traces import traceparent_of
from tests.running import SECRET
from tests.scene import Scene, Service
from tests.waiting import until

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    *_, line = capsys.readouterr().err.splitlines()
    said: dict[str, Any] = json.loads(line)
    return said


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.shared_out
def test_a_trace_is_kept_in_the_log_and_in_the_trail(
    method: str, scene: Scene, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = {"traceparent": TRACE, "If-Match": "*"}
    body = None if method == "GET" else {"patronymic": "Ивановна"}
    path = f"/teachers/{scene['$teacher']}"
    answer = service.client.request(method, path, json=body, headers=headers)
    assert answer.status_code == 200
    assert logged(capsys)["traceparent"] == TRACE
    query = {"id": scene["$teacher"]}

    def traces() -> list[str]:
        items = service.client.get("/audit", params=query).json()["items"]
        mine = answer.headers["x-request-id"]
        return [each["traceparent"] for each in items if each["request_id"] == mine]

    until(traces)
    assert traces() == [TRACE]


HOSTILE = [
    "",
    "00",
    TRACE.upper(),
    TRACE.replace("00-", "ff-", 1),
    TRACE.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
    TRACE.replace("00f067aa0ba902b7", "0" * 16),
    f"{TRACE}-more",
    f"{TRACE}0",
    f" {TRACE}",
    f"{TRACE}\n",
    f'{TRACE[:-2]}"}}',
    f"{TRACE}, {TRACE}",
    "00-" + "g" * 32 + "-00f067aa0ba902b7-01",
    "a" * 8_000,
    "<script>",
    "'; DROP TABLE audit_entries; --",
]


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.shared_out
def test_what_is_no_trace_is_left_out(
    said: str, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = {b"traceparent": said.encode()}
    answer = service.client.get("/programs?limit=1", headers=headers)
    assert answer.status_code == 200
    assert "traceparent" not in logged(capsys)


def asked(*values: bytes) -> dict[str, Any]:
    return {"headers": [(b"traceparent", value) for value in values]}


def test_two_traces_are_none() -> None:
    assert traceparent_of(asked(TRACE.encode())) == TRACE
    assert traceparent_of(asked(TRACE.encode(), TRACE.encode())) is None
    assert traceparent_of({"headers": []}) is None


def test_of_a_later_version_is_kept_what_every_version_has() -> None:
    later = TRACE.replace("00-", "01-", 1)
    assert traceparent_of(asked(f"{later}-what-comes-later".encode())) == later
    assert traceparent_of(asked(f"{later}what".encode())) is None


@given(st.binary(max_size=80) | st.from_regex(rb"[0-9a-f-]{50,60}", fullmatch=True))
def test_nothing_else_is_kept(said: bytes) -> None:
    kept = traceparent_of(asked(said))
    assert kept is None or re.fullmatch(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", kept)


BEFORE = [
    7, "2026-11-29T00:00:00.000000Z", None, "Проверка", "coordinator", "update", "teachers",
    "01890000-0000-7000-8000-000000000001", "[]", "ok", "r-1", '["patronymic"]',
]  # fmt: skip
"""An entry as the trail had it before it knew traces."""


@pytest.mark.parametrize(
    ("origin", "mac"),
    [
        ((None, 1), "d19ee7d9d096a7e6cfe7ff7a12f3737659a74474fe92a818bf43a7ff379ae77d"),
        (("ab", 2), "5d3773aa46f8db8ffb7485a6f4739a5b7901d23cb7e09164a1a7cc2fb83ccd2d"),
    ],
)
def test_an_entry_of_before_keeps_its_hash(origin: tuple[str | None, int], mac: str) -> None:
    """The hashes were made by version 0.2.0."""
    key = trail.key_of(b"tests", "01890000-0000-7000-8000-000000000000")
    assert trail.link(key, "00", [*BEFORE, *origin, None]) == mac
    assert trail.link(key, "00", [*BEFORE, *origin, TRACE]) != mac


def told(database: Register, trace: str | None) -> None:
    actor = Actor("coordinator", uuid.uuid4(), "Проверка", "r", "ab", trace)
    database.append([trail.row(database.read(lambda tx: tx.now), actor, Act("read", "teachers"))])


def test_a_trail_is_whole_whether_entries_have_traces_or_not(migrated: Register) -> None:
    for trace in (None, TRACE, None, TRACE):
        told(migrated, trace)
    assert proof.prove(migrated).whole
    assert migrated.read(proof.is_ours)


def test_an_archive_of_before_is_proven(migrated: Register, tmp_path: Path) -> None:
    told(migrated, None)
    told(migrated, None)
    file, secret = tmp_path / "piece", SECRET.encode()

    def written(tx: Any) -> str:
        head = trail.head(tx.connection)
        first = cuts.latest(tx)
        known = piece.Piece(
            str(uuid.uuid4()), head.database_id, first.last + 1, head.seq, "", first.mac, head.mac
        )
        piece.write(file, secret, known, proof.entries(tx, 1, head.seq))
        return head.database_id

    database_id = migrated.read(written)
    first, *lines = file.read_text().splitlines()
    # The trace stands before the hash: an archive of before has no place for it.
    narrow = [json.dumps([*entry[:-2], entry[-1]]) for entry in map(json.loads, lines)]
    file.write_text("\n".join([first, *narrow]) + "\n")
    found, _ = piece.read(file, secret, database_id)
    assert found.last == 2
