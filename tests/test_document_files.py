"""Files of documents: the same words in each format, the same bytes everywhere, no surprises."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import time_machine
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.paper import ColumnKind, column, row, table
from app.documents.rendering import pdf as pdf_module
from app.documents.rendering.pdf import pdf
from tests import papers
from tests.files import KINDS, Page, elements, one_process, pdf_words, reader, signs
from tests.papers import total

pytestmark = pytest.mark.shared_out

__all__ = ["one_process"]

ROOT = Path(__file__).parents[1]
each_format = pytest.mark.parametrize("name", KINDS)

HOSTILE = {
    "formula": '=1+1&HYPERLINK("http://evil.example","x")',
    "plus": "+7 843 000-00-00",
    "minus": "-1-1",
    "at": "@SUM(A1:A9)",
    "wide-formula": "＝1＋1",
    "apostrophe": "'=1",
    "panic": '#panic("x") #eval("1")',
    "read": '#read("/etc/passwd") #include "view.json"',
    "package": '#import "@preview/cetz:0.3.0"',
    "mathematics": "$x^2$ _a_ *b* `c` ~ -- --- ... <lbl> @lbl",
    "backslash": "\\ \\u{1F600} \\n C:\\new\\table",
    "script": '<script>alert(1)</script><img src=x onerror="a()">',
    "attribute": '" onmouseover="a()" x=\'',
    "style": "</style></title></td><!-- -->",
    "word": "</w:t></w:r></w:p><w:p/>",
    "entities": "&amp; &lt; &#65; &nope; ]]> <?x?>",
    "rich": "<r><t>a</t></r>",
    "broken-rich": "<r><b></r>",
    "template": "{{ 7*7 }} {% raw %} {# x #} ${x} %s",
    "excel-escape": "_x0041_ _x000D_",
    "print-commands": '&C&P&"Arial"&& &L',
    "sheet-name": "[a]:*?/\\ 'b'",
    "same-start": "Очень длинное название раздела, такое же у двух разделов",
    "controls": "a\x00b\x07c\x1bd\x7f\x9f",
    "lines": "a\tb\r\nc\rd\ne\u2028f\u2029g\x85h",
    "noncharacters": "a\ufffeb\uffffc\ufdd0d\U0001ffffe",
    "turned": "\u202eabc\u202c \u2066x\u2069 \u200fy",
    "marks": "e\u0301\u0301\u0301 и\u0306 \u0301",
    "emoji": "Школа 😀 👩\u200d🎓 🏳️\u200d🌈",
    "chinese": "漢字 日本語",
    "right-to-left": "שלום העולם",
    "arabic": "العربية 123",
    "tatar": "Әә Өө Үү Җҗ Ңң Һһ ₽ № °",
    "unseen": "a\u200bb\u00adc\u2060d\ufeff",
    "link": "https://evil.example/a?b=c&d mailto:a@b.example \\\\host\\share",
    "blanks": "  два  пробела  ",
    "blank": " ",
    "empty": "",
    "long-word": "Ж" * 500,
    "wide-word": "Щ" * 39,
}
each_hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def less(found: Counter[str], wanted: Counter[str]) -> dict[str, int]:
    """The signs that are missing."""
    return dict(wanted - found)


def times(counted: Counter[str], number: int) -> Counter[str]:
    return Counter({sign: count * number for sign, count in counted.items()})


def lost(name: str, file: bytes, text: str, places: int) -> dict[str, int]:
    """The signs of a text that a file of a paper with so many of them does not show."""
    kind = KINDS[name]
    shown = signs(kind.words(file))
    return less(shown, times(signs(kind.spell(text)), places))


@cache
def filled(name: str, text: str) -> bytes:
    """The file of a paper with a text in each of its places; all tests of a text look at one."""
    return KINDS[name].write(papers.filled(text), None)


@each_format
@each_hostile
def test_no_word_is_lost(name: str, text: str) -> None:
    assert not lost(name, filled(name, text), text, papers.PLACES)


@pytest.mark.long
@each_format
def test_no_word_of_a_long_text_is_lost(name: str, *, full: bool) -> None:
    # Both are longer than a sheet.
    text = "Слово, за словом. " * (1_100 if full else 300)
    file = KINDS[name].write(papers.roomy(text), papers.ADDRESS)
    assert not lost(name, file, text, papers.ROOMY_PLACES)


@each_format
@pytest.mark.parametrize("kind", ColumnKind)
def test_a_cell_of_any_kind_may_be_blank(name: str, kind: ColumnKind) -> None:
    """A second party of a curriculum has no hours of its own: its report was no workbook."""
    rows = [row("", None), total(None, "")]
    columns = [column("Столбец", 1, kind), column("Слово", 1)]
    paper = {**papers.report(1, 1), "sections": [table("1", "Раздел", columns, rows)]}
    assert "Столбец" in KINDS[name].words(KINDS[name].write(paper, None))  # type: ignore[arg-type]


@pytest.mark.long
@each_format
@settings(deadline=None)  # how long a file takes is no question of this test
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_word_of_any_text_is_lost(name: str, text: str) -> None:
    file = KINDS[name].write(papers.filled(text), papers.ADDRESS)
    assert not lost(name, file, text, papers.PLACES)


@each_format
def test_what_parts_words_still_parts_them(name: str) -> None:
    kind = KINDS[name]
    words = kind.words(kind.write(papers.roomy("один\tдва\u2028три"), None)).split()
    assert {"один", "два", "три"} <= set(words)


UNITED = ("на 14 дн.", "№ 5", "№ С-10", "2020 г.", "п. 3", "62,5 %", "500 руб.", "35 человек")
"""A number and its unit stay on one line."""


@pytest.mark.parametrize("name", KINDS.keys() - {"pdf"})
@pytest.mark.parametrize("text", UNITED)
def test_a_number_stays_with_its_unit(name: str, text: str) -> None:
    kind = KINDS[name]
    words = kind.words(kind.write(papers.roomy(f"Слово {text} слово"), None))
    united = "\N{NO-BREAK SPACE}".join(text.removeprefix("на ").split(" "))
    assert words.count(united) >= papers.ROOMY_PLACES
    assert text.removeprefix("на ") not in words


@pytest.mark.long
def test_no_line_of_a_pdf_ends_between_a_number_and_its_unit() -> None:
    """The face has one glyph for both blanks, so the lines themselves are looked at."""
    text = " ".join(f"{'о' * (number % 9)} на 14 дн." for number in range(200))
    lines = pdf_words(pdf(papers.roomy(text), None)).split("\n")
    assert sum("14" in line for line in lines) > 100
    assert not [line for line in lines if line.rstrip().endswith("14")]


@each_format
def test_words_that_follow_a_number_may_stand_apart(name: str) -> None:
    words = KINDS[name].words(KINDS[name].write(papers.roomy("5 школ, 3 гимназии, №5"), None))
    assert "5 школ, 3 гимназии, №5" in words


def test_a_sign_that_the_face_lacks_leaves_a_mark() -> None:
    assert "Школа □□" in KINDS["pdf"].words(pdf(papers.roomy("Школа 漢字"), None))


@cache
def plain_page() -> Page:
    return Page.of(filled("html", "Слово"))


@cache
def plain_elements(name: str) -> Counter[str]:
    return elements(filled(name, "Слово"))


@each_hostile
def test_a_text_adds_no_element_to_a_page(text: str) -> None:
    page, plain = Page.of(filled("html", text or " ")), plain_page()
    # A row that is tall has a class; every other tag is the same.
    tags, others = ([tag for tag, _ in one.tags] for one in (page, plain))
    assert tags == others
    assert {names for _, names in page.tags} <= {("role", "class"), *(n for _, n in plain.tags)}
    assert not [one for one in page.values if "javascript" in one]


@each_hostile
@pytest.mark.parametrize("name", ["docx", "xlsx"])
def test_a_text_adds_no_element_to_a_file(name: str, text: str) -> None:
    ours, plain = elements(filled(name, text)), plain_elements(name)
    # Longer texts break lines and pages.
    assert set(ours) - set(plain) <= {"br", "rowBreaks", "brk"}
    assert not {"f", "hyperlink", "hyperlinks", "instrText"} & set(ours)
    assert ours["fldSimple"] == plain["fldSimple"]


@each_hostile
def test_a_text_does_nothing_in_a_pdf(text: str) -> None:
    file = reader(filled("pdf", text))
    assert not any("/Annots" in page for page in file.pages)
    assert "/OpenAction" not in file.root_object
    assert list(file.attachments) == ["report.json"]


@pytest.mark.long
def test_the_child_makes_the_same_file(monkeypatch: pytest.MonkeyPatch) -> None:
    here = pdf(papers.contract(), papers.ADDRESS)
    monkeypatch.undo()
    assert pdf(papers.contract(), papers.ADDRESS) == here
    monkeypatch.setattr(pdf_module, "_template", lambda: b"#panic()")
    with pytest.raises(RuntimeError, match="panicked"):
        pdf(papers.contract(), None)


def test_the_layout_reads_nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for path in ("pyproject.toml", "../pyproject.toml", "/etc/hostname", str(ROOT / "Makefile")):
        monkeypatch.setattr(pdf_module, "_template", lambda path=path: f'#read("{path}")'.encode())
        with pytest.raises(typst.TypstError, match=r"not found|escape|denied|failed to load"):
            pdf(papers.contract(), None)


def test_the_child_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("SECRET", "geheim")
    told: list[dict[str, str]] = []

    def run(*_: Any, env: dict[str, str], **__: Any) -> Any:
        told.append(env)
        return subprocess.CompletedProcess([], 0, b"")

    monkeypatch.setattr(subprocess, "run", run)
    pdf(papers.contract(), None)
    assert told
    assert not [each for each in told if "SECRET" in each or "HOME" in each]


_PRINTS = """
import sys
from tests.test_document_files import digests
print(*digests(sys.argv[1]))
"""


def digests(moment: str) -> list[str]:
    """The SHA-256 of two papers in every format, as they are made at a moment."""
    with time_machine.travel(moment):
        return [
            hashlib.sha256(kind.write(paper, papers.ADDRESS)).hexdigest()
            for paper in (papers.report(8, 5), papers.contract())
            for kind in KINDS.values()
        ]


@pytest.mark.long
def test_the_same_paper_gives_the_same_bytes() -> None:
    # Here hashes are as random as ever, and the clock and the zone are others.
    other = {"TZ": "Asia/Kamchatka", "PYTHONHASHSEED": "7", "LANG": "C.UTF-8"}
    there = subprocess.run(
        [sys.executable, "-c", _PRINTS, "2031-07-09T23:59"],
        cwd=ROOT,
        env={**os.environ, **other},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    here = digests("2026-01-01T00:00")
    assert here == there
    assert len(set(here)) == 2 * len(KINDS)
