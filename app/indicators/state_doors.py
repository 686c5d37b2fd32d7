"""The endpoints of a program's state and of its monitoring: JSON, or a table as a file."""

from starlette.requests import Request
from starlette.responses import Response

from app.database.transaction import Transaction
from app.indicators import monitoring, parameters, reports
from app.indicators.endpoints import TAG
from app.indicators.sheets import Sheet, as_file
from app.indicators.state import TITLES, names_of, state, table_of_plan
from app.indicators.telling import door
from app.json_types import Schema
from app.model.grants import Verb
from app.registry.programs import programs
from app.rest import docs, media
from app.rest.answers import answer_of
from app.rest.crud import answer, compute
from app.rest.deps import id_of
from app.rest.gate import admitted, caller_of
from app.rest.routing import NarrowRouter
from app.rest.showing import names_persons, record_shown

router = NarrowRouter(sign="/programs/", tags=[TAG])


def _or_sheet(kind: type[object]) -> Schema:
    """The OpenAPI answer of an endpoint that can also return a table."""
    return answer_of(kind, other_forms=docs.files())


@router.get(
    "/programs/{id}/state",
    operation_id="get_program_state",
    summary="Состояние программы одним документом",
    description="Программа, партнёрства, план со сроками и статусами, показатели — из одного "
    "состояния реестра. С `Accept: text/csv` или типом XLSX — план в столбцах приказа, строка на "
    "каждый срок, с «Срок до», «Факт» и «Статус». На прошедшую дату — каким всё было в тот "
    "день: без того, что началось, кончилось или проведено позже.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, *parameters.WHEN], _or_sheet(reports.ProgramState)),
)
@admitted("indicators", Verb.READ)
async def get_program_state(request: Request) -> Response:
    """The whole program on a day."""
    asked, kind = parameters.asked_when(request), media.preferred(request)
    program_id = id_of(request)

    def work(tx: Transaction) -> tuple[reports.ProgramState, dict[str, str]]:
        body = state(tx, program_id, asked)
        return body, names_of(tx, body)

    body, names = await compute(request, work)
    if kind == media.JSON:
        record_shown(request, programs, [str(program_id)])
        personal = names_persons(programs, caller_of(request))
        return answer(request, body, personal=personal)
    day, lines = body["as_of"], table_of_plan(body, names)
    sheet = Sheet(f"План программы {day}", f"plan-{day}", "activities", TITLES, lines)
    return as_file(request, kind, sheet)


@router.get(
    "/programs/{id}/monitoring",
    operation_id="get_program_monitoring",
    summary="Мониторинг: кто отчитался за период",
    description="Организации, которые должны отчитаться, их записи по показателям с исходным, "
    "целевым и фактическим значением, кто не отчитался и кто вышел из категории в эффективный "
    "режим. Значения, измеренные позже даты, не показаны. Видны только записи, которые видит ключ; "
    "полнота считается по всем принятым. С `Accept: text/csv` или типом XLSX — таблицей.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, *parameters.WHEN], _or_sheet(reports.ProgramMonitoring)
    ),
)
@admitted("indicators", Verb.READ)
async def get_program_monitoring(request: Request) -> Response:
    """The reports of a period."""
    asked, kind = parameters.asked_when(request), media.preferred(request)
    program_id = id_of(request)
    body = await compute(request, lambda tx: monitoring.monitoring(tx, program_id, asked))
    if kind == media.JSON:
        return answer(request, body)
    day, lines = body["as_of"], monitoring.table_of_reports(body)
    sheet = Sheet(
        f"Мониторинг {day}", f"monitoring-{day}", "monitoring_records", monitoring.TITLES, lines
    )
    return as_file(request, kind, sheet)
