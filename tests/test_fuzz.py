"""The running service keeps its own OpenAPI document under generated requests."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from app.database.schema import migrate
from app.registry import RESOURCES
from tests.daily import KINDS
from tests.described import document
from tests.fixtures import Copies
from tests.process import ROOT, serving, signed

FUZZER = Path(sys.executable).with_name("schemathesis")
CONFIG = ROOT / "tests" / "schemathesis.toml"


@pytest.fixture(scope="module")
def running(
    copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[Path, str, str]]]:
    """The folder, database and address of a service, by kind; each is started once."""
    with ExitStack() as stack:

        @cache
        def started(kind: str) -> tuple[Path, str, str]:
            folder = tmp_path_factory.mktemp("fuzzed")
            url = stack.enter_context(copies(kind, folder, migrate))
            # Each operation is tried with a wrong key too, more often than one address may.
            base = stack.enter_context(serving(folder, url, wrong_keys="1000000"))
            return folder, url, base

        yield started


EVERYTHING = ""
ADMINS = "/(keys|audit|retention|municipalities|measures)|/teachers/.*/"
ASKED_BY = """
[[operations]]
include-path-regex = "{}"
headers = {{ Authorization = "{}" }}
"""
UPLOADS = "/imports"
LONG = ("--header=Prefer: respond-async",)
"""Uploads are accepted, and their reports are asked for while they run."""

FEW, ALL = "--phases=examples,fuzzing", "--phases=examples,fuzzing,stateful"
"""Walks from one operation to the next are long, and left to `make torture`."""


def by_turns() -> str:
    """The paths of every day: all but those of collections, and half of these.

    Collections have the same paths and the same code: of each some are tried, of the next one
    the others.
    """
    left = set()
    for at, each in enumerate(RESOURCES):
        own = [each.path, f"{each.path}/{{id}}", f"{each.path}/by-key/{{source}}/{{source_key}}"]
        own += [f"imports/{each.path}", f"imports/{each.path}/template.xlsx"]
        left |= {f"/api/v1/{path}" for path in own[at % 2 :: 2]}
    assert left < document()["paths"].keys()
    taken = map(re.escape, sorted(document()["paths"].keys() - left))
    return f"^({'|'.join(taken)})$"


MANY = 20_000
"""Cases that are generated for each database, once."""


def test_the_fuzzer_knows_what_takes_files() -> None:
    (uploads,) = tomllib.loads(CONFIG.read_text())["operations"]
    takes_files = {
        path
        for path, methods in document()["paths"].items()
        for operation in methods.values()
        if "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
    }
    assert takes_files
    assert all(re.search(uploads["include-path-regex"], path) for path in takes_files)


@pytest.mark.long
@pytest.mark.timeout(240)
def test_generated_requests_find_no_breach_of_the_document(
    running: Callable[[str], tuple[Path, str, str]],
) -> None:
    """PostgreSQL refuses what SQLite takes: there the generated values tell more."""
    folder, url, base = running("postgresql")
    # Each operation is asked by one who may, in one run: to begin another costs 3 s of CPU.
    admin = signed(folder, url, "admin")["Authorization"]
    config = folder / "schemathesis.toml"
    config.write_text(f"{CONFIG.read_text()}{ASKED_BY.format(ADMINS, admin)}")
    fuzz((folder, url, base), "coordinator", by_turns(), FEW, examples=1, config=config)


@pytest.mark.torture
@pytest.mark.parametrize("kind", KINDS)
def test_many_generated_requests_find_none_either(
    kind: str,
    running: Callable[[str], tuple[Path, str, str]],
    tell: Callable[[str], None],
) -> None:
    cases = {
        "everything": fuzz(running(kind), "coordinator", EVERYTHING, ALL, examples=65),
        "what administrators do": fuzz(running(kind), "admin", ADMINS, ALL, examples=65),
        "long uploads": fuzz(running(kind), "coordinator", UPLOADS, ALL, *LONG, examples=30),
    }
    tell(f"{kind}: {cases}")
    assert sum(cases.values()) >= MANY


def fuzz(
    service: tuple[Path, str, str],
    role: str,
    paths: str,
    *more: str,
    examples: int,
    config: Path = CONFIG,
) -> int:
    """Generate requests with a key of a role; the number of them."""
    folder, url, base = service
    fuzzed = subprocess.run(
        [
            str(FUZZER),
            f"--config-file={config}",
            *("run", f"{base}/openapi.json", "--seed=1", "--no-color"),
            f"--max-examples={examples}",
            f"--header=Authorization: {signed(folder, url, role)['Authorization']}",
            f"--include-path-regex={paths}",
            *more,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert fuzzed.returncode == 0, fuzzed.stdout[-6000:]
    (cases,) = re.findall(r"(\d+) generated", fuzzed.stdout)
    return int(cases)
