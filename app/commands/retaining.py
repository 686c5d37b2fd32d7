"""Retaining: destroys personal data whose retention period is over; run from a schedule."""

import argparse
import json
from datetime import datetime

from app.commands.opening import ours
from app.journal import positions
from app.oversight import destruction
from app.settings import Settings
from app.words import Words


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `retention`."""
    parser.description = Words(
        "Уничтожить персональные данные педагогов, у которых после последней работы и участия "
        "прошло больше SN_RETENTION_DAYS дней, и показать записи об уничтожении, по строке JSON "
        "на каждую. Удаления старше 180 дней уходят из ленты изменений. Команда для ежедневного "
        "расписания.",
        "Destroy the personal data of teachers whose last employment and participation ended "
        "more than SN_RETENTION_DAYS days ago, and print the records of destruction, one JSON "
        "line each. Deletes older than 180 days leave the change feed. Meant for a daily "
        "schedule.",
    ).said()
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help=Words(
            "только показать, чьи это были бы данные", "only print whose data it would be"
        ).said(),
    )
    parser.set_defaults(run=retain)


def retain(settings: Settings, args: argparse.Namespace) -> int:
    """Destroy until nobody is due; each transaction takes a bounded number of persons."""
    today, days = datetime.now(settings.zone).date(), settings.retention_days
    with ours(settings) as database:
        while True:
            done = database.write(
                lambda tx: destruction.retain(tx, today, days, dry_run=args.dry_run)
            )
            for item in done["items"]:
                print(json.dumps(item, ensure_ascii=False))
            if args.dry_run or not done["items"]:
                break
        if not args.dry_run:
            database.write(lambda tx: positions.purge(tx.connection, tx.now - positions.KEPT))
        database.forget()
    return 0
