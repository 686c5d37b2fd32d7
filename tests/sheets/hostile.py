"""Hostile: the workbooks of the corpus that are refused, spoilt by accident or on purpose."""

import zipfile

from tests.sheets.books import LIST, below, changed, first, many, of, outside
from tests.sheets.corpus import Shelf
from tests.sheets.workbooks import FIRST, XML, book, lying, packed, parts, sheet

HOSTILE = Shelf()
bad = HOSTILE.bad


def ole(more: bytes = b"") -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + more


def bomb(size: int) -> bytes:
    filler = "<!--" + " " * size + "-->"
    return first(sheet(LIST).replace("<sheetData>", f"{filler}<sheetData>"))


def macro_type() -> bytes:
    plain = parts({"Список": sheet(LIST)})
    types = str(plain["[Content_Types].xml"])
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    start = types.index("application/vnd")
    types = types[:start] + kind + types[types.index('"', start) :]
    return packed(plain | {"[Content_Types].xml": types})


def locked() -> bytes:
    data = bytearray(book(LIST))
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def twice() -> bytes:
    data = changed(**{"xl/stylez.xml": "<a/>"})
    return data.replace(b"xl/stylez.xml", b"xl/styles.xml")


bad("no-header.xlsx", lambda: book([["Ли", 5]]), 422, "no_header")
bad("empty-sheet.xlsx", lambda: book([]), 422, "no_header")
bad(
    "only-hidden-sheets.xlsx",
    lambda: packed(parts({"A": sheet(LIST)}, hidden=["A"])),
    422,
    "no_header",
)
bad("no-sheets.xlsx", lambda: packed(parts({})), 422, "no_header")
bad("sheet-unknown.xlsx", lambda: book(LIST), 422, "unknown_sheet", ask_sheet="Итоги")
bad("header-row-beyond.xlsx", lambda: book(LIST), 422, "no_header_row", ask_header_row=77)
bad(
    "two-groups-of-equal-names.xlsx",
    lambda: book(
        [["Педагог", None, "Замена"], ["ФИО", "Школа", "ФИО", "Школа"], ["Ли", 1, "Им", 2]],
        "A1:B1 C1:D1",
    ),
    422,
    "duplicate_heading",
)
bad("duplicate-heading.xlsx", lambda: book([["ФИО", "Школа", "ФИО"]]), 422, "duplicate_heading")
bad("bomb.xlsx", lambda: bomb(20_000_000), 413, "inflates")
bad("bomb-that-lies.xlsx", lambda: lying(bomb(20_000_000), FIRST, 900), 413, "inflates")
bad(
    "over-100-MiB.xlsx",
    lambda: packed(
        parts({"A": sheet(LIST)}) | {f"xl/media/{i}.bin": bytes(1 << 20) for i in range(101)}
    ),
    413,
    "inflates",
)
bad("lying-size.xlsx", lambda: lying(book(LIST), FIRST, 10), 422, "damaged")
bad("lying-size-large.xlsx", lambda: lying(book(LIST), FIRST, 4_000_000_000), 422, "damaged")
bad("201-parts.xlsx", lambda: many(201), 413, "too_many_parts")
bad(
    "200001-rows.xlsx",
    lambda: below("".join(f"<row><c><v>{i * 7919}</v></c></row>" for i in range(200_000))),
    413,
    "too_many_rows",
)
bad(
    "one-cell-in-the-last-corner.xlsx",
    lambda: below('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    413,
    "inflates",
)
bad(
    "beyond-the-last-row.xlsx",
    lambda: below('<row r="2000000"><c r="A2000000"><v>1</v></c></row>'),
    422,
    "unreadable_sheet",
)
bad(
    "dtd.xlsx",
    lambda: first('<!DOCTYPE a [<!ENTITY b "c">]>' + sheet(LIST).removeprefix(XML)),
    422,
    "doctype",
)
bad(
    "dtd-in-small-letters.xlsx",
    lambda: changed(**{"docProps/core.xml": "<!doctype a><a/>"}),
    422,
    "doctype",
)
bad("utf16-part.xlsx", lambda: changed(**{FIRST: sheet(LIST).encode("utf-16")}), 422, "damaged")
bad("unknown-entity.xlsx", lambda: of(["&boom;", 1]), 422, "unreadable_sheet")
bad("external-link.xlsx", lambda: outside("externalLinkPath"), 422, "external_links")
bad("external-image.xlsx", lambda: outside("image"), 422, "external_links")
bad("macros.xlsm", lambda: changed(**{"xl/vbaProject.bin": b"x"}), 415, "macros")
bad("macro-content-type.xlsm", macro_type, 415, "macros")
bad("names-upwards.xlsx", lambda: changed(**{"../evil.xml": "<a/>"}), 422, "unsafe_names")
bad("names-absolute.xlsx", lambda: changed(**{"/etc/evil.xml": "<a/>"}), 422, "unsafe_names")
bad("names-with-a-drive.xlsx", lambda: changed(**{"C:\\evil.xml": "<a/>"}), 422, "unsafe_names")
bad("encrypted.xlsx", lambda: ole("EncryptedPackage".encode("utf-16-le")), 415, "encrypted")
bad("zip-password.xlsx", locked, 415, "encrypted")
bad("old.xls", lambda: ole("Workbook".encode("utf-16-le")), 415, "old_excel")
bad(
    "ods.ods",
    lambda: packed(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}
    ),
    415,
    "other_workbook",
)
bad("xlsb.xlsb", lambda: packed({"xl/workbook.bin": b"x"}), 415, "other_workbook")
bad("docx.docx", lambda: packed({"word/document.xml": "<a/>"}), 415, "not_a_list")
bad("nested.zip", lambda: packed({"Список.xlsx": book(LIST)}), 415, "not_a_list")
bad("empty.zip", lambda: packed({}), 415, "not_a_list")
bad("cut-in-half.xlsx", lambda: book(LIST)[:900], 422, "damaged")
bad("only-a-signature.xlsx", b"PK\3\4", 422, "damaged")
bad(
    "sheet-missing.xlsx",
    lambda: packed({k: v for k, v in parts({"A": sheet(LIST)}).items() if k != FIRST}),
    422,
    "unreadable_sheet",
)
bad("sheet-cut.xlsx", lambda: first(sheet(LIST)[:-60]), 422, "unreadable_sheet")
bad(
    "relations-malformed.xlsx",
    lambda: changed(**{"xl/_rels/workbook.xml.rels": "<a"}),
    422,
    "damaged",
)
bad(
    "string-that-is-not-there.xlsx",
    lambda: of(['<c t="s"><v>99</v></c>', 1]),
    422,
    "unreadable_sheet",
)
bad("bzip2.xlsx", lambda: packed(parts({"A": sheet(LIST)}), zipfile.ZIP_BZIP2), 422, "damaged")
bad("two-parts-of-one-name.xlsx", twice, 422, "damaged")
