"""A page is counted once while nothing changes, for those who have the same rights."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.access.roles import Role
from app.pages.visit import Visit
from tests.holders import issue
from tests.scene import RESOURCE, Scene, Service, body_of
from tests.visitor import Visitor, visitor

pytestmark = pytest.mark.shared_out

PAGES = {
    "state": "/programs/{program}",
    "reasons": "/programs/{program}/indicators/teacher_coverage_share",
    "ways": "/programs/{program}/indicators/teacher_coverage_share/ways",
    "plan": "/programs/{program}/plan",
    "network": "/programs/{program}/network",
    "organization": "/organizations/{leader}",
    "partnership": "/partnerships/{partnership}",
}
DAY = "as_of=2020-10-16"


@pytest.fixture
def town(scene: Scene) -> Scene:
    """A program with what its pages tell of."""
    scene.lay(["$program", "$leader", "$partnership", "$teacher", "$event"])
    for name in ("employments", "participations"):
        scene.make(name, body_of(RESOURCE[name], scene))
    return scene


def enter(service: Service, town: Scene, role: Role, home: bool = True) -> Visitor:  # noqa: FBT001, FBT002 - one or the other
    scope = {"municipality_id": town["$municipality"]} if home else {}
    return visitor(service.client, issue(service.database, role, **scope))


def address(name: str, town: Scene) -> str:
    ids = {each: town[f"${each}"] for each in ("program", "leader", "partnership")}
    return f"{PAGES[name].format(**ids)}?{DAY}"


@contextmanager
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths of the pages that read the register anew."""
    paths: list[str] = []
    recalled = Visit.recalled

    async def watched(visit: Visit, question: Any, work: Any) -> Any:
        def seen(tx: Any) -> Any:
            paths.append(visit.request.url.path)
            return work(tx)

        return await recalled(visit, question, seen)

    with monkeypatch.context() as patch:
        patch.setattr(Visit, "recalled", watched)
        yield paths


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_what_did_not_change_is_read_once(
    name: str, service: Service, town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, mine = address(name, town), enter(service, town, Role.COORDINATOR)
    with read(monkeypatch) as paths:
        first = mine.get(page)
        assert (first.status_code, len(paths)) == (200, 1), first.text
        assert mine.get(page).text == first.text
        assert len(paths) == 1
        # Others with the same rights are told the same; whoever has others is not.
        enter(service, town, Role.COORDINATOR).get(page)
        assert len(paths) == 1
        enter(service, town, Role.READER).get(page)
        enter(service, town, Role.COORDINATOR, home=False).get(page)
        assert len(paths) == 3


@pytest.mark.parametrize("name", PAGES)
def test_a_change_is_told_at_once(name: str, service: Service, town: Scene) -> None:
    page, mine = address(name, town), enter(service, town, Role.COORDINATOR)
    mine.get(page)
    kind = {"organization": "organizations", "partnership": "partnerships"}.get(name, "programs")
    field = "short_name" if kind == "organizations" else "title"
    record = town[
        {"organizations": "$leader", "partnerships": "$partnership"}.get(kind, "$program")
    ]
    named = {"title": "Новое имя", "short_name": "Новое имя"}[field]
    changed = town.client.patch(f"/{kind}/{record}", json={field: named}, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    assert named in mine.get(page).text


def test_a_name_that_one_may_read_is_not_told_to_others(service: Service, town: Scene) -> None:
    page = address("reasons", town)
    told = enter(service, town, Role.COORDINATOR).get(page).text
    assert "Пробная" in told
    assert "Пробная" not in enter(service, town, Role.READER).get(page).text
