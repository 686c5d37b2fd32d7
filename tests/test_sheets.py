"""Sheets: every file has one documented outcome, and none can harm the service."""

import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from app.intake.sheets import workbook
from app.intake.sheets.opening import opened
from app.intake.sheets.shapes import Asked, Cell
from app.intake.sheets.writing import RefusedRows, write_csv, write_xlsx, written
from app.model.text import fold
from app.problems import Problem
from app.store.escape import escaped, unescaped
from tests.sheets.books import BOOKS, EXCEL, LIST
from tests.sheets.corpus import KNOWN, File
from tests.sheets.hostile import HOSTILE
from tests.sheets.mutations import mutated, mutated_part
from tests.sheets.texts import TEXTS
from tests.sheets.workbooks import book, packed, parts, sheet

READ = [file for file in (TEXTS | BOOKS).values() if file.status == 200]
REFUSED = [file for file in (TEXTS | HOSTILE).values() if file.status != 200]
MIB = 1 << 20


def is_heading(text: str) -> bool:
    return fold(text) in KNOWN


def each(files: list[File]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=[file.name for file in files])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upload"


@pytest.fixture(autouse=True)
def _nothing_is_left_open() -> Iterator[None]:
    before = len(list(Path("/proc/self/fd").iterdir()))
    yield
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(READ) + len(REFUSED) >= 80


@each(READ)
def test_a_file_is_read_as_documented(file: File, path: Path) -> None:
    path.write_bytes(file.make())
    with opened(path, file.asked, is_heading) as sheet:
        assert sheet.headings == file.headings
        assert {row.number: row.cells for row in islice(sheet.rows, 4)} == file.rows
        assert [info.fault.code for info in sheet.infos] == file.infos
        assert all(info.fault.words.fill("ru", info.values) for info in sheet.infos)
        assert {name: getattr(sheet.facts, name) for name in file.found} == file.found
        assert sheet.facts.size == path.stat().st_size


@each(REFUSED)
def test_a_file_is_refused_as_documented(file: File, path: Path) -> None:
    path.write_bytes(file.make())
    with pytest.raises(Problem) as refusal, opened(path, file.asked, is_heading):
        pass
    codes = [finding.fault.code for finding in refusal.value.findings]
    assert (refusal.value.status, codes) == (file.status, [file.code])
    for language in ("ru", "en"):
        assert refusal.value.detail.fill(language, refusal.value.values)
        for finding in refusal.value.findings:
            assert finding.fault.words.fill(language, finding.values)


def outcome(path: Path) -> tuple[int, int]:
    """The status that a file comes to, and its rows."""
    try:
        with opened(path, Asked(), is_heading) as found:
            return 200, sum(1 for _ in found.rows)
    except Problem as problem:
        return problem.status, 0


CSV = "Список;;\r\nФИО;Школа;Дата\r\n" + '"Ли ""А""";"СОШ\n5";15.10.2020\r\n' * 30
CONTENT = parts({"Список": sheet([*EXCEL, *LIST * 9], "A5:A7"), "Ещё": sheet(LIST)})
VALID: dict[str, Callable[[random.Random], bytes]] = {
    "utf-8": lambda chance: mutated(CSV.encode(), chance),
    "windows-1251": lambda chance: mutated(CSV.encode("cp1251"), chance),
    "utf-16": lambda chance: mutated(CSV.encode("utf-16"), chance),
    "xlsx": lambda chance: mutated(packed(CONTENT), chance),
    "part": lambda chance: mutated_part(CONTENT, chance),
}


@pytest.mark.parametrize("kind", VALID)
def test_a_mutation_is_read_or_refused(kind: str, path: Path, full: bool) -> None:  # noqa: FBT001
    chance = random.Random(kind)  # noqa: S311
    before = peak()
    seen = set()
    for _ in range(1000 if full else 30):
        path.write_bytes(VALID[kind](chance))
        seen.add(outcome(path)[0])
    assert seen <= {200, 413, 415, 422}
    assert len(seen) > 1
    assert peak() - before < 300 * MIB


