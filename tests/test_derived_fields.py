"""Derived fields follow a changed text, through each door that shows them and takes them back.

The cases are the derivations of the declarations, so one that is added is tried too.
"""

import csv
import io
from typing import Any

import pytest

from app.model.derivation import Derivation
from app.model.headings import headings
from app.model.leaves import leaves
from app.model.resource import Resource
from app.model.values import json_value
from app.registry import RESOURCES
from tests.scene import MERGE, Service, body_of
from tests.test_exports import exported_csv
from tests.test_import_collections import send
from tests.test_imports import report, stats
from tests.test_pages_data import Desk, Form

pytestmark = pytest.mark.shared_out

CASES = [(kind, each) for kind in RESOURCES for each in kind.derived]
each_case = pytest.mark.parametrize(
    ("kind", "derivation"), CASES, ids=lambda each: getattr(each, "name", getattr(each, "text", ""))
)
DOORS = pytest.mark.parametrize("door", ["form", "list"])

NEW = {"term_text": "Март 2026", "plan_no": "8"}
"""Texts that say other values than the examples have."""
SILENT = {"term_text": ("по особому графику", "по особым графикам"), "plan_no": ("А", "Б")}
"""Texts that say no values."""
BY_HAND = {"term_kind": ("whole_period", "в течение всего периода"), "position": ("77", "77")}
"""Values of the first column that no text here says, as a form and as a list have them."""


@pytest.fixture
def desk(service: Service) -> Desk:
    return Desk(service)


def test_derivations_are_declared() -> None:
    assert {kind.name for kind, _ in CASES} == {"programs", "partnerships", "activities"}


def path_of(kind: Resource, derivation: Derivation, column: str) -> str:
    """The path of a column in the record: `term.kind`, `directives.term_kind`."""
    (found,) = [
        leaf.path
        for leaf in leaves(kind)
        if leaf.column is not None
        and leaf.column.name == column
        and leaf.field == (derivation.part or leaf.field)
        and leaf.is_of_part == bool(derivation.part)
    ]
    return found


def held(kind: Resource, derivation: Derivation, record: dict[str, Any]) -> list[object]:
    """The derived values of a record, of the first row of a part."""
    values = []
    for column in derivation.columns:
        owner, _, inner = path_of(kind, derivation, column).partition(".")
        value = record[owner][0] if derivation.part else record[owner]
        values.append(value and value[inner] if inner else value)
    return values


def said(derivation: Derivation, text: str) -> list[object]:
    """What a text says."""
    return [json_value(value) for value in derivation.read(text)]


def is_given(kind: Resource, derivation: Derivation, record: dict[str, Any], text: str) -> None:
    """Write a text that says nothing, and a value by hand, through the API."""
    column = derivation.columns[0]
    value: object = BY_HAND[column][0]
    value = int(str(value)) if column == "position" else value
    owner, _, inner = path_of(kind, derivation, column).partition(".")
    new = record[owner][0] if derivation.part else {}
    new = new | {derivation.text: text, inner or owner: value}
    if derivation.part:
        new = {owner: [new]}
    elif inner:
        new = {derivation.text: text, owner: dict.fromkeys(record[owner]) | {inner: value}}
    record |= new


class Door:
    """A door that shows a record and takes it back changed."""

    def __init__(self, desk: Desk, door: str, kind: Resource, derivation: Derivation) -> None:
        self.desk, self.door, self.kind, self.derivation = desk, door, kind, derivation

    def send(self, key: str, text: str, *, by_hand: bool = False) -> dict[str, Any]:
        """Send what was shown with another text; the record, as it is then."""
        paths = {path_of(self.kind, self.derivation, self.derivation.text): text}
        if by_hand:
            column = self.derivation.columns[0]
            shown = BY_HAND[column][self.door == "list"]
            paths[path_of(self.kind, self.derivation, column)] = shown
        (self._form if self.door == "form" else self._list)(key, paths)
        return self.desk.stored(self.kind, key)

    def _form(self, key: str, paths: dict[str, str]) -> None:
        address = f"/data/{self.kind.path}/{key}/edit"
        fields = Form(self.desk.visitor.get(address).text).fields
        for path, text in paths.items():
            owner, _, inner = path.partition(".")
            name = f"{owner}.0.{inner}" if self.derivation.part else path
            assert name in fields
            fields[name] = [text]
        answer = self.desk.visitor.post(address, fields)
        assert answer.status_code == 303, answer.text

    def _list(self, key: str, paths: dict[str, str]) -> None:
        titles = {heading.name: heading.title for heading in headings(self.kind)}
        rows = exported_csv(self.desk.scene.client, f"/{self.kind.path}")
        own = [row for row in rows if row["Номер записи"] == key]
        for path, text in paths.items():
            own[0][titles[path]] = text
        file = io.StringIO()
        writer = csv.DictWriter(file, [*own[0]], delimiter=";")
        writer.writeheader()
        writer.writerows(own)
        answer = send(self.desk.scene, self.kind, file.getvalue().encode())
        assert "updated" in stats(report(answer))


