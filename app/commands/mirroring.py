"""Mirroring: a copy of a running service, kept by its public API."""

import argparse

from app.mirror import command
from app.settings import Settings


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say how a copy is kept."""
    parser = commands.add_parser("mirror", help=command.HELP, description=command.DESCRIPTION)
    command.declare(parser)
    parser.set_defaults(run=mirror)


def mirror(_: Settings, said: argparse.Namespace) -> int:
    """Keep a copy; the settings of a service on this machine do not matter to it."""
    return command.run(said)
