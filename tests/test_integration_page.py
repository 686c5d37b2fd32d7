"""The integrator's page: what it tells programmers to paste works, in both languages."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import ROOT, serving

PAGES = ("docs/integration.md", "docs/ru/integration.md")
TYPED = "http://127.0.0.1:8000"


def pasted(page: str) -> str:
    """Every block of commands, one after another."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def test_both_languages_paste_the_same() -> None:
    russian, english = map(pasted, PAGES)
    assert russian == english


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("curl"), reason="the page speaks curl")
def test_the_page_works_as_pasted(tmp_path: Path) -> None:
    script = pasted(PAGES[0]).replace(".venv/bin/python", sys.executable)
    with serving(tmp_path) as base:
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", script.replace(TYPED, base)],
            cwd=ROOT,
            env=os.environ | {"SN_DATA": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    # The participation was made and taken back; the repeated event is one and the same.
    assert done.stdout.count('"hours":"4"') == 1
    assert len(set(re.findall(r'"id":"([^"]+)"[^\n]*"source_key":"seminar-2"', done.stdout))) == 1
