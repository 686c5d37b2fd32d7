"""A full disk: what does not fit is refused and gives its room back, everything else goes on (R25).

On a file system of 32 MiB in memory, which only root may mount.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from tests.test_imports import BASIS
from tests.process import ROOT, Process, signed, started

SIZE, ROWS = 32 * 1024 * 1024, 60_000
LEFT = 4 * 1024 * 1024
"""What a list leaves free for everything else."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An empty file system of `SIZE` bytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip("mounting a file system of a known size is not allowed here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def free(disk: Path) -> int:
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


def teachers(count: int) -> bytes:
    """A list of teachers who are told apart by nothing but their names."""
    rows = (f"Фамилия{at:06d};Имя;Отчество" for at in range(count))
    return "\n".join(("Фамилия;Имя;Отчество", *rows)).encode()


class Client:
    """A coordinator of the municipality who has the service on the small disk."""

    def __init__(self, base: str, headers: dict[str, str]) -> None:
        self._http = httpx.Client(base_url=f"{base}/api/v1", headers=headers, timeout=120)
        self._base = base
        self.home = self.programs()[0]["municipality_id"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def programs(self) -> Any:
        return self._http.get("/programs").raise_for_status().json()["items"]

    def ready(self) -> httpx.Response:
        return httpx.get(f"{self._base}/ready")

    def send(self, count: int) -> httpx.Response:
        """Send a list of so many teachers."""
        return self._http.post(
            "/imports/teachers",
            content=teachers(count),
            params={"mode": "commit", "municipality_id": self.home, **BASIS},
            headers={"Content-Type": "text/csv"},
        )

    def write(self, name: str) -> httpx.Response:
        """Make one small record."""
        body = {
            "municipality_id": self.home,
            "kind": "culture",
            "full_name": name,
            "short_name": name,
        }
        return self._http.post("/organizations", json=body)


@contextmanager
def filled(disk: Path, leaving: int) -> Iterator[None]:
    """Somebody else fills the disk but for so many bytes."""
    file = disk / "else"
    with file.open("wb") as other:
        os.posix_fallocate(other.fileno(), 0, free(disk) - leaving)
    yield
    file.unlink()


def test_a_list_that_does_not_fit_is_refused_and_everything_else_goes_on(disk: Path) -> None:
    process = Process(disk)
    with started(process), Client(process.base, signed(disk)) as client:
        assert (made := client.send(500)).status_code == 200, made.text
        refused = client.send(ROWS)
        assert refused.status_code == 503, refused.text
        assert refused.json()["type"] == "/problems/disk_full"
        assert "retry-after" in refused.headers
        assert free(disk) >= LEFT
        assert client.write("small").status_code == 201
        assert client.programs()
        assert client.ready().status_code == 200
        for _ in range(3):
            assert client.send(ROWS).status_code == 503
        assert free(disk) >= LEFT
        assert (made := client.send(500)).status_code == 200, made.text
        process.kill()
        process.start()
        assert client.programs()
        assert client.write("after").status_code == 201


def test_a_disk_that_others_fill_is_told_and_reading_goes_on(disk: Path) -> None:
    process = Process(disk)
    with started(process), Client(process.base, signed(disk)) as client:
        with filled(disk, leaving=0):
            answers = [client.write(f"Организация {at}") for at in range(2000)]
            full = [each for each in answers if each.status_code != 201]
            assert {each.status_code for each in full} == {503}
            assert {each.json()["type"] for each in full} == {"/problems/disk_full"}
            assert client.programs()
            told = client.ready()
            assert (told.status_code, told.json()["type"]) == (503, "/problems/disk_full")
        assert client.write("after").status_code == 201
        assert client.ready().status_code == 200
        kept = [each.json()["id"] for each in answers if each.status_code == 201]
        assert kept


def test_a_start_on_a_full_disk_serves_readers_or_says_why_not(disk: Path) -> None:
    process = Process(disk)
    with started(process), Client(process.base, signed(disk)) as client:
        assert (made := client.send(500)).status_code == 200, made.text
        process.kill()
        with filled(disk, leaving=0):
            told = start_or_end(process, client)
            assert told is None or ("disk" in told and "Traceback" not in told), told
        process.stop()
        process.start()
        assert client.write("after").status_code == 201


def start_or_end(process: Process, client: Client) -> str | None:
    """What a service says that does not start; None: it answers readers."""
    with subprocess.Popen(
        process.command, env=process.environment, cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            while running.poll() is None:
                with suppress(httpx.HTTPError):
                    assert client.programs()
                    return None
        finally:
            running.terminate()
        return running.stderr.read() if running.stderr else ""
