"""The reading lane: one statement for an item, one for a page, whatever is asked for."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.access.roles import Role
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.holders import Holder, issue
from tests.scene import Scene, Service


@pytest.fixture
def statements(service: Service, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the reading lane runs from here on."""
    reader = service.client.app.state.service.reader  # type: ignore[attr-defined]
    run, seen = reader.rows, []

    async def rows(sql: str, parameters: Mapping[str, Any], *, heavy: bool = False) -> Any:
        if "api_keys" not in sql:  # whose key it is gets asked once in a while, not per request
            seen.append(sql)
        return await run(sql, parameters, heavy=heavy)

    monkeypatch.setattr(reader, "rows", rows)
    return seen


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
@pytest.mark.shared_out
def test_a_page_with_its_total_is_one_statement(
    service: Service, scene: Scene, resource: Resource, statements: list[str]
) -> None:
    """Of all municipalities it is asked first how many records there are (decision 45)."""
    home = scene["$municipality"]
    key = issue(service.database, Role.COORDINATOR, municipality_id=home)
    path = f"/{resource.path}?limit=5&include_total=true&sort=-updated_at"
    statements.clear()
    assert Holder(service.client, key).get(path).status_code == 200
    assert len(statements) == 1
    statements.clear()
    assert service.client.get(path).status_code == 200
    assert statements[:-1] == [service.database.dialect.about(resource.table.name)]


@pytest.mark.parametrize("name", ["programs", "partnerships", "activities"])
def test_an_item_with_its_parts_is_one_statement(
    service: Service, name: str, statements: list[str]
) -> None:
    found = service.client.get(f"/{name}?limit=1").json()["items"][0]
    statements.clear()
    assert service.client.get(f"/{name}/{found['id']}").json() == found
    assert len(statements) == 1
