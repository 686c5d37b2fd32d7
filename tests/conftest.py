"""How the tests are run: what `make test` takes, and the one PostgreSQL of a run.

The process that hands tests out to others runs none. So the application is imported by
`tests/fixtures.py`, in the processes that do.
"""

import os
from collections import Counter
from contextlib import ExitStack

import pytest

from tests.daily import KINDS, of_each_change, taken
from tests.postgres import SERVER, shared

# A command that runs in this process leaves the mask of the program: so all tests have it.
os.umask(0o077)

# What commands print is read in English, on whatever machine; `test_console.py` reads both.
os.environ["SN_LANGUAGE"] = "en"

# What fails in the model shows both sides, as in a test.
pytest.register_assert_rewrite("tests.model")


on_each_kind = pytest.mark.parametrize("kind", KINDS)
"""Run a test on each kind of database, with a service of its file's own."""

on_postgresql = pytest.mark.parametrize("service", ["postgresql"], indirect=True)
"""Run a test where writers do not wait for each other."""

HOURS = 4 * 60 * 60
"""Seconds that a test may take with its full numbers."""


def pytest_addoption(parser: pytest.Parser) -> None:
    about = "run the races and walks alone, with the full numbers of what is promised"
    parser.addoption("--torture", action="store_true", help=about)
    about = "of every day's tests run those of each change alone, or the rest alone"
    parser.addoption("--only", choices=("change", "rest"), help=about)


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for the run; its workers find it in TEST_DATABASE_URL."""
    stack = ExitStack()
    config.add_cleanup(stack.close)
    config.stash[SERVER] = stack.enter_context(shared())
    if not hands_out(config):
        config.pluginmanager.import_plugin("tests.fixtures")


def hands_out(config: pytest.Config) -> bool:
    """Whether this process leaves the tests to workers."""
    return config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave every day's tests or some of them, or those that `make torture` runs.

    Every day begins with files of few tests, the long ones: begun last, they leave a worker idle.
    """
    is_torture = config.getoption("torture")
    wanted = daily = taken(items)
    match config.getoption("only"):
        case "change":
            wanted = of_each_change(items)
        case "rest":
            wanted = daily - of_each_change(items)
    if is_torture:
        wanted = {item for item in items if is_of_torture(item) or item not in daily}
    config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
    items[:] = [item for item in items if item in wanted]
    tests_of = Counter(item.path for item in items)
    items.sort(key=lambda item: 0 if is_torture else tests_of[item.path])
    for item in items if is_torture else ():
        item.add_marker(pytest.mark.timeout(HOURS), append=False)


def is_of_torture(item: pytest.Item) -> bool:
    """Whether a test that may be of every day is run with --torture too, with full numbers."""
    is_full = "full" in getattr(item, "fixturenames", ())
    return is_full or bool(item.get_closest_marker("shared_out"))
