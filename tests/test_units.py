"""Structural units: whose unit an organization is holds for past days too, and that is told."""

import pytest

from tests.scene import MERGE, Scene, is_russian

pytestmark = pytest.mark.shared_out

ANEW = "past_is_counted_anew"


@pytest.fixture
def school(scene: Scene) -> str:
    """A school of its own."""
    return str(_made(scene, "Лесная СОШ")["id"])


def _made(scene: Scene, name: str, **more: object) -> dict[str, object]:
    named = {"full_name": f"МБОУ «{name}»", "short_name": name}
    body = {"municipality_id": "$municipality", "kind": "general_school"}
    return scene.make("organizations", body, **named, **more)


def _changed(scene: Scene, key: str, **values: object) -> dict[str, str]:
    """The warnings of a change: their texts by pointer and code."""
    headers = {"If-Match": "*", "Content-Type": MERGE}
    answer = scene.client.patch(f"/organizations/{key}", json=values, headers=headers)
    assert answer.status_code == 200, answer.text
    warnings = answer.json()["warnings"]
    return {f"{each['pointer']} {each['code']}": each["detail"] for each in warnings}


def test_a_school_that_becomes_a_unit_is_told_of_its_past(scene: Scene, school: str) -> None:
    whole = scene["$school"]
    told = _changed(scene, school, parent_id=whole)
    assert list(told) == [f"/parent_id {ANEW}"]
    (text,) = told.values()
    assert is_russian(text)
    assert "closed_on" in text
    assert "successor_id" in text
    assert _changed(scene, school, phone="8-84367-3-00-00") == {}
    assert list(_changed(scene, school, parent_id=None)) == [f"/parent_id {ANEW}"]


def test_a_new_unit_has_no_past(scene: Scene) -> None:
    assert _made(scene, "Филиал", parent_id=scene["$school"])["warnings"] == []
