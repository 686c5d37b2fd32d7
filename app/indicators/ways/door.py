"""The endpoint of the ways to a target: JSON, or a table as a file."""

from starlette.requests import Request
from starlette.responses import Response

from app.indicators import parameters
from app.indicators.endpoints import TAG
from app.indicators.printed import name_of
from app.indicators.sheets import Line, Sheet
from app.indicators.telling import door, or_table, told
from app.indicators.ways.answer import ways
from app.indicators.ways.documents import IndicatorWays, WayCompanion
from app.model.grants import Verb
from app.rest.deps import id_of
from app.rest.errors import language_of
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter

router = NarrowRouter(sign="/programs/", tags=[TAG])

TITLES = ("№", "Что сделать", "Где", "С кем или с чем", "Прибавится", "Что ещё", "Почему")


@router.get(
    "/programs/{id}/indicators/{code}/ways",
    operation_id="get_indicator_ways",
    summary="Что сделать, чтобы достичь цели",
    description="Кратчайший список дел, после которых показатель достигнет цели, в том порядке, в "
    "каком за них стоит браться: сначала ШНОР и ШНСУ и то, что проще (подписать черновик, "
    "возобновить партнёрство, присвоить категорию лидера, заключить партнёрство); `with` — с кем, "
    "наименее загруженные лидеры первыми. `gap` — сколько не хватает, `adds` — сколько прибавит "
    "дело, `why_text` — почему пока не засчитано. `reaches: false` — цели так не достичь, и список "
    "говорит, как далеко можно дойти. Цели нет — `gap` и `reaches` пусты (null). Ничего не "
    "меняется. С `Accept: text/csv` или типом XLSX — таблицей.",
    response_class=Response,
    openapi_extra=door(
        [parameters.PROGRAM, parameters.CODE, *parameters.WHEN],
        or_table(IndicatorWays),
    ),
)
@admitted("indicators", Verb.READ)
async def get_indicator_ways(request: Request) -> Response:
    """The fewest changes that bring an indicator to its target."""
    asked, language = parameters.asked_when(request), language_of(request)
    program_id, code = id_of(request), request.path_params["code"]
    return await told(
        request,
        program_id,
        lambda tx: ways(tx, program_id, code, asked, language),
        lambda _: (),
        table_of_ways,
    )


def table_of_ways(body: IndicatorWays) -> Sheet:
    """The ways as rows of a table, in their order."""
    lines: list[Line] = [
        [
            number,
            way["action_text"],
            way["name"],
            "; ".join(map(_told, way["with"])),
            way["adds"],
            "; ".join(row["name"] or "" for row in way["brings"]),
            way["why_text"],
        ]
        for number, way in enumerate(body["ways"], 1)
    ]
    file, about = f"ways-{body['code']}", f"{name_of(body['code'])}: {_standing(body)}"
    return Sheet("Пути к цели", file, "programs", body["as_of"], TITLES, lines, about)


def _standing(body: IndicatorWays) -> str:
    """How far the target is, in a line under the title."""
    if body["gap"] is None:
        return "цели нет или считать не среди кого"
    if not body["gap"]:
        return "цель достигнута"
    end = "" if body["reaches"] else ", перечисленного не хватит"
    return f"до цели не хватает {body['gap']}{end}"


def _told(row: WayCompanion) -> str:
    """A companion in a cell: its name with its load, or with what it can lend."""
    more = row["load"] if row["quantity"] is None else row["quantity"].replace(".", ",")
    name = row["name"] or ""
    return name if more is None else f"{name} ({more})"
