"""Retaining: destroys personal data whose retention period is over; run from a schedule."""

import argparse
import json
import sys
from datetime import datetime

from app.commands.opening import ours
from app.journal import positions
from app.oversight import destruction, leap
from app.settings import Settings
from app.words import Words

NEVER = Words(
    "SN_RETENTION_DAYS не задана: данные никогда не уничтожаются по сроку.",
    "SN_RETENTION_DAYS is not set: no data is ever destroyed because of its age.",
)
NOBODY = Words(
    "Данных, срок хранения которых истёк, нет.", "No data has outlived its retention period."
)


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
    parser.add_argument(
        "--clock-is-right",
        action="store_true",
        help=Words(
            "уничтожать, хотя в журнале доступа больше месяца нет записей",
            "destroy although the audit trail has no entry for more than a month",
        ).said(),
    )
    parser.set_defaults(run=retain)


def retain(settings: Settings, args: argparse.Namespace) -> int:
    """Destroy until nobody is due; each transaction takes a bounded number of persons."""
    today, days = datetime.now(settings.zone).date(), settings.retention_days
    if not days:
        print(NEVER.said(), file=sys.stderr)
    with ours(settings) as database:
        if days and not (args.dry_run or args.clock_is_right):
            database.read(lambda tx: leap.demand_no_leap(tx, "--clock-is-right"))
        while True:
            done = database.write(
                lambda tx: destruction.retain(tx, today, days, dry_run=args.dry_run)
            )
            for item in done["items"]:
                print(json.dumps(item, ensure_ascii=False))
            if args.dry_run or not done["items"]:
                break
        if days and args.dry_run and not done["items"]:
            print(NOBODY.said(), file=sys.stderr)
        if not args.dry_run:
            database.write(lambda tx: positions.purge(tx.connection, tx.now - positions.KEPT))
        database.forget()
    return 0
