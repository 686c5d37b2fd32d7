"""The service with each answer held after its head, until a file is put into its folder.

Run as `python -m tests.held_answer serve`.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import app.rest.wire
from app.__main__ import main
from app.rest.cycle import Cycle
from tests.holding import GO, HELD

PATH = "/api/v1/municipalities"
"""Whose answers are held."""


class HeldCycle(Cycle):
    """A request whose answer waits between its head and its body."""

    async def send(self, message: Any) -> None:
        """Send a piece, and wait after the head."""
        await super().send(message)
        folder = Path(os.environ["SN_DATA"])
        while self.scope["path"] == PATH and not (folder / GO).exists():
            (folder / HELD).touch()
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    vars(app.rest.wire)["Cycle"] = HeldCycle
    sys.exit(main())
