"""Each change meets every test, every day each case and each pair; `make torture` has the rest."""

import itertools
from collections import Counter
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.access.roles import Role
from app.registry import RESOURCES
from tests.daily import KINDS, case_of, crossed, database_of, kind_of, of_each_change, taken

NAMES = [resource.name for resource in RESOURCES]


@dataclass(frozen=True)
class Run:
    """As much of a test as the choice looks at."""

    function: str
    mark: str
    values: tuple[str, ...]

    @property
    def nodeid(self) -> str:
        return f"{self.function}[{'-'.join(self.values)}]"

    @property
    def callspec(self) -> Any:
        return SimpleNamespace(params=dict(enumerate(self.values)))

    def get_closest_marker(self, name: str) -> bool:
        return name == self.mark


def chosen(runs: list[Run]) -> list[Run]:
    """Those of every day."""
    daily = taken(cast("list[pytest.Item]", runs))
    return [run for run in runs if cast("pytest.Item", run) in daily]


def runs_of(mark: str, functions: int = 16) -> list[Run]:
    """Tests of each kind of record on both databases."""
    names = [f"tests/test_things.py::test_{number}" for number in range(functions)]
    cases = itertools.product(names, KINDS, NAMES)
    return [Run(name, mark, (kind, record)) for name, kind, record in cases]


def changing(runs: list[Run]) -> list[Run]:
    """Those of each change."""
    first = of_each_change(cast("list[pytest.Item]", runs))
    return [run for run in runs if cast("pytest.Item", run) in first]


@pytest.mark.parametrize("mark", ["", "shared_out"])
def test_each_change_meets_each_test_once_on_each_database(mark: str) -> None:
    met = Counter((run.function, run.values[0]) for run in changing(runs_of(mark)))
    assert met == Counter(itertools.product({run.function for run in runs_of(mark)}, KINDS))


def test_each_change_meets_each_kind_of_record() -> None:
    met = {run.values[1] for run in changing(runs_of("shared_out", functions=150))}
    assert met == {*NAMES}


@pytest.mark.parametrize("mark", ["long", "torture"])
def test_each_change_leaves_what_is_long(mark: str) -> None:
    assert changing(runs_of(mark)) == []


def test_a_test_of_one_case_has_that_one() -> None:
    alone = [Run("tests/test_things.py::test_alone", "", ("sqlite",))]
    assert changing(alone) == alone


def test_each_shared_out_case_is_met_on_one_database() -> None:
    met = [case_of(cast("pytest.Item", run)) for run in chosen(runs_of("shared_out"))]
    assert len(met) == len({*met}) == 16 * len(NAMES)


def test_shared_out_cases_of_a_function_and_of_a_kind_meet_both_databases() -> None:
    daily = chosen(runs_of("shared_out"))
    for function in {run.function for run in daily}:
        assert {run.values[0] for run in daily if run.function == function} == {*KINDS}
    for name in NAMES:
        assert {run.values[0] for run in daily if run.values[1] == name} == {*KINDS}


def test_what_one_database_shows_is_met_on_sqlite() -> None:
    assert {run.values[0] for run in chosen(runs_of("one_database"))} == {"sqlite"}


def test_what_has_no_mark_is_met_on_both() -> None:
    runs = runs_of("")
    assert chosen(runs) == runs


def test_what_is_torture_is_met_on_none() -> None:
    assert chosen(runs_of("torture")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_named_alone_is_run(kind: str) -> None:
    run = Run("tests/test_things.py::test_it", "shared_out", (kind, NAMES[0]))
    assert chosen([run]) == [run]


def test_a_case_keeps_its_database() -> None:
    # Whoever looks at yesterday's failure meets it on the same one.
    kinds = ["sqlite", "sqlite", "postgresql", "sqlite"]
    assert [database_of(case) for case in ("b", "d", "g", "h")] == kinds


def test_every_pair_of_three_axes_is_met_every_day() -> None:
    axes: list[Any] = [NAMES, [*Role], ["GET", "PUT", "PATCH", "DELETE"]]
    cases = crossed(*axes)
    daily = [case.values for case in cases if not case.marks]
    assert [case.values for case in cases] == [*itertools.product(*axes)]
    for one, other in itertools.combinations(range(len(axes)), 2):
        met = {(values[one], values[other]) for values in daily}
        assert met == {*itertools.product(axes[one], axes[other])}
    assert len(daily) <= len(NAMES) * len(Role) + len(NAMES)


def test_what_is_always_tried_is_met_beside_every_pair_that_exists() -> None:
    axes: list[Any] = ["abcde", "klm", "xyz"]
    cases = crossed(
        *axes, exists=lambda a, k, _: (a, k) != ("a", "k"), always=lambda *_: _[1] == "l"
    )
    every = [case.values for case in cases]
    daily = [case.values for case in cases if not case.marks]
    assert len(every) == 5 * 3 * 3 - 3
    assert {case for case in every if case[1] == "l"} <= {*daily}
    for one, other in itertools.combinations(range(3), 2):
        pairs, met = ({(case[one], case[other]) for case in some} for some in (every, daily))
        assert met == pairs
    assert len(daily) < len(every)


def test_the_product_of_two_axes_is_met_every_day() -> None:
    assert all(not case.marks for case in crossed(NAMES, KINDS))


def test_a_test_is_found_on_its_database(request: pytest.FixtureRequest) -> None:
    assert kind_of(request.node) == ""
