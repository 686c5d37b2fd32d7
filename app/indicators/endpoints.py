"""The endpoints of indicators: the items of a figure, its history, and what changed it."""

from starlette.requests import Request
from starlette.responses import Response

from app.indicators import documents, movements, parameters
from app.indicators.difference import difference
from app.indicators.explanation import explain
from app.indicators.series import series
from app.indicators.subject import explain_subject
from app.indicators.telling import about_teachers, door, naming
from app.model.grants import Verb
from app.rest.answers import answer_of
from app.rest.crud import answer, compute
from app.rest.deps import id_of
from app.rest.errors import language_of
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter

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
        [parameters.PROGRAM, *parameters.BETWEEN], answer_of(movements.IndicatorDifference)
    ),
)
@admitted("indicators", Verb.READ)
async def compare_indicators(request: Request) -> Response:
    """Every indicator on two days, and the items that changed."""
    first, last = parameters.asked_between(request)
    program_id, language = id_of(request), language_of(request)
    body = await compute(request, lambda tx: difference(tx, program_id, first, last, language))
    changes = [change for item in body["items"] for change in item["changes"]]
    return naming(request, body, changes)


@router.get(
    "/programs/{id}/indicators/{code}/explain",
    operation_id="explain_indicator",
    summary="Почему показатель такой",
    description="Каждая организация, педагог или событие с исходом и причиной: `counted` — "
    "числитель, вместе с `not_counted` — знаменатель, `excluded` — вне расчёта. Страницы с одним "
    "`state_version` складываются в одно целое.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, parameters.CODE, *parameters.WHEN, *parameters.PAGE],
        answer_of(documents.IndicatorExplanation),
    ),
)
@admitted("indicators", Verb.READ)
async def explain_indicator(request: Request) -> Response:
    """The items of an indicator, page by page."""
    asked, wanted = parameters.asked_what(request)
    program_id, code = id_of(request), request.path_params["code"]
    body = await compute(request, lambda tx: explain(tx, program_id, code, asked, wanted))
    return naming(request, body, body["items"])


@router.get(
    "/programs/{id}/indicators/{code}/series",
    operation_id="get_indicator_series",
    summary="Показатель по времени",
    description="Значения на конец каждого шага внутри программы и на последний день, нарастающим "
    "итогом от начала периода; с целью, готово для графика. Учебный год кончается 31 августа.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, parameters.CODE, parameters.STEP, *parameters.WHEN],
        answer_of(documents.IndicatorSeries),
    ),
)
@admitted("indicators", Verb.READ)
async def get_indicator_series(request: Request) -> Response:
    """An indicator over the program's time."""
    asked, step = parameters.asked_by_step(request)
    program_id, code = id_of(request), request.path_params["code"]
    return answer(
        request, await compute(request, lambda tx: series(tx, program_id, code, step, asked))
    )


@router.get(
    "/programs/{id}/explain",
    operation_id="explain_subject",
    summary="Почему организация или педагог засчитаны или нет",
    description="Одна организация или один педагог во всех показателях программы: исход и причина. "
    "Исход null — показатель на них не смотрит, причина говорит почему.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, *parameters.SUBJECT, *parameters.WHEN],
        answer_of(documents.SubjectExplanation),
    ),
)
@admitted("indicators", Verb.READ)
async def explain_one(request: Request) -> Response:
    """One subject in every indicator."""
    asked, subject = parameters.asked_whom(request)
    program_id, language = id_of(request), language_of(request)
    body = await compute(
        request, lambda tx: explain_subject(tx, program_id, subject, asked, language)
    )
    ids = [str(subject.id)] if subject.type == "teachers" else []
    return about_teachers(request, body, ids)
