"""Errors: renders every problem as application/problem+json (RFC 9457) in the caller's language."""

import json
import re
from collections.abc import Iterable

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from app.findings import Finding
from app.problems import (
    BadRequest,
    Busy,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    Unavailable,
)
from app.rest.gate import record_refusal

MOST = 100
"""Findings that one answer lists at most."""


def language_of(request: Request) -> str:
    """`ru`, unless the caller prefers English."""
    best, language = 0.0, "ru"
    for part in request.headers.get("accept-language", "")[:200].split(","):
        name, _, weight = part.strip().partition(";q=")
        quality = float(weight) if re.fullmatch(r"[01](\.\d{1,3})?", weight) else 1.0
        if name[:2].lower() in {"ru", "en"} and quality > best:
            best, language = quality, name[:2].lower()
    return language


def draw(request: Request, problem: Problem) -> Response:
    """The answer that shows a problem."""
    note(request, problem)
    language = language_of(request)
    body = told(problem, language, request.scope["request_id"]) | problem.members
    return Response(
        json.dumps(body, ensure_ascii=False).encode(),
        problem.status,
        {"Content-Language": language, **problem.headers},
        "application/problem+json",
    )


def note(request: Request, problem: Problem) -> None:
    """Note the cause of a 503 for the log line."""
    if isinstance(problem, Unavailable):
        request.scope["cause"] = problem.cause.value


def told(problem: Problem, language: str, instance: str) -> dict[str, object]:
    """A problem in JSON, without its own members; `instance` is the id of where it occurred."""
    body: dict[str, object] = {
        "type": f"/problems/{problem.slug}",
        "title": problem.title.fill(language, {}),
        "status": problem.status,
        "detail": problem.detail.fill(language, problem.values),
        "instance": f"urn:uuid:{instance}",
        "errors": [as_json(finding, language) for finding in problem.findings[:MOST]],
    }
    if isinstance(problem, Unavailable):
        body["cause"] = problem.cause
    if len(problem.findings) > MOST:
        body["errors_count"] = len(problem.findings)
    return body


def as_json(finding: Finding, language: str) -> dict[str, object]:
    """A finding in JSON: its place, code and text."""
    places = ("pointer", "parameter", "header")
    where = {name: value for name in places if (value := getattr(finding, name)) is not None}
    detail = finding.fault.words.fill(language, finding.values)
    return {**where, "code": finding.fault.code, "detail": detail}


async def on_problem(request: Request, error: Exception) -> Response:
    """Answer a problem that was raised; a refusal of a valid key is recorded in the trail."""
    try:
        if isinstance(error, Forbidden):
            record_refusal(request)
    except Busy as busy:
        return draw(request, busy)
    return draw(request, error if isinstance(error, Problem) else Problem())


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer a refusal of the framework itself."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == MethodNotAllowed.status:
        return draw(request, MethodNotAllowed(headers={"Allow": ", ".join(allowed(request))}))
    kinds: dict[int, type[Problem]] = {404: NotFound, 413: TooLarge, 400: BadRequest}
    return draw(request, kinds.get(status, Problem)())


def allowed(request: Request) -> list[str]:
    """Every method of a path, with HEAD beside GET: the framework lists those of one route only."""
    methods: set[str] = set()
    for path, its_methods in request.app.state.methods:
        if path.match(request.url.path):
            methods |= its_methods
    if "GET" in methods:
        methods.add("HEAD")
    return sorted(methods)


def methods_of(
    app: FastAPI, admitted: Iterable[tuple[str, str]]
) -> list[tuple[re.Pattern[str], set[str]]]:
    """The methods of every path: of the operations that demand a right, and of the others."""
    paths: dict[str, set[str]] = {}
    for method, path in admitted:
        paths.setdefault(path, set()).add(method)
    for route in app.routes:
        if isinstance(route, APIRoute):
            paths.setdefault(route.path, set()).update(route.methods or ())
    return [(compile_path(path)[0], methods) for path, methods in paths.items()]
