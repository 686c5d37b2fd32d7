"""The model: a plain dict of the records that must be there, and what answers say by it (R22)."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from app.model.resource import Resource
from tests.follower import Records
from tests.scene import COLLECTIONS, MERGE, RESOURCE, Scene, problem

Record = dict[str, Any]
Name = tuple[str, str]
"""A collection, and an id or a foreign key in it."""


@dataclass
class Noted(Scene):
    """A scene whose records a model notes."""

    note: Callable[[str, Record], None] | None = None

    def lay(self, names: Iterable[str]) -> None:
        # What the model notes are answers, so every record is asked for.
        self.lay_by_requests(names)

    def make(self, collection: str, body: Mapping[str, Any], **more: Any) -> Record:
        made = super().make(collection, body, **more)
        if self.note:
            self.note(collection, made)
        return made


class Model:
    """The records of one municipality as they must be, those that are gone, and their keys."""

    def __init__(self, client: TestClient) -> None:
        self.records: Records = {}
        self.gone: list[Name] = []
        self.keyed: dict[Name, str] = {}
        self.left: dict[Name, int] = {}
        """The versions that deleted records had, by key."""
        self.scene = Noted(client, note=self.note)
        self.home = self.scene["$municipality"]
        for name in COLLECTIONS:
            assert self.scene[name]

    def body(self, name: Name) -> Record:
        """What was read of a record, as it can be sent back."""
        written = RESOURCE[name[0]].write.model_fields
        return {field: value for field, value in self.records[name].items() if field in written}

    def ask(self, method: str, name: Name, **more: Any) -> Any:
        """The answer to a request about one record."""
        collection, record_id = name
        if method == "PATCH":
            more["headers"] = {"Content-Type": MERGE, **more.get("headers", {})}
        return self.scene.client.request(
            method, f"/{RESOURCE[collection].path}/{record_id}", **more
        )

    def shows(self, name: Name) -> None:
        """The service shows a record as it must be."""
        answer = self.ask("GET", name)
        assert (answer.status_code, answer.json()) == (200, self.records[name])
        assert answer.headers["etag"] == f'"{self.records[name]["version"]}"'

    def note(self, collection: str, made: Record) -> None:
        """Take in a record that was made."""
        record = {field: value for field, value in made.items() if field != "warnings"}
        self.records[collection, record["id"]] = record
        if record["source_key"]:
            self.keyed[collection, record["source_key"]] = record["id"]
            self.left.pop((collection, record["source_key"]), None)

    def made(self, collection: str, body: Record, answer: Any, version: int) -> None:
        """A record was made of a body, or refused if it refers to what is not there."""
        if ids_in(body) - {record_id for _, record_id in self.records}:
            problem(answer, 422, "unknown-reference")
            return
        assert answer.status_code == 201, answer.text
        record = without_warnings(answer)
        name = (collection, record["id"])
        assert name not in self.records
        assert name not in self.gone
        assert (record["version"], record["etag"]) == (version, f'"{version}"')
        assert {field: record[field] for field in plain(RESOURCE[collection], body)} == plain(
            RESOURCE[collection], body
        )
        self.note(collection, record)
        self.shows(name)

    def changed(self, name: Name, answer: Any, change: Record) -> None:
        """A record was changed, and nothing else of it."""
        before = self.records[name]
        assert answer.status_code == 200, answer.text
        record = without_warnings(answer)
        if before | change == before:
            assert record == before
            return
        version = before["version"] + 1
        kept = {"version": version, "etag": f'"{version}"', "updated_at": record["updated_at"]}
        assert record == before | change | kept
        assert record["updated_at"] > before["updated_at"]
        self.records[name] = record
        self.shows(name)

    def deleted(self, name: Name, answer: Any) -> None:
        """A record was deleted, or kept for those that refer to it."""
        if referrers := self.referrers(name):
            said = problem(answer, 409)
            # Who may delete a municipality does not see all that is in it.
            if name[0] != "municipalities":
                assert {
                    each["collection"]: each["count"] for each in said["referrers"]
                } == referrers
            self.shows(name)
            return
        assert answer.status_code == 204, answer.text
        record = self.records.pop(name)
        self.gone.append(name)
        if key := record["source_key"]:
            del self.keyed[name[0], key]
            self.left[name[0], key] = record["version"] + 1
        problem(self.ask("GET", name), 404)

    def referrers(self, name: Name) -> Counter[str]:
        """How many records of each kind refer to a record."""
        found = Counter(
            collection
            for (collection, record_id), record in self.records.items()
            if record_id != name[1] and name[1] in ids_in(record)
        )
        # The follower's key is the municipality's own.
        return found + Counter(["api_keys"] if name[1] == self.home else [])

    def ours(self, records: Records) -> Records:
        """Of what somebody has, the records of this run."""
        known = {*self.records, *self.gone}
        return {
            name: record
            for name, record in records.items()
            if name in known or record["municipality_id"] == self.home
        }


def without_warnings(answer: Any) -> Record:
    return {field: value for field, value in answer.json().items() if field != "warnings"}


def plain(resource: Resource, body: Record) -> Record:
    """The fields of a body that are answered as they were sent."""
    spelt = {*resource.parts, *resource.embedded, "plan_no"}
    return {field: value for field, value in body.items() if field not in spelt}


def ids_in(value: Any) -> set[str]:
    """Every id that stands in a value."""
    if isinstance(value, Mapping):
        return set().union(*map(ids_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(ids_in, value))
    return {value} if isinstance(value, str) and is_id(value) else set()


def is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
