"""The commands: python -m app serve | migrate | seed | key | audit | openapi; see --help."""

import argparse
import sys

from pydantic import ValidationError

from app.commands import (
    auditing,
    exporting,
    importing,
    keeping,
    keys,
    loading,
    mirroring,
    retaining,
    rights,
    serving,
)
from app.problems import Problem
from app.settings import Settings

FAMILIES = (
    serving,
    loading,
    keys,
    rights,
    auditing,
    retaining,
    keeping,
    importing,
    mirroring,
    exporting,
)


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit status: 1 if it was refused, 2 if it was misspelt."""
    parser = argparse.ArgumentParser(prog="python -m app", description="School Network")
    commands = parser.add_subparsers(dest="command", required=True)
    for family in FAMILIES:
        family.declare(commands)
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


def _told(problem: Problem) -> list[str]:
    """A refusal as a person at a terminal reads it: what each option lacks, or what is wrong."""
    found = [
        f"{(each.pointer or '').strip('/')} {each.fault.words.fill('en', each.values)}".strip()
        for each in problem.findings
    ]
    return found or [problem.detail.fill("en", problem.values)]


if __name__ == "__main__":
    sys.exit(main())
