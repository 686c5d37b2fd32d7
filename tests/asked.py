"""Asked: what one answer asks of the database, and what it asks twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tests.scene import Service
from tests.waiting import patient

Asked = Counter[tuple[str, str]]
"""How often each statement was sent with its parameters."""


@contextmanager
def asked_of(service: Service) -> Iterator[Asked]:
    """The statements with their parameters, as the service sends them to the database."""
    app: Any = service.client.app
    engine = app.state.service.database.engine
    told: Asked = Counter()

    def hear(_connection: Any, _cursor: Any, sql: str, bound: Any, *_more: Any) -> None:
        # Meanwhile the trail may be written behind the requests.
        told[sql, str(bound)] += sql.startswith("SELECT") and "audit_heads" not in sql

    sa.event.listen(engine, "before_cursor_execute", hear)
    try:
        yield told
    finally:
        sa.event.remove(engine, "before_cursor_execute", hear)


def repeated(told: Asked) -> list[tuple[str, str]]:
    """The questions that were asked more than once."""
    return [question for question, times in told.items() if times > 1]


def asked_once(service: Service, ask: Callable[[], Any]) -> Any:
    """The answer to a request, which is held to ask the database each question once."""
    with asked_of(service) as told:

        def anew() -> Any:
            # A page that is not counted yet is asked for again.
            told.clear()
            return ask()

        answer = patient(anew)
    assert repeated(told) == []
    return answer
