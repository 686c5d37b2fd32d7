"""What the answers about a program read: every one that the API has, by the statements it sends.

Derived from OpenAPI, so that an answer that is added is tried. A coordinator of one municipality
asks; together the statements of an answer may not read more than that municipality has.
"""

import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import FastAPI
from sqlmodel import SQLModel

from app.description import openapi
from app.main import API, create_app
from app.registry.program_parts import IndicatorCode
from app.settings import Settings
from bench.asking import id_of
from bench.country import SCHOOLS
from bench.municipality import ANY, call

NEEDED = {"from": "2020-06-01", "to": "2020-12-01", "step": "month"}
"""Values of the parameters that some answers need."""

CODE = IndicatorCode.TEACHER_COVERAGE_SHARE


@dataclass(frozen=True)
class Answer:
    """An answer, with the statements that it took."""

    title: str
    statements: tuple[tuple[str, Any], ...]


async def answers(settings: Settings, key: str, number: int) -> AsyncIterator[Answer]:
    """Every answer about the program of a municipality, and the table of all programs."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        for path, address in _addresses(app, number):
            with _told(app) as statements:
                # The table may have to be counted first.
                await call(app, address, key, ANY if path == "/indicators" else 200)
            yield Answer(f"municipality: GET {path}", tuple(statements))


def _addresses(app: FastAPI, number: int) -> Iterator[tuple[str, str]]:
    """The paths with a program or of all, and the addresses for one municipality."""
    program, school = id_of("programs", number), id_of("organizations", number * SCHOOLS)
    for path, operations in openapi(app)["paths"].items():
        short = path.removeprefix(API)
        if "get" not in operations or not short.startswith(("/programs/{id}/", "/indicators")):
            continue
        address = short.replace("{id}", str(program)).replace("{code}", CODE)
        if "{" in address:
            continue
        asked = {
            each["name"]: NEEDED[each["name"]]
            for each in operations["get"].get("parameters", ())
            if each.get("in") == "query" and each.get("required")
        }
        if short == "/programs/{id}/explain":
            asked["organization_id"] = str(school)
        yield short, f"{address}?{urlencode(asked)}" if asked else address


@contextmanager
def _told(app: FastAPI) -> Iterator[list[tuple[str, Any]]]:
    """The statements that the service sends meanwhile, with their parameters."""
    service = app.state.service
    seen: list[tuple[str, Any]] = []
    run = service.reader.rows

    async def rows(sql: str, parameters: Mapping[str, object], *, heavy: bool = False) -> Any:
        seen.append((sql, parameters))
        return await run(sql, parameters, heavy=heavy)

    def note(_connection: object, _cursor: object, sql: str, parameters: Any, *_: object) -> None:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            seen.append((sql, parameters))

    engine: sa.Engine = service.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    service.reader.rows = rows
    try:
        yield seen
    finally:
        service.reader.rows = run
        sa.event.remove(engine, "before_cursor_execute", note)


def rows_of(connection: sa.Connection, home: uuid.UUID) -> int:
    """The rows of all tables that a municipality has."""
    tables = [each for each in SQLModel.metadata.sorted_tables if "municipality_id" in each.c]
    counted = (
        sa.select(sa.func.count()).select_from(each).where(each.c.municipality_id == home)
        for each in tables
    )
    return sum(connection.execute(each).scalar_one() for each in counted)
