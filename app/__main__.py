"""The commands: python -m app serve | key | import | backup | audit; see --help."""

import argparse
import sys
from collections.abc import Iterable
from importlib import import_module

from pydantic import ValidationError

from app.problems import Problem
from app.settings import Settings

FAMILIES = {
    "serve": "serving",
    "migrate": "loading",
    "seed": "loading",
    "demo": "loading",
    "generate": "loading",
    "key": "keys",
    "matrix": "rights",
    "audit": "auditing",
    "retention": "retaining",
    "backup": "keeping",
    "restore": "keeping",
    "import": "importing",
    "mirror": "mirroring",
    "openapi": "exporting",
}
"""By command: the module of `app.commands` that declares it."""


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit status: 1 if it was refused, 2 if it was misspelt."""
    words = sys.argv[1:] if words is None else words
    parser = argparse.ArgumentParser(prog="python -m app", description="School Network")
    commands = parser.add_subparsers(dest="command", required=True)
    for family in _wanted(words):
        import_module(f"app.commands.{family}").declare(commands)
    said = parser.parse_args(words)
    try:
        settings = Settings()
    except ValidationError as error:
        for each in error.errors():
            print("SN_" + "_".join(map(str, each["loc"])).upper(), each["msg"], file=sys.stderr)
        return 2
    try:
        status: int = said.run(settings, said)
    except Problem as problem:
        print(*_told(problem), sep="\n", file=sys.stderr)
        return 1
    return status


def _wanted(words: list[str]) -> Iterable[str]:
    """The family of the command named, or all: what the others stand on takes seconds to load."""
    named = FAMILIES.get(words[0]) if words else None
    return [named] if named else dict.fromkeys(FAMILIES.values())


def _told(problem: Problem) -> list[str]:
    """A refusal as a person at a terminal reads it: what each option lacks, or what is wrong."""
    found = [
        f"{(each.pointer or '').strip('/')} {each.fault.words.fill('en', each.values)}".strip()
        for each in problem.findings
    ]
    return found or [problem.detail.fill("en", problem.values)]


if __name__ == "__main__":
    sys.exit(main())
