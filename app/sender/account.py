"""The account: an upload's report as text for the terminal, causes first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.sender.parcels import Parcel

MOST = 50
"""Rows listed one by one at most."""

_OUTCOMES = {
    "created": "создано",
    "updated": "изменено",
    "unchanged": "без изменений",
    "duplicate": "повторы",
    "blank": "пустые и итоговые строки",
    "rejected": "не принято",
}
_NOT_YET = {
    "dry_run": {"created": "будет создано", "updated": "будет изменено"},
    "rejected": {"created": "было бы создано", "updated": "было бы изменено"},
}
"""Names of outcomes where nothing was written."""
_STATUSES = {
    "dry_run": "проверено, ничего не записано",
    "committed": "записано",
    "partial": "записано, кроме непринятых строк",
    "rejected": "ничего не записано: есть ошибки",
}

Report = Mapping[str, Any]


def account(report: Report, parcel: Parcel) -> Iterator[str]:
    """The lines of a report; row numbers are those of the whole list."""
    stats, outcomes = report["stats"], _OUTCOMES | _NOT_YET.get(report["status"], {})
    yield f"{_STATUSES[report['status']]}. Строк: {stats['total']}"
    yield "; ".join(f"{name}: {stats[key]}" for key, name in outcomes.items() if stats[key])
    yield from (f"  {info['detail']} {info['hint']}".rstrip() for info in report["infos"])
    if groups := report["groups"]:
        yield "Причины:"
    for group in groups:
        yield f"  {group['detail']} Строк: {group['count']} ({_numbers(group['rows'], parcel)})"
    yield from _rows(report["rows"], parcel)
    for repeat in report["duplicates"]:
        differ = f"; отличаются: {', '.join(repeat['differing'])}" if repeat["differing"] else ""
        yield f"Повтор: строки {_numbers(repeat['rows'], parcel)}{differ}"


def _rows(rows: Sequence[Report], parcel: Parcel) -> Iterator[str]:
    noted = [row for row in rows if row["errors"] or row["warnings"]]
    if noted:
        yield "По строкам:"
    for row in noted[:MOST]:
        for remark in (*row["errors"], *row["warnings"]):
            column = f", «{remark['column']}»" if remark["column"] else ""
            text = f"{remark['detail']} {remark['hint']}".strip()
            yield f"  строка {parcel.row(row['row'])}{column}: {text}"
        for candidate in row["candidates"]:
            yield f"    возможно: {candidate.get('name', '')} {candidate['id']}".replace("  ", " ")
    if len(noted) > MOST:
        yield f"  … и ещё строк: {len(noted) - MOST}; все — в файле непринятых строк и в отчёте"


def _numbers(numbers: Sequence[int], parcel: Parcel) -> str:
    shown = ", ".join(str(parcel.row(number)) for number in numbers[:10])
    return f"{shown}, …" if len(numbers) > len(shown.split(", ")) else shown
