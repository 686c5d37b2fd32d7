"""Values: what the placeholders of a form stand for; lists are the tables of the report."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.documents.paper import Cell, ColumnKind, RowKind, Section
from app.documents.report import figures, participants, plan, sharing
from app.documents.report.source import Source
from app.documents.wording import period
from app.indicators.codes import LABELS
from app.model.columns import Choice

Value = str | Decimal | date | None
Fields = Mapping[str, Value]


class Known(NamedTuple):
    """Everything that a form can name: single values, and lists of rows."""

    single: Mapping[str, Value]
    lists: Mapping[str, list[Fields]]


class Placeholder(NamedTuple):
    """A name that a form may use, in words."""

    name: str
    about: str


class Listed(NamedTuple):
    """A table of the report whose rows a form may repeat, and the names of its columns."""

    section: Callable[[Source], Section]
    fields: tuple[str, ...]
    is_by_record: bool = False
    """Whether a form has one row of each record, though the report has several."""


LISTS: Mapping[str, Listed] = {
    "organizations": Listed(
        participants.section, ("name", "category", "role", "partnership", "term"), is_by_record=True
    ),
    "plan": Listed(
        plan.section,
        ("no", "title", "term", "parties", "result", "due", "completed_on", "remark"),
    ),
    "indicators": Listed(
        figures.section, ("title", "target", "numerator", "denominator", "value", "reached")
    ),
    "curricula": Listed(
        sharing.curricula,
        ("title", "base", "participants", "contract", "hours", "groups", "learners"),
        is_by_record=True,
    ),
    "property": Listed(
        sharing.property_used, ("resource", "provider", "user", "basis", "hours", "conflicts")
    ),
}
_SINGLE = {
    "as_of": "Дата, на которую заполнена форма",
    "program.title": "Название программы",
    "program.start_date": "Первый день программы",
    "program.end_date": "Последний день программы",
    "finance.planned": "План, рублей",
    "finance.approved": "План с уточнениями, рублей",
    "finance.paid": "Исполнено, рублей",
    "finance.rest": "Остаток, рублей",
    "finance.execution": "Исполнено, процентов",
}


def placeholders(source: Source) -> Iterator[Placeholder]:
    """Every name that a form of this program may use."""
    for name, about in _SINGLE.items():
        yield Placeholder(name, about)
    sections = _sections(source)
    indicators = _titles("indicators", sections["indicators"])
    for code, label in LABELS.items():
        for field, title in indicators.items():
            yield Placeholder(f"{code.value}.{field}", f"{label}: {title.lower()}")
    for no, fields in _by_number(source, _rows("plan", sections["plan"])).items():
        for field, title in _titles("plan", sections["plan"]).items():
            yield Placeholder(f"plan.{no}.{field}", f"{fields['title']}: {title.lower()}")
    for name, section in sections.items():
        yield Placeholder(f"each {name}", f"Повторить строку: {section['title'].lower()}")
        for field, title in _titles(name, section).items():
            yield Placeholder(f"{name}.{field}", f"В повторяемой строке: {title.lower()}")


def known(source: Source) -> Known:
    """The values of all of them on a day."""
    lists = {name: _rows(name, section) for name, section in _sections(source).items()}
    single = dict(_program(source))
    for code, fields in zip(LABELS, lists["indicators"], strict=True):
        single |= {f"{code.value}.{name}": value for name, value in fields.items()}
    for no, fields in _by_number(source, lists["plan"]).items():
        single |= {f"plan.{no}.{name}": value for name, value in fields.items()}
    return Known(single, lists)


def _sections(source: Source) -> dict[str, Section]:
    return {name: listed.section(source) for name, listed in LISTS.items()}


def _titles(name: str, section: Section) -> dict[str, str]:
    titles = (column["title"] for column in section["columns"])
    return dict(zip(LISTS[name].fields, titles, strict=True))


def _rows(name: str, section: Section) -> list[Fields]:
    """The rows of a table by field; what a row leaves out stands in the row before.

    Of a list by record, rows that go on with the one before are put into that: a form counts and
    adds its rows.
    """
    kinds = [column["kind"] for column in section["columns"]]
    listed, rows = LISTS[name], list[Fields]()
    for row in section["rows"]:
        if row["kind"] == RowKind.ROW:
            cells = dict(zip(listed.fields, zip(kinds, row["cells"], strict=True), strict=True))
            told = {field: _value(*cell) for field, cell in cells.items() if cell[1] != ""}
            last = rows[-1] if rows else dict.fromkeys(listed.fields)
            if listed.is_by_record and rows and len(told) < len(cells):
                rows[-1] = {**last, **{field: _both(last[field], told[field]) for field in told}}
            else:
                rows.append({**last, **told})
    return rows


def _both(one: Value, other: Value) -> Value:
    """Two values of one record in one cell: numbers are added, texts stand once each."""
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one + other
    texts = [*str(one).split("; "), *str(other).split("; ")]
    return "; ".join(dict.fromkeys(texts))


def _value(kind: Choice, cell: Cell) -> Value:
    if cell is None:
        return None
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, str):
        return _typed(kind, cell)
    if "percent" in cell:
        return Decimal(cell["percent"])
    return "\n".join(cell["lines"]) if "lines" in cell else period(cell)


def _typed(kind: Choice, cell: str) -> Value:
    if kind == ColumnKind.DATE:
        return date.fromisoformat(cell)
    return cell if kind in {ColumnKind.TEXT, ColumnKind.INDEX} else Decimal(cell)


def _by_number(source: Source, rows: list[Fields]) -> dict[str, Fields]:
    """The rows of the plan by number: of several terms the last that is due, else the first."""
    numbered: dict[str, Fields] = {}
    for fields in rows:
        number, due = str(fields["no"]), fields["due"]
        if number not in numbered or (isinstance(due, date) and due <= source.day):
            numbered[number] = fields
    return numbered


def _program(source: Source) -> Iterator[tuple[str, Value]]:
    program, total = source.program, source.finance["total"]
    yield "as_of", source.day
    yield "program.title", program.title
    yield "program.start_date", program.start_date
    yield "program.end_date", program.end_date
    for name in ("planned", "approved", "paid", "rest"):
        yield f"finance.{name}", Decimal(str(total[name]))
    execution = total["execution"]
    yield "finance.execution", None if execution is None else Decimal(execution)
