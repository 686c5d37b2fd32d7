"""Workers and instances: several processes of the service act as one (R4, R5, R8, S8, R26)."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest

from app.access.roles import Role
from app.database.schema import migrate
from tests.conftest import on_each_kind
from tests.endurance import persist
from tests.fixtures import Copies
from tests.holders import issue
from tests.process import serving
from tests.remote import reached
from tests.scene import RESOURCE, Scene, Service, body_of, in_letters
from tests.test_feed_races import follow_writers, trio
from tests.test_races import at_once, count_up, put_at_once
from tests.test_repeats import named
from tests.waiting import until

TRIES = 24
"""Requests to an instance on connections of their own: each of its workers gets some."""


@dataclass(frozen=True)
class Together:
    """Processes over one database, as one service and each by itself."""

    service: Service
    bases: list[str]


@pytest.fixture(scope="module")
def running(
    copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Together]]:
    """An instance with two workers and another one beside it, by kind; each is started once."""
    with ExitStack() as stack:

        @cache
        def started(kind: str) -> Together:
            folder = tmp_path_factory.mktemp("together")
            url = stack.enter_context(copies(kind, folder, migrate))
            program = ("tests.held",)
            bases = [
                stack.enter_context(
                    serving(folder, url, program, workers=workers, wrong_keys="1000")
                )
                for workers in "21"
            ]
            return Together(stack.enter_context(reached(kind, url, folder, *bases)), bases)

        yield started


@pytest.fixture
def together(running: Callable[[str], Together], kind: str) -> Together:
    return running(kind)


@pytest.fixture
def scene(together: Together) -> Scene:
    return Scene(together.service.client)


@pytest.mark.long
@on_each_kind
def test_a_revoked_key_is_refused_by_every_process(together: Together) -> None:
    client = together.service.client
    made = client.post("/keys", json={"role": "reader", "owner": "Проверка"}).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert set(asked(together, headers)) == {200}
    assert client.delete(f"/keys/{made['id']}").is_success
    until(lambda: set(asked(together, headers)) == {401})


def asked(together: Together, headers: dict[str, str]) -> list[int]:
    apart = {**headers, "Connection": "close"}
    with httpx.Client(headers=apart) as client:
        addresses = [f"{base}/api/v1/programs" for base in together.bases]
        return [client.get(each).status_code for _ in range(TRIES) for each in addresses]


@on_each_kind
def test_a_name_changed_by_one_process_is_told_by_the_others_at_once(
    together: Together, scene: Scene
) -> None:
    made = scene.make("headcounts", body_of(RESOURCE["headcounts"], scene))
    school = made["organization_id"]
    key = issue(
        together.service.database, Role.COORDINATOR, municipality_id=made["municipality_id"]
    )
    page = {"names": "true", "organization_id": school}
    addresses = [f"{base}/api/v1" for base in together.bases]
    tags: list[str] = []
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}) as client:
        for said in ("Одна СОШ", "Другая СОШ"):
            for writer in addresses:
                name = f"{said} {addresses.index(writer)}"
                address, any_version = f"{writer}/organizations/{school}", {"If-Match": "*"}
                client.patch(
                    address, json={"short_name": name}, headers=any_version
                ).raise_for_status()
                answers = [client.get(f"{each}/headcounts", params=page) for each in addresses]
                assert {each.json()["names"][school] for each in answers} == {name}
                tags += {each.headers["etag"] for each in answers}
    assert len({*tags}) == len(tags) == 4


@on_each_kind
@pytest.mark.parametrize("known_by", ["id", "key"])
def test_no_confirmed_change_is_lost(scene: Scene, known_by: str, *, full: bool) -> None:
    count_up(scene, known_by, *((32, 100) if full else (4, 5)))


@pytest.mark.long
@on_each_kind
def test_one_new_key_is_made_once(scene: Scene, *, full: bool) -> None:
    put_at_once(scene, *((64, 200) if full else (8, 5)))


@pytest.mark.long
@on_each_kind
def test_repeats_at_several_processes_have_one_effect(
    together: Together, scene: Scene, *, full: bool
) -> None:
    clients, keys = (50, 100) if full else (8, 4)
    for _ in range(keys):
        name, headers = f"Повторова{in_letters(uuid.uuid4().hex)}", named()
        body = {"municipality_id": scene["$municipality"], "last_name": name, "first_name": "Анна"}

        def post(
            _: int, body: dict[str, Any] = body, headers: dict[str, str] = headers
        ) -> tuple[int, bytes]:
            client = together.service.client
            answer = persist(client, "POST", "/teachers", json=body, headers=headers)
            return answer.status_code, answer.content

        ((status, content),) = set(at_once(post, clients))
        assert status == 201
        found = together.service.client.get("/teachers", params={"q": name}).json()
        assert [each["id"] for each in found["items"]] == [json.loads(content)["id"]]


@pytest.mark.long
@on_each_kind
def test_followers_among_writers_lose_nothing(
    together: Together, scene: Scene, *, full: bool
) -> None:
    writers, changes = (32, 625) if full else (8, 15)
    follow_writers(scene, trio(together.service, scene), writers, changes)
    assert together.service.client.get("/audit/verify").json()["whole"]
