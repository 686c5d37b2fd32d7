"""Queries: reads the parameters of an endpoint and reports all their faults at once."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pydantic_core import PydanticCustomError
from starlette.requests import Request

from app.findings import FAULTS, Finding, fault
from app.model.columns import Choice
from app.model.faults import NOT_A_CHOICE, refuse
from app.model.values import read_day
from app.problems import Invalid
from app.store.query import REPEATED, UNKNOWN_PARAMETER

FAR_DAY = fault(
    "far_day",
    "Об этом дне спросить нельзя. Укажите день с 01.01.1900 по 31.12.2199.",
    "This day cannot be asked about. Give one from 1900-01-01 to 2199-12-31.",
)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""The first and the last day that can be asked about."""

Reader = Callable[[str], object]
"""Converts a parameter's text to its value, or refuses it."""


def read(request: Request, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """The values of the given parameters.

    Raises:
        Invalid: with every unknown, repeated or unreadable parameter.

    """
    values: dict[str, object] = {}
    findings = []
    for name, text in request.query_params.multi_items():
        if name not in readers:
            findings.append(Finding(UNKNOWN_PARAMETER, parameter=name))
        elif name in values:
            findings.append(Finding(REPEATED, parameter=name))
        else:
            values[name] = None
            try:
                values[name] = readers[name](text)
            except PydanticCustomError as error:
                context = error.context or {}
                findings.append(Finding(FAULTS[error.type], parameter=name, values=context))
    if findings:
        raise Invalid(*findings)
    return values


def day(text: str) -> date:
    """A day to ask about: the week or the quarter of a farther one may lie outside the calendar."""
    asked = read_day(text)
    return asked if FIRST_DAY <= asked <= LAST_DAY else refuse(FAR_DAY)


def one_of(*words: str) -> Callable[[str], str]:
    """A reader that accepts only these words."""

    def reader(text: str) -> str:
        if text not in words:
            refuse(NOT_A_CHOICE, allowed=", ".join(words))
        return text

    return reader


def choice_of(values: type[Choice]) -> Reader:
    """A reader that accepts the values of an enumeration."""
    choices = {choice.value: choice for choice in values}
    read_name = one_of(*choices)
    return lambda text: choices[read_name(text)]
