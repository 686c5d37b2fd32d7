"""Floors: the picture of who may import whom, drawn in CONTRIBUTING.md from its rules."""

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BEGIN, END = "<!-- floors: written by make docs -->", "<!-- end of floors -->"
WIDTH = 76
"""Characters between the picture's borders."""


def page_path() -> Path:
    """The file with the picture."""
    return ROOT / "CONTRIBUTING.md"


def page() -> str:
    """The file's text with the current picture."""
    kept = page_path().read_text(encoding="utf-8")
    before, rest = kept.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{picture(_contracts())}\n{END}{after}"


def picture(contracts: list[dict[str, Any]]) -> str:
    """Each floor with its rooms, then the other contracts.

    `contracts` are import-linter's: a layer names rooms with "|" between those that do not import
    each other and ":" between those that may; a room in brackets need not exist.
    """
    house, *others = sorted(contracts, key=lambda contract: contract.get("containers") != ["app"])
    rows = [row for layer in house["layers"] if (row := _row(layer))]
    wall, floor = "─" * WIDTH, f"├{'─' * WIDTH}┤"
    drawn = f"\n{floor}\n".join(f"│ {row:<{WIDTH - 2}} │" for row in rows)
    box = f"```text\n┌{wall}┐\n{drawn}\n└{wall}┘\n```"
    return "\n".join([box, "", *map(_rule, others)]).rstrip()


def _row(layer: str) -> str:
    rooms = [
        (room.strip("()"), between)
        for room, between in re.findall(r"([\w()]+) *([|:]?)", layer)
        if not room.startswith("(") or _exists(room.strip("()"))
    ]
    signs = {"|": " │ ", ":": "   "}
    text = "".join(f"{room}{signs.get(between, '')}" for room, between in rooms)
    return text.rstrip(" │")


def _rule(contract: dict[str, Any]) -> str:
    """Another contract in words; only its name unless its type is "forbidden"."""
    if contract["type"] != "forbidden":
        return f"- {contract['name']}."
    sources, targets = (
        ", ".join(f"`{name.removeprefix('app.')}`" for name in contract[key])
        for key in ("source_modules", "forbidden_modules")
    )
    verb = "do" if len(contract["source_modules"]) > 1 else "does"
    return f"- {contract['name']}: {sources} {verb} not import {targets}."


def _contracts() -> list[dict[str, Any]]:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = rules["tool"]["importlinter"]["contracts"]
    return contracts


def _exists(room: str) -> bool:
    return (ROOT / "app" / room).is_dir() or (ROOT / "app" / f"{room}.py").exists()
