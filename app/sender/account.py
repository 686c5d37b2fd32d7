"""The account: an upload's report as text for the terminal, causes first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.sender.parcels import Parcel
from app.words import Words

MOST = 50
"""Rows listed one by one at most."""

_OUTCOMES = {
    "created": Words("создано", "created"),
    "updated": Words("изменено", "updated"),
    "unchanged": Words("без изменений", "unchanged"),
    "duplicate": Words("повторы", "repeats"),
    "blank": Words("пустые и итоговые строки", "empty rows and totals"),
    "rejected": Words("не принято", "refused"),
}
_NOT_YET = {
    "dry_run": {
        "created": Words("будет создано", "will be created"),
        "updated": Words("будет изменено", "will be updated"),
    },
    "rejected": {
        "created": Words("было бы создано", "would have been created"),
        "updated": Words("было бы изменено", "would have been updated"),
    },
}
"""Names of outcomes where nothing was written."""
_STATUSES = {
    "dry_run": Words("проверено, ничего не записано", "checked, nothing was written"),
    "committed": Words("записано", "written"),
    "partial": Words("записано, кроме непринятых строк", "written, except the refused rows"),
    "rejected": Words("ничего не записано: есть ошибки", "nothing was written: there are errors"),
}
_ROWS = Words("{status}. Строк: {count}", "{status}. Rows: {count}")
_CAUSES = Words("Причины:", "Causes:")
_CAUSE = Words("  {detail} Строк: {count} ({rows})", "  {detail} Rows: {count} ({rows})")
_REPEAT = Words("Повтор: строки {rows}{differ}", "Repeated: rows {rows}{differ}")
_DIFFER = Words("; отличаются: {names}", "; they differ in: {names}")
_BY_ROW = Words("По строкам:", "Row by row:")
_ROW = Words("  строка {row}{column}: {text}", "  row {row}{column}: {text}")
_COLUMN = Words(", «{column}»", ", “{column}”")
_MAYBE = Words("    возможно: {name} {id}", "    perhaps: {name} {id}")
_MORE = Words(
    "  … и ещё строк: {count}; все — в файле непринятых строк и в отчёте",
    "  … and more rows: {count}; all are in the file of refused rows and in the report",
)

Report = Mapping[str, Any]


def account(report: Report, parcel: Parcel) -> Iterator[str]:
    """The lines of a report; row numbers are those of the whole list."""
    stats, outcomes = report["stats"], _OUTCOMES | _NOT_YET.get(report["status"], {})
    yield _ROWS.said(status=_STATUSES[report["status"]], count=stats["total"])
    yield "; ".join(f"{name.said()}: {stats[key]}" for key, name in outcomes.items() if stats[key])
    yield from (f"  {info['detail']} {info['hint']}".rstrip() for info in report["infos"])
    if groups := report["groups"]:
        yield _CAUSES.said()
    for group in groups:
        rows = _numbers(group["rows"], parcel)
        yield _CAUSE.said(detail=group["detail"], count=group["count"], rows=rows)
    yield from _rows(report["rows"], parcel)
    for repeat in report["duplicates"]:
        names = ", ".join(repeat["differing"])
        differ = _DIFFER.said(names=names) if names else ""
        yield _REPEAT.said(rows=_numbers(repeat["rows"], parcel), differ=differ)


def _rows(rows: Sequence[Report], parcel: Parcel) -> Iterator[str]:
    noted = [row for row in rows if row["errors"] or row["warnings"]]
    if noted:
        yield _BY_ROW.said()
    for row in noted[:MOST]:
        for remark in (*row["errors"], *row["warnings"]):
            column = _COLUMN.said(column=remark["column"]) if remark["column"] else ""
            text = f"{remark['detail']} {remark['hint']}".strip()
            yield _ROW.said(row=parcel.row(row["row"]), column=column, text=text)
        for candidate in row["candidates"]:
            name = candidate.get("name", "")
            yield _MAYBE.said(name=name, id=candidate["id"]).replace("  ", " ")
    if len(noted) > MOST:
        yield _MORE.said(count=len(noted) - MOST)


def _numbers(numbers: Sequence[int], parcel: Parcel) -> str:
    shown = ", ".join(str(parcel.row(number)) for number in numbers[:10])
    return f"{shown}, …" if len(numbers) > len(shown.split(", ")) else shown
