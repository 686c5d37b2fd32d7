"""Daily: which tests are run when, so that waiting stays short and no behaviour goes unmet.

`make test` takes those of each change, `make daily` the other ones of every day, `make torture`
what their marks leave out (decisions 29 and 49).
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import pytest

KINDS = ("sqlite", "postgresql")
"""The kinds of database."""


def taken(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """The tests of every day."""
    cases: dict[str, dict[str, pytest.Item]] = defaultdict(dict)
    for item in items:
        cases[case_of(item)][kind_of(item)] = item
    return {item for case, runs in cases.items() for item in _runs(case, runs)}


def case_of(item: pytest.Item) -> str:
    """What a test is run with, without the kind of database."""
    function, _, values = item.nodeid.partition("[")
    return "-".join([function, *(each for each in values[:-1].split("-") if each not in KINDS)])


def kind_of(item: pytest.Item) -> str:
    """The kind of database that a test is run on; empty where it has none to choose."""
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return next((kind for kind in KINDS if kind in values), "")


def database_of(case: str) -> str:
    """The database that a shared out case has every day; half of all cases have each."""
    return KINDS[sha256(case.encode()).digest()[0] % len(KINDS)]


def _runs(case: str, runs: dict[str, pytest.Item]) -> Iterator[pytest.Item]:
    """The runs of one case that every day takes.

    Who names one run on the command line has no other one beside it, and gets that one.
    """
    for kind, item in runs.items():
        if item.get_closest_marker("torture"):
            continue
        if item.get_closest_marker("one_database") and kind == "postgresql":
            continue
        if item.get_closest_marker("shared_out") and len(runs) == len(KINDS):
            if kind == database_of(case):
                yield item
            continue
        yield item


def of_each_change(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """Of every day's tests those of each change: of each that is not long a case on each database.

    The name of the function chooses the case, so that it is always the same one.
    """
    cases: dict[tuple[str, str], list[pytest.Item]] = defaultdict(list)
    for item in sorted(taken(items), key=lambda item: item.nodeid):
        if not item.get_closest_marker("long"):
            cases[item.nodeid.partition("[")[0], kind_of(item)].append(item)
    return {each[_number(*named) % len(each)] for named, each in cases.items()}


def _number(function: str, kind: str) -> int:
    return int.from_bytes(sha256(f"{function} {kind}".encode()).digest()[:4])


def every_case(*_: Any) -> bool:
    """Where all of a product can be."""
    return True


def no_case(*_: Any) -> bool:
    """Where no case is more than its pairs."""
    return False


def crossed(
    *axes: Sequence[Any],
    exists: Callable[..., bool] = every_case,
    always: Callable[..., bool] = no_case,
) -> list[Any]:
    """The product of some axes as cases of a test: every day, enough of them for every pair.

    Each value of an axis meets each value of every other axis every day, where such a case exists.
    What more than two axes decide together is tried `always`, or by `make torture`, which runs the
    whole product.
    """
    numbers = itertools.product(*(range(len(axis)) for axis in axes))
    cases = {each: [axis[at] for axis, at in zip(axes, each, strict=True)] for each in numbers}
    cases = {each: values for each, values in cases.items() if exists(*values)}
    first = {each for each, values in cases.items() if always(*values)}
    daily = first | _covering([*cases], first)
    return [
        pytest.param(*values, marks=() if each in daily else pytest.mark.torture)
        for each, values in cases.items()
    ]


def _covering(product: list[tuple[int, ...]], first: set[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """Cases with all pairs that the first ones leave, each chosen for the most that are new."""
    pairs = {case: {*itertools.combinations(enumerate(case), 2)} for case in product}
    left = set().union(*pairs.values()).difference(*(pairs[case] for case in first))
    chosen = set()
    while left:
        best = max(product, key=lambda case: len(left & pairs[case]))
        chosen.add(best)
        left -= pairs[best]
    return chosen
