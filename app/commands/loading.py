"""Loading: creates the records of the source program that the database lacks."""

import argparse

from app import seeding
from app.commands.opening import CREATED, ready
from app.settings import Settings
from app.words import Words, grouped


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `seed`."""
    parser.description = Words(
        "Создать недостающие записи исходной программы. Исправленные записи остаются.",
        "Create the missing records of the source program. Edited records stay.",
    ).said()
    parser.set_defaults(run=seed)


def seed(settings: Settings, _: argparse.Namespace) -> int:
    """Create the missing records of the source program."""
    with ready(settings) as database:
        print(CREATED.said(count=grouped(seeding.seed(database))))
    return 0
