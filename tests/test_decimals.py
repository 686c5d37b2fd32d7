"""Decimals: kept as they were written, or refused; nothing is ever cut."""

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args

import pytest

from app.intake.parameters import names_persons
from app.intake.sheets.writing import write_xlsx
from app.model.columns import Scaled
from app.model.declaration import table_of
from app.model.headings import headings
from app.model.resource import Resource
from app.model.values import Exact
from app.registry import RESOURCES
from tests.scene import MERGE, RESOURCE, Scene, body_of, problem
from tests.test_import_collections import send, sheet

pytestmark = pytest.mark.shared_out

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exact_of(annotation: Any) -> Exact | None:
    """What an annotation says of its decimals."""
    if isinstance(annotation, Exact):
        return annotation
    inside = (*get_args(annotation), *getattr(annotation, "__metadata__", ()))
    return next(filter(None, map(exact_of, inside)), None)


def declared() -> Iterator[tuple[str, str, Any, Exact]]:
    """Every decimal of every kind: its table and column, what is annotated, what is kept."""
    for resource in RESOURCES:
        for row in (resource.row, *resource.parts.values()):
            for column in table_of(row).columns:
                if isinstance(column.type, Scaled):
                    info = row.model_fields[column.name]
                    said = [exact_of(info.annotation), *map(exact_of, info.metadata)]
                    found = next(filter(None, said), None)
                    yield table_of(row).name, column.name, found, column.type.exact


OWN = [
    (resource.name, column.name, column.type.exact)
    for resource in RESOURCES
    for column in resource.table.columns
    if isinstance(column.type, Scaled)
]
each_decimal = pytest.mark.parametrize(
    ("collection", "name", "exact"), OWN, ids=[f"{kind}-{name}" for kind, name, _ in OWN]
)


def too_fine(exact: Exact) -> str:
    return f"1.{'0' * exact.places}5"


def test_what_is_accepted_is_what_is_kept() -> None:
    assert len(list(declared())) > len(OWN)
    for table, column, annotated, kept in declared():
        assert annotated == kept, f"{table}.{column} accepts {annotated} and keeps {kept}"


def test_nothing_finer_can_be_kept() -> None:
    for *_, kept in declared():
        with pytest.raises(ValueError, match="places"):
            kept.scale(Decimal(too_fine(kept)))


@each_decimal
def test_a_number_that_is_too_fine_is_refused(
    scene: Scene, collection: str, name: str, exact: Exact
) -> None:
    resource = RESOURCE[collection]
    made = scene.make(collection, body_of(resource, scene))
    path = f"/{resource.path}/{made['id']}"
    head = {"If-Match": "*", "Content-Type": MERGE}
    for text in (too_fine(exact), f"-{too_fine(exact)}", f"{too_fine(exact)}0"):
        answer = scene.client.patch(path, json={name: text}, headers=head)
        problem(answer, 422, "not_a_decimal", f"/{name}")
    query = {f"{name}_from": too_fine(exact)}
    problem(scene.client.get(f"/{resource.path}", params=query), 422, "not_a_decimal")
    if exact.between:
        for bound, step in zip(exact.between, (-1, 1), strict=True):
            beyond = str(bound + step)
            # More digits than any decimal has are told as such.
            code = "out_of_range" if len(beyond.strip("-")) <= 12 else "not_a_decimal"
            answer = scene.client.patch(path, json={name: beyond}, headers=head)
            problem(answer, 422, code, f"/{name}")
    assert scene.client.get(path).json()[name] == made[name]


@each_decimal
def test_a_list_cuts_no_number(scene: Scene, collection: str, name: str, exact: Exact) -> None:
    resource = RESOURCE[collection]
    made = scene.make(collection, body_of(resource, scene))
    told = sheet(resource, made | {name: too_fine(exact)})
    for answer in (send(scene, resource, told), send_xlsx(scene, resource, made, name, exact)):
        said = answer.json()
        (error,) = said["report"]["rows"][0]["errors"]
        assert error["code"] == "not_a_decimal"
        # A secretary has cells, and no strings.
        assert error["detail"].startswith("Нужно число: не больше 12 цифр")
    assert scene.client.get(f"/{resource.path}/{made['id']}").json()[name] == made[name]


def send_xlsx(
    scene: Scene, resource: Resource, made: dict[str, Any], name: str, exact: Exact
) -> Any:
    """The answer to a book in which the decimal is a number, as a spreadsheet keeps it."""
    titles = {each.name: each.title for each in headings(resource)}
    book = io.BytesIO()
    rows = [[titles["id"], titles[name]], [made["id"], float(too_fine(exact))]]
    write_xlsx(rows, book, "Лист")
    path, query = f"/imports/{resource.path}", {"mode": "commit"}
    if names_persons(resource):
        query["processing_basis"] = "consent"
    head = {"Content-Type": XLSX}
    return scene.client.post(path, params=query, content=book.getvalue(), headers=head)


@pytest.mark.long
def test_openapi_says_the_places(scene: Scene) -> None:
    served = scene.client.get(scene.client.base_url.join("/openapi.json")).json()
    schemas = served["components"]["schemas"]
    for collection, name, exact in OWN:
        field = schemas[RESOURCE[collection].write.__name__]["properties"][name]
        assert any(each.get("pattern") == exact.pattern for each in field.get("anyOf", [field]))
        assert exact.about in field["description"]
