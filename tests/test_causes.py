"""Causes: every 503 says why, in the answer, in the log line and behind a page."""

import ast
import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.indicators import counting
from app.problems import CutOff, NoConnection, Outage, Problem, Unavailable
from app.rest.failures import all_problems
from tests.described import document
from tests.scene import ROOT, Service, is_russian, problem
from tests.visitor import sign_in

pytestmark = pytest.mark.shared_out

APP = Path(__file__).parents[1] / "app"
KINDS = [kind for kind in all_problems() if kind.status == 503]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)

ONLY_READ = {
    "remote.py": "a client's: which answers pass",
    "rest/docs.py": "names the statuses that any operation may answer with",
    "rest/failures.py": "describes the statuses in OpenAPI",
    "pages/errors.py": "the heading of a page by its status",
}
"""Where the status 503 is named though no answer is made of it."""


@pytest.fixture
def failing(service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[[type[Problem]], None]:
    """Lets whatever asks for a key fail with a problem."""
    app: Any = service.client.app

    def fail(kind: type[Problem]) -> None:
        async def holder(_: str) -> None:
            raise kind

        monkeypatch.setattr(app.state.service.keyring, "holder", holder)

    return fail


def causes_logged(capsys: pytest.CaptureFixture[str]) -> list[str]:
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line["cause"] for line in lines if line.get("status") == 503]


@each_kind
def test_a_503_tells_its_cause_and_when_to_come_again(
    kind: type[Unavailable],
    service: Service,
    failing: Callable[[type[Problem]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(kind)
    answer = service.client.get("/programs")
    assert problem(answer, 503)["cause"] == kind.cause
    assert int(answer.headers["retry-after"]) > 0
    assert causes_logged(capsys) == [kind.cause]


@each_kind
def test_a_page_logs_the_cause_too(
    kind: type[Unavailable],
    service: Service,
    failing: Callable[[type[Problem]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(kind)
    assert sign_in(service.client, "sn_any_key").status_code == 503
    assert causes_logged(capsys) == [kind.cause]


@each_kind
def test_a_page_has_the_number_that_is_told_the_administrator(
    kind: type[Unavailable], service: Service, failing: Callable[[type[Problem]], None]
) -> None:
    failing(kind)
    answer = sign_in(service.client, "sn_any_key")
    assert f"сообщите администратору номер <b>{answer.headers['x-request-id']}</b>" in answer.text
    # Whether a commit that got no answer took place, nobody knows.
    is_known = kind not in {Unavailable, CutOff}
    assert ("ничего не записано" in answer.text) is is_known


def test_no_cause_is_without_a_problem() -> None:
    assert {kind.cause for kind in KINDS if issubclass(kind, Unavailable)} == {*Outage}
    assert all(issubclass(kind, Unavailable) for kind in KINDS)


@pytest.mark.long
def test_a_problem_of_status_503_without_a_cause_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="names no cause"):
        type("Lost", (Unavailable,), {"slug": "lost"})
    # Until it is collected, it is among all problems.
    gc.collect()


@pytest.mark.long
def test_a_503_is_made_of_a_problem_alone() -> None:
    named = {str(path.relative_to(APP)) for path in APP.rglob("*.py") if any(statuses(path))}
    assert named == {"problems/service.py", *ONLY_READ}


def statuses(path: Path) -> Iterator[ast.AST]:
    """Where a module names the status 503."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and node.value == 503:
            yield node
        if isinstance(node, ast.Attribute) and "SERVICE_UNAVAILABLE" in node.attr:
            yield node


def test_a_service_that_stops_is_not_ready(service: Service) -> None:
    app: Any = service.client.app
    app.state.stopping = True
    try:
        answer = service.client.get(f"{ROOT}/ready")
    finally:
        app.state.stopping = False
    assert problem(answer, 503)["cause"] == "draining"


def test_a_database_that_is_gone_makes_it_unready(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: Any = service.client.app

    async def rows(*_: Any, **__: Any) -> None:
        raise NoConnection

    monkeypatch.setattr(app.state.service.reader, "rows", rows)
    answer = service.client.get(f"{ROOT}/ready")
    assert problem(answer, 503)["cause"] == "no_connection"


def test_a_table_that_takes_long_to_count_says_so(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A day of its own: nobody has counted it before.
    monkeypatch.setattr(counting, "PATIENCE", 0.0)
    answer = service.client.get("/indicators?as_of=2019-07-19")
    assert problem(answer, 503)["cause"] == "counting"


def test_the_document_and_the_vocabulary_say_what_a_cause_means(service: Service) -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["Outage"]["enum"] == [*Outage]
    assert schemas["Problem"]["properties"]["cause"]["$ref"] == "#/components/schemas/Outage"
    assert document()["components"]["responses"]["Problem503"]["content"][
        "application/problem+json"
    ]["example"]["cause"] in [*Outage]
    listed = service.client.get("/vocabulary").json()["enumerations"]
    (told,) = (each["values"] for each in listed if each["name"] == "Outage")
    assert [each["code"] for each in told] == [*Outage]
    assert all(is_russian(each["ru"]) for each in told)
