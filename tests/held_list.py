"""The service with its lists held, until a file is put into its folder.

A list is held before its end, or before the statement that HELD describes. Run as
`python -m tests.held_list serve`; its workers import this module too.
"""

import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.__main__ import main
from app.rest import server
from tests.holding import END, GO, HELD

server.ANSWERED = float(os.environ.get("ANSWERED", server.ANSWERED))
STATEMENT = os.environ.get("HELD", END)


@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def _hold(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    folder = Path(os.environ["SN_DATA"])
    while re.match(STATEMENT, statement) and not (folder / GO).exists():
        (folder / HELD).touch()
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
