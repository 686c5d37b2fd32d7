"""The model: whatever is done to the register over HTTP, it is what a plain dict says (R22)."""

import itertools
import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from app.registry.program_parts import IndicatorCode
from tests.daily import KINDS
from tests.fixtures import Copies, migrated_and_seeded
from tests.follower import Follower, lists, local
from tests.holders import Holder
from tests.model import Model, Name, Record, without_warnings
from tests.running import serving
from tests.scene import NOBODY, RESOURCE, Service, body_of, pair, problem, varied

pytestmark = pytest.mark.long

COLLECTIONS = st.sampled_from(sorted(RESOURCE))
DRAWN = {
    "$school": "organizations",
    "$authority": "organizations",
    "$act": "legal_acts",
    "$event": "events",
    "$measure": "measures",
}
"""References that stand now for one record, now for another."""


def day(number: int) -> str:
    return str(date(2021, 1, 1) + timedelta(number))


def autumn(number: int) -> str:
    return str(date(2020, 10, 1) + timedelta(number))


CONFIRMING = [code for code in IndicatorCode if code != IndicatorCode.RESULT_CONFIRMATION_SHARE]

APART: Mapping[str, Callable[[int], Record]] = {
    "organization_aliases": lambda n: {"alias": f"Школа {n}"},
    "legal_acts": lambda n: {"number": f"{n}"},
    "activities": lambda n: {"plan_no": f"{n}"},
    "designations": lambda n: {"valid_from": day(n), "valid_to": day(n), "exit_reason": "other"},
    "employments": lambda n: {"position": f"учитель {n}"},
    "headcounts": lambda n: {"observed_on": day(n)},
    "measures": lambda n: {"code": f"mark_{n}"},
    "monitoring_records": lambda n: {"period_start": day(n), "period_end": day(n)},
    "resource_types": lambda n: {"code": f"type_{n}"},
    "resource_balances": lambda n: {"observed_on": day(n)},
    "shared_resources": lambda n: {"title": f"Зал {n}"},
    "resource_uses": lambda n: {"start_date": day(n), "end_date": day(n), "breaks": []},
    "network_curricula": lambda n: {"title": f"Физика {n}"},
    "network_groups": lambda n: {"title": f"Группа {n}"},
    "schedule_slots": lambda n: {"valid_from": day(n), "valid_to": day(n)},
    "funding_entries": lambda n: {"title": f"Оборудование {n}"},
    "assessment_results": lambda n: {"subject": f"Предмет {n}"},
    "result_criteria": lambda n: {
        "kind": "indicator",
        "indicator_code": CONFIRMING[n % len(CONFIRMING)],
        "measure_id": None,
    },
    "initiatives": lambda n: {"title": f"Конкурс {n}"},
    "initiative_members": lambda n: {"valid_from": autumn(n), "valid_to": autumn(n)},
}
"""What makes each record of a kind another one."""


def changed(collection: str, number: int) -> Record:
    """A change to another value each time."""
    return dict(varied(RESOURCE[collection].change, number))


class House:
    """The service over one database, which can be closed and opened again."""

    def __init__(self, kind: str, url: str, folder: Path) -> None:
        self.kind = kind
        self._place = (kind, url, folder)
        self._stack = ExitStack()
        self.service = self._opened()

    def restart(self) -> None:
        """Close it and open it again."""
        self.close()
        self.service = self._opened()

    def close(self) -> None:
        """Give everything back."""
        self._stack.close()

    def _opened(self) -> Service:
        return self._stack.enter_context(serving(*self._place))


