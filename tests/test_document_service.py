"""Documents of the service: the same bytes in each process, and every word that it accepted."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as suit
from hypothesis import strategies as st

from app import seeding
from app.access.roles import Role
from app.commands.opening import opened
from app.documents.formats import FORMATS
from app.registry.municipalities import by_oktmo
from app.settings import Settings
from tests.files import KINDS, one_process, signs
from tests.holders import issue
from tests.process import Process, command
from tests.scene import MERGE, Scene
from tests.test_document_files import HOSTILE, less, times
from tests.test_documents import texts
from tests.test_network_doors import whole
from tests.test_network_vectors import funded, hall, marked, network, stocked

pytestmark = [pytest.mark.shared_out, pytest.mark.long]

__all__ = ["funded", "hall", "marked", "network", "one_process", "stocked", "whole"]

HOST = "set.example.ru"
SURROUNDINGS = (
    {"TZ": "UTC", "PYTHONHASHSEED": "0", "LC_ALL": "C"},
    {"TZ": "Asia/Kamchatka", "PYTHONHASHSEED": "7", "LC_ALL": "C.UTF-8"},
)
DAY = "as_of=2021-12-31"


@pytest.mark.torture
@pytest.mark.timeout(300)
def test_each_process_makes_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two services of two workers each, in other zones, locales and orders of hashing."""
    for word in ("migrate", "seed", "demo"):
        command(tmp_path, "", word)
    asked = _coordinator(tmp_path)
    snapshot, made = "", list[dict[str, str]]()
    for surroundings in SURROUNDINGS:
        for name, value in surroundings.items():
            monkeypatch.setenv(name, value)
        service = Process(tmp_path, "", ("-m", "app"), workers="2", hosts=HOST)
        try:
            service.start()
            paths = _paths(service.base, asked)
            snapshot = snapshot or _snapshot(service.base, asked, paths["report"])
            made.append(_digests(service.base, asked, [*paths.values(), snapshot]))
        finally:
            service.kill()
    first, second = made
    assert first == second
    assert len(first) == 5 * (1 + len(FORMATS))


def _coordinator(folder: Path) -> dict[str, str]:
    with opened(Settings(data=folder)) as database:
        home = database.read(lambda tx: str(by_oktmo(tx, seeding.OKTMO)))
        key = issue(database, Role.COORDINATOR, municipality_id=home)
    return {"Authorization": f"Bearer {key}", "Host": HOST}


def _paths(base: str, asked: Mapping[str, str]) -> dict[str, str]:
    """The address of each kind of document."""

    def first(name: str, **wanted: Any) -> Any:
        answer = httpx.get(f"{base}/api/v1/{name}", headers=asked, params=wanted)
        return answer.json()["items"][0]

    curriculum = first("network-curricula")
    base_id = next(p["organization_id"] for p in curriculum["parties"] if p["role"] == "base")
    event = first("participations")["event_id"]
    return {
        "report": f"programs/{first('programs')['id']}/report?{DAY}",
        "passport": f"partnerships/{first('partnerships')['id']}/passport?{DAY}",
        "contract": f"network-curricula/{curriculum['id']}/contract?base={base_id}",
        "list": f"events/{event}/attendance-list",
    }


def _snapshot(base: str, asked: Mapping[str, str], report: str) -> str:
    program = report.partition("/report")[0]
    body = {"as_of": "2020-12-31", "title": "Отчёт за 2020 год"}
    answer = httpx.post(f"{base}/api/v1/{program}/snapshots", json=body, headers=asked, timeout=60)
    return f"{program}/snapshots/{answer.json()['id']}/report"


def _digests(base: str, asked: Mapping[str, str], paths: list[str]) -> dict[str, str]:
    """The SHA-256 of each file."""
    found: dict[str, str] = {}
    # A new connection goes to whichever worker is free.
    with httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        for path in paths:
            for kind in ("application/json", *FORMATS):
                answer = client.get(f"{base}/api/v1/{path}", headers={**asked, "Accept": kind})
                assert answer.status_code == 200, answer.text
                found[f"{path} {kind}"] = hashlib.sha256(answer.content).hexdigest()
    return found


FIELDS = (
    ("organizations", "$a", "short_name"),
    ("organizations", "$a", "full_name"),
    ("organizations", "$a", "address"),
    ("programs", "$program", "title"),
    ("partnerships", "$partnership", "title"),
    ("network-curricula", "$physics_course", "title"),
    ("events", "$autumn", "title"),
)
"""Texts of the register that stand in documents."""


@pytest.mark.one_database
@pytest.mark.parametrize("first", range(0, len(HOSTILE), len(FIELDS)))
def test_every_hostile_word_that_was_accepted_is_printed(
    whole: Scene, first: int, *, full: bool
) -> None:
    at = None if full else first // len(FIELDS)
    _hold(whole, [*HOSTILE.values()][first : first + len(FIELDS)], at)


@pytest.mark.one_database
@suit(
    max_examples=16,
    deadline=None,  # how long a file takes is no question of this test
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example writes all fields
)
@given(
    words=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
        min_size=len(FIELDS),
        max_size=len(FIELDS),
    )
)
def test_every_word_that_was_accepted_is_printed(whole: Scene, words: list[str]) -> None:
    _hold(whole, words)


def _hold(scene: Scene, words: list[str], turn: int | None = None) -> None:
    """Write the words where the register takes them, and find them in every document.

    Each document is written in every format, or in one by turns.
    """
    written = list(_written(scene, words))
    for at, path in enumerate(_documents(scene)):
        paper = scene.client.get(path).json()
        formats = [*FORMATS.items()]
        for kind, form in formats if turn is None else [formats[(at + turn) % len(formats)]]:
            answer = scene.client.get(path, headers={"Accept": kind})
            assert answer.status_code == 200, answer.text
            told = KINDS[form.ending]
            wanted: Counter[str] = Counter()
            for text in written:
                wanted += times(signs(told.spell(text)), _times(paper, text))
            assert not less(signs(told.words(answer.content)), wanted), (path, kind)


def _written(scene: Scene, words: list[str]) -> Iterator[str]:
    """The words as the register keeps them; it may refuse some."""
    headers = {"If-Match": "*", "Content-Type": MERGE}
    for number, ((collection, name, field), word) in enumerate(zip(FIELDS, words, strict=False)):
        path = f"/{collection}/{scene[name]}"
        # Its end tells it from what stands in the document besides.
        body = {field: f"{word}Щит{number}"}
        answer = scene.client.patch(path, json=body, headers=headers)
        assert answer.status_code in {200, 422}, answer.text
        if answer.status_code == 200:
            yield answer.json()[field]


def _documents(scene: Scene) -> list[str]:
    return [
        f"/programs/{scene['$program']}/report?as_of=2021-02-28",
        f"/partnerships/{scene['$partnership']}/passport?as_of=2021-02-28",
        f"/network-curricula/{scene['$physics_course']}/contract",
        f"/events/{scene['$autumn']}/attendance-list",
    ]


def _times(paper: dict[str, Any], text: str) -> int:
    """How many of a document's texts hold it."""
    return sum(text in each for each in texts(paper))
