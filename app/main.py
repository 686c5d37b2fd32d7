"""The application: every router, middleware and error handler in its place."""

import math
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import cache

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from app import VERSION, description, scratch
from app.access.keyring import Keyring
from app.database.engines import WRITERS
from app.database.lanes import reader
from app.database.reading import has_our_schema
from app.documents import doors as papers
from app.documents import snapshot_doors as frozen_doors
from app.documents import verification
from app.feed import endpoints as feed
from app.indicators import (
    endpoints,
    region,
    snapshot_doors,
    state_doors,
)
from app.indicators.definitions import TITLES
from app.indicators.ways import door as ways
from app.intake import endpoints as intake
from app.intake import templates
from app.journal import replicas
from app.journal.recorder import Recorder
from app.journal.register import Register
from app.metrics.door import metrics
from app.metrics.sheet import shared
from app.metrics.slots import Slots
from app.model.examples import demand_accepted
from app.model.grants import Verb
from app.operations import generate_events, merge_teachers
from app.oversight import audit, keys, persons
from app.pages import serving
from app.problems import DiskFull, Draining, NotFound, Problem, Unavailable
from app.program import doors
from app.registry import KINDS, RESOURCES
from app.registry.program_parts import IndicatorCode
from app.rest import docs, errors, failures, gate, swagger
from app.rest.chores import running_chores
from app.rest.crud import crud
from app.rest.deps import Service, service_of
from app.rest.direct import Direct, direct
from app.rest.jobs import Jobs
from app.rest.origins import Origins
from app.rest.positions import Positions
from app.rest.shapes import Shapes
from app.rest.shell import Shell
from app.rest.stopping import is_stopping
from app.rest.strangers import Strangers
from app.rest.tally import Tally
from app.rest.throttle import Buckets, Failures
from app.settings import Settings
from app.vocabulary import endpoints as words

API = "/api/v1"


def create_app(settings: Settings) -> FastAPI:
    """The whole service for these settings; the database must be migrated already.

    Raises:
        ValueError: a kind of record has an example that it would not accept.

    """
    for resource in RESOURCES:
        demand_accepted(resource)
    app = FastAPI(
        title=docs.TITLE,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        # Variables of the environment could make FastAPI send traces to somebody else, and to look
        # them up takes a twentieth of the time in which a record is read.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        lifespan=lambda app: _life(app, settings),
    )
    _set_up(app, settings)
    included = [*routers()]
    app.state.permissions = permissions(included)
    for router in included:
        app.include_router(router, prefix=API)
    _add_root(app, settings)
    app.state.page_permissions = serving.permissions()
    app.include_router(serving.router())
    app.add_exception_handler(Problem, errors.on_problem)
    app.add_exception_handler(HTTPException, errors.on_http_exception)
    _surround(app, settings, direct(included, API))
    return app


def _set_up(app: FastAPI, settings: Settings) -> None:
    """Give the application what its requests share, as far as it needs no database."""
    app.state.settings = settings
    app.state.stopping = False
    app.state.origins = Origins(settings.secret_key, settings.address_days)
    app.state.tally = Tally()
    # Before the workers are forked, so that they share it.
    app.state.slots = Slots(settings.workers)
    app.state.database_id = None
    app.state.shapes = shapes()


@cache
def shapes() -> Shapes:
    """What names and labels are added to, by the schema of the answer."""
    return Shapes(KINDS, description.SCHEMAS, {IndicatorCode: TITLES})


def _surround(app: FastAPI, settings: Settings, routes: Iterator[Route]) -> None:
    """Put our layers around the framework's own, of which `Direct` needs none."""
    inner: ASGIApp = Direct(app.build_middleware_stack(), routes=routes)
    if settings.replica_url:
        inner = Positions(inner, owner=app)
    app.middleware_stack = Shell(
        inner,
        hosts=settings.host_names,
        proxies=settings.proxy_networks,
        origins=app.state.origins,
        tally=app.state.tally,
        body_seconds=settings.body_seconds,
        logs=settings.log,
    )


def routers() -> Iterator[APIRouter]:
    """The collections in their order; after the programs the routers that extend their paths."""
    # Its path extends the programs' path and is called most often: matched first.
    yield region.router
    for resource in RESOURCES:
        yield crud(resource)
        if resource.name == "teachers":
            yield merge_teachers.router
        if resource.name == "programs":
            yield generate_events.router
            yield endpoints.router
            yield ways.router
            yield state_doors.router
            yield doors.router
            yield from papers.routers
            yield snapshot_doors.router
            yield frozen_doors.router
    yield templates.router
    yield intake.router
    yield feed.router
    yield keys.router
    yield persons.router
    yield audit.router
    yield words.router


def permissions(included: Iterable[APIRouter]) -> dict[tuple[str, str], tuple[str, Verb]]:
    """The right that each operation of these routers demands, by method and path."""
    rights: dict[tuple[str, str], tuple[str, Verb]] = {}
    for router in included:
        rights |= gate.permissions(router)
    return rights


@asynccontextmanager
async def _life(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    secret, zone = settings.secret_key(), settings.zone
    database = Register(
        settings.url, secret, settings.heads, settings.ledgers, zone, settings.pooler
    )
    await to_thread.run_sync(scratch.clear)
    lane = reader(database)
    records = replicas.records(lane, settings.replica_url, settings.pooler)
    await lane.open()
    recorder = Recorder(database)
    recorder.start()
    writers, keyring = CapacityLimiter(WRITERS), Keyring(lane, database.dialect)
    app.state.service = Service(
        settings,
        database,
        lane,
        records,
        writers,
        keyring,
        # Each process counts alone: the limit is divided among them.
        Failures(math.ceil(settings.wrong_keys / settings.workers)),
        Strangers(),
        app.state.origins,
        Buckets(settings.rate),
        recorder,
        Jobs(lambda: bool(app.state.stopping)),
    )
    service: Service = app.state.service
    try:
        async with (
            records.watched(),
            running_chores(service),
            service.jobs.running(),
            shared(app),
        ):
            yield
    finally:
        await to_thread.run_sync(recorder.stop)
        await lane.close()
        database.close()


def _add_root(app: FastAPI, settings: Settings) -> None:
    async def live(_: Request) -> Response:
        return JSONResponse({"status": "ok", "version": VERSION})

    async def ready(request: Request) -> Response:
        if is_stopping(request):
            raise Draining
        if not await has_our_schema(service_of(request).reader):
            raise Unavailable
        if service_of(request).database.is_full:
            raise DiskFull
        return JSONResponse({"status": "ok"})

    async def problem(request: Request) -> Response:
        if not (about := failures.problem_page(request.path_params["slug"])):
            raise NotFound
        return JSONResponse(about)

    documentation = [
        ("/docs", swagger.page),
        ("/docs/{name}", swagger.asset),
        ("/openapi.json", description.door(app)),
    ]
    for path, endpoint in (
        *(documentation if settings.docs else ()),
        ("/live", live),
        ("/metrics", metrics),
        ("/ready", ready),
        ("/problems/{slug}", problem),
        ("/verify/{sha256}", verification.verify),
    ):
        app.add_api_route(path, endpoint, methods=["GET"], include_in_schema=False)
    admitted = [(method, API + path) for method, path in app.state.permissions]
    app.state.methods = errors.methods_of(app, admitted)
