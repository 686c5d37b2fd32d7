"""Expected results once more: what their criteria come to."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.oracle import Figures, Rec, State, is_dated


def results(state: State, figures: Mapping[str, Figures]) -> dict[str, str]:
    """The state of every expected result, by its name: "1.municipal", "q1"."""
    return {name: verdict(state, each, figures) for name, each in expected_results(state)}


def expected_results(state: State) -> Iterator[tuple[str, tuple[int, str | None]]]:
    number = 0
    for each in state.program["expected_results"]:
        if each["kind"] == "qualitative":
            number += 1
            yield f"q{number}", (number, None)
        else:
            yield f"{each['row']}.{each['level']}", (each["row"], each["level"])


def verdict(state: State, at: tuple[int, str | None], figures: Mapping[str, Figures]) -> str:
    """What the criteria of a result come to; None is a criterion that nothing measures."""
    program = state.program["id"]
    found = [
        criterion_holds(state, each, figures)
        for each in state.records("result_criteria")
        if each["program_id"] == program and (each["row"], each["level"]) == at
    ]
    if not found:
        return "no_criteria"
    if set(found) == {None}:
        return "unmeasured"
    if set(found) == {True}:
        return "confirmed"
    return "partly" if True in found else "unconfirmed"


def criterion_holds(state: State, criterion: Rec, figures: Mapping[str, Figures]) -> bool | None:
    by_kind: dict[str, Callable[[], bool | None]] = {
        "indicator": lambda: _indicator_holds(state, criterion, figures),
        "measure": lambda: _measure_holds(state, criterion),
        "activity": lambda: _activity_holds(state, criterion),
        "document": lambda: is_dated(state, criterion["act_id"]),
    }
    return by_kind[criterion["kind"]]()


def _passes(value: Any, operator: str | None, threshold: Any) -> bool:
    return bool(value <= threshold if operator == "lte" else value >= threshold)


def _indicator_holds(state: State, criterion: Rec, figures: Mapping[str, Figures]) -> bool | None:
    code, threshold = criterion["indicator_code"], criterion["threshold"]
    if threshold is None:
        targets = {each["code"]: each["value"] for each in state.program["targets"]}
        threshold = targets.get(code)
    numerator, denominator = figures[code]
    if threshold is None or denominator == 0:
        return None
    if denominator is None:
        return _passes(numerator, criterion["operator"], threshold)
    return _passes(numerator * 100, criterion["operator"], threshold * denominator)


def _by_day(record: Rec) -> tuple[Any, Any]:
    return record["observed_on"], record["id"]


def _measure_holds(state: State, criterion: Rec) -> bool | None:
    latest: dict[Any, Rec] = {}
    for each in sorted(state.records("monitoring_records"), key=_by_day):
        if (
            each["program_id"] == state.program["id"]
            and each["measure_id"] == criterion["measure_id"]
            and each["state"] == "accepted"
            and each["observed_on"] <= state.day
            and each["organization_id"] == state.person_or_none(each["organization_id"])
            and each["period_start"] <= state.end
            and each["period_end"] >= state.start
        ):
            latest[each["organization_id"]] = each
    values = [each["value_number"] for each in latest.values()]
    if not values:
        return None
    return all(_passes(each, criterion["operator"], criterion["threshold"]) for each in values)


def _activity_holds(state: State, criterion: Rec) -> bool | None:
    due = [each for each in state.planned() if each["activity_id"] == criterion["activity_id"]]
    return all(state.done(each) for each in due) if due else None
