"""Trying out: adds fictional data of one district, for a first look at the service."""

import argparse

from app.commands.generating import generate
from app.words import Words


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `demo`."""
    parser.description = Words(
        "Добавить вымышленных людей, события и участие, чтобы попробовать сервис.",
        "Add fictional people, events and attendance, for trying the service out.",
    ).said()
    parser.set_defaults(run=generate, size="S")
