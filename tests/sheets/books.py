"""Books: the workbooks of the corpus that are read."""

import re
import zipfile
from datetime import date, datetime

from app.intake.sheets.shapes import Cell
from tests.sheets.corpus import Shelf
from tests.sheets.workbooks import FIRST, MAIN, TIES, book, packed, parts, relationships, sheet

BOOKS = Shelf()
good = BOOKS.good

HEAD: list[object] = ["ФИО", "Школа", "Дата"]
NAMES = "ФИО|Школа|Дата"
LIST: list[list[object]] = [HEAD, ["Ли А.", "СОШ", 5]]
CELLS: list[Cell] = ["Ли А.", "СОШ", 5]
EXCEL: list[list[object]] = [
    ["ФИО", "Дата"],
    ["Ли", '<c s="1"><v>44119</v></c>'],
    ["Им", '<c s="1"><v>44119.5</v></c>'],
]


def strict() -> bytes:
    """As Excel saves «Strict Open XML»."""
    plain = parts({"Список": sheet([*EXCEL[:1], ["Ли", '<c t="d"><v>2020-10-15</v></c>']])})
    names = {MAIN: "spreadsheetml/main", TIES: "officeDocument/relationships"}
    for old, new in names.items():
        plain = {
            name: str(xml).replace(old, f"http://purl.oclc.org/ooxml/{new}")
            for name, xml in plain.items()
        }
    return packed(plain)


def prefixed() -> bytes:
    """As libraries of .NET write, every element with the prefix of its namespace."""
    xml = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", sheet(LIST)).replace(" xmlns=", " xmlns:x=")
    return changed(**{FIRST: xml})


def renamed(old: str, new: str) -> bytes:
    """The plain list, its parts named otherwise."""
    plain = parts({"Список": sheet(LIST)})
    return packed({name.replace(old, new): xml for name, xml in plain.items()})


def retargeted(old: str, new: str) -> bytes:
    """The plain list, one of its relationships spelt otherwise."""
    name = "xl/_rels/workbook.xml.rels"
    plain = parts({"Список": sheet(LIST)})
    return packed(plain | {name: str(plain[name]).replace(old, new)})


def moved(places: dict[str, str], target: str) -> bytes:
    """The plain list with its sheet elsewhere."""
    name = "xl/_rels/workbook.xml.rels"
    plain = parts({"Список": sheet(LIST)})
    plain |= {name: str(plain[name]).replace("worksheets/sheet1.xml", target)}
    return packed({places.get(part, part): xml for part, xml in plain.items()})


def elsewhere() -> bytes:
    """A list whose every part lies where its program likes, its texts in a table of their own."""
    plain = parts({"Список": sheet([HEAD, ['<c t="s"><v>1</v></c>', "СОШ", 5]])})
    ties = relationships(
        {"s1": ("worksheet", "../pages/one.xml"), "t": ("sharedStrings", "texts.xml")}
    )
    texts = f'<sst xmlns="{MAIN}"><si><t>Им</t></si><si><t>Ли А.</t></si></sst>'
    return packed(
        {
            "[Content_Types].xml": plain["[Content_Types].xml"],
            "_rels/.rels": relationships({"r": ("officeDocument", "/book/main.xml")}),
            "book/main.xml": plain["xl/workbook.xml"],
            "book/_rels/main.xml.rels": ties,
            "book/texts.xml": texts,
            "pages/one.xml": plain[FIRST],
        }
    )


def of(*rows: list[object]) -> bytes:
    return book([["ФИО", "Школа"], *rows])


def changed(**content: str | bytes) -> bytes:
    """The plain list with some parts, `_` for what a name cannot hold, put otherwise."""
    return packed(parts({"Список": sheet(LIST)}) | content)


def first(xml: str) -> bytes:
    return changed(**{FIRST: xml})


def many(count: int) -> bytes:
    content = parts({"Список": sheet(LIST)})
    more = {f"xl/media/{i}.png": b"x" for i in range(count - len(content))}
    return packed(content | more)


def outside(kind: str) -> bytes:
    links = relationships({"h1": (kind, "https://example.org/x")}, ' TargetMode="External"')
    return changed(**{"xl/worksheets/_rels/sheet1.xml.rels": links})


def below(xml: str) -> bytes:
    """The plain list with more rows."""
    return first(sheet(LIST).replace("</sheetData>", f"{xml}</sheetData>"))


