"""The command line: python -m app serve | key | import | backup | audit; see --help."""

import argparse
import os
import sys
from importlib import import_module

from pydantic import ValidationError

from app import VERSION
from app.problems import Problem
from app.settings import Settings

FAMILIES = (
    "serving",
    "loading",
    "keys",
    "rights",
    "auditing",
    "retaining",
    "keeping",
    "importing",
    "mirroring",
    "exporting",
    "writing",
)
CLIENTS = {"import": "importing", "mirror": "mirroring"}
"""Commands that call a service elsewhere, with their module: they start without loading a service.

All others load every module: importing defines the tables, and a backup must know each table.
"""


def main(words: list[str] | None = None) -> int:
    """Run one command; returns its exit status: 1 if refused, 2 if its arguments are wrong."""
    # New files hold personal data, keys and secrets: only their owner may read them.
    os.umask(0o077)
    words = sys.argv[1:] if words is None else words
    parser = argparse.ArgumentParser(prog="python -m app", description="School Network")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True)
    client = CLIENTS.get(words[0]) if words else None
    for family in [client] if client else FAMILIES:
        import_module(f"app.commands.{family}").declare(commands)
    args = parser.parse_args(words)
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors():
            why = fault["msg"].removeprefix("Value error, ")
            print(*_names(fault["loc"]), why, file=sys.stderr)
        return 2
    try:
        status: int = args.run(settings, args)
    except Problem as problem:
        print(*_lines(problem), sep="\n", file=sys.stderr)
        return 1
    return status


def _names(place: tuple[int | str, ...]) -> list[str]:
    """The environment variable that an error names; none if it concerns several."""
    return ["SN_" + "_".join(map(str, place)).upper()] if place else []


def _lines(problem: Problem) -> list[str]:
    """A refusal for the terminal: one line for each finding, or the problem's own sentence."""
    lines = [
        f"{(entry.pointer or '').strip('/')} {entry.fault.words.fill('en', entry.values)}".strip()
        for entry in problem.findings
    ]
    return lines or [problem.detail.fill("en", problem.values)]


if __name__ == "__main__":
    sys.exit(main())
