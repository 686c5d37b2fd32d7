"""Adding a kind of record: in a copy of the house, by the commands that README names."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from alembic.util import CommandError

from app.__main__ import main
from app.database.differences import demand_one_line
from tests.conftest import on_each_kind
from tests.postgres import Server
from tests.running import empty

ROOT = Path(__file__).parents[1]
PARTS = ("app", "migrations", "openapi", "docs", "alembic.ini", "pyproject.toml", "CONTRIBUTING.md")
VERSIONS = ROOT / "migrations" / "versions"
LAST = max(VERSIONS.glob("*.py")).name[:4]
"""The newest revision of the house itself."""
NEXT = f"{int(LAST) + 1:04}"

COMMANDS = """
import contextlib, io, json, sys
from app.__main__ import main
for words in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        with contextlib.redirect_stderr(io.StringIO()) as err:
            status = main(words.split())
    print(json.dumps([status, out.getvalue(), err.getvalue()]))
"""
"""Commands one after the other in one process: to import the house costs more than each of them."""
WALK = """
import sys
import pytest
from app.__main__ import main

assert main(["migration", "clubs_and_awards"]) == 0
sys.exit(pytest.main(sys.argv[1:]))
"""
THERE_AND_BACK = f"""
import sys
import sqlalchemy as sa
import app.main
from app.journal.register import Register
from app.database.schema import check, downgrade, migrate

def tables():
    return set(sa.inspect(database.engine).get_table_names())

def helps():
    rules = sa.inspect(database.engine).get_check_constraints("program_officers")
    return any("'helper'" in rule["sqltext"] for rule in rules)

url, = sys.argv[1:]
database = Register(url)
migrate(database, "{LAST}")
before = tables()
assert not helps(), url
migrate(database)
check(database)
assert tables() - before == {{"clubs", "club_leaders"}}, url
assert helps(), url
downgrade(database, "{LAST}")
assert tables() == before, url
assert not helps(), url
migrate(database)
check(database)
database.close()
"""


class Done(NamedTuple):
    """What a command in the copy said."""

    status: int
    printed: str
    complained: str


class Copy:
    """A copy of the house with a new kind, `clubs`, and a new value in an old closed list."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in PARTS:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        self.registry = folder / "app" / "registry"
        self.add("clubs")
        program = self.registry / "program_parts.py"
        text = program.read_text(encoding="utf-8")
        last = '    SUPERVISOR = "supervisor", "контролирует исполнение"\n'
        assert last in text
        more = f'{last}    HELPER = "helper", "помогает"\n'
        program.write_text(text.replace(last, more), encoding="utf-8")

    def add(self, kind: str) -> None:
        """Add a kind: its file, and its line in the catalogue."""
        shutil.copy(ROOT / "tests" / "toys" / f"{kind}.py", self.registry)
        contents = self.registry / "__init__.py"
        text = contents.read_text(encoding="utf-8")
        text = f"from app.registry.{kind} import {kind}\n{text}"
        contents.write_text(text.replace("= (\n", f"= (\n    {kind},\n", 1), encoding="utf-8")

    def run(self, program: str, *words: str) -> str:
        """What a program prints in the copy."""
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=self.folder,
            env=os.environ | {"SN_DATA": str(self.folder / "data"), "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def command(self, *commands: str) -> list[Done]:
        """What commands of the copy said."""
        return [Done(*json.loads(line)) for line in self.run(COMMANDS, *commands).splitlines()]


class Written(NamedTuple):
    """The copy after its migration and its documents were written, and what was said meanwhile."""

    copy: Copy
    lacks: Done
    written: Done
    nothing: tuple[Done, Done]
    documents: tuple[Done, Done, Done]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    copy = Copy(tmp_path_factory.mktemp("house"))
    lacks, made, *nothing, stale, documents, current = copy.command(
        *("migrate --check", "migration clubs_and_their_leaders"),
        *("migrate --check", "migration once_more"),
        *("docs --check", "docs", "docs --check"),
    )
    first, second = nothing
    return Written(copy, lacks, made, (first, second), (stale, documents, current))


def test_who_lacks_a_migration_is_told_what_for_and_how_to_write_it(written: Written) -> None:
    assert written.lacks.status == 1
    first, *missing = written.lacks.complained.splitlines()
    assert "Run make migration NAME=…" in first
    assert {"  add table clubs", "  add table club_leaders"} <= {*missing}
    assert "  add constraint ck_program_officers_officerrole" in missing


def test_a_written_migration_needs_no_hand(written: Written) -> None:
    copy, said = written.copy, written.written
    assert said.status == 0
    path = copy.folder / "migrations" / "versions" / f"{NEXT}_clubs_and_their_leaders.py"
    assert f"Written: {path.relative_to(copy.folder)}." in said.printed
    assert "tables that may have rows: program_officers. " in said.printed
    assert path.stat().st_mode & 0o777 == 0o644
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""Clubs and their leaders."""\n')
    assert f'\nrevision = "{NEXT}"\ndown_revision = "{LAST}"\n' in text
    assert "\nwidens = False\n" in text  # it changes a CHECK
    for demand in (["check"], ["format", "--check"]):
        lint = [sys.executable, "-m", "ruff", *demand, "--no-cache", str(path)]
        done = subprocess.run(lint, cwd=copy.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.shared_out
@on_each_kind
def test_a_written_migration_goes_up_and_down(
    written: Written, kind: str, server: Server, tmp_path: Path
) -> None:
    with empty(kind, server, tmp_path) as url:
        written.copy.run(THERE_AND_BACK, url)


def test_documents_are_told_stale_and_written(written: Written) -> None:
    stale = "openapi/openapi.json, docs/ru/roles.md"
    assert written.documents == (
        Done(1, "", f"Not current: {stale}. Run make docs.\n"),
        Done(0, f"Written: {stale}.\n", ""),
        Done(0, "Every document is current.\n", ""),
    )
    roles = written.copy.folder / "docs" / "ru" / "roles.md"
    assert "| Кружки |" in roles.read_text(encoding="utf-8")


def test_where_nothing_is_missing_nothing_is_written(written: Written) -> None:
    checked, asked = written.nothing
    assert "Nothing to write" in asked.printed
    assert (checked.status, asked.status) == (0, 0)
    versions = written.copy.folder / "migrations" / "versions"
    assert len([*versions.glob("*.py")]) == len([*VERSIONS.glob("*.py")]) + 1


def test_two_migrations_of_one_number_are_named(tmp_path: Path) -> None:
    for name in ("0001_first", "0002_mine", "0002_theirs"):
        (tmp_path / f"{name}.py").touch()
    with pytest.raises(CommandError, match=r"0002_mine\.py, 0002_theirs\.py"):
        demand_one_line(tmp_path)


@pytest.mark.parametrize("name", ["Кружки", "a" * 61, 'x"""', "", "../x"])
def test_a_migration_is_named_in_english_words(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["migration", name])
    assert "English words" in capsys.readouterr().err


def test_nothing_else_is_needed_to_use_a_kind(tmp_path: Path) -> None:
    """`toys/walk.py` makes, lists, merges and erases; two files and two lines were added."""
    copy = Copy(tmp_path)
    copy.add("awards")
    shutil.copytree(ROOT / "tests", tmp_path / "tests")
    walk = ["tests/toys/walk.py", "-q", "-n", "0", "-p", "no:cacheprovider"]
    copy.run(WALK, *walk)
