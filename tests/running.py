"""Running: the service in the tests' own process, over a database of either kind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from app import seeding
from app.database import privileges
from app.database.dialects import SQLITE
from app.database.schema import migrate
from app.journal.register import Register
from app.main import API, create_app
from app.settings import Settings
from tests.answers import checking
from tests.described import document
from tests.holders import Staff
from tests.inside import Inside
from tests.postgres import Server
from tests.scene import ROOT, Service

SECRET = "the secret of tests, known to all"
METRICS_KEY = "metrics-" + "m" * 32


@contextmanager
def empty(kind: str, server: Server, folder: Path, like: str = "template1") -> Iterator[str]:
    """Lend the URL of an empty database of a kind; PostgreSQL's may be like another one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'school.db'}"
        return
    with server.database(like) as url:
        yield url


@contextmanager
def serving(kind: str, url: str, folder: Path) -> Iterator[Service]:
    """Run the service over a migrated database, with the source program inside."""
    database = Register(url, SECRET.encode())
    migrate(database)
    seeding.seed(database)
    with served(database) as place:
        settings = Settings(
            data=folder,
            database_url=place,
            secret=SECRET,
            metrics_key=METRICS_KEY,
            hosts="testserver",
            retention_days=3650,
            address_days=30,
        )
        app = create_app(settings)
        with Inside(app, ROOT + API, database) as client:
            client.auth = Staff(database)
            client.event_hooks = {"response": [check_of_answers()]}
            yield Service(kind, url, client, database)
    database.close()


@cache
def check_of_answers() -> Callable[[httpx2.Response], None]:
    """What every answer is held against; the document is the same for all settings."""
    return checking(document())


@contextmanager
def served(database: Register) -> Iterator[str]:
    """Lend a migrated database's URL as who serves knows it: on PostgreSQL a role with few rights.

    So every request of every test goes with the rights that the models declare.
    """
    url = database.url.render_as_string(hide_password=False)
    if database.dialect is SQLITE:
        yield url
        return
    with Server(url).serving(url) as place:
        privileges.grant(database, urlsplit(place).username or "")
        yield place
