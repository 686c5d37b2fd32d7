"""Rulings: what the service says of a body that differs from the example of its kind."""

from collections.abc import Mapping
from typing import Any

from tests.scene import MERGE, RESOURCE, Scene, is_russian, problem

Case = tuple[str, dict[str, Any], str, str]
"""A collection, what differs from its example, and the code and the pointer of what is said."""


def told(collection: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The example of a kind with other values."""
    return {**RESOURCE[collection].example, **changes}


def refused(scene: Scene, case: Case) -> None:
    """See a body refused for one reason."""
    collection, changes, code, pointer = case
    body = scene.fill(told(collection, changes))
    answer = scene.client.post(f"/{RESOURCE[collection].path}", json=body)
    errors = problem(answer, 422, code, pointer)["errors"]
    assert {(error["code"], error["pointer"]) for error in errors} == {(code, pointer)}
    assert all(is_russian(error["detail"]) for error in errors)


def warned(scene: Scene, case: Case) -> None:
    """See a body taken with one warning that says what to do."""
    collection, changes, code, pointer = case
    made = scene.make(collection, told(collection, changes))
    assert warnings_of(made) == [(code, pointer)]
    assert all(is_russian(each["detail"]) for each in made["warnings"])
    assert all("." in each["detail"][:-1] for each in made["warnings"])


def warnings_of(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The codes and pointers of the warnings in an answer."""
    return [(each["code"], each["pointer"]) for each in answer["warnings"]]


def changed(scene: Scene, collection: str, record: str, **changes: Any) -> Any:
    """The answer to a change of a record."""
    headers = {"If-Match": "*", "Content-Type": MERGE}
    path = f"/{RESOURCE[collection].path}/{record}"
    return scene.client.patch(path, json=scene.fill(changes), headers=headers)


def keeps(scene: Scene, collection: str, record: str, code: str, **changes: Any) -> str:
    """See a change refused for one reason, at its only field; returns what is said."""
    (name,) = changes
    answer = changed(scene, collection, record, **changes)
    said = problem(answer, 422, code, f"/{name}")
    (error,) = said["errors"]
    assert is_russian(error["detail"])
    return str(error["detail"])


def takes(scene: Scene, collection: str, record: str, **changes: Any) -> list[tuple[str, str]]:
    """See a change accepted; returns its warnings."""
    answer = changed(scene, collection, record, **changes)
    assert answer.status_code == 200, answer.text
    return warnings_of(answer.json())


def report_of(scene: Scene, collection: str, heading: str, *rows: str) -> dict[str, Any]:
    """The report of a list that is committed without its refused rows."""
    path = f"/imports/{RESOURCE[collection].path}"
    report: dict[str, Any] = scene.client.post(
        path,
        params={"mode": "commit", "on_error": "skip"},
        content="\n".join((heading, *rows)).encode(),
        headers={"Content-Type": "text/csv"},
    ).json()
    return report
