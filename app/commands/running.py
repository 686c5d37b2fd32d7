"""Running: runs a command with this machine's settings, and prints why it was refused."""

import argparse
import os
import sys

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DBAPIError

from app.commands.misspelling import misspelt
from app.database import outages
from app.problems import Problem, Unavailable
from app.settings import Settings
from app.words import Words, trouble


def run(args: argparse.Namespace) -> int:
    """Run the command that was parsed; returns its exit status."""
    # A misspelt setting would leave the default at work, and nobody would know.
    if wrong := misspelt(os.environ):
        for name, meant in wrong.items():
            print(_MISSPELT.said(name=name, meant=meant), file=sys.stderr)
        return 2
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors():
            print(": ".join([*_names(fault["loc"]), _why(fault)]), file=sys.stderr)
        return 2
    try:
        status: int = args.run(settings, args)
    except Problem as problem:
        print(*lines(problem), sep="\n", file=sys.stderr)
        return 1
    except OSError as error:
        print(trouble(error), file=sys.stderr)
        return 1
    except DBAPIError as error:
        if not outages.is_no_database(error):
            raise
        print(_NO_DATABASE.said(url=settings.url), file=sys.stderr)
        return 1
    return status


def _names(place: tuple[int | str, ...]) -> list[str]:
    """The environment variable that an error names; none if it concerns several."""
    return ["SN_" + "_".join(map(str, place)).upper()] if place else []


def _why(fault: ErrorDetails) -> str:
    """What is wrong with a setting; the settings' own checks say it in the language of the run."""
    values = dict(fault.get("ctx", {}))
    if expected := values.get("expected"):
        values["expected"] = expected.replace(" or ", _OR.said())
    if own := values.get("error"):
        return str(own)
    kind = fault["type"].removesuffix("_parsing").removesuffix("_type")
    return _FAULTS.get(kind, _UNFIT).said(**values)


_MISSPELT = Words(
    "{name}: такой настройки нет. Возможно, имелась в виду {meant}?",
    "{name}: there is no such setting. Is {meant} meant?",
)
_OR = Words(" или ", " or ")
_UNFIT = Words("значение не подходит", "the value does not fit")
_FAULTS = {
    "int": Words("нужно целое число", "a whole number is needed"),
    "float": Words("нужно число", "a number is needed"),
    "bool": Words("нужно on или off", "on or off is needed"),
    "greater_than": Words("нужно больше {gt}", "more than {gt} is needed"),
    "greater_than_equal": Words("нужно не меньше {ge}", "at least {ge} is needed"),
    "less_than_equal": Words("нужно не больше {le}", "at most {le} is allowed"),
    "literal_error": Words("возможны только {expected}", "only {expected} are possible"),
    "string_too_long": Words(
        "нужно не больше {max_length} знаков", "at most {max_length} characters are allowed"
    ),
}
_NO_DATABASE = Words(
    "{url}: файл повреждён, или это не база SQLite. Отложите его и восстановите копию (restore).",
    "{url}: the file is damaged, or is no SQLite database. Put it aside and restore a copy.",
)
_NOT_REACHED = Words("База данных недоступна.", "The database cannot be reached.")
"""Whether it is silent or turns the command away."""
_DATABASE_SAID = Words(
    "Причина: {why}. Проверьте, работает ли база и верны ли её адрес и пароль (SN_DATABASE_URL, "
    "SN_DATABASE_PASSWORD_FILE).",
    "The reason: {why}. See whether the database runs, and whether its address and password are "
    "right (SN_DATABASE_URL, SN_DATABASE_PASSWORD_FILE).",
)
_FILE_SAID = Words(
    "Причина: {why}. Нужны права на чтение и запись самого файла, файлов -wal и -shm рядом с ним и "
    "его папки.",
    "The reason: {why}. Rights to read and write the file, the files -wal and -shm beside it and "
    "their folder are needed.",
)


def lines(problem: Problem) -> list[str]:
    """A refusal for the terminal: a line for each finding, or the problem's own sentence.

    Of a database that is not reached, its own words follow: where it was sought, and why in vain.
    """
    lines = [
        f"{(entry.pointer or '').strip('/')} {entry.fault.words.said(**entry.values)}".strip()
        for entry in problem.findings
    ]
    if lines:
        return lines
    cause = problem.__cause__
    # A database that is busy, or whose disk is full, does answer: its address is right.
    if type(problem) is Unavailable and isinstance(cause, DBAPIError):
        said = _FILE_SAID if outages.is_of_a_file(cause) else _DATABASE_SAID
        return [_NOT_REACHED.said(), said.said(why=outages.told(cause))]
    return [problem.detail.said(**problem.values)]
