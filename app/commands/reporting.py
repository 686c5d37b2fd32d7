"""Reporting: the report of a program as a file, for schedules."""

import argparse
from datetime import date
from pathlib import Path

from app.settings import Settings

ENDINGS = ("json", "pdf", "docx", "xlsx", "html")
"""The endings of a report's file. Its formats are not asked: they take a second to import."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `report`."""
    parser.description = (
        "Write the report of a program to a file, for instance each month by a schedule. It names "
        "no persons and says that it is a working copy: reports to be handed in are made with a "
        "snapshot. Exits 1 if there is no such program or the file cannot be written."
    )
    parser.add_argument("program", metavar="PROGRAM", help="its id, or a part of its title")
    parser.add_argument(
        "--as-of",
        metavar="DAY",
        type=date.fromisoformat,
        help="the day of the report, as 2026-01-31; default: today or the program's last day",
    )
    parser.add_argument(
        "--to",
        metavar="FILE",
        type=_file,
        required=True,
        help=f"the file to write; its ending is the format: {', '.join(ENDINGS)}",
    )
    parser.set_defaults(run=run)


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Write the report; returns 1 if the program is not clear or the file cannot be written."""
    from app.commands import report_file  # noqa: PLC0415

    return report_file.write(settings, args)


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix[1:].lower() not in ENDINGS:
        raise argparse.ArgumentTypeError(f"the name has to end in one of: {', '.join(ENDINGS)}")
    return path
