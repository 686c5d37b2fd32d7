"""A full disk: what does not fit is refused and gives its room back, everything else goes on (R25).

On a small file system in memory, which only root may mount.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from app import seeding
from app.access.roles import Role
from app.acts import Act, Actor
from app.commands.opening import opened
from app.journal.trail import row
from app.registry.municipalities import by_oktmo
from app.settings import Settings
from tests.holders import issue
from tests.process import ROOT, Process, started
from tests.running import SECRET, serving
from tests.scene import Scene
from tests.test_imports import BASIS, CSV
from tests.test_long_uploads import ASYNC
from tests.visitor import hidden, sign_in
from tests.waiting import until

pytestmark = pytest.mark.long

MIB = 1024 * 1024
LEFT = 4 * MIB
"""What a list leaves free for everything else."""


@pytest.fixture
def disk(tmp_path: Path, *, full: bool) -> Iterator[Path]:
    """An empty file system of 32 MiB, every day of 16."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = [
        "mount",
        "-t",
        "tmpfs",
        "-o",
        f"size={32 if full else 16}m,mode=0700",
        "tmpfs",
        str(place),
    ]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip("mounting a file system of a known size is not allowed here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607 - the system's own


def free(disk: Path) -> int:
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


def teachers(count: int) -> bytes:
    """A list of teachers who are told apart by nothing but their names."""
    letters = str.maketrans("0123456789", "абвгдежзик")
    names = (f"Петр{at:06d}ов".translate(letters) for at in range(count))
    return "\n".join(("Фамилия;Имя", *(f"{name};Иван" for name in names))).encode()


class Client:
    """A coordinator of a municipality who speaks to the service on the small disk."""

    def __init__(self, base: str, folder: Path, url: str = "") -> None:
        with opened(Settings(data=folder, database_url=url)) as database:
            self.home = str(database.read(lambda tx: by_oktmo(tx, seeding.OKTMO)))
            self.key = issue(database, Role.COORDINATOR, municipality_id=self.home)
        headers = {"Authorization": f"Bearer {self.key}"}
        self._http = httpx.Client(base_url=f"{base}/api/v1", headers=headers, timeout=120)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def programs(self) -> Any:
        """What a reader reads."""
        return self._http.get("/programs").raise_for_status().json()["items"]

    def ready(self) -> httpx.Response:
        """Whether the service says that it is ready."""
        return self._http.get(str(self._http.base_url.join("/ready")))

    def send(self, count: int) -> httpx.Response:
        """Send a list of so many teachers."""
        said: Any = {"params": {"mode": "commit", **BASIS}, "headers": CSV}
        return self._http.post("/imports/teachers", content=teachers(count), **said)

    def accepted(self, count: int) -> Any:
        """The report of a list that was accepted, after its end."""
        said: Any = {"params": {"mode": "commit", **BASIS}, "headers": CSV | ASYNC}
        answer = self._http.post("/imports/teachers", content=teachers(count), **said)
        assert answer.status_code == 202, answer.text
        path = answer.headers["location"].removeprefix("/api/v1")

        def ended() -> Any:
            shown = self._http.get(path).raise_for_status().json()
            return shown if shown["status"] != "running" else None

        return until(ended)

    def check(self, size: int) -> httpx.Response:
        """Let the pages check a list of participants of so many bytes."""
        base = str(self._http.base_url).removesuffix("/api/v1/")
        (program,) = self.programs()
        address = f"{base}/programs/{program['id']}/events/new"
        with httpx.Client(headers={"Origin": base}, timeout=120) as browser:
            entered = browser.post(f"{base}/login", data={"key": self.key})
            assert entered.status_code == 303, entered.text
            fields = hidden(browser.get(address).text)
            activity = self._http.get("/activities").json()["items"][0]["id"]
            fields |= {"about": f"activity_id:{activity}", "title": "Семинар"}
            fields |= {"completed_on": "2021-09-29", "basis": "consent"}
            line = f"Иванова Мария Петровна;Нет такой школы;{'х' * 3_000}\n".encode()
            content = "ФИО;Школа;Что сказала\n".encode() + line * (size // len(line))
            return browser.post(address, data=fields, files={"file": ("a.csv", content)})

    def write(self, name: str) -> httpx.Response:
        """Make one small record."""
        body = {"municipality_id": self.home, "kind": "culture"}
        return self._http.post(
            "/organizations", json=body | {"full_name": name, "short_name": name}
        )


@contextmanager
def filled(disk: Path, leaving: int) -> Iterator[None]:
    """Somebody else fills the disk but for so many bytes."""
    file = disk / "else"
    with file.open("wb") as other:
        os.posix_fallocate(other.fileno(), 0, free(disk) - leaving)
    yield
    file.unlink()


def test_a_list_that_does_not_fit_is_refused_and_everything_else_goes_on(
    disk: Path, *, full: bool
) -> None:
    rows = 60_000 if full else 10_000
    process = Process(disk)
    with started(process), Client(process.base, disk) as client:
        assert (made := client.send(500)).status_code == 200, made.text[-700:]
        refused = client.send(rows)
        assert refused.status_code == 503, refused.text
        assert refused.json()["type"] == "/problems/disk_full"
        assert "retry-after" in refused.headers
        assert free(disk) >= LEFT
        assert client.write("small").status_code == 201
        assert client.programs()
        assert client.ready().status_code == 200
        assert client.send(rows).status_code == 503
        later = client.accepted(rows)
        assert (later["status"], later["problem"]["type"]) == ("rejected", "/problems/disk_full")
        assert later["problem"]["cause"] == "disk_full"
        assert free(disk) >= LEFT
        assert (made := client.send(500)).status_code == 200, made.text[-700:]
        process.kill()
        process.start()
        assert client.programs()
        assert client.write("after").status_code == 201


def test_a_draft_that_does_not_fit_is_refused_and_leaves_room(disk: Path, *, full: bool) -> None:
    process = Process(disk)
    with started(process), Client(process.base, disk) as client:
        assert client.check(10_000).status_code == 303
        refused = client.check((20 if full else 8) * MIB)
        assert refused.status_code == 503
        assert "Диск заполнен" in refused.text
        assert free(disk) >= LEFT
        assert client.write("small").status_code == 201
        assert client.check(10_000).status_code == 303


def test_what_lists_leave_free_is_there_for_small_changes(disk: Path) -> None:
    with serving("sqlite", f"sqlite:///{disk / 'school.db'}", disk) as service:
        body = school(Scene(service.client))
        with filled(disk, leaving=LEFT):
            for _ in range(20):
                made = service.client.post("/organizations", json=body)
                assert made.status_code == 201, made.text
            now, reader = datetime.now(UTC), Actor("reader")
            acts = [row(now, reader, Act("read", "programs")) for _ in range(200)]
            service.database.append(acts)
            assert service.client.get("http://testserver/ready").status_code == 200


REFUSED = 40
"""Writes that a full disk refuses one after the other."""


def test_a_command_on_a_full_disk_says_so(disk: Path) -> None:
    """SQLite cannot even be read then: it has no room for the file that its readers share."""
    url = f"sqlite:///{disk / 'school.db'}"
    with serving("sqlite", url, disk):
        pass
    for name in ("school.db-shm", "school.db-wal"):
        (disk / name).unlink(missing_ok=True)
    fill = disk / "else"
    with suppress(OSError), fill.open("wb", buffering=0) as other:
        while other.write(bytes(4_096)):
            pass
    said = {"SN_DATA": str(disk), "SN_DATABASE_URL": url, "SN_SECRET": SECRET, "LC_ALL": "C"}
    for words in (["key", "list"], ["audit", "verify"]):
        done = subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=os.environ | said,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "not enough room on the disk" in done.stderr
        assert "Rights" not in done.stderr
    fill.unlink()
    with serving("sqlite", url, disk) as service:
        assert service.client.get("/programs").status_code == 200


def test_a_disk_that_others_fill_is_told_and_reading_goes_on(
    disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving("sqlite", f"sqlite:///{disk / 'school.db'}", disk) as service:
        client, body = service.client, school(Scene(service.client))
        key = issue(service.database, Role.READER)
        with filled(disk, leaving=0):
            answers: list[Any] = []
            refused: list[Any] = []
            while len(refused) < REFUSED:
                answers.append(client.post("/organizations", json=body))
                refused = [each for each in answers if each.status_code != 201]
            assert {each.status_code for each in refused} == {503}
            assert {each.json()["type"] for each in refused} == {"/problems/disk_full"}
            assert {each.json()["cause"] for each in refused} == {"disk_full"}
            assert client.get("/programs").json()["items"]
            entering = sign_in(client, key)
            assert entering.status_code == 503
            assert "<h1>Диск заполнен</h1>" in entering.text
            told = client.get("http://testserver/ready")
            assert (told.status_code, told.json()["type"]) == (503, "/problems/disk_full")
            assert '"status":503,"cause":"disk_full"' in capsys.readouterr().err
        assert client.post("/organizations", json=body).status_code == 201
        assert client.get("http://testserver/ready").status_code == 200
        made = {each.json()["id"] for each in answers if each.status_code == 201}
        for kept in made:
            assert client.get(f"/organizations/{kept}").status_code == 200


def school(scene: Scene) -> dict[str, Any]:
    """A small record."""
    filled: dict[str, Any] = scene.fill(
        {
            "municipality_id": "$municipality",
            "kind": "culture",
            "full_name": "Дом культуры",
            "short_name": "ДК",
            "address": "х" * 400,
        }
    )
    return filled


def test_a_start_on_a_full_disk_serves_readers_or_says_why_not(disk: Path) -> None:
    process = Process(disk)
    with started(process), Client(process.base, disk) as client:
        assert (made := client.send(500)).status_code == 200, made.text[-700:]
        process.kill()
        with filled(disk, leaving=0):
            told = start_or_end(process, client)
            assert told is None or ("disk" in told and "Traceback" not in told), told
        process.stop()
        process.start()
        assert client.write("after").status_code == 201


def start_or_end(process: Process, client: Client) -> str | None:
    """What a service says that does not start; None: it answers readers."""
    words = [sys.executable, "-m", *process.words]
    with subprocess.Popen(
        words, env=process.environment, cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            while running.poll() is None:
                with suppress(httpx.HTTPError):
                    assert client.programs()
                    return None
                time.sleep(0.05)  # to ask all the time takes more than the start
        finally:
            running.terminate()
        return running.stderr.read() if running.stderr else ""
