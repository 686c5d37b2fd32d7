"""Serving: prepares the database and serves over HTTP."""

import argparse
import errno
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, gaierror, socket

import uvicorn

from app import seeding
from app.commands import collect_rarely, first_keys, premises
from app.commands.opening import FILE, ready
from app.demo import demo
from app.rest.log import CONFIGURATION
from app.rest.server import Server
from app.rest.workers import Workers
from app.settings import Settings
from app.words import Words, trouble

PAGES_AT = Words("Страницы: {address}/", "Pages: {address}/")

TAKEN = Words(
    "{host}, порт {port}: {why} (SN_HOST, SN_PORT)", "{host}, port {port}: {why} (SN_HOST, SN_PORT)"
)
UNKNOWN_NAME = Words("такого имени машина не знает", "the machine knows no such name")

LOW_PORT = Words(
    "порт ниже 1024 открывает только суперпользователь; возьмите больший",
    "only the superuser may open a port below 1024; take a greater one",
)

SWITCH = 0.0005
"""Seconds for which a thread that computes keeps the interpreter while others wait for it. With
Python's own 0.005 the event loop, which gives it away at each system call, waits for most of a
second to answer /live beside eight threads that compute."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `serve`."""
    parser.description = Words(
        "Обновить схему базы, загрузить в пустую базу исходную программу и работать, пока не "
        "остановят. При первом запуске один раз показать ключи.",
        "Migrate the database to the newest schema, load the source program if the database "
        "is empty, and serve until stopped. The first start prints keys, once.",
    ).said()
    parser.add_argument(
        "--demo",
        action="store_true",
        help=Words("загрузить и вымышленные данные", "load the demo data too").said(),
    )
    parser.add_argument(
        "--other-secret",
        action="store_true",
        help=Words(
            "начать работу, хотя секрет этой базы утерян: журнал нельзя будет проверить, а "
            "педагогов найти по СНИЛС",
            "start although the secret of the database is lost: the audit trail cannot be "
            "verified, and teachers cannot be found by SNILS",
        ).said(),
    )
    parser.add_argument(
        "--first-keys",
        metavar=FILE.said(),
        type=Path,
        help=Words(
            "записать первые ключи в этот файл, который прочтёт только владелец, и не показывать",
            "write the first keys to this file, readable by its owner alone, instead of printing "
            "them",
        ).said(),
    )
    parser.set_defaults(run=serve)


def serve(settings: Settings, args: argparse.Namespace) -> int:
    """Prepare the database in this one process, then start the workers."""
    try:
        _try_address(settings)
    except OSError as error:
        told = TAKEN.said(host=settings.host, port=settings.port, why=_why_not(error))
        print(told, file=sys.stderr)
        return 1
    premises.demand(settings)
    premises.open_more(settings)
    with ready(settings, other_secret=args.other_secret) as database:
        # The demo stands on the whole seed, of which an older database has a part.
        if args.demo or seeding.is_empty(database):
            seeding.seed(database)
        if args.demo:
            demo(database)
        try:
            made = first_keys.make(database, with_demo=args.demo, into=args.first_keys)
        except OSError as error:
            print(trouble(error), file=sys.stderr)
            return 1
        first_keys.show(made, settings, args.first_keys)
    print(PAGES_AT.said(address=first_keys.address(settings)), flush=True)
    return run(settings)


def _try_address(settings: Settings) -> None:
    """Listen for a moment where the service will: uvicorn tells of failure in a line of the log.

    Raises:
        OSError: another program listens there, or the machine has no such address.

    """
    with socket(AF_INET6 if ":" in settings.host else AF_INET) as tried:
        tried.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        tried.bind((settings.host, settings.port))
        tried.listen()


def _why_not(error: OSError) -> str:
    if isinstance(error, gaierror):
        return UNKNOWN_NAME.said()
    return LOW_PORT.said() if error.errno == errno.EACCES else trouble(error)


def run(settings: Settings) -> int:
    """Serve in this process, or in several workers, until a signal comes."""
    collect_rarely()
    sys.setswitchinterval(SWITCH)
    # FastAPI takes a third of a second to import, which `--help` does not need.
    from app.main import create_app  # noqa: PLC0415

    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        # uvicorn's own protocols do not limit the size of a request's head (`app.rest.wire`).
        http="app.rest.wire:Wire",
        ws="none",
        server_header=False,
        access_log=False,
        log_config=CONFIGURATION,
        # `app.rest.addresses` decides which client stands behind a proxy, not uvicorn.
        proxy_headers=False,
    )
    if settings.workers == 1:
        Server(config, settings.drain).run()
        return 0
    config.load()
    # What exists already is never garbage: looking at it would copy the shared memory.
    gc.freeze()

    def serve_in_worker(shared: socket, beat: Callable[[], None]) -> None:
        Server(config, settings.drain, beat=beat).run([shared])

    return Workers(settings.workers, config.bind_socket(), serve_in_worker).run()
