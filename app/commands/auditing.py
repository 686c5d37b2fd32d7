"""Auditing: whether the trail of who did what is whole, and its oldest part moved into a file."""

import argparse
import sys
from datetime import date, datetime, time
from pathlib import Path

from app.commands.loading import opened
from app.oversight.archiving import archive
from app.oversight.report import report
from app.settings import Settings


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say how the trail is looked after."""
    family = commands.add_parser(
        "audit",
        help="look after the audit trail",
        description="The audit trail tells who did what with the register, and by which key.",
    )
    verbs = family.add_subparsers(dest="verb", required=True)
    verifies = verbs.add_parser(
        "verify",
        help="is the audit trail whole? exits 1 if it is broken",
        description="Read the whole audit trail and name the first broken entry, if there is "
        "one; prove archives of it that are named. Exits 0 if all is whole, 1 if it is not.",
    )
    verifies.add_argument(
        "--archive",
        metavar="FILE",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        help="archives of this trail, to be proven too",
    )
    verifies.set_defaults(run=verify)
    archives = verbs.add_parser(
        "archive",
        help="move the oldest entries of the trail into a file",
        description="Write the entries from before a day into a file that proves itself, then cut "
        "them from the database. Run by the owner of the schema, while the service serves. If it "
        "was interrupted, run it again with the same file: it goes on. Keep the file, and the "
        "secret without which nobody can prove it.",
    )
    archives.add_argument(
        "--before",
        metavar="DAY",
        type=date.fromisoformat,
        required=True,
        help="the first day that stays, as 2026-01-31; not later than today",
    )
    archives.add_argument("file", metavar="FILE", type=Path, help="the archive")
    archives.set_defaults(run=move)


def verify(settings: Settings, said: argparse.Namespace) -> int:
    """Prove the trail, and archives of it."""
    with opened(settings) as database:
        return report(database, said.archive)


def move(settings: Settings, said: argparse.Namespace) -> int:
    """Move what is older into a file."""
    before = datetime.combine(said.before, time(), settings.zone)
    if before > datetime.now(settings.zone):
        print("--before: that day is still to come", file=sys.stderr)
        return 2
    with opened(settings) as database:
        try:
            found = archive(database, before, said.file)
        except OSError as error:
            print(error, file=sys.stderr)
            return 1
    size = said.file.stat().st_size
    print(f"archived: entries {found.first} to {found.last} to {said.file}, {size:,} bytes")
    print(f"audit trail: goes on with entry {found.last + 1}")
    return 0
