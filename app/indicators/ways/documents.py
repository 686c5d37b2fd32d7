"""Documents: the answer with the ways to a target; see `app.indicators.documents` for the form."""

from typing import Annotated, get_args

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.codes import ItemType, ValueStatus
from app.indicators.documents import (
    IndicatorTarget,
    NamedItem,
    Period,
    Reason,
    Version,
)
from app.indicators.labels import ITEMS
from app.indicators.ways.actions import CompanionType, WayAction
from app.registry import KINDS
from app.registry.program_parts import IndicatorCode
from app.rest.answers import DecimalText, IdText, answers
from app.rest.mentions import Labelled

ActionCode = Annotated[
    WayAction,
    Field(description="; ".join(f"`{action}`: {action.label}" for action in WayAction)),
]


_COMPANIONS = {name: KINDS[name].spoken_name for name in get_args(CompanionType)}


class WayCompanion(TypedDict):
    """С кем или с чем это сделать."""

    type: Annotated[CompanionType, Field(description="Вид записи"), Labelled(_COMPANIONS)]
    id: Annotated[IdText | None, Field(description="null, если записи ключу не видно")]
    name: Annotated[str | None, Field(description="Как называется")]
    load: Annotated[
        int | None,
        Field(
            description="Сколько организаций лидер уже поддерживает или сколько социальных "
            "партнёров у партнёрства"
        ),
    ]
    quantity: Annotated[DecimalText | None, Field(description="Сколько ресурса может предоставить")]


_With = TypedDict(
    "_With",
    {
        "with": Annotated[
            list[WayCompanion],
            Field(description="С кем или с чем: первый в списке подходит больше всех"),
        ]
    },
)


class IndicatorWay(_With):
    """Одно дело: что сделать, с кем, сколько это добавит и почему пока не засчитано."""

    type: Annotated[ItemType, Field(description="Чего касается"), Labelled(ITEMS)]
    id: Annotated[
        str | None,
        Field(description="Идентификатор записи или код; null: записи ещё нет или её не видно"),
    ]
    name: Annotated[str | None, Field(description="Как называется; null, если ключу не видно")]
    action: ActionCode
    action_text: Annotated[str, Field(description="Что сделать, словами")]
    adds: Annotated[
        int, Field(description="Сколько прибавится в числителе после дел, стоящих выше")
    ]
    brings: Annotated[
        list[NamedItem],
        Field(description="Что ещё будет засчитано, если дело касается не одной записи"),
    ]
    why: Reason
    why_text: Annotated[str, Field(description="Почему пока не засчитано, словами")]


class IndicatorWays(Period):
    """Кратчайший путь к цели показателя, в порядке дел."""

    code: IndicatorCode
    state_version: Version
    value_status: ValueStatus
    target: Annotated[IndicatorTarget | None, Field(description="null: цели у показателя нет")]
    gap: Annotated[
        int | None,
        Field(description="Сколько не хватает до цели; null: нет цели или считать не среди кого"),
    ]
    ways: Annotated[list[IndicatorWay], Field(description="Дела, в порядке, в котором их делать")]
    reaches: Annotated[
        bool | None,
        Field(
            description="Достигается ли цель, если сделать всё перечисленное; null: нет цели или "
            "считать не среди кого"
        ),
    ]


SCHEMAS = answers(IndicatorWays)
"""Answers, for OpenAPI."""
