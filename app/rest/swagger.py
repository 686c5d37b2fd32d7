"""Swagger UI served from the service's own files, so that it works without the internet."""

import re
from functools import cache
from pathlib import Path

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from app.problems import NotFound
from app.rest.document import FOR_EVER, REVALIDATED, Document

STATIC = Path(__file__).with_name("static")
_TYPES = {
    "start.css": "text/css",
    "start.js": "text/javascript",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}
"""The files of the page. Scripts are files, because the content security policy forbids others."""

PAGE = """<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Школьная сеть: описание и проба запросов</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/start.css">
<div class="bar">
  <label for="section">Раздел</label>
  <select id="section"><option value="">Все разделы</option></select>
  <p id="key" role="status"></p>
</div>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""


_FILE = re.compile('(?<="/docs/)[^"]+')
"""The name of a file in the page."""


async def page(request: Request) -> Response:
    """The page of Swagger UI."""
    made = await to_thread.run_sync(_page)
    return await to_thread.run_sync(made.answer, request)


async def asset(request: Request) -> Response:
    """A file of the page; a browser asks for it once, as long as the address names its content."""
    name = request.path_params["name"]
    if name not in _TYPES:
        raise NotFound
    file = await to_thread.run_sync(_file, name)
    named = request.query_params.get("v") == file.digest
    return await to_thread.run_sync(file.answer, request, FOR_EVER if named else REVALIDATED)


@cache
def _page() -> Document:
    """The page, in which the address of a file names the content of the file."""
    text = _FILE.sub(lambda name: f"{name[0]}?v={_file(name[0]).digest}", PAGE)
    return Document(text.encode(), "text/html; charset=utf-8")


@cache
def _file(name: str) -> Document:
    return Document((STATIC / name).read_bytes(), _TYPES[name])
