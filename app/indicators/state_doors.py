"""The door of a program's state: one document, or its plan as a sheet."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.access.matrix import Verb
from app.indicators import documents, parameters
from app.indicators.endpoints import TAG
from app.indicators.state import TITLES, names_of, state, table_of_plan
from app.indicators.telling import door
from app.registry.programs import programs
from app.rest import docs, media
from app.rest.crud import answer, compute, tells_of_persons, told
from app.rest.deps import id_of, service_of
from app.rest.gate import admitted, caller_of
from app.rest.workbooks import Book
from app.store.escape import escaped
from app.store.trail import Act

router = APIRouter(tags=[TAG])

_FILES = {"content": documents.STATE["content"] | docs.files()}


@router.get(
    "/programs/{id}/state",  # noqa: FAST003 - read in our own order of answers
    operation_id="get_program_state",
    summary="Состояние программы одним документом",
    description="Программа, партнёрства, план со сроками и статусами, показатели — из одного "
    "состояния реестра. С `Accept: text/csv` или типом XLSX — план в столбцах приказа, строка на "
    "каждый срок, с «Срок до», «Факт» и «Статус».",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, *parameters.WHEN], documents.STATE | _FILES),
)
@admitted("indicators", Verb.READ)
async def get_program_state(request: Request) -> Response:
    """The whole program on a day."""
    asked, kind = parameters.asked_when(request), media.wanted(request)
    program_id = id_of(request)

    def work(tx: Any) -> tuple[dict[str, Any], dict[str, str]]:
        found = state(tx, program_id, asked)
        return found, names_of(tx, found)

    found, names = await compute(request, work)
    if kind == media.JSON:
        told(request, programs, [str(program_id)])
        personal = tells_of_persons(programs, caller_of(request))
        return answer(request, found, personal=personal)
    lines = table_of_plan(found, names)
    act = Act("export", "activities", (), (), f"{len(lines)} rows")
    service_of(request).recorder.record(caller_of(request).actor, act)
    name = f"{found['as_of']}.{media.FILES[kind]}"
    headers = media.attachment(f"План программы {name}", f"plan-{name}")
    body = _csv(lines) if kind == media.CSV else _xlsx(lines)
    return Response(body, 200, headers, kind)


def _csv(lines: Sequence[Sequence[Any]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(TITLES)
    writer.writerows([_cell(each) for each in line] for line in lines)
    # Without the mark Excel takes the file for one in the machine's own code page.
    return f"\ufeff{buffer.getvalue()}".encode()


def _cell(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return escaped(value) if value else ""


def _xlsx(lines: Sequence[Sequence[Any]]) -> bytes:
    buffer = io.BytesIO()
    with Book(buffer) as book:
        page = book.sheet("План", TITLES)
        count = book.fill(page, lines)
        page.autofilter(0, 0, count, len(TITLES) - 1)
    return buffer.getvalue()
