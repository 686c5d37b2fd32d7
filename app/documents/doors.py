"""The endpoints of documents: JSON, or a file to read, print and sign."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from app.database.transaction import Transaction
from app.documents.answering import (
    DOWNLOAD,
    READERS,
    Shelf,
    Shown,
    Wanted,
    about,
    give,
    is_saved,
    response,
)
from app.documents.attendance_list import attendance_list
from app.documents.contract.composing import contract
from app.documents.contract.parties import curriculum_of, sides
from app.documents.forms import doors as forms
from app.documents.paper import Paper
from app.documents.passport import agreement_of, passport
from app.documents.report.composing import report
from app.documents.report.source import Source
from app.indicators import parameters
from app.indicators.asking import Asked
from app.indicators.facts import program_of
from app.indicators.telling import door
from app.model.grants import Verb
from app.model.values import read_id
from app.registry.events import events
from app.registry.network_curricula import network_curricula
from app.registry.partnerships import partnerships
from app.registry.programs import programs
from app.registry.teachers import teachers
from app.rest import docs, queries
from app.rest.answers import answers
from app.rest.deps import id_of, service_of
from app.rest.gate import admitted
from app.rest.names import verbatim
from app.rest.routing import NarrowRouter
from app.store.rows import Id

TAG = "Документы для подписи"

router = NarrowRouter(sign="/report", tags=[TAG])

_FORMATS = (
    " Файлом: выберите в поле **Media type** ответа 200 PDF, DOCX, XLSX или HTML (заголовок "
    "`Accept`). В PDF вложены те же сведения в JSON."
)
REPORT = Shelf("report", "Отчёт о реализации программы", programs)


@router.get(
    "/programs/{id}/report",
    operation_id="get_program_report",
    summary="Отчёт о реализации программы",
    description="Одиннадцать разделов на дату: участники, план и факт, показатели, ресурсы, "
    "сетевые программы, качество, деньги, имущество, инициативы, результаты и то, чего в данных "
    "нет. Это рабочий экземпляр: чтобы отчёт не менялся и его можно было проверить, сделайте "
    "срез." + _FORMATS,
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, *parameters.WHEN, DOWNLOAD], response()),
)
@verbatim
@admitted("indicators", Verb.READ)
async def get_program_report(request: Request) -> Response:
    """The report of a program on a day."""
    return await give(request, wanted_report(request))


def wanted_report(request: Request) -> Wanted:
    """The report that a request asks for."""
    query = queries.read(request, {**parameters.DAYS, **READERS})
    program_id, asked = id_of(request), parameters.when(request, query)
    return Wanted(
        REPORT,
        lambda tx: about(report(Source(tx, program_id, asked)), programs),
        is_saved=is_saved(query),
    )


partnership_router = NarrowRouter(sign="/passport", tags=[TAG])
_PASSPORT = Shelf("passport", "Паспорт партнёрства", partnerships)
_PARTNERSHIP = docs.path_parameter("id", {"type": "string", "format": "uuid"}, "Партнёрство") | {
    "example": "$partnership"
}


@partnership_router.get(
    "/partnerships/{id}/passport",
    operation_id="get_partnership_passport",
    summary="Паспорт партнёрства с дорожной картой",
    description="Стороны, основание, формы, дорожная карта, сетевые программы, имущество и деньги "
    "партнёрства на дату." + _FORMATS,
    response_class=Response,
    openapi_extra=door([_PARTNERSHIP, *parameters.WHEN, DOWNLOAD], response()),
)
@verbatim
@admitted("indicators", Verb.READ)
async def get_partnership_passport(request: Request) -> Response:
    """The passport of a partnership on a day."""
    return await give(request, wanted_passport(request))


def wanted_passport(request: Request) -> Wanted:
    """The passport that a request asks for."""
    query = queries.read(request, {**parameters.DAYS, **READERS})
    partnership_id, asked = id_of(request), parameters.when(request, query)

    def work(tx: Transaction) -> Shown:
        agreement = agreement_of(tx, partnership_id)
        day = asked.as_of or _signed_on(tx, agreement.program_id, asked.today)
        paper = passport(Source(tx, agreement.program_id, asked._replace(as_of=day)), agreement)
        return about(paper, partnerships)

    return Wanted(_PASSPORT, work, is_saved=is_saved(query))


def _signed_on(tx: Transaction, program_id: Id, today: date) -> date:
    """The day of a paper to be signed, which lies in the program.

    It is made before its program begins, and copied after it has ended.
    """
    program = program_of(tx, program_id)
    return min(max(today, program.start_date), program.end_date)


curriculum_router = NarrowRouter(sign="/contract", tags=[TAG])
_CONTRACT = Shelf("contract", "Договор о сетевой форме", network_curricula)
_CURRICULUM = docs.path_parameter("id", {"type": "string", "format": "uuid"}, "Сетевая программа")
_BASE = docs.query_parameter(
    "base",
    {"type": "string", "format": "uuid"},
    "Базовая организация, чей договор нужен; если она одна, можно не указывать",
)


@curriculum_router.get(
    "/network-curricula/{id}/contract",
    operation_id="get_curriculum_contract",
    summary="Договор о сетевой форме с приложениями",
    description="По примерной форме из приказа № 882/391: текст, части программы с ресурсами, "
    "расписание. Чего в реестре нет, в тексте стоит пропуском для заполнения от руки." + _FORMATS,
    response_class=Response,
    openapi_extra=door([_CURRICULUM, _BASE, DOWNLOAD], response()),
)
@verbatim
@admitted("indicators", Verb.READ)
async def get_curriculum_contract(request: Request) -> Response:
    """The contract of a curriculum with one of its bases."""
    return await give(request, wanted_contract(request))


def wanted_contract(request: Request) -> Wanted:
    """The contract that a request asks for."""
    query = queries.read(request, {"base": read_id, **READERS})
    curriculum_id, today = id_of(request), service_of(request).today()

    def work(tx: Transaction) -> Shown:
        curriculum = curriculum_of(tx, curriculum_id)
        day = _signed_on(tx, curriculum.program_id, today)
        source = Source(tx, curriculum.program_id, Asked(today, day))
        paper = contract(source, sides(tx, curriculum, query.get("base")))
        return about(paper, network_curricula)

    return Wanted(_CONTRACT, work, is_saved=is_saved(query))


event_router = NarrowRouter(sign="/attendance-list", tags=[TAG])
_LIST = Shelf("attendance-list", "Список участников", events)
_EVENT = docs.path_parameter("id", {"type": "string", "format": "uuid"}, "Событие")


@event_router.get(
    "/events/{id}/attendance-list",
    operation_id="get_event_attendance_list",
    summary="Список участников события для подписи",
    description="Педагоги, записанные на событие или участвовавшие в нём, по организациям, и "
    "пустые строки для гостей. Школа видит в нём только своих. Персональные данные: выдача "
    "отмечается в журнале." + _FORMATS,
    response_class=Response,
    openapi_extra=door([_EVENT, DOWNLOAD], response()),
)
@verbatim
@admitted("attendance_lists", Verb.READ)
async def get_event_attendance_list(request: Request) -> Response:
    """The list of an event's participants."""
    return await give(request, wanted_attendance_list(request))


def wanted_attendance_list(request: Request) -> Wanted:
    """The list of participants that a request asks for."""
    query, event_id = queries.read(request, READERS), id_of(request)

    def work(tx: Transaction) -> Shown:
        made = attendance_list(tx, event_id)
        return Shown(made.paper, teachers, made.teachers)

    return Wanted(_LIST, work, is_saved=is_saved(query))


routers = (forms.router, router, partnership_router, curriculum_router, event_router)
"""The endpoints of documents, by the records that they are about."""

SCHEMAS = {**answers(Paper), **forms.SCHEMAS}
"""Answers, for OpenAPI."""
