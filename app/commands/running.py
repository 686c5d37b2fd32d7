"""Running: runs a command with this machine's settings, and prints why it was refused."""

import argparse
import sys

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.problems import Problem
from app.settings import Settings
from app.words import Words


def run(args: argparse.Namespace) -> int:
    """Run the command that was parsed; returns its exit status."""
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors():
            print(*_names(fault["loc"]), _why(fault), file=sys.stderr)
        return 2
    try:
        status: int = args.run(settings, args)
    except Problem as problem:
        print(*lines(problem), sep="\n", file=sys.stderr)
        return 1
    return status


def _names(place: tuple[int | str, ...]) -> list[str]:
    """The environment variable that an error names; none if it concerns several."""
    return ["SN_" + "_".join(map(str, place)).upper()] if place else []


def _why(fault: ErrorDetails) -> str:
    """What is wrong with a setting; the settings' own checks say it in the language of the run."""
    values = fault.get("ctx", {})
    if own := values.get("error"):
        return str(own)
    kind = fault["type"].removesuffix("_parsing").removesuffix("_type")
    return _FAULTS.get(kind, _UNFIT).said(**values)


_UNFIT = Words("значение не подходит", "the value does not fit")
_FAULTS = {
    "int": Words("нужно целое число", "a whole number is needed"),
    "float": Words("нужно число", "a number is needed"),
    "bool": Words("нужно on или off", "on or off is needed"),
    "greater_than": Words("нужно больше {gt}", "more than {gt} is needed"),
    "greater_than_equal": Words("нужно не меньше {ge}", "at least {ge} is needed"),
    "less_than_equal": Words("нужно не больше {le}", "at most {le} is allowed"),
    "literal_error": Words("нужно ru или en", "ru or en is needed"),
}


def lines(problem: Problem) -> list[str]:
    """A refusal for the terminal: one line for each finding, or the problem's own sentence."""
    lines = [
        f"{(entry.pointer or '').strip('/')} {entry.fault.words.said(**entry.values)}".strip()
        for entry in problem.findings
    ]
    return lines or [problem.detail.said(**problem.values)]
