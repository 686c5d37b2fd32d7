"""Restoring: restore a backup into an empty database."""

import argparse
from pathlib import Path

from app.commands.opening import FILE, opened
from app.settings import Settings
from app.words import Words


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `restore`."""
    parser.description = Words(
        "Восстановить копию в пустую базу, SQLite или PostgreSQL, откуда бы она ни была: всё или "
        "ничего. Персональные данные, уничтоженные после копии, уничтожаются снова, отозванные "
        "ключи остаются отозванными, а системы, которые читают ленту изменений, начинают сначала.",
        "Restore a copy into an empty database, SQLite or PostgreSQL, whichever the copy came "
        "from: all of it or nothing. Personal data destroyed since the copy is destroyed "
        "again, keys that were revoked stay revoked, and systems that follow the change feed "
        "start from the beginning.",
    ).said()
    parser.add_argument(
        "file", metavar=FILE.said(), type=Path, help=Words("копия", "the copy").said()
    )
    parser.add_argument(
        "--destroyed",
        metavar=FILE.said(),
        type=Path,
        action="append",
        default=[],
        help=Words(
            "записи об уничтожении кроме тех, что в SN_DATA и рядом с копией: destroyed.jsonl "
            "с другой машины или то, что показала команда retention; можно повторять",
            "records of destruction besides those in SN_DATA and next to the copy: "
            "destroyed.jsonl of another machine, or what `retention` printed; may be repeated",
        ).said(),
    )
    parser.add_argument(
        "--in-place",
        action="store_true",
        help=Words(
            "прежняя база больше не работает: переименовать отметку её журнала в SN_DATA",
            "the database that was copied is out of use: rename the head of its audit trail in "
            "SN_DATA",
        ).said(),
    )
    parser.add_argument(
        "--other-secret",
        action="store_true",
        help=Words(
            "восстановить, хотя секрет утерян: журнал нельзя будет проверить, а педагогов найти по "
            "СНИЛС",
            "restore although the secret is lost: the audit trail cannot be verified, and "
            "teachers cannot be found by SNILS",
        ).said(),
    )
    parser.set_defaults(run=restore)


def restore(settings: Settings, args: argparse.Namespace) -> int:
    """Restore a backup file."""
    # Every table and Alembic take most of a second to import, which `--help` spares.
    from app.commands.copying import printed  # noqa: PLC0415
    from app.commands.reviving import revived  # noqa: PLC0415

    with opened(settings) as database:
        return printed(lambda: revived(database, args))
