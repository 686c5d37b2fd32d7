"""Movements: the answers about changed counting; see `documents` for their form."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.documents import Counted, Indicator, NamedItem, Version
from app.indicators.reasons import CAUSES, REASONS
from app.registry.program_parts import IndicatorCode
from app.rest.answers import DayText, IdText, answers
from app.rest.mentions import Labelled

CauseCode = Annotated[
    str | None,
    Field(description="; ".join(f"`{code}`: {text.ru}" for code, text in CAUSES.items())),
    Labelled(CAUSES),
]


class MovedItem(NamedItem):
    """То, что стало считаться иначе."""

    from_outcome: Counted
    to_outcome: Counted


class Caused(TypedDict):
    """Событие реестра, из-за которого что-то стало считаться иначе; null, если его не нашлось."""

    cause: CauseCode
    cause_text: Annotated[str | None, Field(description="Событие словами")]
    cause_id: Annotated[
        IdText | None, Field(description="Запись, с которой это произошло, если ключу она видна")
    ]


class ItemChange(MovedItem, Caused):
    """Что стало считаться иначе и почему."""


class ItemCorrection(MovedItem):
    """Что считается не так, как в срезе."""

    from_reason: Annotated[str | None, Field(description="Причина в срезе"), Labelled(REASONS)]
    to_reason: Annotated[
        str | None, Field(description="Причина в том, с чем его сравнили"), Labelled(REASONS)
    ]


# `from` is a keyword of Python: only this form can have it as a name.
_Sides = TypedDict("_Sides", {"from": Indicator, "to": Indicator})
_Days = TypedDict(
    "_Days",
    {
        "from": Annotated[DayText, Field(description="Первая из двух дат")],
        "to": Annotated[DayText, Field(description="Вторая из двух дат")],
    },
)


class MovedIndicator(_Sides):
    """Показатель на две даты."""

    code: IndicatorCode
    changes: list[ItemChange]


class IndicatorDifference(_Days):
    """Что изменилось между двумя датами."""

    program_id: Annotated[IdText, Field(description="Программа")]
    state_version: Version
    items: list[MovedIndicator]


class RevisedIndicator(_Sides):
    """Показатель в срезе и в другом срезе или сегодня."""

    code: IndicatorCode
    changes: list[ItemCorrection]


_Other = TypedDict(
    "_Other",
    {
        "with": Annotated[
            IdText | None, Field(description="Другой срез; null — нынешнее состояние реестра")
        ]
    },
)


class SnapshotRevision(_Days, _Other):
    """Чем срез отличается от другого или от нынешнего состояния."""

    snapshot_id: Annotated[IdText, Field(description="Срез")]
    items: list[RevisedIndicator]


SCHEMAS = answers(IndicatorDifference, SnapshotRevision)
"""Answers, for OpenAPI."""
