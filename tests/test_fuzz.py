"""The running service keeps its own OpenAPI document under generated requests."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.postgres import Server, free_port

ROOT = Path(__file__).parents[1]
FUZZER = Path(sys.executable).with_name("schemathesis")
STARTS = 30
"""Seconds that the service may take to migrate, load the source program and answer."""


@pytest.mark.timeout(240)
@pytest.mark.xdist_group("fuzz")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_generated_requests_find_no_breach_of_the_document(
    kind: str, server: Server, tmp_path: Path
) -> None:
    with server.database() as url, serving(tmp_path, url if kind == "postgresql" else "") as base:
        fuzzed = subprocess.run(
            [
                str(FUZZER),
                f"--config-file={ROOT / 'tests' / 'schemathesis.toml'}",
                *("run", f"{base}/openapi.json", "--max-examples=2", "--seed=1", "--no-color"),
                "--phases=examples,fuzzing,stateful",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert fuzzed.returncode == 0, fuzzed.stdout[-6000:]


@contextmanager
def serving(folder: Path, url: str) -> Iterator[str]:
    """The service as it is started by people, on a port of its own."""
    port = str(free_port())
    settings = {"SN_DATA": str(folder), "SN_PORT": port, "SN_DATABASE_URL": url}
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve"],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/ready")
        yield base
    finally:
        process.terminate()
        process.wait()


def wait_for(address: str) -> None:
    deadline = time.monotonic() + STARTS
    while True:
        try:
            httpx.get(address, timeout=2).raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < deadline, f"{address} does not answer"
            time.sleep(0.1)
        else:
            return
