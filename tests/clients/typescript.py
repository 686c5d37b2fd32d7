"""The TypeScript client: it compiles strictly, works as pasted, and notices a lost name.

`make clients` runs this file; `make test` does not, because Node.js is no part of the project.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client_page import TYPED, block, command, document, part, prepared, without_name
from tests.houses import House

HERE = Path(__file__).parent
PROGRAMS = HERE / "node_modules" / ".bin"


def written(folder: Path) -> Path:
    """The folder with the types that the page's command writes, and what a compiler needs."""
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    for name in ("package.json", "tsconfig.json", "use.ts"):
        shutil.copy(HERE / name, folder)
    npx, program, *words = command("npx openapi-typescript")
    assert npx == "npx"
    run(folder, PROGRAMS / program, *words)
    return folder


def run(folder: Path, *words: Path | str, **more: str) -> str:
    done = subprocess.run(
        list(map(str, words)),
        cwd=folder,
        env=os.environ | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compiled(folder: Path) -> str:
    """What the compiler complains of."""
    words = [str(PROGRAMS / "tsc"), "--project", "tsconfig.json"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.mark.timeout(300)
def test_the_page_compiles_strictly_and_works_as_pasted(
    tmp_path: Path, houses: Callable[[str], House]
) -> None:
    house = houses("sqlite")
    folder = written(prepared(tmp_path / "client", document()))
    page = block("ts").replace(TYPED, house.address)
    (folder / "page.ts").write_text(page, encoding="utf-8")
    assert compiled(folder) == ""
    said = run(folder, "node", "page.js", KEY=house.key())
    assert "org_involvement_share" in said
    listed = house.coordinator.request("GET", "/partnerships", params={"limit": 1}).json()
    assert listed["items"][0]["title"] == "Сетевые уроки"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["ProgramPage", "PartnershipRead", "LegalActPage", "Indicators"])
def test_a_schema_that_loses_its_name_does_not_compile(tmp_path: Path, name: str) -> None:
    whole = document()
    used = [path for path in whole["paths"] if path.count("/") < 6 or "/programs/{id}/" in path]
    spoilt = without_name(part(whole, *used), name)
    complaints = compiled(written(prepared(tmp_path / "client", spoilt)))
    assert f"Property '{name}' does not exist" in complaints
