"""Loading: creates the records of the source program that the database lacks."""

import argparse

from app import seeding
from app.commands.opening import ready
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `seed`."""
    parser.description = "Create the missing records of the source program. Edited records stay."
    parser.set_defaults(run=seed)


def seed(settings: Settings, _: argparse.Namespace) -> int:
    """Create the missing records of the source program."""
    with ready(settings) as database:
        print(f"{seeding.seed(database)} records created")
    return 0
