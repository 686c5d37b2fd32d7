"""Trying out: adds fictional data of one district, for a first look at the service."""

import argparse

from app.commands.generating import generate


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `demo`."""
    parser.description = "Add fictional people, events and attendance, for trying the service out."
    parser.set_defaults(run=generate, size="S")
