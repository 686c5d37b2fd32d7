"""Generating: adds fictional data, for trying the service out and for measuring."""

import argparse

from app import seeding
from app.commands.opening import ready
from app.demo import SIZES, demo
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `generate`."""
    parser.description = (
        "Add fictional data for measuring: S is one district, M a region of 45 districts, L a "
        "region ten times as large."
    )
    parser.add_argument("--size", choices=[*SIZES], required=True)
    parser.set_defaults(run=generate)


def generate(settings: Settings, args: argparse.Namespace) -> int:
    """Generate fictional data beside the source program."""
    with ready(settings) as database:
        seeding.seed(database)
        print(f"{demo(database, args.size)} records created")
    return 0
