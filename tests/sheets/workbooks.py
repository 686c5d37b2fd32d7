"""Workbooks made part by part, so that every part can be wrong."""

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TIES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
FIRST = "xl/worksheets/sheet1.xml"


def cell(value: object, where: str) -> str:
    """A cell; a text that begins with `<` is its XML already."""
    if isinstance(value, str) and value.startswith("<"):
        return value.replace("<c", f'<c r="{where}"', 1)
    if isinstance(value, bool):
        return f'<c r="{where}" t="b"><v>{value:d}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{where}"><v>{value}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def column(index: int) -> str:
    return (column(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)


def sheet(rows: Iterable[Iterable[object]], merged: str = "", start: int = 1) -> str:
    """A sheet; None is no cell."""
    lines = [
        f'<row r="{number}">'
        + "".join(cell(v, f"{column(i)}{number}") for i, v in enumerate(row) if v is not None)
        + "</row>"
        for number, row in enumerate(rows, start)
    ]
    merges = "".join(f'<mergeCell ref="{each}"/>' for each in merged.split())
    merges = f"<mergeCells>{merges}</mergeCells>" if merges else ""
    data = f"<sheetData>{''.join(lines)}</sheetData>"
    return f'{XML}<worksheet xmlns="{MAIN}">{data}{merges}</worksheet>'


def relationships(targets: Mapping[str, tuple[str, str]], mode: str = "") -> str:
    lines = "".join(
        f'<Relationship Id="{key}" Type="{TIES}/{kind}" Target="{target}"{mode}/>'
        for key, (kind, target) in targets.items()
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def parts(
    sheets: Mapping[str, str], hidden: Iterable[str] = (), properties: str = ""
) -> dict[str, str | bytes]:
    """The parts of a workbook by their names: sheets by title, in order."""
    entries = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="s{i}"'
        + (' state="hidden"' if name in hidden else "")
        + "/>"
        for i, name in enumerate(sheets, 1)
    )
    targets = {
        f"s{i}": ("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)
    }
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": relationships({"r1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{TIES}">{properties}'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relationships(targets | {"st": ("styles", "styles.xml")}),
        "xl/styles.xml": f'{XML}<styleSheet xmlns="{MAIN}"><cellXfs count="4">'
        '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="20"/><xf numFmtId="46"/>'
        "</cellXfs></styleSheet>",
        **{f"xl/worksheets/sheet{i}.xml": xml for i, xml in enumerate(sheets.values(), 1)},
    }


def packed(content: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return target.getvalue()


def book(rows: Iterable[Iterable[object]], merged: str = "", **more: str | bytes) -> bytes:
    return packed(parts({"Список": sheet(rows, merged)}) | more)


def lying(data: bytes, name: str, size: int) -> bytes:
    """The workbook with another size of a part in its directory and in the part's header."""
    for signature, at, named in ((b"PK\1\2", 24, 46), (b"PK\3\4", 22, 30)):
        place = data.index(name.encode(), data.index(signature))
        while data[place - named : place - named + 4] != signature:
            place = data.index(name.encode(), place + 1)
        start = place - named + at
        data = data[:start] + struct.pack("<I", size) + data[start + 4 :]
    return data
