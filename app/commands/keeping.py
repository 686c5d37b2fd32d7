"""Keeping: back up the register while it serves, once or every day."""

import argparse
from datetime import time
from pathlib import Path

from app.backup.shelf import Shelf
from app.commands.opening import FILE, FOLDER, ours
from app.settings import Settings, daily
from app.words import Words

INTO_ONLY = Words(
    "--keep и --at нужны вместе с --into", "--keep and --at are used together with --into"
)
NO_NUMBER = Words("нужно целое число, от 1", "a whole number is needed, 1 or more")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `backup`."""
    parser.description = Words(
        "Скопировать всё, что записано к этой минуте, в новый файл; сервис тем временем "
        "работает. В файле персональные данные, но нет секрета (SN_SECRET или файл secret в "
        "SN_DATA): храните секрет отдельно, без него от копии мало пользы.",
        "Copy everything committed so far to one new file; writers do not wait. The file holds "
        "personal data but not the secret (SN_SECRET, or the file `secret` in SN_DATA): keep "
        "the secret elsewhere, a copy is of little use without it.",
    ).said()
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument(
        "file",
        metavar=FILE.said(),
        type=Path,
        nargs="?",
        help=Words(
            "копия; такого файла ещё не должно быть", "the copy, which must not exist yet"
        ).said(),
    )
    place.add_argument(
        "--into",
        metavar=FOLDER.said(),
        type=Path,
        help=Words(
            "назвать копию по времени и положить в эту папку, рядом с ней — destroyed.jsonl "
            "и ended-keys.jsonl",
            "name the copy after the time and put it into this folder, with destroyed.jsonl "
            "and ended-keys.jsonl beside it",
        ).said(),
    )
    _declare_schedule(parser)
    parser.set_defaults(run=make, refuse=parser.error)


def _declare_schedule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--keep",
        metavar=Words("СКОЛЬКО", "COUNT").said(),
        type=_count,
        help=Words(
            "сколько последних копий оставить в папке (иначе — SN_BACKUP_KEEP); старые удаляются, "
            "когда новая готова",
            "how many copies to keep in the folder (default: SN_BACKUP_KEEP); older ones go when "
            "the new one is whole",
        ).said(),
    )
    parser.add_argument(
        "--at",
        metavar=Words("ВРЕМЯ", "TIME").said(),
        type=_times,
        nargs="?",
        const=[],
        help=Words(
            "не завершаться и делать копию каждый день в это время (02:30 или 02:30,14:30; "
            "иначе — SN_BACKUP_AT), по поясу SN_TIME_ZONE; пропущенную — сразу",
            "go on, and make a copy every day at this time (02:30, or 02:30,14:30; default: "
            "SN_BACKUP_AT) of SN_TIME_ZONE; one that was missed, at once",
        ).said(),
    )


def make(settings: Settings, args: argparse.Namespace) -> int:
    """Write a backup file, or one after the other."""
    if args.into is None and (args.keep or args.at is not None):
        args.refuse(INTO_ONLY.said())
    keep = args.keep or settings.backup_keep or None
    if args.at is not None:
        # A schedule needs what a single copy does not.
        from app.commands import scheduling  # noqa: PLC0415

        times = args.at or daily(settings.backup_at)
        return scheduling.go_on(settings, Shelf(args.into), keep, times)
    # Every table takes half a second to import, which `--help` spares.
    from app.commands.copying import copied, kept, printed  # noqa: PLC0415

    if args.into:
        return printed(lambda: kept(settings, Shelf(args.into), keep))
    with ours(settings) as database:
        return printed(lambda: copied(settings, database, args.file))


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(NO_NUMBER.said())
    return int(text)


def _times(text: str) -> list[time]:
    try:
        return daily(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
