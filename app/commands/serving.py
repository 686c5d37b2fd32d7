"""Serving: the service over HTTP, after its database was made ready."""

import argparse
import sys
from pathlib import Path

import uvicorn

from app import seeding
from app.commands import first_keys
from app.commands.loading import ready
from app.demo import demo
from app.main import create_app
from app.rest.log import CONFIGURATION
from app.settings import Settings


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say how the service is started."""
    about = (
        "Bring the database to the newest schema, load the source program if there is nothing in "
        "it, and serve until stopped. The first start prints keys, once."
    )
    parser = commands.add_parser(
        "serve", help="migrate, load an empty database, and serve", description=about
    )
    parser.add_argument("--demo", action="store_true", help="load the demo data too")
    parser.add_argument(
        "--other-secret",
        action="store_true",
        help="start although the secret that the database was written under is lost: the audit "
        "trail will not prove whole, teachers will not be found by SNILS",
    )
    parser.add_argument(
        "--first-keys",
        metavar="FILE",
        type=Path,
        help="write the first keys to this file, readable to its owner alone, instead of "
        "printing them",
    )
    parser.set_defaults(run=serve)


def serve(settings: Settings, said: argparse.Namespace) -> int:
    """Make the database ready in this one process, then start those that serve."""
    with ready(settings, other_secret=said.other_secret) as database:
        if seeding.is_empty(database):
            seeding.seed(database)
        if said.demo:
            demo(database)
        try:
            made = first_keys.make(database, with_demo=said.demo, into=said.first_keys)
        except OSError as error:
            print(error, file=sys.stderr)
            return 1
        first_keys.show(made, settings, said.first_keys)
    print(f"Swagger UI: {first_keys.address(settings)}/docs", flush=True)
    uvicorn.run(
        "app.commands.serving:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        # No other: uvicorn's own protocols do not bound a head (`app.rest.wire`).
        http="app.rest.wire:Wire",
        ws="none",
        server_header=False,
        access_log=False,
        log_config=CONFIGURATION,
        # Who is behind a proxy is our own question: `app.rest.addresses` answers it.
        proxy_headers=False,
        timeout_graceful_shutdown=25,
    )
    return 0


def application() -> object:
    """The application of one worker process."""
    return create_app(Settings())
