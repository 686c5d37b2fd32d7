"""The running service keeps its own OpenAPI document under generated requests."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import Server
from tests.process import ROOT, serving, signed

FUZZER = Path(sys.executable).with_name("schemathesis")


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
    kind: str, role: str, paths: str, server: Server, tmp_path: Path
) -> None:
    # Each operation is tried with a wrong key too, more often than one address may.
    patient = {"wrong_keys": "1000000"}
    with (
        server.database() as lent,
        serving(tmp_path, url := lent * (kind != "sqlite"), **patient) as base,
    ):
        key = signed(tmp_path, url, role)["Authorization"]
        fuzzed = subprocess.run(
            [
                str(FUZZER),
                f"--config-file={ROOT / 'tests' / 'schemathesis.toml'}",
                *("run", f"{base}/openapi.json", "--seed=1", "--no-color"),
                # What is the same on both databases is tried at length on one of them.
                f"--max-examples={2 if kind == 'sqlite' else 1}",
                f"--header=Authorization: {key}",
                f"--include-path-regex={paths}",
                "--phases=examples,fuzzing,stateful",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert fuzzed.returncode == 0, fuzzed.stdout[-6000:]