@pytest.mark.long
@DOORS
@each_case
def test_what_came_back_as_shown_follows_the_text(
    desk: Desk, door: str, kind: Resource, derivation: Derivation
) -> None:
    made = desk.made(kind)
    text = NEW[derivation.text]
    assert held(kind, derivation, made) != said(derivation, text)
    now = Door(desk, door, kind, derivation).send(made["id"], text)
    assert held(kind, derivation, now) == said(derivation, text)


@pytest.mark.long
@DOORS
@each_case
def test_what_was_changed_too_is_kept(
    desk: Desk, door: str, kind: Resource, derivation: Derivation
) -> None:
    made = desk.made(kind)
    now = Door(desk, door, kind, derivation).send(made["id"], NEW[derivation.text], by_hand=True)
    assert str(held(kind, derivation, now)[0]) == BY_HAND[derivation.columns[0]][0]


@pytest.mark.long
@DOORS
@each_case
def test_a_value_by_hand_outlives_the_correction_of_a_text_that_says_none(
    desk: Desk, door: str, kind: Resource, derivation: Derivation
) -> None:
    body = body_of(kind, desk.scene)
    silent, corrected = SILENT[derivation.text]
    whole = desk.scene.make(kind.name, body)
    given = {name: whole[name] for name in kind.spoken if name in body or name == "term"}
    is_given(kind, derivation, given, silent)
    address = f"/{kind.path}/{whole['id']}"
    by_put = desk.scene.client.put(address, json=given, headers={"If-Match": whole["etag"]})
    assert by_put.status_code == 200, by_put.text
    door_of_all = Door(desk, door, kind, derivation)
    now = door_of_all.send(whole["id"], corrected)
    assert held(kind, derivation, now) == held(kind, derivation, by_put.json())
    assert str(held(kind, derivation, now)[0]) == BY_HAND[derivation.columns[0]][0]
    # As soon as the text says a value, it counts.
    now = door_of_all.send(whole["id"], NEW[derivation.text])
    assert held(kind, derivation, now) == said(derivation, NEW[derivation.text])


@each_case
def test_a_put_writes_what_it_gives_and_is_told_of_a_contradiction(
    desk: Desk, kind: Resource, derivation: Derivation
) -> None:
    made = desk.made(kind)
    body = {name: made[name] for name in kind.spoken}
    if derivation.part:
        body[derivation.part] = [
            row | {derivation.text: NEW[derivation.text]} for row in body[derivation.part]
        ]
    else:
        body[derivation.text] = NEW[derivation.text]
    address = f"/{kind.path}/{made['id']}"
    is_told = derivation.text == "term_text" and not derivation.part
    for warned in ({"differs_from_text"} if is_told else set(), set()):
        # The same body writes the same record, whatever it was.
        answer = desk.scene.client.put(address, json=body, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        assert held(kind, derivation, answer.json()) == held(kind, derivation, made)
        assert {each["code"] for each in answer.json()["warnings"]} == warned


@each_case
def test_a_patch_derives_anew_what_it_does_not_name(
    desk: Desk, kind: Resource, derivation: Derivation
) -> None:
    if derivation.part:
        return  # A patch replaces a list whole.
    made = desk.made(kind)
    address, client = f"/{kind.path}/{made['id']}", desk.scene.client
    head = {"If-Match": "*", "Content-Type": MERGE}
    now = client.patch(address, json={derivation.text: NEW[derivation.text]}, headers=head).json()
    assert held(kind, derivation, now) == said(derivation, NEW[derivation.text])
    owner = path_of(kind, derivation, derivation.columns[0]).partition(".")[0]
    again = {derivation.text: made[derivation.text], owner: now[owner]}
    kept = client.patch(address, json=again, headers=head).json()
    assert held(kind, derivation, kept) == held(kind, derivation, now)
