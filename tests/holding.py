"""Holding: a statement of the service is held, so that a test can look at what is meanwhile."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tests.waiting import LIMIT

END = "UPDATE imports SET status=.* refused="
"""The statement that ends an accepted list in the transaction of its effect."""

GO = "go"
"""The file in the folder of a process that lets its lists go (`held_list`)."""


HELD = "held"
"""The file that such a process puts there when it holds one."""


@contextmanager
def held(word: str = END) -> Iterator[tuple[Callable[[], None], Callable[[], None]]]:
    """Hold the first statement that is like this; waits for it, and lets it go."""
    reached, release = threading.Event(), threading.Event()

    def hold(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if re.match(word, statement) and not reached.is_set():
            reached.set()
            assert release.wait(LIMIT)

    def wait() -> None:
        assert reached.wait(LIMIT)

    sa.event.listen(sa.Engine, "before_cursor_execute", hold)
    try:
        yield wait, release.set
    finally:
        release.set()
        sa.event.remove(sa.Engine, "before_cursor_execute", hold)
