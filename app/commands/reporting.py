"""Reporting: the report of a program as a file, for schedules."""

import argparse
from pathlib import Path

from app.commands.opening import FILE, day
from app.settings import Settings
from app.words import Words

ENDINGS = ("json", "pdf", "docx", "xlsx", "html")
"""The endings of a report's file. Its formats are not asked: they take a second to import."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `report`."""
    parser.description = Words(
        "Записать отчёт о программе в файл, например каждый месяц по расписанию. Людей он не "
        "называет и говорит, что это рабочая копия: отчёты для сдачи делают со срезом. Код "
        "выхода 1, если такой программы нет или файл не записать.",
        "Write the report of a program to a file, for instance each month by a schedule. It "
        "names no persons and says that it is a working copy: reports to be handed in are made "
        "with a snapshot. Exits 1 if there is no such program or the file cannot be written.",
    ).said()
    parser.add_argument(
        "program",
        metavar=Words("ПРОГРАММА", "PROGRAM").said(),
        help=Words("её id или часть названия", "its id, or a part of its title").said(),
    )
    parser.add_argument(
        "--as-of",
        metavar=Words("ДЕНЬ", "DAY").said(),
        type=day,
        help=Words(
            "на какой день, в виде 2026-01-31; иначе сегодня или последний день программы",
            "the day of the report, as 2026-01-31; default: today or the program's last day",
        ).said(),
    )
    parser.add_argument(
        "--to",
        metavar=FILE.said(),
        type=_file,
        required=True,
        help=Words(
            "куда записать; окончание имени — формат: {endings}",
            "the file to write; its ending is the format: {endings}",
        ).said(endings=", ".join(ENDINGS)),
    )
    parser.set_defaults(run=run)


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Write the report; returns 1 if the program is not clear or the file cannot be written."""
    from app.commands import report_file  # noqa: PLC0415

    return report_file.write(settings, args)


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix[1:].lower() not in ENDINGS:
        raise argparse.ArgumentTypeError(
            Words(
                "имя файла оканчивается на одно из: {endings}",
                "the name has to end in one of: {endings}",
            ).said(endings=", ".join(ENDINGS))
        )
    return path
