"""Outcomes: marks, initiatives and expected results."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

from app.documents.paper import (
    Cell,
    ColumnKind,
    Row,
    RowKind,
    Section,
    column,
    heading,
    row,
    table,
)
from app.documents.report.source import Source
from app.model.text import alphabetical, fold
from app.network.results import ResultState
from app.program.assessed import Test
from app.program.initiatives import InitiativeLine
from app.program.quality import QualityRow, QualityTotal
from app.program.results import ResultLine
from app.registry.assessment_results import AssessmentStage
from app.registry.program_parts import ResultLevel

_INTEGER, _PERCENT = ColumnKind.INTEGER, ColumnKind.PERCENT
_MARKS = (
    "Доля отметок «4» и «5» в целых процентах. Группы меньше десяти отметок не показаны. Если "
    "работ одного этапа было несколько, показана последняя; итог считается по показанным работам."
)

L = TypeVar("L", QualityRow, QualityTotal)


def quality(source: Source) -> Section:
    """Section 6: the share of marks 4 and 5, as far as everybody may know it."""
    columns = [
        column("Организация", 4),
        column("Входная", 1.2, _PERCENT),
        column("Промежуточная", 1.6, _PERCENT),
        column("Итоговая", 1.2, _PERCENT),
        column("Изменение, п. п.", 1.2, ColumnKind.NUMBER),
    ]
    totals = _by_test(source.quality.totals)
    rows: list[Row] = []
    for test, items in _by_test(source.quality.items).items():
        rows.append(heading(f"{items[0]['subject']}, {items[0]['grade']} класс"))
        rows += [row(name, *_shares(lines)) for name, lines in _by_organization(items)]
        if found := totals.get(test):
            rows.append({"kind": RowKind.TOTAL, "cells": ["Все вместе", *_shares(found)]})
    return table("6", "Качество (п. 7 плана)", columns, rows, _MARKS if rows else None)


def initiatives(source: Source) -> Section:
    """Section 9: communities, projects, camps and contests by provision."""
    columns = [
        column("Название", 3),
        column("Уровень", 1.4),
        column("Организаций", 1.2, _INTEGER),
        column("Педагогов", 1, _INTEGER),
        column("Обучающихся", 1.2, _INTEGER),
        column("Событий", 1, _INTEGER),
        column("Призовых мест", 1, _INTEGER),
    ]
    rows: list[Row] = []
    for provision in source.initiatives["items"]:
        label = provision["code"].label
        rows.append(heading(label[:1].upper() + label[1:]))
        rows += [_initiative(line) for line in provision["initiatives"]] or [
            row(None, *[None] * (len(columns) - 1))
        ]
    return table("9", "Инициативы (п. 5 плана)", columns, rows)


def results(source: Source) -> Section:
    """Section 10: the matrix of results with their states, then the qualitative results."""
    levels = list(ResultLevel)
    columns = [
        column("№", 0.5, ColumnKind.INDEX),
        column("Муниципальный уровень", 3),
        column("Институциональный уровень", 3),
        column("Уровень обучающегося", 3),
        column("Эффект", 3.4),
    ]
    items = source.results["items"]
    placed = {(item["row"], item["level"]): item for item in items if item["level"]}
    rows: list[Row] = []
    for number in sorted({place for place, _ in placed}):
        there = [placed.get((number, level)) for level in levels]
        effects = [item["effect"] for item in there if item and item["effect"]]
        cells = [_state(item) for item in there]
        rows.append(row(str(number), *cells, "\n".join(dict.fromkeys(effects)) or None))
    qualitative = [item for item in items if not item["level"]]
    if qualitative:
        rows.append(heading("Качественные результаты"))
    rows += [
        {"kind": RowKind.SPAN, "cells": [str(item["row"]), _state(item)]} for item in qualitative
    ]
    return table("10", "Ожидаемые результаты", columns, rows, _confirmed(items))


def _by_test(lines: Iterable[L]) -> dict[Test, list[L]]:
    """Rows or totals by subject and grade; a subject is one however it is written."""
    found: dict[Test, list[L]] = defaultdict(list)
    for line in sorted(lines, key=_test):
        found[_test(line)].append(line)
    return found


def _test(line: QualityRow | QualityTotal) -> Test:
    return Test(fold(line["subject"]), line["grade"])


def _by_organization(items: Iterable[QualityRow]) -> Iterator[tuple[str | None, list[QualityRow]]]:
    """The rows of each organization in the order of names, which two of them may share."""
    found: dict[str, list[QualityRow]] = defaultdict(list)
    for item in items:
        found[item["organization"]["id"]].append(item)
    names = {key: lines[0]["organization"]["name"] for key, lines in found.items()}
    for key in sorted(found, key=lambda key: (alphabetical(names[key]), key)):
        yield names[key], found[key]


def _shares(lines: Iterable[QualityRow | QualityTotal]) -> list[Cell]:
    """The shares of three stages, and by how many points the last exceeds the first."""
    shares = {line["stage"]: line["quality"] for line in lines}
    cells: list[Cell] = [shares.get(stage) for stage in AssessmentStage]
    first, last = shares.get(AssessmentStage.BASELINE), shares.get(AssessmentStage.FINAL)
    return [*cells, None if first is None or last is None else str(int(last) - int(first))]


def _initiative(line: InitiativeLine) -> Row:
    return row(
        line["title"],
        line["level"].label if line["level"] else None,
        line["organizations"],
        line["teachers"],
        line["learners"],
        line["events_held"],
        line["winners"] + line["prize_winners"],
    )


def _state(item: ResultLine | None) -> Cell:
    if item is None:
        return None
    label = item["state"].label
    return {"lines": [item["text"] or "", f"({label})"]}


def _confirmed(items: list[ResultLine]) -> str | None:
    if not items:
        return None
    confirmed = sum(item["state"] == ResultState.CONFIRMED for item in items)
    return f"Подтверждено результатов: {confirmed} из {len(items)}."