def peak() -> int:
    """The most memory, in bytes, that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.long
@pytest.mark.usefixtures("as_served")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_large_list_takes_no_memory(kind: str, path: Path, full: bool) -> None:  # noqa: FBT001
    count = 200_000 if full else 20_000
    rows: list[list[Cell]] = [["ФИО", "Школа"]]
    rows += [[f"Ли {i}", "СОШ № 5" * 9] for i in range(count)]
    write(path, kind, rows)
    del rows
    before = peak()
    assert outcome(path) == (200, count)
    assert peak() - before < 20 * MIB


def write(path: Path, kind: str, rows: list[list[Cell]]) -> None:
    if kind == "csv":
        path.write_bytes(b"".join(write_csv(rows, "utf-8", ";")))
    else:
        write_xlsx(rows, path, "Список")


@pytest.mark.usefixtures("as_served")
def test_a_workbook_that_takes_too_long_is_given_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(book(LIST))
    monkeypatch.setattr(workbook, "SECONDS", 0)
    with pytest.raises(Problem) as refusal, opened(path, Asked(), is_heading):
        pass
    assert refusal.value.findings[0].fault.code == "unreadable_sheet"


def test_the_rows_are_there_when_the_child_is_long_gone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(book(LIST))
    children: list[workbook.Child] = []

    class Kept(workbook.Child):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            children.append(self)

    monkeypatch.setattr(workbook, "Child", Kept)
    with opened(path, Asked(), is_heading) as found:
        (child,) = children
        assert child.process.poll() is not None
        assert child.timer.finished.is_set()
        assert len(list(found.rows)) == 1


def test_a_workbook_waits_for_no_part_of_the_service_to_load() -> None:
    words = [sys.executable, "-I", "-X", "importtime", "-c", workbook.PROGRAM]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    loaded = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
    ours = [each for each in loaded if each.startswith("app.") and ".sheets" not in each]
    assert ours == ["app.intake", "app.words", "app.findings"]
    assert not {"sqlalchemy", "pydantic", "http.client"} & {*loaded}


@pytest.mark.usefixtures("as_served")
def test_the_child_sees_no_secret_of_the_service(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SN_DATABASE_URL", "secret")
    with path.open("w+b") as spool:
        path.write_bytes(book(LIST))
        with workbook.Child(path, spool) as child:
            seen = Path(f"/proc/{child.process.pid}/environ").read_bytes()
            limits = Path(f"/proc/{child.process.pid}/limits").read_text(encoding="ascii")
    assert b"secret" not in seen
    assert [line.split()[-3] for line in limits.splitlines() if "address space" in line] == [
        str(1 << 30)
    ]


SIGNS = ["=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("sign", SIGNS)
def test_no_cell_runs_and_every_text_comes_back(sign: str) -> None:
    for text in (sign, f"{sign}1+1", f"'{sign}x", f"''{sign}x"):
        assert escaped(text) == f"'{text}"
        assert unescaped(escaped(text)) == text
    for text in ("", "Ли", "'", "'а", f"а{sign}", "д'Артаньян"):
        assert unescaped(escaped(text)) == escaped(text) == text


def test_rows_come_back_as_they_were(path: Path) -> None:
    rows: list[list[Cell]] = [
        ["ФИО", "Школа", "Дата", "Ошибка"],
        ["=Ли", 'МБОУ "СОШ; № 5"\nкорпус 2', "15.10.2020", "-"],
        ["'+Им", None, "1,6E+09", "'"],
    ]
    for encoding in ("utf-8", "utf-16", "windows-1251", "cp866"):
        for delimiter in (";", "\t", ","):
            path.write_bytes(b"".join(write_csv(rows, encoding, delimiter)))
            again = Asked(encoding="cp866" if encoding == "cp866" else None)
            with opened(path, again, is_heading) as found:
                assert (found.facts.encoding, found.facts.delimiter) == (encoding, delimiter)
                assert [found.headings, *(row.cells for row in found.rows)] == rows


def test_a_workbook_comes_back_as_it_was(path: Path) -> None:
    noon = datetime(2020, 10, 15, 12, 30)  # noqa: DTZ001 - a sheet knows no zones
    rows: list[list[Cell]] = [
        ["ФИО", "Школа", "Дата", "Часы"],
        ["=1+1", "https://example.org", date(2020, 10, 15), 7],
        ["-", "\tтаб", noon, 1.5],
        [True, None, "00112233445", 16000000001],
        ["{=1}", "_x0041_", "я" * 32_767, "конец"],
        ["inf", 10**14, "x", "31.12.1899"],
    ]
    given: list[list[Cell]] = [*rows[:5], [float("inf"), 10**14, "x", date(1899, 12, 31)]]
    write_xlsx(given, path, "Список")
    with opened(path, Asked(), is_heading) as found:
        assert [found.headings, *(row.cells for row in found.rows)] == rows


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_refused_rows_go_back_below_their_headings(kind: str, path: Path) -> None:
    """Even what stood beyond the last heading, and when they are refused for the second time."""
    added = ["Ошибка", "Подсказка"]
    kept: RefusedRows = {
        "format": "csv" if kind == "csv" else "xlsx",
        "encoding": "windows-1251",
        "delimiter": ";",
        "headings": ["ФИО", *added, "Школа", *added],
        "rows": [["Ли", "old", "old", None, "=new", "do"], ["Им", "", "", "5", "x", "new", "do"]],
    }
    data, media_type = written(kept)
    assert ("csv" in media_type) == (kind == "csv")
    path.write_bytes(data)
    with opened(path, Asked(), is_heading) as found:
        assert found.headings == ["ФИО", "Школа", *added]
        rows = [row.cells for row in found.rows]
    assert rows == [["Ли", None, "=new", "do"], ["Им", "5", "new", "do", "x"]]


def test_letters_that_an_encoding_lacks_become_what_they_resemble() -> None:
    written = b"".join(write_csv([["Гәрәева → Питрәч 😀 ½ é"]], "windows-1251", ";"))
    assert written.decode("cp1251") == "Гэрэева -> Питрэч _ _ e\r\n"
    written = b"".join(write_csv([["«СОШ № 5» — “да” ёж"]], "cp866", ";"))
    assert written.decode("cp866") == '"""СОШ № 5"" - ""да"" ёж"\r\n'


def test_what_only_resembles_a_sign_is_escaped_too() -> None:
    written = b"".join(write_csv([["−1", "→; x", "a"]], "windows-1251", ";"))
    assert written.decode("cp1251") == "'-1;\"'->; x\";a\r\n"


@pytest.mark.long
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_is_read_in_large_pieces(kind: str, path: Path) -> None:
    """Many small reads starve the other threads of the service (`encodings.CHUNK`)."""
    rows: list[list[Cell]] = [["ФИО", "Школа"]]
    write(path, kind, rows + [[f"Ли {i}", "СОШ № 5" * 9] for i in range(10_000)])
    with opened(path, Asked(), is_heading) as found:
        before = reads()
        assert sum(1 for _ in found.rows) == 10_000
        assert reads() - before < 10


def reads() -> int:
    """How often this process has asked the system for bytes."""
    counts = Path("/proc/self/io").read_text(encoding="ascii")
    return int(counts.partition("syscr: ")[2].partition("\n")[0])
