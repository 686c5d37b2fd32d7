"""The running service keeps its own OpenAPI document under generated requests."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import KINDS, empty
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


EVERYTHING = ""
ADMINS = "/(keys|audit|retention|municipalities|measures)|/teachers/.*/"


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("kind", "role", "paths"),
    [
        # PostgreSQL refuses what SQLite takes: there the generated values tell more.
        ("postgresql", "coordinator", EVERYTHING),
        ("sqlite", "admin", ADMINS),
    ],
)
def test_generated_requests_find_no_breach_of_the_document(
    kind: str, role: str, paths: str, running: Callable[[str], tuple[Path, str, str]]
) -> None:
    fuzz(kind, role, paths, running, examples=1)


@pytest.mark.torture
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("role", "paths"), [("coordinator", EVERYTHING), ("admin", ADMINS)])
def test_many_generated_requests_find_none_either(
    kind: str, role: str, paths: str, running: Callable[[str], tuple[Path, str, str]]
) -> None:
    fuzz(kind, role, paths, running, examples=20)


def fuzz(
    kind: str,
    role: str,
    paths: str,
    running: Callable[[str], tuple[Path, str, str]],
    *,
    examples: int,
) -> None:
    folder, url, base = running(kind)
    fuzzed = subprocess.run(
        [
            str(FUZZER),
            f"--config-file={ROOT / 'tests' / 'schemathesis.toml'}",
            *("run", f"{base}/openapi.json", "--seed=1", "--no-color"),
            f"--max-examples={examples}",
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
