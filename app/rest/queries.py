"""Queries: reads the parameters of an endpoint and reports all their faults at once."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import PydanticCustomError
from starlette.requests import Request

from app.findings import FAULTS, Finding
from app.model.columns import Choice
from app.model.faults import NOT_A_CHOICE, refuse
from app.problems import Invalid
from app.store.query import REPEATED, UNKNOWN_PARAMETER

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
