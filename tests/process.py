"""The service as it is started by people: a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.postgres import free_port

ROOT = Path(__file__).parents[1]
STARTS = 60
"""Seconds that the service may take to migrate, load the source program and answer."""


def command(folder: Path, url: str, *words: str) -> str:
    """What a command of the administrator prints."""
    settings = {"SN_DATA": str(folder), "SN_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def signed(folder: Path, url: str = "", role: str = "coordinator") -> dict[str, str]:
    """The header of somebody who holds a new key."""
    key = command(folder, url, "key", "issue", "--role", role, "--owner", "Проверка")
    return {"Authorization": f"Bearer {key}"}


@contextmanager
def serving(
    folder: Path, url: str = "", program: Sequence[str] = ("-m", "app"), **more: str
) -> Iterator[str]:
    """Run the service, or a Python program that becomes it, on a port of its own or the named."""
    port = more.setdefault("port", str(free_port()))
    settings = {"SN_DATA": str(folder), "SN_PORT": port, "SN_DATABASE_URL": url}
    settings |= {f"SN_{name.upper()}": value for name, value in more.items()}
    process = subprocess.Popen(
        [sys.executable, *program, "serve"],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_for(f"{base}/ready")
        yield base
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + STARTS
    while True:
        try:
            httpx.get(address, timeout=2).raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < deadline, f"{address} does not answer"
            time.sleep(0.1)
        else:
            return
