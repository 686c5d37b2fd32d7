"""Adding a kind of record: in a copy of the house, by the commands that README names."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from alembic.util import CommandError

from app.__main__ import main
from app.database.differences import demand_one_line
from tests.conftest import on_each_kind
from tests.postgres import Server
from tests.running import empty

pytestmark = pytest.mark.long

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
"""Commands one after the other in one process."""
WALK = """
import sys
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""
THERE_AND_BACK = f"""
import sys
import sqlalchemy as sa
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
assert tables() - before == {{"awards", "clubs", "club_leaders"}}, url
assert helps(), url
downgrade(database, "{LAST}")
assert tables() == before, url
assert not helps(), url
migrate(database)
database.close()
"""


FORKS = """
import json, os, sys, traceback
import app.main
for line in sys.stdin:
    program, words, output = json.loads(line)
    if not (child := os.fork()):
        status = 1
        try:
            os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT, 0o600), 1)
            os.dup2(1, 2)
            sys.argv = ["-c", *words]
            exec(program, {"__name__": "__main__"})
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""A Python that has imported the house and forks for each program: the imports cost most."""


class Done(NamedTuple):
    """What a command in the copy said."""

    status: int
    printed: str
    complained: str


class Copy:
    """A copy of the house with two new kinds, and a new value in an old closed list."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in PARTS:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        self.registry = folder / "app" / "registry"
        self.add("clubs")
        self.add("awards")
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

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Run the Python that forks for each program."""
        with subprocess.Popen(
            [sys.executable, "-c", FORKS],
            cwd=self.folder,
            env=os.environ | {"SN_DATA": str(self.folder / "data"), "PYTHONPATH": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as self._process:
            yield
            self._process.communicate()

    def run(self, program: str, *words: str) -> str:
        """What a program prints in the copy."""
        asked, told = self._process.stdin, self._process.stdout
        assert asked
        assert told
        with tempfile.NamedTemporaryFile() as output:
            asked.write(json.dumps([program, words, output.name]) + "\n")
            asked.flush()
            status, printed = told.readline(), Path(output.name).read_text(encoding="utf-8")
        assert status == "0\n", printed
        return printed

    def command(self, *commands: str) -> list[Done]:
        """What commands of the copy said."""
        return [Done(*json.loads(line)) for line in self.run(COMMANDS, *commands).splitlines()]


class Written(NamedTuple):
    """The copy after its migration and its documents were written, and what was said meanwhile."""

    copy: Copy
    lacks: Done
    written: Done
    nothing: Done
    documents: tuple[Done, Done]
    checked: list[Done]
    """What checks said in the end; daily none is asked: the commands before told as much."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, *, full: bool) -> Iterator[Written]:
    copy = Copy(tmp_path_factory.mktemp("house"))
    with copy.awake():
        lacks, made, nothing, stale, documents, *checked = copy.command(
            *("migrate --check", "migration clubs_and_their_leaders", "migration once_more"),
            *("docs --check", "docs"),
            *(("migrate --check", "docs --check") if full else ()),
        )
        yield Written(copy, lacks, made, nothing, (stale, documents), checked)


def test_who_lacks_a_migration_is_told_what_for_and_how_to_write_it(written: Written) -> None:
    assert written.lacks.status == 1
    first, *missing = written.lacks.complained.splitlines()
    assert "Run make migration NAME=…" in first
    assert {"  add table awards", "  add table clubs", "  add table club_leaders"} <= {*missing}
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
    )
    assert written.checked[1:] in ([], [Done(0, "Every document is current.\n", "")])
    roles = written.copy.folder / "docs" / "ru" / "roles.md"
    assert "| Кружки |" in roles.read_text(encoding="utf-8")


def test_where_nothing_is_missing_nothing_is_written(written: Written) -> None:
    assert "Nothing to write" in written.nothing.printed
    assert {each.status for each in (written.nothing, *written.checked)} == {0}
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


def test_nothing_else_is_needed_to_use_a_kind(written: Written, *, full: bool) -> None:
    """`toys/walk.py` makes, lists, merges and erases; two files and two lines were added."""
    copy = written.copy
    shutil.copytree(ROOT / "tests", copy.folder / "tests")
    more = ["--torture"] if full else []
    # What the house stands on has been imported before the tests.
    imported = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    copy.run(
        WALK, "tests/toys/walk.py", "-q", "-n", "0", "-p", "no:cacheprovider", *imported, *more
    )
