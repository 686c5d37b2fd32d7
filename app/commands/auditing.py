"""Auditing: whether the trail of who did what is whole."""

import argparse

from app.commands.loading import opened
from app.oversight.report import report
from app.settings import Settings


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say how the trail is looked after."""
    family = commands.add_parser(
        "audit",
        help="look after the audit trail",
        description="The audit trail tells who did what with the register, and by which key.",
    )
    verbs = family.add_subparsers(dest="verb", required=True)
    verifies = verbs.add_parser(
        "verify",
        help="is the audit trail whole? exits 1 if it is broken",
        description="Read the whole audit trail and name the first broken entry, if there is "
        "one. Exits 0 if it is whole, 1 if it is broken.",
    )
    verifies.set_defaults(run=verify)


def verify(settings: Settings, _: argparse.Namespace) -> int:
    """Prove the trail."""
    with opened(settings) as database:
        return report(database)
