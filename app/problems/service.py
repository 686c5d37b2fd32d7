"""Requests that nothing is wrong with: the service cannot answer them now."""

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
    """Too many at once."""

    slug = "busy"
    title = Words("Сервис занят", "Busy")
    detail = Words(
        "Сейчас слишком много запросов. Повторите через пару секунд.",
        "Too many requests at the moment. Try again in a few seconds.",
    )
