"""Swagger UI served from the service's own files, so that it works without the internet."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from app.problems import NotFound

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


async def page(_: Request) -> Response:
    """The page of Swagger UI."""
    return Response(PAGE, media_type="text/html; charset=utf-8")


async def asset(request: Request) -> Response:
    """A file of the page."""
    name = request.path_params["name"]
    if name not in _TYPES:
        raise NotFound
    return FileResponse(STATIC / name, media_type=_TYPES[name])
