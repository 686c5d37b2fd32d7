"""Drafting: writes the migration that the models need."""

import argparse
import re
import sys
from pathlib import Path

from app.settings import Settings

ROOT = Path(__file__).parents[2]

LONGEST = 60
"""Characters of a migration's name."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `migration`."""
    parser.description = (
        "Write migrations/versions/NNNN_name.py: what the models have and the migrations do not "
        "create."
    )
    parser.add_argument(
        "name", type=_name, help='what it does, in English words, such as "Clubs and their members"'
    )
    parser.set_defaults(run=migration)


def migration(_: Settings, args: argparse.Namespace) -> int:
    """Write a migration, or report that none is needed."""
    # Alembic and every table take half a second to import, which `--help` spares.
    from alembic.util import CommandError  # noqa: PLC0415

    from app.commands import comparing  # noqa: PLC0415

    try:
        written = comparing.write(args.name)
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    if not written:
        print("Nothing to write: the migrations create everything in the models.")
        return 0
    print(f"Written: {written.path.relative_to(ROOT)}. Read it, then run make check.")
    if written.altered:
        print(
            f"It changes tables that may have rows: {', '.join(written.altered)}. Set the "
            "values of these rows in it. app/database/upgrades.py changes large tables while "
            "others write."
        )
    return 0


def _name(text: str) -> str:
    words = " ".join(text.replace("_", " ").rstrip(".").split())
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9,' -]*", words) or len(words) > LONGEST:
        raise argparse.ArgumentTypeError(
            f"name it in English words, {LONGEST} characters at most, such as clubs_and_members"
        )
    return words
