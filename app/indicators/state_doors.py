"""The endpoints of a program's state and of its monitoring: JSON, or a table as a file."""

import uuid
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from app.database.transaction import Transaction
from app.indicators import monitoring, parameters, reports
from app.indicators.asking import Asked
from app.indicators.endpoints import TAG
from app.indicators.sheets import Sheet, filed
from app.indicators.state import (
    TITLES,
    directions_of_plan,
    names_of,
    state,
    table_of_plan,
)
from app.indicators.telling import door, or_table
from app.model.grants import Verb
from app.registry.programs import programs
from app.rest import media
from app.rest.crud import answer, compute
from app.rest.deps import id_of
from app.rest.gate import admitted, caller_of
from app.rest.routing import NarrowRouter
from app.rest.showing import names_persons, record_shown

router = NarrowRouter(sign="/programs/", tags=[TAG])


@router.get(
    "/programs/{id}/state",
    operation_id="get_program_state",
    summary="Состояние программы одним документом",
    description="Программа, партнёрства, план со сроками и статусами, показатели — из одного "
    "состояния реестра. С `Accept: text/csv` или типом XLSX — план в столбцах приказа, строка на "
    "каждый срок, с «Срок до», «Факт» и «Статус»; в XLSX направления — заголовками. На "
    "прошедшую дату — каким всё было в тот день: без того, что началось, кончилось или "
    "проведено позже.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, *parameters.WHEN], or_table(reports.ProgramState)),
)
@admitted("indicators", Verb.READ)
async def get_program_state(request: Request) -> Response:
    """The whole program on a day."""
    asked, kind = parameters.asked_when(request), media.preferred(request)
    program_id = id_of(request)

    if kind != media.JSON:
        return await filed(request, kind, program_id, lambda tx: _plan(tx, program_id, asked))
    body = await compute(request, lambda tx: state(tx, program_id, asked))
    record_shown(request, programs, [str(program_id)])
    return answer(request, body, personal=names_persons(programs, caller_of(request)))


def _plan(tx: Transaction, program_id: uuid.UUID, asked: Asked) -> Sheet:
    body = state(tx, program_id, asked)
    lines = table_of_plan(body, names_of(tx, body))
    sheet = Sheet("План программы", "plan", "activities", body["as_of"], TITLES, lines)
    return replace(sheet, groups=directions_of_plan(body))


@router.get(
    "/programs/{id}/monitoring",
    operation_id="get_program_monitoring",
    summary="Мониторинг: кто отчитался за период",
    description="Организации, которые должны отчитаться, их записи по показателям с исходным, "
    "целевым и фактическим значением, кто не отчитался и кто вышел из категории в эффективный "
    "режим. Значения, измеренные позже даты, не показаны. Видны только записи, которые видит ключ; "
    "полнота считается по всем принятым. С `Accept: text/csv` или типом XLSX — таблицей.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, *parameters.WHEN], or_table(reports.ProgramMonitoring)),
)
@admitted("indicators", Verb.READ)
async def get_program_monitoring(request: Request) -> Response:
    """The reports of a period."""
    asked, kind = parameters.asked_when(request), media.preferred(request)
    program_id = id_of(request)
    if kind != media.JSON:
        return await filed(request, kind, program_id, lambda tx: _reports(tx, program_id, asked))
    return answer(
        request, await compute(request, lambda tx: monitoring.monitoring(tx, program_id, asked))
    )


def _reports(tx: Transaction, program_id: uuid.UUID, asked: Asked) -> Sheet:
    body = monitoring.monitoring(tx, program_id, asked)
    lines = monitoring.table_of_reports(body)
    name, day = "monitoring_records", body["as_of"]
    return Sheet("Мониторинг", "monitoring", name, day, monitoring.TITLES, lines)
