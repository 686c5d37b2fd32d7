"""Counted: under `make coverage` the child that reads a workbook counts, and is waited for.

It sees nothing of its surroundings and is killed as soon as it has answered: both for good reason.
"""

import os
from contextlib import suppress
from subprocess import TimeoutExpired

import pytest

from app.intake.sheets import workbook

COUNTS = "COVERAGE_PROCESS_CONFIG"
"""The variable by which coverage.py begins in a new interpreter."""


class Child(workbook.Child):
    """The child, given the time to write down what it ran."""

    def close(self) -> None:
        with suppress(OSError):
            self.commands.close()
        with suppress(TimeoutExpired):
            self.process.wait(10)
        super().close()


def is_counting() -> bool:
    """Whether coverage is measured in this process."""
    return COUNTS in os.environ


def count_children(patch: pytest.MonkeyPatch) -> None:
    """Let every child of this process be counted."""
    patch.setattr(workbook, "SURROUNDINGS", (*workbook.SURROUNDINGS, COUNTS))
    patch.setattr(workbook, "Child", Child)
