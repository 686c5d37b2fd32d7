"""Exports: a whole list as CSV or XLSX, which changes nothing when it is imported again."""

import pytest

from app.rest.media import CSV, XLSX
from app.store.resource import Resource
from tests.scene import Scene, body_of
from tests.test_import_collections import ALL, send
from tests.test_imports import report, stats

FILES = pytest.mark.parametrize("kind", [CSV, XLSX], ids=["csv", "xlsx"])


@ALL
@FILES
def test_what_is_exported_and_imported_again_changes_nothing(
    scene: Scene, resource: Resource, kind: str
) -> None:
    scene.make(resource.name, body_of(resource, scene))
    answer = scene.client.get(f"/{resource.path}", headers={"Accept": kind})
    assert answer.status_code == 200, answer.text
    assert set(stats(report(send(scene, resource, answer.content)))) == {"unchanged"}


@ALL
def test_a_template_is_a_list_without_rows(scene: Scene, resource: Resource) -> None:
    answer = scene.client.get(f"/imports/{resource.path}/template.xlsx")
    assert answer.status_code == 200, answer.text
    said = report(send(scene, resource, answer.content))
    assert said["stats"]["total"] == 0
