"""The mark: when the last backup was made and how large it was, in a file beside the database.

Whoever watches the service sees by it that backups go on. It is written when a copy is complete, so
it does not tell of copies that failed.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from app.model.values import spoken_instant

NAME = "last-backup.json"


class Mark(NamedTuple):
    """The last backup."""

    made_at: datetime
    bytes: int


def leave(folder: Path, mark: Mark) -> None:
    """Replace the mark in a folder.

    Raises:
        OSError.

    """
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{NAME}.{os.getpid()}"
    told = {"made_at": spoken_instant(mark.made_at), "bytes": mark.bytes}
    draft.write_text(json.dumps(told) + "\n")
    draft.replace(folder / NAME)


def last(folder: Path) -> Mark | None:
    """The mark in a folder; None if there is none that can be read."""
    try:
        told = json.loads((folder / NAME).read_text())
        return Mark(datetime.fromisoformat(told["made_at"]), int(told["bytes"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
