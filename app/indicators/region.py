"""The endpoints of current figures: of one program, and of all programs in the caller's view."""

import json
from collections.abc import Sequence
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from app.indicators import documents, parameters, printed
from app.indicators.answer import indicators
from app.indicators.asking import Asked, moment_of
from app.indicators.counting import counted_program, counted_programs
from app.indicators.endpoints import TAG
from app.indicators.sheets import Sheet, as_file, filed
from app.indicators.standing import BOUND, HEAD, Standing, question, standings, statement, tag
from app.indicators.table import ProgramAnswer, totals
from app.indicators.telling import door, or_table
from app.model.grants import Verb
from app.model.values import spoken_json
from app.problems import NotFound
from app.registry.programs import programs
from app.rest import media, preconditions
from app.rest.crud import fresh, scoped, unchanged
from app.rest.deps import id_of, service_of
from app.rest.gate import admitted, caller_of
from app.rest.routing import NarrowRouter
from app.store.cursors import seal, unseal

router = NarrowRouter(sign="/indicators", tags=[TAG])


@router.get(
    "/programs/{id}/indicators",
    operation_id="get_indicators",
    summary="Показатели программы",
    description="Все показатели из одного состояния реестра: числитель, знаменатель, значение, "
    "цель и сколько до неё не хватает.",
    response_class=Response,
    openapi_extra=door([parameters.PROGRAM, *parameters.WHEN], or_table(documents.Indicators)),
)
@admitted("indicators", Verb.READ)
async def get_indicators(request: Request) -> Response:
    """Every indicator of a program (`indicators.md`); counted once for each of its states."""
    asked, program_id = parameters.asked_when(request), str(id_of(request))
    if (kind := media.preferred(request)) != media.JSON:
        program = id_of(request)
        return await filed(
            request, kind, program, lambda tx: printed.of_indicators(indicators(tx, program, asked))
        )
    service, home = service_of(request), caller_of(request).home
    # If nothing in the register has changed, the program has not changed either.
    head = tuple((await service.reader.rows(HEAD, {}))[0])
    etag_before = service.memory.find((program_id, asked, home), head)
    if etag_before and preconditions.is_current(request, etag_before):
        return unchanged(etag_before)
    matches = await listed_programs(request, one=True, id=program_id)
    if not matches:
        raise NotFound
    (standing,) = matches
    etag = tag(standing.state, *question(standing.id, *moment_of(standing, asked), asked))
    service.memory.keep((program_id, asked, home), head, etag, len(etag))
    if preconditions.is_current(request, etag):
        return unchanged(etag)
    body, state = await counted_program(request, standing, asked)
    # Somebody may have written since the state was read: then the ETag belongs to an older state.
    return fresh(request, body.text, etag if state == standing.state else None)


@router.get(
    "/indicators",
    operation_id="list_indicators",
    summary="Показатели всех программ",
    description="Строка на каждую программу, которую видит ключ, и итоги по всем страницам: суммы "
    "числителей и знаменателей, а не среднее долей. Программы, чей период не идёт на дату, в итоги "
    "не входят. Без `as_of` программа, которая закончилась, показана на её последний день; в итоги "
    "она входит, пока в её муниципалитете не началась следующая. В двух программах одного "
    "муниципалитета, которые идут на дату, организация считается дважды.",
    response_class=Response,
    openapi_extra=door(
        [parameters.WHEN[0], *parameters.REGION], or_table(documents.IndicatorTable)
    ),
)
@admitted("indicators", Verb.READ)
async def list_indicators(request: Request) -> Response:
    """A row for each program, and totals."""
    kind = media.preferred(request)
    asked, home, limit, cursor = parameters.asked_region(request, pages=kind == media.JSON)
    filters = {"municipality_id": str(home)} if home else {}
    listed = await listed_programs(request, one=False, **filters)
    caller, secret = caller_of(request), service_of(request).database.secret
    scope = sorted(caller.spoken_bindings.values())
    shape = spoken_json(["region", str(asked.as_of), str(home), scope]).encode()
    after = unseal(cursor, shape, secret)[0] if cursor is not None else None
    states = [(entry.id, entry.state) for entry in listed]
    etag = tag(asked.as_of or asked.today, home, limit, after, scope, *states)
    if kind == media.JSON and preconditions.is_current(request, etag):
        return unchanged(etag)
    rows, is_same = await counted_programs(request, asked, listed)
    if kind != media.JSON:
        return as_file(request, kind, _sheet(asked, rows))
    left = [row for row in rows if after is None or row[0].id > after]
    following = seal([left[limit - 1][0].id], shape, secret) if len(left) > limit else None
    text = _table(asked, left[:limit], sums_of(asked, rows), following)
    return fresh(request, text, etag if is_same else None)


def _sheet(asked: Asked, rows: Sequence[tuple[Standing, ProgramAnswer]]) -> Sheet:
    bodies = [(entry.title, json.loads(body.text)) for entry, body in rows]
    sums = sums_of(asked, rows)
    return printed.of_programs(asked.as_of or asked.today, bodies, sums)


def followed(asked: Asked, listed: Sequence[Standing]) -> set[str]:
    """Ended programs that count in no total: where they were, a later one has begun.

    Where no day is asked for, an ended program has the figures of its last day. Its organizations
    are those of the later program, and would count twice.
    """
    begun = [each for each in listed if each.start_date <= asked.today]
    latest: dict[str, date] = {}
    for each in begun:
        home = each.municipality_id
        latest[home] = max(each.end_date, latest.get(home, each.end_date))
    return {
        each.id
        for each in begun
        if asked.as_of is None
        and each.end_date < asked.today
        and each.end_date < latest[each.municipality_id]
    }


def sums_of(
    asked: Asked, rows: Sequence[tuple[Standing, ProgramAnswer]]
) -> list[documents.IndicatorTotal]:
    """The totals of a table of programs."""
    left_out = followed(asked, [entry for entry, _ in rows])
    return totals(body for entry, body in rows if entry.id not in left_out)


async def listed_programs(request: Request, *, one: bool, **filters: str) -> list[Standing]:
    """The programs in the caller's view with their states, ordered by id."""
    service, view = service_of(request), caller_of(request).view(programs.name)
    sql = statement(service.database.dialect, view, one=one, of_home="municipality_id" in filters)
    return standings(
        await service.reader.rows(sql, {**scoped(request, **filters), **BOUND}, heavy=not one)
    )


def _table(
    asked: Asked,
    rows: Sequence[tuple[Standing, ProgramAnswer]],
    sums: list[documents.IndicatorTotal],
    following: str | None,
) -> str:
    lines = []
    for entry, body in rows:
        head = spoken_json(
            {
                "program_id": entry.id,
                "municipality_id": entry.municipality_id,
                "title": entry.title,
                "as_of": moment_of(entry, asked)[0].isoformat(),
                "state_version": entry.version,
            }
        )
        lines.append(f'{head[:-1]},"indicators":{body.items}}}')
    day = spoken_json((asked.as_of or asked.today).isoformat())
    return (
        f'{{"as_of":{day},"items":[{",".join(lines)}],"totals":{spoken_json(sums)},'
        f'"next":{spoken_json(following)}}}'
    )