good(
    "plain.xlsx",
    lambda: book(LIST),
    NAMES,
    {2: [*CELLS]},
    format="xlsx",
    sheet="Список",
    header_row=1,
)
good("named-csv.csv", lambda: book(LIST), NAMES, {2: [*CELLS]}, format="xlsx")
good(
    "stored.xlsx",
    lambda: packed(parts({"A": sheet(LIST)}), zipfile.ZIP_STORED),
    NAMES,
    {2: [*CELLS]},
)
good(
    "title-rows.xlsx",
    lambda: book([["Список педагогов"], [], *LIST], "A1:C1"),
    NAMES,
    {4: [*CELLS]},
    header_row=3,
)
good(
    "first-rows-missing.xlsx",
    lambda: first(sheet(LIST, start=7)),
    NAMES,
    {8: [*CELLS]},
    header_row=7,
)
good(
    "two-row-header.xlsx",
    lambda: book(
        [
            ["№", "ФИО", None, None, "Школа"],
            [None, "Фамилия", "Имя", "Отчество"],
            [1, "Ли", "Анна"],
        ],
        "A1:A2 B1:D1 E1:E2",
    ),
    "№|Фамилия|Имя|Отчество|Школа",
    {3: [1, "Ли", "Анна", None, None]},
    header_row=2,
)
good(
    "two-row-header-with-unknown-words.xlsx",
    lambda: book(
        [["ФИО", "Школа", "Оценка"], [None, None, "до", "после"], ["Ли", "СОШ", 3, 4]],
        "A1:A2 B1:B2 C1:D1",
    ),
    "ФИО|Школа|Оценка до|Оценка после",
    {3: ["Ли", "СОШ", 3, 4]},
    header_row=2,
)
good(
    "merged-organizations.xlsx",
    lambda: book([["ФИО", "Школа"], ["Ли", "СОШ"], ["Им"], ["Пак"]], "B2:B4"),
    "ФИО|Школа",
    {2: ["Ли", "СОШ"], 3: ["Им", None], 4: ["Пак", None]},
)
good(
    "blank-rows.xlsx",
    lambda: of(["Ли", 5], [], [" ", "\u00a0"], ["Им", 6], [], ["  "]),
    "ФИО|Школа",
    {2: ["Ли", 5], 3: [None, None], 4: [None, None], 5: ["Им", 6]},
)
good("only-header.xlsx", lambda: book([HEAD]), NAMES, {})
good("trailing-columns.xlsx", lambda: of(["Ли", 5, None, " "]), "ФИО|Школа", {2: ["Ли", 5]})
good("row-too-long.xlsx", lambda: of(["Ли", 5, None, "x"]), "ФИО|Школа", {2: ["Ли", 5, None, "x"]})
good(
    "dates-1900.xlsx",
    lambda: book(EXCEL),
    "ФИО|Дата",
    {2: ["Ли", date(2020, 10, 15)], 3: ["Им", datetime(2020, 10, 15, 12)]},  # noqa: DTZ001
)
good(
    "dates-1904.xlsx",
    lambda: packed(parts({"A": sheet(EXCEL[:2])}, properties='<workbookPr date1904="1"/>')),
    "ФИО|Дата",
    {2: ["Ли", date(2024, 10, 16)]},
)
good(
    "dates-iso.xlsx",
    lambda: of(["Ли", '<c t="d"><v>2020-10-15</v></c>']),
    "ФИО|Школа",
    {2: ["Ли", date(2020, 10, 15)]},
)
good(
    "times-and-durations.xlsx",
    lambda: of(['<c s="2"><v>0.4375</v></c>', '<c s="3"><v>1.5</v></c>']),
    "ФИО|Школа",
    {2: ["10:30", "36:00"]},
)
good(
    "numbers.xlsx",
    lambda: of(
        [1600000000, 1.5], [True, "1.6E+09"], ["<c><v>1e999</v></c>", "<c><v>1E+15</v></c>"]
    ),
    "ФИО|Школа",
    {2: [1600000000, 1.5], 3: [True, "1.6E+09"], 4: ["inf", 1e15]},
)
good(
    "formula-without-value.xlsx",
    lambda: of(["<c><f>A1</f><v></v></c>", "Ш"], ["<c><f>A1</f><v>7</v></c>", "Ш"]),
    "ФИО|Школа",
    {2: [None, "Ш"], 3: [7, "Ш"]},
    "lost_values",
)
good(
    "formula-of-nothing.xlsx",
    lambda: of(['<c t="str"><f>""</f><v></v></c>', 1]),
    "ФИО|Школа",
    {2: [None, 1]},
)
good(
    "error-cell.xlsx",
    lambda: of(["Ли", '<c t="e"><v>#N/A</v></c>'], ['<c t="e"><f>A1</f><v>#REF!</v></c>', 1]),
    "ФИО|Школа",
    {2: ["Ли", "#N/A"], 3: ["#REF!", 1]},
)
good(
    "error-cell-by-net.xlsx",
    lambda: first(
        re.sub(
            r"<(/?)(?=[a-z])",
            r"<\1x:",
            sheet([HEAD, ["Ли", "СОШ", '<c t="e"><v>#DIV/0!</v></c>']]),
        ).replace(" xmlns=", " xmlns:x=")
    ),
    NAMES,
    {2: ["Ли", "СОШ", "#DIV/0!"]},
)
good(
    "hidden-rows.xlsx",
    lambda: first(
        re.sub('<row r="([34])"', r'<row r="\1" hidden="1"', sheet([*LIST, ["Им"], [], ["Пак"]]))
    ),
    NAMES,
    {2: [*CELLS], 3: ["Им", None, None], 4: [None] * 3, 5: ["Пак", None, None]},
    "hidden_rows",
)
good("parts-with-backslashes.xlsx", lambda: renamed("/", "\\"), NAMES, {2: [*CELLS]})
good("parts-in-capitals.xlsx", lambda: renamed("xl/work", "XL/Work"), NAMES, {2: [*CELLS]})
good(
    "targets-with-dots.xlsx",
    lambda: retargeted("worksheets/sheet1.xml", "./worksheets/../worksheets/sheet1.xml"),
    NAMES,
    {2: [*CELLS]},
)
good(
    "targets-with-backslashes.xlsx",
    lambda: retargeted("worksheets/sheet1.xml", "worksheets\\sheet1.xml"),
    NAMES,
    {2: [*CELLS]},
)
good(
    "targets-escaped.xlsx",
    lambda: moved({FIRST: "xl/worksheets/Лист 1.xml"}, "worksheets/Лист%201.xml"),
    NAMES,
    {2: [*CELLS]},
)
good(
    "sheet-of-any-name.xlsx",
    lambda: moved({FIRST: "data/1.part"}, "../data/1.part"),
    NAMES,
    {2: [*CELLS]},
)
good("targets-absolute.xlsx", lambda: moved({FIRST: "s.xml"}, "/s.xml"), NAMES, {2: [*CELLS]})
good("workbook-of-any-name.xlsx", elsewhere, NAMES, {2: ["Ли А.", "СОШ", 5]})
good(
    "error-cell-in-another-sheet.xlsx",
    lambda: packed(parts({"A": sheet(LIST), "B": sheet([['<c t="e"><v>#N/A</v></c>']])})),
    NAMES,
    {2: [*CELLS]},
    "other_sheets",
)
good(
    "hidden-first-sheet.xlsx",
    lambda: packed(parts({"Коды": sheet(LIST), "Лист": sheet(LIST)}, hidden=["Коды"])),
    NAMES,
    {2: [*CELLS]},
    "other_sheets",
    sheet="Лист",
)
good(
    "header-on-the-second-sheet.xlsx",
    lambda: packed(parts({"Титул": sheet([["Отчёт"]]), "Лист": sheet(LIST), "Ещё": sheet(LIST)})),
    NAMES,
    {2: [*CELLS]},
    "other_sheets",
    sheet="Лист",
)
good(
    "hidden-sheet-asked.xlsx",
    lambda: packed(
        parts({"А": sheet(LIST), "Б": sheet([["ФИО", "Школа"], ["Им", 1]])}, hidden=["Б"])
    ),
    "ФИО|Школа",
    {2: ["Им", 1]},
    "other_sheets",
    sheet="Б",
    ask_sheet="Б",
)
good(
    "header-row-asked.xlsx",
    lambda: book([["ФИО", "Школа"], ["кто", "где"], ["Ли", 1]]),
    "кто|где",
    {3: ["Ли", 1]},
    ask_header_row=2,
)
good("hyperlinks.xlsx", lambda: outside("hyperlink"), NAMES, {2: [*CELLS]})
good("escaped-formulas.xlsx", lambda: of(["'=Ли", "=1+1"]), "ФИО|Школа", {2: ["=Ли", "=1+1"]})
good(
    "rich-text.xlsx",
    lambda: of(['<c t="inlineStr"><is><r><t>Л</t></r><r><t>и</t></r></is></c>', 1]),
    "ФИО|Школа",
    {2: ["Ли", 1]},
)
good("no-references.xlsx", lambda: first(sheet(LIST).replace(' r="', ' q="')), NAMES, {2: [*CELLS]})
good(
    "lying-dimension.xlsx",
    lambda: first(
        sheet(LIST).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    ),
    NAMES,
    {2: [*CELLS]},
)
good(
    "deep-xml.xlsx",
    lambda: first(
        sheet(LIST).replace("<sheetData>", f"{'<a>' * 99_999}{'</a>' * 99_999}<sheetData>")
    ),
    NAMES,
    {2: [*CELLS]},
)
good("long-cell.xlsx", lambda: of(["я" * 32_767, 1]), "ФИО|Школа", {2: ["я" * 32_767, 1]})
good(
    "16384-columns.xlsx",
    lambda: of(["Ли", *[None] * 16_382, 7]),
    "ФИО|Школа",
    {2: ["Ли", *[None] * 16_382, 7]},
)
good("200-parts.xlsx", lambda: many(200), NAMES, {2: [*CELLS]})
good(
    "stray-value-far-below.xlsx",
    lambda: below('<row r="90000"><c r="A90000"><v>1</v></c></row>'),
    NAMES,
    {2: [*CELLS], 3: [None] * 3, 4: [None] * 3, 5: [None] * 3},
)
good("strict.xlsx", strict, "ФИО|Дата", {2: ["Ли", date(2020, 10, 15)]})
good("prefixed.xlsx", prefixed, NAMES, {2: [*CELLS]})
