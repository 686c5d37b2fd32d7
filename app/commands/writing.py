"""Writing: generates what is derived from the code: migrations and documents."""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from alembic.util import CommandError

from app.commands import exporting, floors, rights
from app.commands.loading import blank
from app.database import differences, schema
from app.main import exported_path
from app.settings import Settings

LONGEST = 60
"""Characters of a migration's name."""


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands that write a migration and the documents."""
    parser = commands.add_parser(
        "migration",
        help="write the migration that the models need",
        description="Write migrations/versions/NNNN_name.py: what the models have and the "
        "migrations do not create.",
    )
    parser.add_argument(
        "name", type=_name, help='what it does, in English words, such as "Clubs and their members"'
    )
    parser.set_defaults(run=migration)
    documents = commands.add_parser(
        "docs",
        help="write every document that is derived from the code",
        description="Write the OpenAPI document, the page of roles and the picture of the floors "
        "from the code.",
    )
    documents.add_argument("--check", action="store_true", help="only compare")
    documents.set_defaults(run=docs)


def migration(_: Settings, args: argparse.Namespace) -> int:
    """Write a migration, or report that none is needed."""
    try:
        with blank() as database:
            written = differences.write(database, args.name)
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    if not written:
        print("Nothing to write: the migrations create everything in the models.")
        return 0
    print(f"Written: {written.path.relative_to(schema.ROOT)}. Read it, then run make check.")
    if written.altered:
        print(
            f"It changes tables that may have rows: {', '.join(written.altered)}. Set the "
            "values of these rows in it. app/database/upgrades.py changes large tables while "
            "others write."
        )
    return 0


def docs(settings: Settings, args: argparse.Namespace) -> int:
    """Write the documents that are not current; with --check, only name them."""
    stale = {path: text for path, text in _documents(settings) if not _is_current(path, text)}
    names = ", ".join(str(path.relative_to(schema.ROOT)) for path in stale)
    if stale and args.check:
        print(f"Not current: {names}. Run make docs.", file=sys.stderr)
        return 1
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    print(f"Written: {names}." if stale else "Every document is current.")
    return 0


def _documents(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Each document that is derived from the code, with its current text."""
    yield exported_path(), exporting.text(settings)
    yield rights.page_path(), rights.page(settings)
    yield floors.page_path(), floors.page()


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def _name(text: str) -> str:
    words = " ".join(text.replace("_", " ").rstrip(".").split())
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9,' -]*", words) or len(words) > LONGEST:
        raise argparse.ArgumentTypeError(
            f"name it in English words, {LONGEST} characters at most, such as clubs_and_members"
        )
    return words
