"""The service with some transactions held: before they take their positions, after, at the end.

Run as `python -m tests.held serve`; its workers import this module too, and so hold theirs.
"""

import random
import sys
import time
from typing import Any

import sqlalchemy as sa

from app.__main__ import main

SHARE, LONGEST = 0.1, 0.05
"""How many transactions are held, each time for up to so many seconds."""


def _hold() -> None:
    if random.random() < SHARE:  # noqa: S311 - a test's own dice
        time.sleep(random.uniform(0, LONGEST))  # noqa: S311 - as above


@sa.event.listens_for(sa.Engine, "before_cursor_execute")
@sa.event.listens_for(sa.Engine, "after_cursor_execute")
def _around_its_position(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    if statement.startswith("UPDATE journal_heads"):
        _hold()


@sa.event.listens_for(sa.Engine, "commit")
def _before_its_end(_connection: Any) -> None:
    _hold()


if __name__ == "__main__":
    sys.exit(main())
