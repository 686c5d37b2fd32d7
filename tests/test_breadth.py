"""Breadth: of a large collection nobody makes the service read everything for one page."""

from collections.abc import Iterator

import pytest

from app.access.roles import Role
from app.model.caller import SERVICE
from app.model.resource import Resource
from app.model.view import ALL
from app.registry import RESOURCES
from app.store import breadth
from app.store.filters import filters
from app.store.query import is_searched, read_query, sorts
from tests.holders import Holder, issue
from tests.scene import NOBODY, Scene, Service, problem
from tests.visitor import visitor

each_kind = pytest.mark.parametrize("kind", RESOURCES, ids=lambda kind: kind.name)

HOME = "municipality_id"

VALUES = {"date": "2020-01-01", "date-time": "2020-01-01T00:00:00Z"}
"""Values of filters by the format of their schema."""


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every collection is large: PostgreSQL says -1 of a table that it has not counted yet."""
    monkeypatch.setattr(breadth, "MOST", -2)


def wide(kind: Resource) -> Iterator[tuple[str, str]]:
    """Parameters for which a whole collection is read."""
    yield "include_total", "true"
    yield from (("sort", f"-{name}") for name in sorts(kind) if name != "id")
    if is_searched(kind, ALL):
        yield "q", "школа"
    for each in filters(kind).values():
        value = VALUES.get(str(each.schema.get("format")))
        if value and not each.is_narrow:
            yield each.name, value


@each_kind
def test_what_reads_a_whole_collection_is_told_from_what_does_not(kind: Resource) -> None:
    for query in wide(kind):
        assert breadth.is_wide(kind, read_query(kind, [query]), SERVICE), query
        if HOME in filters(kind):
            narrowed = read_query(kind, [query, (HOME, NOBODY)])
            assert not breadth.is_wide(kind, narrowed, SERVICE), query
    for name, value in (("limit", "1"), ("sort", "-id")):
        assert not breadth.is_wide(kind, read_query(kind, [(name, value)]), SERVICE)


@pytest.mark.shared_out
@pytest.mark.usefixtures("large")
@each_kind
def test_who_sees_everything_narrows_a_large_list(
    service: Service, scene: Scene, kind: Resource
) -> None:
    path, query = f"/{kind.path}", "sort=-updated_at&include_total=true"
    said = problem(service.client.get(f"{path}?{query}"), 422, "too_wide")
    assert [each["parameter"] for each in said["errors"]] == ["sort", "include_total"]
    assert service.client.get(path).status_code == 200
    file = service.client.get(f"{path}?sort=-updated_at", headers={"Accept": "text/csv"})
    assert file.status_code == 200
    home = scene["$municipality"]
    if HOME in filters(kind):
        assert HOME in said["errors"][0]["detail"]
        assert service.client.get(f"{path}?{query}&{HOME}={home}").status_code == 200
    at_home = issue(service.database, Role.COORDINATOR, municipality_id=home)
    assert Holder(service.client, at_home).get(f"{path}?{query}").status_code == 200


@pytest.mark.usefixtures("large")
def test_a_page_of_a_large_list_does_without_its_number(service: Service, scene: Scene) -> None:
    scene.lay(["$school"])
    person = visitor(service.client, issue(service.database, Role.COORDINATOR))
    assert "<caption>Записи <small>показано" in person.get("/data/organizations").text
    refused = person.get("/data/organizations?sort=-updated_at")
    assert refused.status_code == 422
    assert "Добавьте один из фильтров" in refused.text
    narrowed = f"/data/organizations?sort=-updated_at&municipality_id={scene['$municipality']}"
    assert "<caption>Найдено 1 <small>" in person.get(narrowed).text


def test_a_table_is_estimated_without_being_read(service: Service, scene: Scene) -> None:
    scene.lay(["$school"])
    with service.database.engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM organizations").scalar_one()
        if service.kind == "postgresql":
            connection.exec_driver_sql("ANALYZE organizations")
        sql = service.database.dialect.about("organizations")
        assert connection.exec_driver_sql(sql).scalar_one() >= count
