"""Generating: adds fictional data, for trying the service out and for measuring."""

import argparse

from app import seeding
from app.commands.opening import CREATED, ready
from app.demo import SIZES, demo
from app.settings import Settings
from app.words import Words, grouped


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `generate`."""
    parser.description = Words(
        "Добавить вымышленные данные для замеров: S — район, M — регион из 45 районов, L — "
        "регион в десять раз больше.",
        "Add fictional data for measuring: S is one district, M a region of 45 districts, L a "
        "region ten times as large.",
    ).said()
    parser.add_argument(
        "--size", choices=[*SIZES], required=True, help=Words("сколько данных", "how much").said()
    )
    parser.set_defaults(run=generate)


def generate(settings: Settings, args: argparse.Namespace) -> int:
    """Generate fictional data beside the source program."""
    with ready(settings) as database:
        seeding.seed(database)
        print(CREATED.said(count=grouped(demo(database, args.size))))
    return 0
