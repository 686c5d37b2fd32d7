"""Problems of the service: the request is fine, but it cannot be answered now."""

from typing import ClassVar

from app.findings import Words
from app.problems.problem import Problem
from app.words import Choice


class Outage(Choice):
    """Why the service cannot answer now."""

    NO_CONNECTION = "no_connection", "все соединения с базой заняты"
    DATABASE_GONE = "database_gone", "база не отвечает"
    DISK_FULL = "disk_full", "на диске нет места"
    QUEUE_FULL = "queue_full", "слишком много запросов ждут своей очереди"
    COUNTING = "counting", "ответ ещё считается"
    DRAINING = "draining", "сервис останавливается"


class Unavailable(Problem):
    """The service cannot answer now: the database does not answer, or as the subclass says."""

    status = 503
    slug = "unavailable"
    title = Words("Сервис временно недоступен", "Temporarily unavailable")
    detail = Words(
        "База данных не отвечает. Повторите запрос позже.",
        "The database does not answer. Try again later.",
    )
    cause: ClassVar[Outage] = Outage.DATABASE_GONE

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # An inherited cause would tell whoever looks into the service of another trouble.
        if "cause" not in cls.__dict__:
            raise TypeError(f"{cls.__name__} names no cause")

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "2"})


class Busy(Unavailable):
    """Too many requests are in progress."""

    slug = "busy"
    title = Words("Сервис занят", "Busy")
    detail = Words(
        "Сейчас слишком много запросов. Повторите через пару секунд.",
        "Too many requests at the moment. Try again in a few seconds.",
    )
    cause = Outage.QUEUE_FULL


class NoConnection(Busy):
    """No connection to the database became free in time."""

    slug = "no-connection"
    detail = Words(
        "Все соединения с базой данных заняты. Повторите через пару секунд.",
        "All connections to the database are in use. Try again in a few seconds.",
    )
    cause = Outage.NO_CONNECTION


class Counting(Busy):
    """An answer is counted for longer than a request waits; a repetition finds what is counted."""

    slug = "counting"
    title = Words("Ответ ещё считается", "Still counting")
    detail = Words(
        "Ответ ещё считается. Повторите через пару секунд: посчитанное сохранено.",
        "The answer is still being counted. Try again in a few seconds: what is counted is kept.",
    )
    cause = Outage.COUNTING


class Draining(Busy):
    """The service was told to stop, and accepts nothing new."""

    slug = "draining"
    title = Words("Сервис останавливается", "Stopping")
    detail = Words(
        "Сервис останавливается, ничего не записано. Повторите через несколько секунд.",
        "The service is stopping, and nothing was written. Try again in a few seconds.",
    )
    cause = Outage.DRAINING


class CutOff(Unavailable):
    """The service stopped before it could answer."""

    slug = "cut-off"
    title = Words("Сервис остановился", "Stopped")
    detail = Words(
        "Сервис остановился раньше, чем ответил. Записано ли изменение, неизвестно: посмотрите "
        "запись или повторите запрос с тем же Idempotency-Key.",
        "The service stopped before it could answer. Whether a change was written is not known: "
        "look at the record, or repeat the request with the same Idempotency-Key.",
    )
    cause = Outage.DRAINING


class DiskFull(Unavailable):
    """The disk of the database is full."""

    slug = "disk_full"
    title = Words("Диск заполнен", "The disk is full")
    detail = Words(
        "На диске базы данных не хватает места, ничего не записано. Сообщите администратору. "
        "Чтение работает; короткие изменения могут пройти, когда длинный список уже не помещается.",
        "There is not enough room on the disk of the database, and nothing was written. Tell the "
        "administrator. Reading works; small changes may fit where a long list does not.",
    )
    cause = Outage.DISK_FULL


class ImportInterrupted(Unavailable):
    """The process that carried out an accepted list has ended before the list was written."""

    slug = "import-interrupted"
    title = Words("Загрузка прервана", "The upload was interrupted")
    detail = Words(
        "Сервис остановился раньше, чем загрузил список. В реестр из него ничего не записано. "
        "Отправьте список ещё раз.",
        "The service stopped before it had loaded the list. Nothing of it was written. "
        "Send the list again.",
    )
    cause = Outage.DRAINING
