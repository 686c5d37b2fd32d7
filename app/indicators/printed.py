"""Printed: the answers of the indicators as tables, for CSV and XLSX."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.indicators.codes import (
    CODED,
    LABELS,
    IndicatorUnit,
    ItemOutcome,
    TargetStatus,
    ValueStatus,
)
from app.indicators.documents import (
    ExplainedItem,
    IndicatorExplanation,
    Indicators,
    IndicatorSeries,
    IndicatorTarget,
    SubjectExplanation,
)
from app.indicators.movements import (
    IndicatorDifference,
    ItemChange,
    ItemCorrection,
    SnapshotRevision,
)
from app.indicators.reasons import REASONS
from app.indicators.sheets import Line, Sheet, amount
from app.model.columns import Choice
from app.registry import RESOURCES
from app.registry.program_parts import IndicatorCode, TargetOperator

FIGURES = (
    "Показатель",
    "Числитель",
    "Знаменатель",
    "Значение",
    "Единица",
    "Цель",
    "Итог",
    "Не хватает до цели",
    "Вне расчёта",
)
EXPLAINED = ("Название", "Что это", "Исход", "Причина", "С", "По", "Обучающихся")
SUBJECT = ("Показатель", "Исход", "Причина")
POINTS = ("Дата", "Начало периода", "Конец периода", "Числитель", "Знаменатель", "Значение", "Итог")
CHANGED = ("Показатель", "Было", "Стало", "Что учтено иначе", "Исход был", "Исход стал", "Отчего")

UNITS = {IndicatorUnit.PERCENT: "%", IndicatorUnit.COUNT: "число"}
NOT_LOOKED_AT = "не рассматривается"
"""In the place of an outcome that is null."""

TYPES = {resource.name: resource.titles.all for resource in RESOURCES} | {
    "forms": "Формы взаимодействия",
    "provisions": "Предусмотренное",
    "results": "Ожидаемые результаты",
}


def of_indicators(body: Indicators) -> Sheet:
    """Every indicator of a program beside its target."""
    lines = [figures(item) for item in body["items"]]
    return Sheet("Показатели", "indicators", "programs", body["as_of"], FIGURES, lines)


def of_programs(
    day: date, rows: Iterable[tuple[str, Indicators]], totals: Iterable[Mapping[str, Any]]
) -> Sheet:
    """A row for each indicator of each program, then the totals."""
    lines: list[Line] = [[title, *figures(item)] for title, body in rows for item in body["items"]]
    lines += [["Все программы", *figures(item)] for item in totals]
    headings = ("Программа", *FIGURES)
    title = "Показатели всех программ"
    return Sheet(title, "indicators", "programs", day.isoformat(), headings, lines)


def figures(item: Mapping[str, Any]) -> Line:
    """An indicator in cells."""
    return [
        name_of(item["code"]),
        item["numerator"],
        item["denominator"],
        amount(item["value"]),
        UNITS[item["unit"]],
        _target(item["target"]),
        _verdict(item),
        item["target_gap"],
        item["excluded_count"],
    ]


def of_explanation(body: IndicatorExplanation) -> Sheet:
    """What stands behind an indicator; columns without a value are left out."""
    lines = [_explained(item) for item in body["items"]]
    filled = [
        at for at, _ in enumerate(EXPLAINED) if at <= _REASON or any(line[at] for line in lines)
    ]
    title, counts = name_of(body["code"]), ""
    if body["numerator"] is not None:
        below = f" из {body['denominator']}" if body["denominator"] is not None else ""
        counts = f"{body['numerator']}{below}"
    return Sheet(
        f"{title}: что учтено",
        f"explain-{body['code']}",
        _collection(body["items"]),
        body["as_of"],
        [EXPLAINED[at] for at in filled],
        [[line[at] for at in filled] for line in lines],
        counts,
    )


def _collection(items: Sequence[ExplainedItem]) -> str:
    """The collection that the items are records of, for the trail."""
    types = {item["type"] for item in items} - CODED
    return min(types, default="programs")


_REASON = EXPLAINED.index("Причина")


def _explained(item: ExplainedItem) -> Line:
    return [
        item["name"],
        TYPES[item["type"]],
        _outcome(item["outcome"]),
        item["reason_text"],
        _day(item.get("valid_from")),
        _day(item.get("valid_to")),
        item.get("number"),
    ]


def of_subject(body: SubjectExplanation, name: str) -> Sheet:
    """One organization or teacher in every indicator; the file's name does not tell which."""
    lines: list[Line] = [
        [name_of(item["code"]), _outcome(item["outcome"]), item["reason_text"]]
        for item in body["items"]
    ]
    day, title = body["as_of"], "Почему засчитано или нет"
    return Sheet(title, "explain", body["type"], day, SUBJECT, lines, name)


