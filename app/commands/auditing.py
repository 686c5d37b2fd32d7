"""Auditing: verify the audit trail, and move its oldest part into a file."""

import argparse
import sys
from datetime import date, datetime, time
from pathlib import Path

from app.commands.opening import opened
from app.oversight.archiving import archive
from app.oversight.report import report
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `audit verify` and `audit archive`."""
    parser.description = "The audit trail tells who did what with the register, and by which key."
    verbs = parser.add_subparsers(dest="verb", required=True)
    verifies = verbs.add_parser(
        "verify",
        help="is the audit trail whole? exits 1 if it is broken",
        description="Read the whole audit trail and name the first broken entry, if there is "
        "one; verify the archives given too. Exits 0 if everything is whole, 1 if it is not.",
    )
    verifies.add_argument(
        "--archive",
        metavar="FILE",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        help="archives of this trail to verify too",
    )
    verifies.set_defaults(run=verify)
    archives = verbs.add_parser(
        "archive",
        help="move the oldest entries of the trail into a file",
        description="Write the entries from before a day into a file that can be verified by "
        "itself, then remove them from the database. Run it as the owner of the schema; the "
        "service may go on serving. If it was interrupted, run it again with the same file: it "
        "continues. Keep the file, and keep the secret: without it nobody can verify the file.",
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


def verify(settings: Settings, args: argparse.Namespace) -> int:
    """Verify the trail and the archives given; returns 1 if one of them is broken."""
    with opened(settings) as database:
        return report(database, args.archive)


def move(settings: Settings, args: argparse.Namespace) -> int:
    """Move the entries from before the given day into a file."""
    before = datetime.combine(args.before, time(), settings.zone)
    if before > datetime.now(settings.zone):
        print("--before: that day is still to come", file=sys.stderr)
        return 2
    with opened(settings) as database:
        try:
            moved = archive(database, before, args.file)
        except OSError as error:
            print(error, file=sys.stderr)
            return 1
    size = args.file.stat().st_size
    print(f"archived: entries {moved.first} to {moved.last} to {args.file}, {size:,} bytes")
    print(f"audit trail: goes on with entry {moved.last + 1}")
    return 0
