"""The commands: python -m app serve | migrate | seed | openapi."""

import argparse
import json
import os
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import uvicorn
from alembic.util import CommandError
from pydantic import ValidationError

from app import seeding
from app.demo import demo
from app.main import create_app, exported_path, openapi
from app.oversight.report import report
from app.settings import Settings
from app.store import schema
from app.store.database import Database


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m app", description="School Network")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="migrate, load an empty database, and serve")
    serving.add_argument("--demo", action="store_true", help="load the demo data too")
    migrating = commands.add_parser("migrate", help="bring the database to the newest schema")
    migrating.add_argument("--check", action="store_true", help="compare models and migrations")
    commands.add_parser("seed", help="create what is missing of the source program")
    commands.add_parser("demo", help="add fictional data of size S to the source program")
    generating = commands.add_parser("generate", help="add fictional data for measuring")
    generating.add_argument("--size", choices=["S", "M", "L"], required=True)
    exporting = commands.add_parser("openapi", help="write openapi/openapi.json")
    exporting.add_argument("--check", action="store_true", help="only compare")
    auditing = commands.add_parser("audit", help="look after the audit trail")
    verifying = auditing.add_subparsers(dest="verb", required=True)
    verifying.add_parser("verify", help="is the audit trail whole? exits 1 if it is broken")
    said = parser.parse_args(words)
    try:
        settings = Settings()
    except ValidationError as error:
        for each in error.errors():
            print("SN_" + "_".join(map(str, each["loc"])).upper(), each["msg"], file=sys.stderr)
        return 2
    if said.command == "openapi":
        return _openapi(settings, only_check=said.check)
    if said.command == "migrate" and said.check:
        return _check_models()
    if said.command == "serve":
        return _serve(settings, with_demo=said.demo)
    database = Database(settings.url, settings.secret_key(), settings.heads)
    if said.command == "audit":
        with closing(database):
            return report(database)
    schema.migrate(database)
    if said.command == "seed":
        print(f"{seeding.seed(database)} records created")
    if said.command in {"demo", "generate"}:
        seeding.seed(database)
        print(f"{demo(database, getattr(said, 'size', 'S'))} records created")
    database.close()
    return 0


def _serve(settings: Settings, *, with_demo: bool) -> int:
    database = Database(settings.url, settings.secret_key(), settings.heads)
    schema.migrate(database)
    if seeding.is_empty(database):
        seeding.seed(database)
    if with_demo:
        demo(database)
    database.close()
    print(f"Swagger UI: http://{settings.host}:{settings.port}/docs", flush=True)
    uvicorn.run(
        "app.__main__:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        server_header=False,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=25,
    )
    return 0


def application() -> object:
    """The application of one worker process."""
    return create_app(Settings())


def _openapi(settings: Settings, *, only_check: bool) -> int:
    document = openapi(create_app(settings))
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    path = exported_path()
    if not only_check:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return 0
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    print("openapi/openapi.json is not current: run python -m app openapi", file=sys.stderr)
    return 1


def _check_models() -> int:
    """Migrate an empty database and hold it against the models."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / os.urandom(4).hex()}.db")
        schema.migrate(database)
        try:
            schema.check(database)
        except CommandError as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
