"""Behind: what a connection does in a thread while its owner goes on with the next rows."""

from concurrent.futures import Future
from threading import Thread

import sqlalchemy as sa

from app.database.volume.bulk import Work


def begun(work: Work, connection: sa.Connection) -> Future[None]:
    """Work in a thread of its own: one of a pool would be missing in a process that is forked."""
    done: Future[None] = Future()

    def run() -> None:
        try:
            work(connection)
        except BaseException as error:  # noqa: BLE001 - told to whoever waits
            done.set_exception(error)
        else:
            done.set_result(None)

    Thread(target=run, name="behind", daemon=True).start()
    return done