class Register(RuleBasedStateMachine):
    """Everything that is done to one municipality, beside what must come of it."""

    house: ClassVar[House]
    restarts = 1
    """How many there may still be in this run: each takes as long as a hundred requests."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(self.house.service.client)
        self.scene = self.model.scene
        self.run = uuid.uuid4().hex
        # Apart from the numbers in the scene.
        self.numbers = itertools.count(10)
        self.follower = Follower(local(self.house.service, self.scene))

    @rule(data=st.data(), collection=COLLECTIONS, again=st.booleans())
    def create(self, data: st.DataObject, collection: str, *, again: bool) -> None:
        body = self._fresh(data, collection)
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        path = f"/{RESOURCE[collection].path}"
        answer = self.scene.client.post(path, json=body, headers=headers)
        self.model.made(collection, body, answer, 1)
        if again and answer.is_success:
            assert self.scene.client.post(path, json=body, headers=headers).text == answer.text

    @rule(data=st.data(), new=st.booleans())
    def put_by_key(self, data: st.DataObject, *, new: bool) -> None:
        collection, key = self._key(data, self.model.left or self.model.keyed, new=new)
        address = f"/{RESOURCE[collection].path}/by-key/tests/{key}"
        if record_id := self.model.keyed.get((collection, key)):
            change = changed(collection, next(self.numbers))
            body = self.model.body((collection, record_id)) | change
            self.model.changed(
                (collection, record_id), self.scene.client.put(address, json=body), change
            )
            return
        body = self._fresh(data, collection)
        # A municipality made again is another one, and its keys are its own.
        before = 0 if collection == "municipalities" else self.model.left.get((collection, key), 0)
        answer = self.scene.client.put(address, json=body)
        self.model.made(collection, pair(body, key), answer, before + 1)

    @rule(data=st.data(), method=st.sampled_from(["PUT", "PATCH"]), seen=st.booleans())
    def change(self, data: st.DataObject, method: str, *, seen: bool) -> None:
        name = self._one(data)
        change = changed(name[0], next(self.numbers))
        body = change if method == "PATCH" else self.model.body(name) | change
        headers = {"If-Match": self.model.records[name]["etag"] if seen else "*"}
        self.model.changed(name, self.model.ask(method, name, json=body, headers=headers), change)

    @rule(data=st.data(), method=st.sampled_from(["PUT", "PATCH"]))
    def change_nothing(self, data: st.DataObject, method: str) -> None:
        name = self._one(data)
        body = {} if method == "PATCH" else self.model.body(name)
        answer = self.model.ask(method, name, json=body, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        assert without_warnings(answer) == self.model.records[name]

    @rule(data=st.data(), method=st.sampled_from(["PUT", "PATCH", "DELETE"]))
    def change_what_was_not_seen(self, data: st.DataObject, method: str) -> None:
        name = self._one(data)
        body = self.model.body(name) | changed(name[0], next(self.numbers))
        stale = {"If-Match": f'"{self.model.records[name]["version"] + 1}"'}
        said = self.model.ask(method, name, json=body, headers=stale)
        problem(said, 412)
        assert said.headers["etag"] == self.model.records[name]["etag"]
        problem(self.model.ask(method, name, json=body), 428)
        self.model.shows(name)

    @rule(data=st.data(), free=st.booleans())
    def delete(self, data: st.DataObject, *, free: bool) -> None:
        unreferred = [each for each in self.model.records if not self.model.referrers(each)]
        name = data.draw(st.sampled_from(unreferred)) if free and unreferred else self._one(data)
        headers = {"If-Match": self.model.records[name]["etag"]}
        self.model.deleted(name, self.model.ask("DELETE", name, headers=headers))

    @rule(data=st.data(), new=st.booleans())
    def delete_by_key(self, data: st.DataObject, *, new: bool) -> None:
        collection, key = self._key(data, self.model.keyed, new=new)
        answer = self.scene.client.delete(f"/{RESOURCE[collection].path}/by-key/tests/{key}")
        if record_id := self.model.keyed.get((collection, key)):
            self.model.deleted((collection, record_id), answer)
        else:
            problem(answer, 404)

    @rule(data=st.data())
    def read(self, data: st.DataObject) -> None:
        name = self._one(data)
        self.model.shows(name)
        if key := self.model.records[name]["source_key"]:
            path = f"/{RESOURCE[name[0]].path}/by-key/tests/{key}"
            assert self.scene.client.get(path).json() == self.model.records[name]

    @rule(data=st.data())
    def look_for_what_is_gone(self, data: st.DataObject) -> None:
        gone = self.model.gone or [(name, NOBODY) for name in sorted(RESOURCE)]
        name = data.draw(st.sampled_from(gone))
        for method in ("GET", "DELETE"):
            problem(self.model.ask(method, name, headers={"If-Match": "*"}), 404)

    @rule()
    def follow(self) -> None:
        self.follower.catch_up()
        assert self.model.ours(self.follower.records) == self.model.records

    @precondition(lambda self: self.restarts > 0)
    @rule()
    def restart(self) -> None:
        self.restarts -= 1
        self.house.restart()
        self.scene.client = self.house.service.client
        self.follower.holder = Holder(self.scene.client, self.follower.holder.key)

    def teardown(self) -> None:
        """In the end the lists and the mirror are what the model says."""
        self.follow()
        assert self.model.ours(lists(self.follower.holder)) == self.model.records

    def _one(self, data: st.DataObject) -> Name:
        return data.draw(st.sampled_from(list(self.model.records)))

    def _key(self, data: st.DataObject, known: Iterable[Name], *, new: bool) -> Name:
        """One of the known keys, or one that no record ever had."""
        if (names := list(known)) and not new:
            return data.draw(st.sampled_from(names))
        return data.draw(COLLECTIONS), f"{self.run}-{next(self.numbers)}"

    def _fresh(self, data: st.DataObject, collection: str) -> Record:
        """A body of a new record, which refers to whatever there is or was."""
        if collection == "participations":
            # A teacher takes part in an event once.
            self.scene.ids["$teacher"] = str(
                self.scene.make("teachers", self._new("teachers"))["id"]
            )
        name = data.draw(st.sampled_from(sorted(DRAWN)))
        known = [
            each
            for each in [*self.model.records, *self.model.gone[-1:]]
            if each[0] == DRAWN[name] and self._fits(name, each)
        ]
        chosen = data.draw(st.sampled_from(known or [(name, NOBODY)]))[1]
        # Nobody supports itself.
        if chosen != self.scene.ids["$leader"]:
            self.scene.ids[name] = chosen
        return self._new(collection)

    def _fits(self, name: str, chosen: Name) -> bool:
        """Whether a record can stand for a name: not every organization is a school."""
        record = self.model.records.get(chosen)
        return name != "$school" or record is None or record["kind"] == "general_school"

    def _new(self, collection: str) -> Record:
        body, number = body_of(RESOURCE[collection], self.scene), next(self.numbers)
        return body | (APART[collection](number) if collection in APART else {})


@pytest.fixture(params=KINDS)
def house(request: pytest.FixtureRequest, copies: Copies, tmp_path: Path) -> Iterator[House]:
    with copies(request.param, tmp_path, migrated_and_seeded) as url:
        opened = House(request.param, url, tmp_path)
        yield opened
        opened.close()


def test_the_register_is_what_the_model_says(
    house: House, dice: random.Random, *, full: bool
) -> None:
    # The model knows no database: every day the second one is tried at half the length.
    runs, steps = (200, 50) if full else (6 if house.kind == "sqlite" else 3, 30)
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        derandomize=not full,
        # A run takes seconds: to look for a shorter one is a matter of hours.
        phases=[Phase.generate, *([Phase.shrink] if full else [])],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    machine = type("Register", (Register,), {"house": house})
    if full:
        machine = seed(dice.randrange(10**6))(machine)
    run_state_machine_as_test(machine, settings=chosen)
