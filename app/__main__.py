"""The commands: python -m app serve | key | import | backup | audit; see --help."""

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
"""Commands that speak to a service elsewhere, by their family: they start without loading one.

All others need the whole: it is by loading that tables become known, and a backup must know each.
"""


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit status: 1 if it was refused, 2 if it was misspelt."""
    # What is made here is its owner's alone: it holds personal data, keys and secrets.
    os.umask(0o077)
    words = sys.argv[1:] if words is None else words
    parser = argparse.ArgumentParser(prog="python -m app", description="School Network")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True)
    client = CLIENTS.get(words[0]) if words else None
    for family in [client] if client else FAMILIES:
        import_module(f"app.commands.{family}").declare(commands)
    said = parser.parse_args(words)
    try:
        settings = Settings()
    except ValidationError as error:
        for each in error.errors():
            why = each["msg"].removeprefix("Value error, ")
            print(*_names(each["loc"]), why, file=sys.stderr)
        return 2
    try:
        status: int = said.run(settings, said)
    except Problem as problem:
        print(*_told(problem), sep="\n", file=sys.stderr)
        return 1
    return status


def _names(place: tuple[int | str, ...]) -> list[str]:
    """The variable that an error is about; none where it is about several."""
    return ["SN_" + "_".join(map(str, place)).upper()] if place else []


def _told(problem: Problem) -> list[str]:
    """A refusal as a person at a terminal reads it: what each option lacks, or what is wrong."""
    found = [
        f"{(each.pointer or '').strip('/')} {each.fault.words.fill('en', each.values)}".strip()
        for each in problem.findings
    ]
    return found or [problem.detail.fill("en", problem.values)]


if __name__ == "__main__":
    sys.exit(main())
