"""Rights: prints the matrix of roles and records."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from app.access import matrix
from app.access.matrix import SUBJECTS, grant_of
from app.access.roles import Role
from app.model.grants import Grant, Verb
from app.registry import RESOURCES
from app.settings import Settings
from app.words import Words

TITLES = {resource.name: resource.titles.all for resource in RESOURCES} | dict(SUBJECTS)

INTRODUCTION = """# Кто что может

Эту страницу пишет `make docs`; тест следит, чтобы она не расходилась с кодом. Чего здесь нет, того
нельзя: ответ 403. Чужое (вне области ключа) для держателя ключа не существует: ответ 404, как на
случайный идентификатор.

Область ключа: муниципалитет (или все), для организации — её записи и записи её подразделений, для
информационной системы — запись только со своим источником (`source`).
"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `matrix`."""
    parser.description = Words(
        "Показать, какой роли что можно с какими записями.",
        "Print which role may do what with which records, as a page in Russian.",
    ).said()
    parser.set_defaults(run=show)


def page_path() -> Path:
    """Where the printed matrix is stored."""
    return Path(__file__).parents[2] / "docs" / "ru" / "roles.md"


def show(_: Settings, _arguments: argparse.Namespace) -> int:
    """Print the matrix."""
    print(page(), end="")
    return 0


def page() -> str:
    """The page: rights by kind of record, then what each operation requires."""
    parts = (INTRODUCTION, *_records(), "", *_operations(), "", *_pages())
    return "\n".join(parts) + "\n"


def _records() -> Iterator[str]:
    yield f"| Записи | {' | '.join(f'`{role.value}` {role.label}' for role in Role)} |"
    yield "|---" * (len(Role) + 1) + "|"
    for subject in (*(resource.name for resource in RESOURCES), *matrix.DOORS):
        cells = (_cell(grant_of(role, subject)) for role in Role)
        yield f"| {TITLES[subject]} | {' | '.join(cells)} |"


def _cell(grant: Grant) -> str:
    parts = []
    if grant.read:
        parts.append(f"чтение: {grant.read.label}" + ("" if grant.persons else ", без имён"))
    if grant.write:
        verbs = [verb.label for verb in Verb if verb in grant.verbs and grant.allows(verb)]
        fields = f" ({', '.join(sorted(grant.fields))})" if grant.fields else ""
        parts.append(f"{', '.join(verbs)}: {grant.write.label}{fields}")
    return "<br>".join(parts) or "—"


def _operations() -> Iterator[str]:
    # FastAPI takes a third of a second to import, which `--help` spares.
    from app.main import permissions, routers  # noqa: PLC0415

    yield "## Операции"
    yield ""
    yield "| Операция | Что нужно |"
    yield "|---|---|"
    for (method, path), (subject, verb) in permissions(routers()).items():
        yield f"| `{method} {path}` | {TITLES[subject]}: {verb.label} |"


def _pages() -> Iterator[str]:
    # As above.
    from app.pages import serving  # noqa: PLC0415

    yield "## Страницы"
    yield ""
    yield "Страница показывает только то, что её читателю дал бы API; вход — тем же ключом."
    yield ""
    yield "| Страница | Что нужно |"
    yield "|---|---|"
    for (method, address), (subject, verb) in serving.permissions().items():
        yield f"| `{method} {address}` | {TITLES[subject]}: {verb.label} |"
