"""Problems of the service: the request is fine, but it cannot be answered now."""

from app.findings import Words
from app.problems.problem import Problem


class Unavailable(Problem):
    """The database does not answer."""

    status = 503
    slug = "unavailable"
    title = Words("Сервис временно недоступен", "Temporarily unavailable")
    detail = Words(
        "База данных не отвечает. Повторите запрос позже.",
        "The database does not answer. Try again later.",
    )

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
