"""The page of the exchange: who follows and how far behind, and the lists that were sent."""

import html
import re
import uuid
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from app.access import followers, keys
from app.access.roles import Role
from app.database.transaction import Transaction
from app.journal.positions import ENTRIES, HEADS, SHARED
from app.pages import lagging
from app.pages.lagging import Place
from tests.holders import Holder, issue
from tests.scene import RECIPES, Scene, Service
from tests.visitor import visitor
from tests.waiting import until

pytestmark = pytest.mark.shared_out


def following(service: Service, scene: Scene, owner: str) -> Any:
    """The client of a system of this municipality."""
    key = issue(
        service.database,
        Role.SYNC,
        municipality_id=scene["$municipality"],
        owner=owner,
    )
    return Holder(service.client, key)


def stored(service: Service) -> None:
    """Store what was noted, as the chore does."""
    running: Any = service.client.app
    seen = running.state.service.followers.take()
    service.database.write(lambda tx: followers.keep(tx, seen))


def row_of(service: Service, scene: Scene, owner: str, role: Role = Role.COORDINATOR) -> str:
    """What the page says of a system."""
    scope = {} if role == Role.ADMIN else {"municipality_id": scene["$municipality"]}
    page = visitor(service.client, issue(service.database, role, **scope)).get("/exchange")
    assert page.status_code == 200, page.text
    rows = [text_of(row) for row in re.findall(r"<tr>.*?</tr>", page.text, re.DOTALL)]
    return next((row for row in rows if row.startswith(owner)), "")


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def caught_up(client: Any) -> str:
    """Follow to the end; returns the last cursor."""
    cursor = ""
    while True:
        page = client.get("/changes", params={"cursor": cursor} if cursor else {}).json()
        cursor = page["next_cursor"]
        if not page["has_more"]:
            return str(cursor)


@pytest.mark.long
def test_a_follower_is_as_far_behind_as_it_has_not_asked(service: Service, scene: Scene) -> None:
    system = following(service, scene, "РИС «Образование»")
    scene["$school"]
    assert "ленту не читает" in row_of(service, scene, "РИС «Образование»")
    cursor = caught_up(system)
    system.get("/changes", params={"cursor": cursor})
    stored(service)
    assert "получила всё" in row_of(service, scene, "РИС «Образование»")
    scene.make("organizations", RECIPES["$school"])
    assert "ещё не получила изменений: 1" in row_of(service, scene, "РИС «Образование»")
    assert "ещё не получила изменений: 1" in row_of(service, scene, "РИС «Образование»", Role.ADMIN)
    # Only a cursor that comes back says that what lies before it is stored.
    last = caught_up(system)
    stored(service)
    assert "изменений: 0" not in row_of(service, scene, "РИС «Образование»")
    system.get("/changes", params={"cursor": last})
    stored(service)
    assert "получила всё" in row_of(service, scene, "РИС «Образование»")


def test_changes_of_another_municipality_are_no_lag(service: Service, scene: Scene) -> None:
    system = following(service, scene, "Своя система")
    system.get("/changes", params={"cursor": caught_up(system)})
    stored(service)
    other = Scene(service.client)
    assert other["$school"]
    assert "получила всё" in row_of(service, scene, "Своя система")
    assert row_of(service, other, "Своя система") == ""


def test_the_count_ends_somewhere(
    service: Service, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = following(service, scene, "Отставшая система")
    system.get("/changes")
    stored(service)
    assert scene["$school"]
    assert scene["$leader"]
    monkeypatch.setattr(lagging, "FAR", 1)
    assert "изменений: больше 1" in row_of(service, scene, "Отставшая система")


@pytest.mark.parametrize("far", [1, 4, 10_000])
def test_the_changes_behind_all_places_are_counted_together(
    service: Service, scene: Scene, monkeypatch: pytest.MonkeyPatch, far: int
) -> None:
    """However many of the newest changes are read at once, each place has its own number."""
    home, other = uuid.UUID(scene["$municipality"]), Scene(service.client)
    before = service.database.read(head_of)
    for where in (scene, other, scene):
        where.make("organizations", RECIPES["$school"])
    after = service.database.read(head_of)
    places = [Place(before, home), Place(before, None), Place(after - 1, home), Place(after, None)]
    monkeypatch.setattr(lagging, "FAR", far)
    found = service.database.read(lambda tx: lagging.behind(tx, places))
    counts = [min(found[place], far + 1) for place in places]
    wanted = [count_since(service, place) for place in places]
    assert counts == [min(count, far + 1) for count in wanted]
    assert wanted[0] < wanted[1]
    assert wanted[3] == 0
    assert service.database.read(lambda tx: lagging.behind(tx, [])) == {}


def head_of(tx: Transaction) -> int:
    return int(tx.execute(sa.select(HEADS.c.position)).scalar_one())


def count_since(service: Service, place: Place) -> int:
    def work(tx: Transaction) -> int:
        rows = tx.execute(sa.select(ENTRIES.c.position, ENTRIES.c.municipality_id)).all()
        homes = {place.home, SHARED}
        later = [row for row in rows if row.position > place.position]
        return len([row for row in later if place.home is None or row.municipality_id in homes])

    return service.database.read(work)


def test_an_older_note_replaces_no_newer_one(service: Service, scene: Scene) -> None:
    system = following(service, scene, "Две реплики")
    system.get("/changes")
    running: Any = service.client.app
    older = running.state.service.followers.take()
    system.get("/changes", params={"cursor": caught_up(system)})
    newer = running.state.service.followers.take()
    for seen in (newer, older):
        service.database.write(partial(followers.keep, seen=seen))
    assert "получила всё" in row_of(service, scene, "Две реплики")


def test_a_revoked_system_is_not_shown(service: Service, scene: Scene) -> None:
    following(service, scene, "Бывшая система")
    assert row_of(service, scene, "Бывшая система")
    wanted = sa.select(keys.KEYS.c.id).where(keys.KEYS.c.owner == "Бывшая система")
    service.database.write(lambda tx: keys.revoke(tx, tx.execute(wanted).scalar_one()))
    assert not row_of(service, scene, "Бывшая система")


@pytest.mark.long
def test_the_chore_stores_where_keys_read(service: Service, scene: Scene) -> None:
    system = following(service, scene, "Сама по себе")
    system.get("/changes", params={"cursor": caught_up(system)})
    until(lambda: "получила всё" in row_of(service, scene, "Сама по себе"))


def test_lists_are_told_with_their_counts(service: Service, scene: Scene) -> None:
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    desk: Any = Holder(service.client, key)
    line = "Краткое наименование;Полное наименование;Тип\nСельская школа;Школа;такого нет\n"
    files = {"file": ("список школ.csv", line.encode(), "text/csv")}
    sent = desk.post("/imports/organizations?mode=dry_run", files=files)
    assert sent.status_code == 200, sent.text
    report = sent.json()
    page = visitor(service.client, key).get("/exchange").text
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if report["id"] in row)
    told = text_of(row)
    assert "Организации 1 1 проверен, ничего не записано" in told
    assert visitor(service.client, key).get(f"/uploads/{report['id']}/done").status_code == 200
