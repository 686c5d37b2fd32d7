"""Drafting: writes the migration that the models need."""

import argparse
import re
import sys
from pathlib import Path

from app.settings import Settings
from app.words import Words

ROOT = Path(__file__).parents[2]

LONGEST = 60
"""Characters of a migration's name."""

WRITTEN = Words(
    "Записано: {path}. Прочитайте, затем выполните make check.",
    "Written: {path}. Read it, then run make check.",
)
ALTERED = Words(
    "Миграция меняет таблицы, в которых могут быть строки: {tables}. Впишите в неё значения для "
    "этих строк. Большие таблицы, в которые пишут, меняет app/database/upgrades.py.",
    "It changes tables that may have rows: {tables}. Set the values of these rows in it. "
    "app/database/upgrades.py changes large tables while others write.",
)
UNNAMED = Words(
    "назовите английскими словами, не длиннее {longest} знаков: clubs_and_members",
    "name it in English words, {longest} characters at most, such as clubs_and_members",
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `migration`."""
    parser.description = Words(
        "Написать migrations/versions/NNNN_name.py: то, что есть в моделях и чего миграции не "
        "создают.",
        "Write migrations/versions/NNNN_name.py: what the models have and the migrations do "
        "not create.",
    ).said()
    parser.add_argument(
        "name",
        metavar=Words("ИМЯ", "NAME").said(),
        type=_name,
        help=Words(
            "что она делает, английскими словами: clubs_and_their_members",
            "what it does, in English words, such as clubs_and_their_members",
        ).said(),
    )
    parser.set_defaults(run=migration)


def migration(_: Settings, args: argparse.Namespace) -> int:
    """Write a migration, or report that none is needed."""
    # Alembic and every table take half a second to import, which `--help` spares.
    from alembic.util import CommandError  # noqa: PLC0415

    from app.commands import comparing  # noqa: PLC0415

    try:
        written = comparing.write(args.name)
    except CommandError as error:
        print(error, file=sys.stderr)  # Alembic has no other language
        return 1
    if not written:
        print(
            Words(
                "Писать нечего: миграции создают всё, что есть в моделях.",
                "Nothing to write: the migrations create everything in the models.",
            ).said()
        )
        return 0
    print(WRITTEN.said(path=written.path.relative_to(ROOT)))
    if written.altered:
        print(ALTERED.said(tables=", ".join(written.altered)))
    return 0


def _name(text: str) -> str:
    words = " ".join(text.replace("_", " ").rstrip(".").split())
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9,' -]*", words) or len(words) > LONGEST:
        raise argparse.ArgumentTypeError(UNNAMED.said(longest=LONGEST))
    return words