def of_series(body: IndicatorSeries, day: str) -> Sheet:
    """An indicator over the program's time."""
    lines: list[Line] = [
        [
            _day(point["as_of"]),
            _day(point["period_start"]),
            _day(point["period_end"]),
            point["numerator"],
            point["denominator"],
            amount(point["value"]),
            "" if point["value_status"] == ValueStatus.OK else point["value_status"].label,
        ]
        for point in body["items"]
    ]
    title = f"{name_of(body['code'])}: по времени"
    about = f"шаг: {body['step'].label}"
    if target := body["target"]:
        about += f"; цель: {_target(target)}"
    return Sheet(title, f"series-{body['code']}", "programs", day, POINTS, lines, about)


def of_difference(body: IndicatorDifference | SnapshotRevision, about: str = "") -> Sheet:
    """Every indicator on two days: its values, then what is counted otherwise."""
    lines: list[Line] = []
    for moved in body["items"]:
        values = [amount(moved[side]["value"]) for side in ("from", "to")]
        lines.append([name_of(moved["code"]), *values, "", "", "", ""])
        lines += [
            [
                name_of(moved["code"]),
                None,
                None,
                change["name"] or TYPES[change["type"]],
                _outcome(change["from_outcome"]),
                _outcome(change["to_outcome"]),
                _why(change),
            ]
            for change in moved["changes"]
        ]
    first, last = (f"{date.fromisoformat(body[side]):%d.%m.%Y}" for side in ("from", "to"))
    title = f"Что изменилось с {first} по {last}"
    return Sheet(title, "diff", "programs", body["to"], CHANGED, lines, about)


def _why(change: ItemChange | ItemCorrection) -> str:
    """The cause of a change, or the reason after a correction."""
    if reason := change.get("to_reason"):
        return REASONS[str(reason)].ru
    return str(change.get("cause_text") or "")


def name_of(code: str) -> str:
    """An indicator's name with a capital."""
    label = LABELS[IndicatorCode[code.upper()]]
    return label[0].upper() + label[1:]


def _verdict(item: Mapping[str, Any]) -> str:
    """Whether the target is met, or why there is no value."""
    if item["value_status"] != ValueStatus.OK:
        return _label(ValueStatus, item["value_status"])
    verdict = item["target_status"]
    return "" if verdict == TargetStatus.NOT_APPLICABLE else _label(TargetStatus, verdict)


def _outcome(outcome: str | None) -> str:
    return _label(ItemOutcome, outcome) if outcome else NOT_LOOKED_AT


def _label(values: type[Choice], value: str) -> str:
    """The Russian label of a value, which may be plain text from a kept answer."""
    return {each.value: each.label for each in values}[value]


def _target(target: IndicatorTarget | None) -> str:
    if not target:
        return ""
    return f"{_label(TargetOperator, target['operator'])} {_number(target['value'])}"


def _number(text: str) -> str:
    """A decimal as people write it: 50 for 50.000000."""
    whole, _, places = text.partition(".")
    return f"{whole},{places.rstrip('0')}".rstrip(",")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
