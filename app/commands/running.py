"""Running: runs a command with this machine's settings, and prints why it was refused."""

import argparse
import sys

from pydantic import ValidationError

from app.problems import Problem
from app.settings import Settings


def run(args: argparse.Namespace) -> int:
    """Run the command that was parsed; returns its exit status."""
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
