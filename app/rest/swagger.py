"""Swagger UI served from the service's own files, so that it works without the internet."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from app.problems import NotFound

STATIC = Path(__file__).with_name("static")
_KINDS = {".js": "text/javascript", ".css": "text/css"}

PAGE = """<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Школьная сеть: описание и проба запросов</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
# A separate file, because the content security policy forbids inline scripts.
START = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", validatorUrl: null, deepLinking: true,
  docExpansion: "none", defaultModelsExpandDepth: -1, tryItOutEnabled: true, filter: true,
  persistAuthorization: false,
});
"""


async def page(_: Request) -> Response:
    """The page of Swagger UI."""
    return Response(PAGE, media_type="text/html; charset=utf-8")


async def asset(request: Request) -> Response:
    """A static file of the page."""
    name = request.path_params["name"]
    if name == "start.js":
        return Response(START, media_type="text/javascript; charset=utf-8")
    if name not in {"swagger-ui-bundle.js", "swagger-ui.css"}:
        raise NotFound
    return FileResponse(STATIC / name, media_type=_KINDS[Path(name).suffix])
