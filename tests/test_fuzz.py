"""The running service keeps its own OpenAPI document under generated requests."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import Server
from tests.process import ROOT, serving

FUZZER = Path(sys.executable).with_name("schemathesis")


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
