"""Importing: sends a list to a running service through its public API."""

import argparse

from app.sender import command
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `import`."""
    parser.description = command.DESCRIPTION.said()
    command.declare(parser)
    parser.set_defaults(run=send)


def send(_: Settings, args: argparse.Namespace) -> int:
    """Send a list; the settings of this machine are not used."""
    return command.run(args)
