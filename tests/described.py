"""Described: the OpenAPI document and the rights of the operations, made once for all tests."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from app.description import openapi
from app.main import create_app
from app.model.grants import Verb
from app.rest.shapes import Shapes
from app.settings import Settings

_app = create_app(Settings())

PERMISSIONS: Mapping[tuple[str, str], tuple[str, Verb]] = _app.state.permissions
"""The subject and the verb that each operation demands, by method and path."""

SHAPES: Shapes = _app.state.shapes
"""What names and labels are added to, by the schema of the answer."""


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document: the same for all settings."""
    return openapi(_app)
