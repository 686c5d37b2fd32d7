"""Writing: writes every document that is derived from the code."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from app.commands import exporting, floors, rights
from app.settings import Settings
from app.words import Words

CURRENT = Words("Все документы соответствуют коду.", "Every document is current.")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `docs`."""
    parser.description = Words(
        "Записать по коду описание OpenAPI, страницу о ролях и рисунок этажей.",
        "Write the OpenAPI document, the page of roles and the picture of the floors from the "
        "code.",
    ).said()
    parser.add_argument(
        "--check", action="store_true", help=Words("только сравнить", "only compare").said()
    )
    parser.set_defaults(run=docs)


def docs(settings: Settings, args: argparse.Namespace) -> int:
    """Write the documents that are not current; with --check, only name them."""
    stale = {path: text for path, text in _documents(settings) if not _is_current(path, text)}
    names = ", ".join(str(path.relative_to(floors.ROOT)) for path in stale)
    if stale and args.check:
        print(
            Words(
                "Устарели: {names}. Выполните make docs.", "Not current: {names}. Run make docs."
            ).said(names=names),
            file=sys.stderr,
        )
        return 1
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    told = Words("Записано: {names}.", "Written: {names}.")
    print((told if stale else CURRENT).said(names=names))
    return 0


def _documents(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Each document that is derived from the code, with its current text."""
    yield exporting.exported_path(), exporting.text(settings)
    yield rights.page_path(), rights.page()
    yield floors.page_path(), floors.page()


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
