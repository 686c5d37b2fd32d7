"""Queries: the parameters of a door, each read in its own way, all faults of them at once."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import PydanticCustomError
from starlette.requests import Request

from app.findings import FAULTS, Finding
from app.model.columns import Choice
from app.model.faults import NOT_A_CHOICE, refuse
from app.problems import Invalid
from app.store.search import REPEATED, UNKNOWN_PARAMETER

Reader = Callable[[str], Any]
"""Makes a value of a parameter's text, or refuses it."""


def read(request: Request, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """The values of the parameters that were given.

    Raises:
        Invalid: a parameter is unknown, repeated or unreadable; all such faults at once.

    """
    values: dict[str, Any] = {}
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


def one_of(*known: str) -> Callable[[str], str]:
    """Reads one of some words."""

    def reader(text: str) -> str:
        if text not in known:
            refuse(NOT_A_CHOICE, allowed=", ".join(known))
        return text

    return reader


def choice_of(values: type[Choice]) -> Reader:
    """Reads one of the values that are spelt out."""
    named = {each.value: each for each in values}
    read_name = one_of(*named)
    return lambda text: named[read_name(text)]
