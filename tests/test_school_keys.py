"""Keys for all schools from the command line: a sheet each in one PDF, all of them or none."""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa

from app import seeding
from app.access import keys
from app.access.roles import Role
from app.access.tokens import hash_of, read
from app.commands import school_keys
from app.journal.register import Register
from app.registry.organizations import organizations
from tests.holders import issue
from tests.test_commands import Run, run, run_on

__all__ = ["run", "run_on"]

SCHOOLS = ["МБОУ «Отар-Дубровская СОШ»", "МБОУ «Шалинская СОШ»"]
"""The schools of the source program."""


@pytest.fixture
def seeded(migrated: Register) -> Register:
    seeding.seed(migrated)
    return migrated


Sheets = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sheets(run: Run, seeded: Register) -> Sheets:
    """The command for the municipality of the source program."""

    def sheets(path: Path, *words: str) -> tuple[int, str, str]:
        place = ("--municipality", seeding.OKTMO, "--sheets", str(path))
        return run("key", "issue", "--for-all-schools", *place, *words)

    return sheets


def pages(path: Path) -> list[str]:
    file = pypdf.PdfReader(io.BytesIO(path.read_bytes()))
    return [page.extract_text() for page in file.pages]


def token(page: str) -> str:
    """The key on a sheet: three lines, typed one after another."""
    lines = [line.strip() for line in page.splitlines()]
    first = next(number for number, line in enumerate(lines) if line.startswith("sn_"))
    return "".join(lines[first : first + 3])


@pytest.mark.long
@pytest.mark.shared_out
def test_each_school_gets_a_sheet_with_a_key_that_works(
    sheets: Sheets, seeded: Register, tmp_path: Path
) -> None:
    path = tmp_path / "sheets.pdf"
    status, out, err = sheets(path, "--days", "30", "--address", "https://school.example")
    assert (status, err) == (0, "")
    assert "Keys issued: 2." in out
    assert path.stat().st_mode & 0o777 == 0o600
    assert [*tmp_path.glob("*.part")] == []
    made = {key.token_hash: key for key in seeded.read(keys.listed)}
    names = {row.id: row.short_name for row in _schools(seeded)}
    printed = pages(path)
    assert len(printed) == len(made) == len(SCHOOLS)
    for page, school in zip(printed, SCHOOLS, strict=True):
        text = token(page)
        assert read(text)
        key = made[hash_of(text)]
        assert key.role == Role.ORG
        assert names[key.organization_id] == school
        assert key.owner == "Ответственный"
        assert (key.expires_at - key.created_at).days == 30
        assert f"Ключ доступа: {school}" in " ".join(page.split())
        assert "https://school.example" in page
        assert text not in out


@pytest.mark.long
def test_a_key_is_found_by_the_name_of_its_school(
    run: Run, sheets: Sheets, seeded: Register, tmp_path: Path
) -> None:
    """All these keys have one owner, so the name alone says whose phone was stolen."""
    sheets(tmp_path / "sheets.pdf")
    _, table, _ = run("key", "list")
    lines = table.splitlines()
    of_schools = {name: [line for line in lines if name in line] for name in SCHOOLS}
    assert [len(found) for found in of_schools.values()] == [1, 1]
    number = of_schools[SCHOOLS[1]][0].split()[0]
    status, out, _ = run("key", "revoke", number)
    assert status == 0
    assert SCHOOLS[1] in out


def _schools(database: Register) -> "Sequence[sa.Row[Any]]":
    return database.read(lambda tx: tx.execute(sa.select(organizations.table)).all())


@pytest.mark.long
@pytest.mark.shared_out
def test_twice_issues_nothing_twice(sheets: Sheets, seeded: Register, tmp_path: Path) -> None:
    school = next(row.id for row in _schools(seeded) if row.short_name == SCHOOLS[1])
    issue(seeded, Role.ORG, organization_id=str(school))
    status, out, _ = sheets(tmp_path / "first.pdf")
    assert status == 0
    assert len(pages(tmp_path / "first.pdf")) == 1
    assert f"got none (--with-key issues one): {SCHOOLS[1]}" in out
    status, out, err = sheets(tmp_path / "second.pdf")
    assert (status, out) == (1, "")
    assert "each open school of the municipality has one (2)" in err
    assert not (tmp_path / "second.pdf").exists()
    # The file of before may not be handed out yet.
    status, _, err = sheets(tmp_path / "first.pdf", "--with-key")
    assert status == 1
    assert "exists already" in err
    assert len(seeded.read(keys.listed)) == 2
    assert sheets(tmp_path / "third.pdf", "--with-key")[0] == 0
    assert len(pages(tmp_path / "third.pdf")) == 2
    assert len(seeded.read(keys.listed)) == 4


@pytest.mark.long
@pytest.mark.shared_out
def test_a_key_that_ended_is_no_key(sheets: Sheets, seeded: Register, tmp_path: Path) -> None:
    for row in _schools(seeded):
        if row.short_name in SCHOOLS:
            ends = datetime.now(UTC) + timedelta(days=1)
            issue(seeded, Role.ORG, organization_id=str(row.id), expires_at=ends.isoformat())
    for key in seeded.read(keys.listed):
        seeded.write(partial(keys.revoke, key_id=key.id))
    assert sheets(tmp_path / "sheets.pdf")[0] == 0
    assert len(pages(tmp_path / "sheets.pdf")) == 2


@pytest.mark.long
@pytest.mark.parametrize("fails", ["layout", "disk"])
@pytest.mark.shared_out
def test_no_key_is_valid_whose_sheet_is_not_there(
    sheets: Sheets,
    seeded: Register,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fails: str,
) -> None:
    def broken(*_: object) -> bytes:
        if fails == "layout":
            raise RuntimeError
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(school_keys, "key_sheets" if fails == "layout" else "_write", broken)
    if fails == "layout":
        with pytest.raises(RuntimeError):
            sheets(tmp_path / "sheets.pdf")
    else:
        status, _, err = sheets(tmp_path / "sheets.pdf")
        assert status == 1
        assert err
    assert seeded.read(keys.listed) == []
    assert not [*tmp_path.glob("sheets*")]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--for-all-schools",), "--municipality, --sheets"),
        (("--for-all-schools", "--municipality", "92648000"), "--sheets"),
        (("--for-all-schools", "--role", "org"), "--role"),
        (("--for-all-schools", "--organization", "1", "--source", "x"), "--organization, --source"),
        (("--role", "admin", "--owner", "А", "--sheets", "x.pdf"), "--sheets"),
        (("--role", "admin", "--owner", "А", "--with-key"), "--with-key"),
        (("--role", "admin"), "--owner"),
        ((), "--owner, --role"),
    ],
)
@pytest.mark.one_database
def test_options_that_do_not_fit_together_are_refused(
    run: Run,
    migrated: Register,
    words: tuple[str, ...],
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        run("key", "issue", *words)
    assert capsys.readouterr().err.rstrip().endswith(f": {told}")
    assert migrated.read(keys.listed) == []
