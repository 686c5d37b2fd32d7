"""What is answered in front of the router is answered in the same way by the router."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from app.access.roles import Role
from app.main import API, routers
from app.registry import RESOURCES
from app.rest.direct import Direct, direct
from tests.holders import Holder, issue
from tests.scene import NOBODY, Scene, Service

PATHS = [route.path.removeprefix(API) for route in direct(routers(), API)]
OF_AN_ANSWER = {"x-request-id", "date"}
"""Headers that no two answers share."""

Ask = Mapping[str, Any]
ASKED: Mapping[str, Ask] = {
    "as it is": {},
    "with names": {"params": {"names": "true"}},
    "with a wrong parameter": {"params": {"misspelt": "1"}},
    "as a file": {"headers": {"Accept": "text/csv"}},
    "again": {"headers": {"If-None-Match": "*"}},
    "without a key": {"headers": {"Authorization": "Bearer wrong"}},
}


def test_every_list_and_every_record_has_a_direct_route() -> None:
    assert {f"/{each.path}{end}" for each in RESOURCES for end in ("", "/{id}")} <= {*PATHS}


@pytest.fixture
def ids(standing_scene: Scene) -> dict[str, str]:
    """A record of each collection, by its path."""
    return {
        each.path: standing_scene.ids[each.name]
        for each in RESOURCES
        if each.name != "municipalities"
    }


def told(client: Any, path: str, asked: Ask) -> tuple[int, dict[str, str], Any]:
    """An answer without what no two answers share."""
    answer = client.request("GET", path, **asked)
    headers = {each: value for each, value in answer.headers.items() if each not in OF_AN_ANSWER}
    is_problem = "problem" in answer.headers.get("content-type", "")
    body = answer.json() | {"instance": ""} if is_problem else answer.content
    if is_problem:
        headers.pop("content-length")
    return answer.status_code, headers, body


def addresses(ids: Mapping[str, str]) -> Iterator[str]:
    for path in PATHS:
        collection = path.removesuffix("/{id}").strip("/")
        yield path.format(id=ids.get(collection, NOBODY))
    yield f"/organizations/{NOBODY}"


@pytest.mark.long
@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.READER])
@pytest.mark.shared_out
def test_both_ways_answer_alike(
    role: Role,
    asked: Ask,
    service: Service,
    ids: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    full: bool,
) -> None:
    program = service.client.get(f"/programs/{ids['programs']}").json()
    key = issue(service.database, role, municipality_id=program["municipality_id"])
    holder = Holder(service.client, key)
    paths = [path for path in addresses(ids) if "template.xlsx" not in path]
    if not full:
        # Each address meets each question daily, and is asked by the two roles in turn.
        turn = [*ASKED.values()].index(asked) + (role is Role.READER)
        paths = [path for at, path in enumerate(paths) if (at + turn) % 2]
    directly = [told(holder, path, asked) for path in paths]
    monkeypatch.setattr(Direct, "_found", lambda *_: None)
    for path, answer in zip(paths, directly, strict=True):
        assert told(holder, path, asked) == answer, path
