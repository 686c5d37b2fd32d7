"""Retaining: what is kept for a time is destroyed when it is over, from a schedule."""

import argparse
import json
from datetime import datetime

from app.commands.loading import opened
from app.journal import positions
from app.oversight import destruction
from app.settings import Settings


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say how data whose time is over is destroyed."""
    parser = commands.add_parser(
        "retention",
        help="destroy the personal data of those whose time is over (SN_RETENTION_DAYS)",
        description="Destroy the personal data of teachers whose last employment and "
        "participation ended more than SN_RETENTION_DAYS days ago, and print the records of "
        "destruction, one JSON line each. Deletes older than 180 days leave the change feed. "
        "Meant for a daily schedule.",
    )
    parser.add_argument("--dry-run", action="store_true", help="only print whose it would be")
    parser.set_defaults(run=retain)


def retain(settings: Settings, said: argparse.Namespace) -> int:
    """Destroy until nobody is due, a bounded number of persons in each transaction."""
    today, days = datetime.now(settings.zone).date(), settings.retention_days
    with opened(settings) as database:
        while True:
            done = database.write(
                lambda tx: destruction.retain(tx, today, days, dry_run=said.dry_run)
            )
            for item in done["items"]:
                print(json.dumps(item, ensure_ascii=False))
            if said.dry_run or not done["items"]:
                break
        if not said.dry_run:
            database.write(lambda tx: positions.purge(tx.connection, tx.now - positions.KEPT))
        database.forget()
    return 0
