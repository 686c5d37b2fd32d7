"""The sign before a number: «№ 45-О» is the number 45-О, as papers print the sign themselves."""

from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter

from app.model.headings import Kind, headings
from app.model.leaves import leaves
from app.model.resource import Resource
from app.registry import RESOURCES
from tests.scene import RESOURCE, Scene, body_of, problem
from tests.test_import_collections import send
from tests.test_imports import listed, report, stats

pytestmark = pytest.mark.shared_out

ENDINGS = ("_no", ".no", "number", "clause")


def numbers(resource: Resource) -> dict[str, TypeAdapter[Any]]:
    """The types of the fields that hold the number of something, by their paths."""
    texts = {each.name for each in headings(resource) if each.kind == Kind.TEXT}
    return {
        leaf.path: TypeAdapter[Any](Annotated[leaf.info.annotation, *leaf.info.metadata])  # type: ignore[arg-type]
        for leaf in leaves(resource)
        if leaf.path in texts and leaf.path.endswith(ENDINGS)
    }


@pytest.mark.parametrize(
    ("said", "stored"),
    [("№ 45-О", "45-О"), ("№12", "12"), ("N 7", "7"), ("№ № 5", "5"), ("N45", "N45"), ("№", "№")],
)
def test_every_number_is_without_its_sign(said: str, stored: str) -> None:
    found = {
        f"{kind.name}.{path}": reader.validate_python(said)
        for kind in RESOURCES
        for path, reader in numbers(kind).items()
    }
    assert {"legal_acts.number", "legal_acts.clauses.no", "activities.plan_no"} <= found.keys()
    assert set(found.values()) == {stored}, found


def test_an_order_is_one_with_the_sign_and_without(scene: Scene) -> None:
    acts = RESOURCE["legal_acts"]
    body = body_of(acts, scene) | {"number": "№ 45-О"}
    made = scene.client.post("/legal-acts", json=body)
    assert made.json()["number"] == "45-О"
    problem(scene.client.post("/legal-acts", json=body | {"number": "45-О"}), 409)
    cells = {"Номер записи": made.json()["id"], "Номер": "№ 46-О"}
    assert stats(report(send(scene, acts, listed(cells).encode()))) == {"updated": 1}
