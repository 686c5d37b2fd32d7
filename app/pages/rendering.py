"""Rendering: templates to HTML, with the headers that every page has."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from app import VERSION
from app.pages import charts, marks, words
from app.problems import NotFound
from app.rest.deps import service_of

HERE = Path(__file__).parent
STATIC = HERE / "static"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    # With `no-referrer` a browser sends `Origin: null` with a form, so nothing could be compared.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Content-Language": "ru",
}

MACROS = frozenset({"tables", "forms"})
"""The files of macros that `base.html` imports under these names."""

_KINDS = {"style.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "day": words.day,
        "number": words.number,
        "percent": words.percent,
        "capital": words.capital,
    }
    made.globals |= {
        "words": words,
        "charts": charts,
        "marks": marks,
        "files": {name: f"/static/{name}?v={_digest(name)}" for name in _KINDS},
        "version": VERSION,
    }
    return made


def render(
    request: Request, template: str, context: Mapping[str, object], status: int = 200
) -> Response:
    """A page as an answer; every page says whom to ask for help.

    Raises:
        ValueError: a name of the context would hide one that all templates share, or be hidden.

    """
    templates = _templates()
    if hidden := context.keys() & (MACROS | templates.globals.keys()):
        raise ValueError(f"{template}: every template has {sorted(hidden)} already")
    contact = service_of(request).settings.contact.strip()
    text = templates.get_template(template).render({"contact": contact, **context})
    return Response(text.encode(), status, HEADERS, "text/html; charset=utf-8")


async def file(request: Request) -> Response:
    """The style sheet, the script or the icon; its address changes with its content."""
    name = request.path_params["name"]
    if name not in _KINDS:
        raise NotFound
    lasting = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_content(name), headers=lasting, media_type=_KINDS[name])


@cache
def _content(name: str) -> bytes:
    return (STATIC / name).read_bytes()


def _digest(name: str) -> str:
    return hashlib.sha256(_content(name)).hexdigest()[:12]
