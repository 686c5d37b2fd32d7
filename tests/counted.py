"""Counted: under `make coverage` the children that read and write files count, and are waited for.

They see nothing of their surroundings, and the one that reads a workbook is killed as soon as it
has answered: both for good reason.
"""

import os
from contextlib import suppress
from subprocess import TimeoutExpired

import pytest

from app.documents.forms import filling
from app.documents.rendering import pdf
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
    seen = (*workbook.SURROUNDINGS, COUNTS)
    for module in (workbook, filling, pdf):
        patch.setattr(module, "SURROUNDINGS", seen)
    patch.setattr(workbook, "Child", Child)
