"""The running service keeps its own OpenAPI document under generated requests."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import empty
from tests.postgres import Server
from tests.process import ROOT, serving, signed

FUZZER = Path(sys.executable).with_name("schemathesis")


@pytest.fixture(scope="module")
def running(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[Path, str, str]]]:
    """The folder, database and address of a service, by kind; each is started once."""
    with ExitStack() as stack:

        @cache
        def started(kind: str) -> tuple[Path, str, str]:
            folder = tmp_path_factory.mktemp("fuzzed")
            url = stack.enter_context(empty(kind, server, folder))
            # Each operation is tried with a wrong key too, more often than one address may.
            base = stack.enter_context(serving(folder, url, wrong_keys="1000000"))
            return folder, url, base

        yield started


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("kind", "role", "paths"),
    [
        ("sqlite", "coordinator", ""),
        ("postgresql", "coordinator", ""),
        ("sqlite", "admin", "/(keys|audit|retention|municipalities|measures)|/teachers/.*/"),
    ],
)
def test_generated_requests_find_no_breach_of_the_document(
    kind: str, role: str, paths: str, running: Callable[[str], tuple[Path, str, str]]
) -> None:
    folder, url, base = running(kind)
    fuzzed = subprocess.run(
        [
            str(FUZZER),
            f"--config-file={ROOT / 'tests' / 'schemathesis.toml'}",
            *("run", f"{base}/openapi.json", "--seed=1", "--no-color"),
            # What is the same on both databases is tried at length on one of them.
            f"--max-examples={2 if kind == 'sqlite' else 1}",
            f"--header=Authorization: {signed(folder, url, role)['Authorization']}",
            f"--include-path-regex={paths}",
            "--phases=examples,fuzzing,stateful",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert fuzzed.returncode == 0, fuzzed.stdout[-6000:]
