"""The endpoints of a program's answers: JSON, or a table as a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from app.indicators import parameters
from app.indicators.asking import Asked
from app.indicators.sheets import Sheet, filed
from app.indicators.telling import door
from app.json_types import Schema
from app.model.grants import Verb
from app.program import (
    assessed,
    curricula,
    finance,
    initiatives,
    premises,
    quality,
    resources,
    results,
    timetable,
)
from app.program.frame import Answer, Framed, framed
from app.program.tables import Table
from app.rest import docs, media
from app.rest.answers import answer_of, answers
from app.rest.crud import answer, compute
from app.rest.deps import id_of
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter
from app.store.rows import Id

TAG = "Сводки по программе"

router = NarrowRouter(sign="/programs/", tags=[TAG])

A = TypeVar("A", bound=Answer)
Counting = Callable[[Framed], A]

_FILE = (
    " Таблицей для Excel: выберите в поле **Media type** ответа 200 `text/csv` или XLSX "
    "(заголовок `Accept`)."
)


Reading = Callable[[Request, bool], tuple[Counting[A], Asked]]
"""Reads the query of an answer, and hears whether a file is wanted."""


@dataclass(frozen=True)
class Door(Generic[A]):
    """One answer: its address, what it says in the documentation, and how it is counted."""

    name: str
    kind: type[A]
    summary: str
    about: str
    table: Callable[[A], Table]
    tells_of: str
    """The collection that the trail notes when a file is given."""
    reads: Reading[A]
    asks: Sequence[Schema] = ()
    """Parameters besides the day and the period."""

    def serve(self) -> None:
        """Serve the answer."""

        @admitted("indicators", Verb.READ)
        async def read_answer(request: Request) -> Response:
            kind, program_id = media.preferred(request), id_of(request)
            if kind != media.JSON:
                return await self.file(request, kind, program_id)
            count, asked = self.reads(request, False)  # noqa: FBT003 - as all readings
            return answer(
                request, await compute(request, lambda tx: count(framed(tx, program_id, asked)))
            )

        asks = [parameters.PROGRAM, *parameters.WHEN, *self.asks]
        router.add_api_route(
            f"/programs/{{id}}/{self.name}",
            read_answer,
            methods=["GET"],
            operation_id=f"get_program_{self.name}",
            summary=self.summary,
            description=self.about + _FILE,
            response_class=Response,
            openapi_extra=door(asks, answer_of(self.kind, other_forms=docs.files())),
        )

    async def file(self, request: Request, kind: str, program_id: Id) -> Response:
        """The answer as a table in a file."""
        count, asked = self.reads(request, True)  # noqa: FBT003 - as all readings
        return await filed(
            request, kind, program_id, lambda tx: self._sheet(count(framed(tx, program_id, asked)))
        )

    def _sheet(self, body: A) -> Sheet:
        made = self.table(body)
        return Sheet(
            made.title,
            self.name,
            self.tells_of,
            body["as_of"],
            made.headings,
            made.lines,
            span=made.span,
        )


def _always(count: Counting[A]) -> Reading[A]:
    """A counting that asks for the day and the period, and nothing else."""
    return lambda request, _: (count, parameters.asked_when(request))


def _of_week(
    request: Request,
    _: bool,  # noqa: FBT001 - as all countings
) -> tuple[Counting[timetable.ProgramTimetable], Asked]:
    asked, holds, *whose = parameters.asked_week(request)
    week = timetable.Week(holds, *whose)
    return lambda framed: timetable.timetable(framed, week), asked


def _of_marks(
    request: Request,
    is_file: bool,  # noqa: FBT001 - as all countings
) -> tuple[Counting[quality.ProgramQuality], Asked]:
    def count(framed: Framed) -> quality.ProgramQuality:
        # A file goes from hand to hand: it holds what everybody may know.
        viewer = assessed.NOBODY if is_file else assessed.viewer_of(framed.tx.caller)
        return quality.quality(framed, viewer)

    return count, parameters.asked_when(request)


RESOURCES = Door(
    "resources",
    resources.ProgramResources,
    "Ресурсы: кому чего не хватает и кто может помочь",
    "По организациям и видам ресурсов: требуется, имеется, не хватает, получено, не закрыто — по "
    "последним сведениям не старше года; более старые помечены `stale`. `proposals` — кто кому мог "
    "бы предоставить: сначала ШНОР и ШНСУ и большие нехватки, сначала свой лидер и большие "
    "предложения. Предложения нигде не записываются: решаете вы.",
    resources.table,
    "resource_balances",
    _always(resources.resources),
)
CURRICULA = Door(
    "curricula",
    curricula.ProgramCurricula,
    "Сетевые программы: часы, группы, обучающиеся, договор",
    "Часы каждой стороны по программе и по расписанию на дату, заявления и зачисление по школам, "
    "и какие пункты типового договора не заполнены.",
    curricula.table,
    "network_curricula",
    _always(curricula.curricula),
)
TIMETABLE = Door(
    "timetable",
    timetable.ProgramTimetable,
    "Расписание недели",
    "Занятия групп и пользования ресурсами по датам. `conflicts` — кто ещё занял тот же ресурс в "
    "то же время. Какая неделя — говорит `week`: любой её день.",
    timetable.table,
    "schedule_slots",
    _of_week,
    parameters.WEEK,
)
FINANCE = Door(
    "finance",
    finance.ProgramFinance,
    "Деньги: план, уточнённый план, исполнение",
    "Записи по дату включительно, в рублях: по источникам, мероприятиям, получателям, годам и "
    "всего. Это пять разбивок одних и тех же денег, их не складывают.",
    finance.table,
    "funding_entries",
    _always(finance.finance),
)
PROPERTY = Door(
    "property",
    premises.ProgramProperty,
    "Имущество: кто чем пользуется и на каком основании",
    "Каждое пользование ресурсом: `missing` — каких документов нет на дату, `conflicts` — двойные "
    "брони: с кем, впервые, сколько дат. Часы и брони считаются от начала периода до конца "
    "программы, какой бы ни была дата: видно и то, что будет на следующей неделе.",
    premises.table,
    "resource_uses",
    _always(premises.premises),
)
QUALITY = Door(
    "quality",
    quality.ProgramQuality,
    "Качество: результаты единых работ",
    "Точные доли — тем, кто видит записи; остальным — от десяти отметок, в целых процентах, "
    "итоги — если в них есть три чужие организации. Меньше пяти отметок не входит ни в какой "
    "итог. В файле — только то, что можно всем.",
    quality.table,
    "assessment_results",
    _of_marks,
)
RESULTS = Door(
    "results",
    results.ProgramResults,
    "Ожидаемые результаты и их подтверждение",
    "Каждый ожидаемый результат программы и чем он подтверждается. `state`: `confirmed` — "
    "выполнено всё, `partly` — часть, `unconfirmed` — ничего, `unmeasured` — данных ещё нет, "
    "`no_criteria` — не указано, чем подтверждать.",
    results.table,
    "result_criteria",
    _always(results.results),
)
INITIATIVES = Door(
    "initiatives",
    initiatives.ProgramInitiatives,
    "Сообщества, проекты, лагеря, конкурсы",
    "По положениям программы: что было в период, сколько организаций, педагогов, обучающихся, "
    "событий и призовых мест.",
    initiatives.table,
    "initiatives",
    _always(initiatives.initiatives),
)

_DOORS: tuple[Door[Any], ...] = (
    RESOURCES,
    CURRICULA,
    TIMETABLE,
    FINANCE,
    PROPERTY,
    QUALITY,
    RESULTS,
    INITIATIVES,
)
for _door in _DOORS:
    _door.serve()

SCHEMAS = answers(*(each.kind for each in _DOORS))
"""Answers, for OpenAPI."""
