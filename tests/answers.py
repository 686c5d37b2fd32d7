"""Answers: what a door answers is what its type says, held for every answer of every test."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import httpx2
from pydantic import TypeAdapter

from app.description import SCHEMAS
from app.model.naming import ADDED

REF = "#/components/schemas/"


def kinds_of(document: Mapping[str, Any]) -> dict[tuple[str, str, int], str]:
    """The names of types by the method, the path and the status that they are the answer of."""
    return {
        (method.upper(), path, int(status)): name
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for status, response in operation["responses"].items()
        if (name := _name(response)) in SCHEMAS
    }


def checking(document: Mapping[str, Any]) -> Callable[[httpx2.Response], None]:
    """Refuses an answer that says more or less than its type, or says it otherwise."""
    # A worker meets few of all types, and to build one costs more than to check by it.
    adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)
    doors = [
        (method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), status, kind)
        for (method, path, status), name in kinds_of(document).items()
        for kind in [SCHEMAS[name][0]]
    ]

    def check(response: httpx2.Response) -> None:
        request = response.request
        if response.headers.get("content-type") != "application/json":
            return
        for method, path, status, kind in doors:
            is_this = (method, status) == (request.method, response.status_code)
            if is_this and path.fullmatch(request.url.path):
                adapter(kind).validate_json(_own(response), strict=True, extra="forbid")

    return check


def _own(response: httpx2.Response) -> bytes:
    """The answer without the names and labels that were asked for."""
    body = response.read()
    if response.request.url.params.get("names") != "true":
        return body
    said = json.loads(body)
    for name in ADDED:
        added = said.pop(name, {})
        assert all(isinstance(text, str) for text in added.values())
    return json.dumps(said).encode()


def _name(response: Mapping[str, Any]) -> str:
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).removeprefix(REF)
