"""Behind: runs work on a connection in a thread while its owner reads the next rows."""

from concurrent.futures import Future
from threading import Thread

import sqlalchemy as sa

from app.database.volume.bulk import Work


def begun(work: Work, connection: sa.Connection) -> Future[None]:
    """Start work in a new thread; a thread pool would not survive a fork."""
    done: Future[None] = Future()

    def run() -> None:
        try:
            work(connection)
        except BaseException as error:  # noqa: BLE001 - passed on to whoever waits
            done.set_exception(error)
        else:
            done.set_result(None)

    Thread(target=run, name="behind", daemon=True).start()
    return done
