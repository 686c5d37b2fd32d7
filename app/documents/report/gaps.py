"""Gaps: what a report cannot say, because the register lacks it."""

from collections.abc import Iterator

from app.documents.paper import Section, column, row, table
from app.documents.report.participants import listed
from app.documents.report.source import Source
from app.network.results import ResultState
from app.words import in_guillemets

_COLUMNS = [column("Раздел", 1), column("Чего нет", 5)]


_PLAN = "2"
"""The section that says the same on every day."""
_COMPLETE = "Всё, о чём говорит отчёт, в реестре есть."
_UNKNOWN = "Чего не хватает, отчёт скажет на день, в который программа действует."


def section(source: Source, sections: list[Section]) -> Section:
    """Section 11: what is missing, by section."""
    found = [
        *_empty(source, sections),
        *_of_figures(source),
        *_of_papers(source),
        *_of_results(source),
    ]
    order = {entry["no"]: at for at, entry in enumerate(sections)}
    rows = [row(no, text) for no, text in sorted(found, key=lambda gap: order[gap[0]])]
    note = None if rows else _COMPLETE if source.frame else _UNKNOWN
    return table("11", "Чего нет в данных", _COLUMNS, rows, note)


Gap = tuple[str, str]


def _empty(source: Source, sections: list[Section]) -> Iterator[Gap]:
    """Sections without a row; on a day beside the program only the plan can be told to lack."""
    for entry in sections:
        if not entry["rows"] and (source.frame or entry["no"] == _PLAN):
            yield entry["no"] or "", "Сведения не внесены"


def _of_figures(source: Source) -> Iterator[Gap]:
    names = listed(
        organization
        for entry in source.state["indicators"]
        for organization in entry["data_quality"]["no_roster"]
    )
    if names:
        yield "3", f"Нет ни списка педагогов, ни их численности: {names}"


def _of_papers(source: Source) -> Iterator[Gap]:
    for item in source.curricula["items"]:
        lacks = [line for line in item["contract"] if line["state"] == "missing"]
        if lacks and source.has_begun(item["start_date"]):
            clauses = ", ".join(dict.fromkeys(line["clause"] for line in lacks))
            yield "5", f"{in_guillemets(item['title'])}: в договоре не заполнено: {clauses}"
    day = source.framed.head["as_of"]
    unpapered = sum(
        bool(use["missing"]) and use["start_date"] <= day <= use["end_date"]
        for use in source.premises["items"]
    )
    if unpapered:
        yield "8", f"Пользований без всех документов: {unpapered}"


def _of_results(source: Source) -> Iterator[Gap]:
    items = source.results["items"]
    for state, what in (
        (ResultState.NO_CRITERIA, "Не указано, чем подтверждаются результаты"),
        (ResultState.UNMEASURED, "Нет данных, чтобы подтвердить результаты"),
    ):
        count = sum(item["state"] == state for item in items)
        if count:
            yield "10", f"{what}: {count} из {len(items)}"
