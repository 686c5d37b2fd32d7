"""The endpoints of indicators: the items of a figure, its history, and what changed it."""

from starlette.requests import Request
from starlette.responses import Response

from app.database.transaction import Transaction
from app.indicators import documents, movements, parameters, printed
from app.indicators.difference import difference
from app.indicators.explanation import explain
from app.indicators.series import series
from app.indicators.sheets import filed
from app.indicators.subject import explain_subject, name_of
from app.indicators.telling import about_teachers, door, or_table, told
from app.model.grants import Verb
from app.registry.teachers import teachers
from app.rest import media
from app.rest.crud import compute
from app.rest.deps import id_of
from app.rest.errors import language_of
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter
from app.rest.showing import record_shown

TAG = "Показатели"

router = NarrowRouter(sign="/programs/", tags=[TAG])


@router.get(
    "/programs/{id}/indicators/diff",
    operation_id="compare_indicators",
    summary="Что изменилось между двумя датами",
    description="Каждый показатель на обе даты (период — от начала программы) и список того, что "
    "вошло в расчёт, вышло из него или стало считаться иначе, с причиной.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, *parameters.BETWEEN], or_table(movements.IndicatorDifference)
    ),
)
@admitted("indicators", Verb.READ)
async def compare_indicators(request: Request) -> Response:
    """Every indicator on two days, and the items that changed."""
    first, last = parameters.asked_between(request)
    program_id, language = id_of(request), language_of(request)
    return await told(
        request,
        program_id,
        lambda tx: difference(tx, program_id, first, last, language),
        lambda body: [change for item in body["items"] for change in item["changes"]],
        printed.of_difference,
    )


@router.get(
    "/programs/{id}/indicators/{code}/explain",
    operation_id="explain_indicator",
    summary="Почему показатель такой",
    description="Каждая организация, педагог или событие с исходом и причиной: `counted` — "
    "числитель, вместе с `not_counted` — знаменатель, `excluded` — вне расчёта. Страницы с одним "
    "`state_version` показывают одно и то же состояние.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, parameters.CODE, *parameters.WHEN, *parameters.PAGE],
        or_table(documents.IndicatorExplanation),
    ),
)
@admitted("indicators", Verb.READ)
async def explain_indicator(request: Request) -> Response:
    """The items of an indicator, page by page."""
    is_json = media.preferred(request) == media.JSON
    asked, wanted = parameters.asked_what(request, pages=is_json)
    program_id, code = id_of(request), request.path_params["code"]
    return await told(
        request,
        program_id,
        lambda tx: explain(tx, program_id, code, asked, wanted),
        lambda body: body["items"],
        printed.of_explanation,
    )


@router.get(
    "/programs/{id}/indicators/{code}/series",
    operation_id="get_indicator_series",
    summary="Показатель по времени",
    description="Значения на конец каждого шага внутри программы и на последний день, нарастающим "
    "итогом от начала периода; с целью, готово для графика. Учебный год кончается 31 августа.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, parameters.CODE, parameters.STEP, *parameters.WHEN],
        or_table(documents.IndicatorSeries),
    ),
)
@admitted("indicators", Verb.READ)
async def get_indicator_series(request: Request) -> Response:
    """An indicator over the program's time."""
    asked, step = parameters.asked_by_step(request)
    program_id, code = id_of(request), request.path_params["code"]
    return await told(
        request,
        program_id,
        lambda tx: series(tx, program_id, code, step, asked),
        lambda _: (),
        lambda body: printed.of_series(body, (asked.as_of or asked.today).isoformat()),
    )


@router.get(
    "/programs/{id}/explain",
    operation_id="explain_subject",
    summary="Почему организация или педагог засчитаны или нет",
    description="Одна организация или один педагог во всех показателях программы: исход и причина. "
    "Исход null: показатель их не учитывает, почему — сказано в причине.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, *parameters.SUBJECT, *parameters.WHEN],
        or_table(documents.SubjectExplanation),
    ),
)
@admitted("indicators", Verb.READ)
async def explain_one(request: Request) -> Response:
    """One subject in every indicator."""
    asked, subject = parameters.asked_whom(request)
    program_id, language = id_of(request), language_of(request)
    kind = media.preferred(request)
    ids = [str(subject.id)] if subject.type == "teachers" else []

    def work(tx: Transaction) -> documents.SubjectExplanation:
        return explain_subject(tx, program_id, subject, asked, language)

    if kind == media.JSON:
        return about_teachers(request, await compute(request, work), ids)
    record_shown(request, teachers, ids)
    return await filed(
        request, kind, program_id, lambda tx: printed.of_subject(work(tx), name_of(tx, subject))
    )
