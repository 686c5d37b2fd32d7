"""Importing: a list carried to a running service, by its public API."""

import argparse

from app.sender import command
from app.settings import Settings


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say how a list is sent."""
    parser = commands.add_parser("import", help=command.HELP, description=command.DESCRIPTION)
    command.declare(parser)
    parser.set_defaults(run=send)


def send(_: Settings, said: argparse.Namespace) -> int:
    """Send a list; the settings of a service on this machine do not matter to it."""
    return command.run(said)
