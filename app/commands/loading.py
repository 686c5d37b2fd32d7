"""Loading: migrate the schema, load the source program, generate fictional data."""

import argparse
import gc
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from app import seeding
from app.acts import Act
from app.commands import privacy
from app.database import differences, outages, privileges, schema
from app.database.dialects import SQLITE
from app.database.engines import sqlite
from app.demo import demo
from app.findings import Finding, fault
from app.journal import proof
from app.journal.register import Register
from app.problems import DiskFull, Invalid
from app.settings import Settings

DATABASE_OF_OTHER_SECRET = fault(
    "database_of_other_secret",
    "База записана с другим секретом (SN_SECRET или файл secret в SN_DATA): с этим не сойдутся "
    "цепочка журнала и поиск по СНИЛС. Верните прежний секрет. Если он утерян, один раз запустите "
    "serve --other-secret. Если секрет прежний, последнюю запись журнала изменили: audit verify.",
    "The database was written under another secret (SN_SECRET, or the file `secret` in SN_DATA): "
    "under this one neither the audit trail nor the match by SNILS can be verified. Restore the "
    "former secret. If it is lost, run serve --other-secret once. If this is the former secret, "
    "the last entry of the trail was changed: run audit verify.",
)


COLLECTED = (100_000, 20, 20)
"""Objects between two looks for cycles. A batch makes many objects and no cycle: Python's own 700
take a quarter of an upload and a third of `demo`."""


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare `migrate`, `seed`, `demo` and `generate`."""
    migrating = commands.add_parser(
        "migrate",
        help="bring the database to the newest schema",
        description="Bring the database to the newest schema. Its data stays.",
    )
    migrating.add_argument("--check", action="store_true", help="compare models and migrations")
    migrating.add_argument(
        "--grant",
        metavar="ROLE",
        help="let this PostgreSQL role serve: it may change rows, not the schema",
    )
    migrating.set_defaults(run=migrate)
    seeds = commands.add_parser(
        "seed",
        help="create the missing records of the source program",
        description="Create the missing records of the source program. Edited records stay.",
    )
    seeds.set_defaults(run=seed)
    fills = commands.add_parser(
        "demo",
        help="add fictional data of size S to the source program",
        description="Add fictional people, events and attendance, for trying the service out.",
    )
    fills.set_defaults(run=generate, size="S")
    generates = commands.add_parser(
        "generate",
        help="add fictional data for measuring",
        description="Add fictional data for measuring: S is one district, M a region of 45 "
        "districts, L a region ten times as large.",
    )
    generates.add_argument("--size", choices=["S", "M", "L"], required=True)
    generates.set_defaults(run=generate)


def collect_rarely() -> None:
    """Let this process look for cycles rarely: commands that serve or write many rows say so."""
    gc.set_threshold(*COLLECTED)


@contextmanager
def opened(settings: Settings) -> Iterator[Register]:
    """Open the database as it is; files beside it are first closed to other users."""
    try:
        privacy.close(settings)
        secret = settings.secret_key()
        database = Register(settings.url, secret, settings.heads, settings.destroyed, settings.zone)
        with closing(database):
            yield database
    except (OSError, DBAPIError, sqlite.Error) as error:
        if outages.is_disk_full(error):
            raise DiskFull from error
        raise


@contextmanager
def ready(settings: Settings, *, other_secret: bool = False) -> Iterator[Register]:
    """Open the database and migrate it to the newest schema.

    Raises:
        Invalid: it was written under another secret and `other_secret` is not set.

    """
    with opened(settings) as database:
        schema.migrate(database)
        if not database.read(proof.is_ours):
            if not other_secret:
                raise Invalid(Finding(DATABASE_OF_OTHER_SECRET))
            database.write(lambda tx: tx.acts.append(Act("change_secret")))
        yield database


def migrate(settings: Settings, args: argparse.Namespace) -> int:
    """Migrate to the newest schema, or with --check compare migrations with the models."""
    if args.check:
        return _check_models()
    with ready(settings) as database:
        if args.grant and database.dialect is SQLITE:
            print("SQLite has no roles: --grant is for PostgreSQL", file=sys.stderr)
            return 2
        if args.grant:
            privileges.grant(database, args.grant)
    return 0


def seed(settings: Settings, _: argparse.Namespace) -> int:
    """Create the missing records of the source program."""
    with ready(settings) as database:
        print(f"{seeding.seed(database)} records created")
    return 0


def generate(settings: Settings, args: argparse.Namespace) -> int:
    """Generate fictional data beside the source program."""
    collect_rarely()
    with ready(settings) as database:
        seeding.seed(database)
        print(f"{demo(database, args.size)} records created")
    return 0


def _check_models() -> int:
    """Compare the migrations with the models; returns 1 and prints what is missing."""
    with blank() as database:
        missing = differences.told(database)
    if missing:
        print(
            "The models have what no migration makes. Run make migration NAME=words:",
            *missing,
            sep="\n  ",
            file=sys.stderr,
        )
    return 1 if missing else 0


@contextmanager
def blank() -> Iterator[Register]:
    """A new SQLite database without tables, in a temporary folder."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Register(f"sqlite:///{Path(folder) / 'blank.db'}")) as database,
    ):
        yield database
