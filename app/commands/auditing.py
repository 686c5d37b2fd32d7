"""Auditing: verify the audit trail, and move its oldest part into a file."""

import argparse
import sys
from datetime import datetime, time
from pathlib import Path

from app.commands.opening import DATABASE_OF_OTHER_SECRET, FILE, day, ours, suited
from app.journal import proof
from app.oversight.archiving import archive
from app.oversight.report import report
from app.settings import Settings
from app.words import Words, grouped, trouble

ARCHIVED = Words(
    "Убрано в {path}: записи с {first} по {last}, байт: {bytes}",
    "Archived to {path}: entries {first} to {last}, bytes: {bytes}",
)
GOES_ON = Words("Журнал продолжается с записи {next}", "The audit trail goes on with entry {next}")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `audit verify` and `audit archive`."""
    parser.description = Words(
        "Журнал доступа говорит, кто, что и с каким ключом делал с данными.",
        "The audit trail tells who did what with the register, and by which key.",
    ).said()
    verbs = parser.add_subparsers(required=True)
    _declare_verify(verbs)
    _declare_archive(verbs)


def _declare_verify(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verifies = verbs.add_parser(
        "verify",
        help=Words(
            "цел ли журнал? код выхода 1, если нет",
            "is the audit trail whole? exits 1 if it is broken",
        ).said(),
        description=Words(
            "Прочесть весь журнал и назвать первую испорченную запись, если она есть; проверить и "
            "названные архивы. Код выхода 0, если всё цело, и 1, если нет.",
            "Read the whole audit trail and name the first broken entry, if there is one; verify "
            "the archives given too. Exits 0 if everything is whole, 1 if it is not.",
        ).said(),
    )
    verifies.add_argument(
        "--archive",
        metavar=FILE.said(),
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        help=Words(
            "архивы этого журнала, которые тоже надо проверить",
            "archives of this trail to verify too",
        ).said(),
    )
    verifies.set_defaults(run=verify)


def _declare_archive(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    archives = verbs.add_parser(
        "archive",
        help=Words(
            "убрать старые записи журнала в файл",
            "move the oldest entries of the trail into a file",
        ).said(),
        description=Words(
            "Записать то, что было до указанного дня, в файл, который можно проверить отдельно, и "
            "убрать эти записи из базы. Выполняет владелец схемы; сервис может работать. "
            "Прерванную команду повторите с тем же файлом: она продолжит. Храните файл и "
            "секрет: без секрета файл никто не проверит.",
            "Write the entries from before a day into a file that can be verified by itself, then "
            "remove them from the database. Run it as the owner of the schema; the service may go "
            "on serving. If it was interrupted, run it again with the same file: it continues. "
            "Keep the file, and keep the secret: without it nobody can verify the file.",
        ).said(),
    )
    archives.add_argument(
        "--before",
        metavar=Words("ДЕНЬ", "DAY").said(),
        type=day,
        required=True,
        help=Words(
            "первый день, который остаётся, в виде 2026-01-31; не позже сегодняшнего",
            "the first day that stays, as 2026-01-31; not later than today",
        ).said(),
    )
    archives.add_argument(
        "file", metavar=FILE.said(), type=Path, help=Words("архив", "the archive").said()
    )
    archives.set_defaults(run=move)


def verify(settings: Settings, args: argparse.Namespace) -> int:
    """Verify the trail and the archives given; returns 1 if one of them is broken."""
    with suited(settings) as database:
        status = report(database, args.archive)
        if status and database.read(proof.is_of_other_secret):
            print(DATABASE_OF_OTHER_SECRET.words.said(), file=sys.stderr)
        return status


def move(settings: Settings, args: argparse.Namespace) -> int:
    """Move the entries from before the given day into a file."""
    before = datetime.combine(args.before, time(), settings.zone)
    if before > datetime.now(settings.zone):
        print(
            Words(
                "--before: этот день ещё не наступил", "--before: that day is still to come"
            ).said(),
            file=sys.stderr,
        )
        return 2
    with ours(settings) as database:
        try:
            moved = archive(database, before, args.file)
        except OSError as error:
            print(trouble(error), file=sys.stderr)
            return 1
    size = args.file.stat().st_size
    values = {"first": moved.first, "last": moved.last, "path": args.file}
    print(ARCHIVED.said(**values, bytes=grouped(size)))
    print(GOES_ON.said(next=moved.last + 1))
    return 0
