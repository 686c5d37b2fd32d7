"""Mirroring: keeps a copy of a running service through its public API."""

import argparse

from app.mirror import command
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `mirror`."""
    parser.description = command.DESCRIPTION.said()
    command.declare(parser)
    parser.set_defaults(run=mirror)


def mirror(_: Settings, args: argparse.Namespace) -> int:
    """Keep a copy; the settings of this machine are not used."""
    return command.run(args)
