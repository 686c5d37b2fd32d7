"""Push: the example of a regional system ends with each record once, however it went (R5, R6)."""

import os
import random
import shutil
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.access.roles import Role
from tests.daily import KINDS
from tests.follower import Follower, Records, lists, told
from tests.holders import Holder
from tests.houses import House
from tests.process import ROOT

pytestmark = pytest.mark.long

EXPORT = ROOT / "examples" / "regional-export"
COUNTS = {"organizations": 6, "teachers": 12, "employments": 14}
SOURCE = "region"


@dataclass(frozen=True)
class Region:
    """A new municipality whose records another system keeps."""

    address: str
    oktmo: str
    key: str
    coordinator: Holder

    def start(self, folder: Path = EXPORT) -> subprocess.Popen[str]:
        """The program, running."""
        words = ("--url", self.address, "--source", SOURCE, "--municipality", self.oktmo)
        return subprocess.Popen(
            [sys.executable, "examples/push.py", str(folder), *words],
            cwd=ROOT,
            env=os.environ | {"SN_KEY": self.key},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def push(self, folder: Path = EXPORT, status: int = 0) -> str:
        """What the program says until it ends by itself."""
        with self.start(folder) as process:
            said, _ = process.communicate(timeout=60)
        assert process.returncode == status, said
        return said

    def records(self) -> Records:
        """What there is of the source."""
        return lists(self.coordinator, [*COUNTS])


@pytest.fixture
def region(request: pytest.FixtureRequest, houses: Callable[[str], House]) -> Region:
    house = houses(getattr(request, "param", "sqlite"))
    oktmo = f"{uuid.uuid4().int % 10**8:08}"
    home = house.municipality_of(oktmo)
    coordinator = replace(house.coordinator, key=house.key(municipality_id=home))
    key = house.key(Role.SYNC, source=SOURCE, municipality_id=home)
    return Region(house.address, oktmo, key, coordinator)


def edited(folder: Path, file: str, *, line: int, old: str, new: str) -> None:
    """Change a line of a file of the export."""
    path = folder / f"{file}.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    path.write_text("\r\n".join([*lines, ""]), "utf-8-sig", newline="")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the export."""
    return Path(shutil.copytree(EXPORT, tmp_path / "export"))


@pytest.mark.parametrize("region", KINDS, indirect=True)
@pytest.mark.one_database
def test_killed_and_run_again_it_ends_with_each_record_once(region: Region, *, full: bool) -> None:
    for _ in range(20 if full else 3):
        with region.start() as process:
            time.sleep(0.2 + random.random() / 2)  # noqa: S311 - a test's own dice
            process.kill()
    region.push()
    found = region.records()
    assert Counter(kind for kind, _ in found) == COUNTS
    assert {each["version"] for each in found.values()} == {1}
    follower = Follower(region.coordinator)
    follower.catch_up()
    assert "employments: 14 sent, 0 of them new, 0 refused" in region.push()
    assert told(follower) == []


def test_a_refused_row_is_told_with_its_line_and_the_others_go_on(
    region: Region, folder: Path
) -> None:
    region.push()
    before = region.records()
    edited(folder, "organizations", line=5, old="1699000032", new="1699000033")
    edited(folder, "employments", line=3, old="teacher-1", new="teacher-99")
    edited(folder, "employments", line=4, old="job-3", new="job/3")
    edited(folder, "employments", line=15, old="15.05.2011", new="вчера")
    said = region.push(folder, 1).splitlines()
    found = [each.partition(": ") for each in said if ", line " in each]
    assert [(where, what.split()[0]) for where, _, what in found] == [
        ("organizations.csv, line 5", "/inn"),
        ("employments.csv, line 3", "teacher-99"),
        ("employments.csv, line 4", "There"),
        ("employments.csv, line 15", "/valid_from"),
    ]
    assert "employments: 11 sent, 0 of them new, 3 refused" in said
    assert region.records() == before


def test_what_changed_in_the_export_is_changed_and_nothing_else(
    region: Region, folder: Path
) -> None:
    region.push()
    before = region.records()
    edited(folder, "employments", line=12, old="педагог-психолог", new="логопед")
    region.push(folder)
    changed = [each for name, each in region.records().items() if each != before[name]]
    assert [(each["source_key"], each["position"]) for each in changed] == [("job-11", "логопед")]
