"""Hidden names: what a partner of another municipality is called, only its own people are told."""

from collections.abc import Callable, Iterator

import pytest

from app.access.roles import Role
from app.model.grants import Verb
from app.pages.page import PAGES
from tests.described import document
from tests.holders import Holder, issue
from tests.scene import RESOURCE, Scene, Service, problem
from tests.visitor import visitor

pytestmark = pytest.mark.shared_out

DAY = "2021-05-01"
NAME, PARENT = "Заречный клуб", "Заречный Дом культуры"
HIDDEN = "название скрыто"
PARTNERS = "programs/{program}/indicators/social_partner_count"
SHOWN = (
    f"{PARTNERS}/explain",
    f"{PARTNERS}/explain?outcome=counted",
    "programs/{program}/snapshots/{snapshot}/explain/social_partner_count",
    f"{PARTNERS.replace('/social_partner_count', '/diff')}?from=2020-10-01&to={DAY}",
    "programs/{program}/report",
    "partnerships/{partnership}/passport",
    "partnerships/{untitled}/passport",
)
"""What names the partner, or the legal person that it belongs to, to those who see it."""
PAGES_SHOWN = (
    "/programs/{program}/network",
    "/organizations/{leader}",
    f"/{PARTNERS}",
    "/partnerships/{partnership}",
)
LOCAL = (Role.COORDINATOR, Role.ORG, Role.READER, Role.SYNC)

Held = Callable[[Role], str]


@pytest.fixture
def held(service: Service, scene: Scene) -> Held:
    """Issues keys of the municipality of the program."""

    def key(role: Role) -> str:
        home = {"municipality_id": scene["$municipality"]}
        own = {"organization_id": scene["$leader"]} if role == Role.ORG else {}
        return issue(service.database, role, **(own or home))

    return key


@pytest.fixture
def away(service: Service, scene: Scene, held: Held) -> dict[str, str]:
    """Partnerships with a unit and with its legal person, both of another municipality.

    The snapshot is made by the coordinator of the program.
    """
    town = Scene(scene.client)
    culture = {"municipality_id": town["$municipality"], "kind": "culture"}
    house = scene.make("organizations", {**culture, "full_name": PARENT, "short_name": PARENT})
    unit = {**culture, "full_name": NAME, "short_name": NAME, "parent_id": house["id"]}
    club = scene.make("organizations", unit)
    members = [
        {"organization_id": "$leader", "role": "leader"},
        {"organization_id": "$school", "role": "supported"},
        {"organization_id": club["id"], "role": "social_partner"},
    ]
    for title in ("Вместе с клубом", None):
        body = {"program_id": "$program", "model": "vertical", "basis": "plan", "title": title}
        made = scene.make(
            "partnerships", body | {"status": "active", "start_date": "2020-11-01"}, members=members
        )
        scene.ids["untitled" if title is None else "$partnership"] = made["id"]
        members[2] = {"organization_id": house["id"], "role": "social_partner"}
    joins = RESOURCE["initiative_members"].example
    scene.make("initiative_members", joins, organization_id=club["id"])
    body = {"as_of": DAY, "title": "Отчёт"}
    address = f"/programs/{scene['$program']}/snapshots"
    snapshot = Holder(service.client, held(Role.COORDINATOR)).post(address, json=body)
    assert snapshot.status_code == 201, snapshot.text
    return {
        "snapshot": snapshot.json()["id"],
        "program": scene["$program"],
        "leader": scene["$leader"],
        "partnership": scene["$partnership"],
        "untitled": scene["untitled"],
        "club": club["id"],
    }


def dated(address: str) -> str:
    """An address that asks for the day; a snapshot has its own, a comparison two."""
    if "snapshots" in address or "from=" in address:
        return address
    return f"{address}{'&' if '?' in address else '?'}as_of={DAY}"


@pytest.mark.long
@pytest.mark.parametrize("role", LOCAL)
def test_the_name_of_a_hidden_partner_is_told_nowhere(
    service: Service, away: dict[str, str], held: Held, role: Role
) -> None:
    mine, region = (Holder(service.client, key) for key in (held(role), everywhere(service)))
    problem(mine.get(f"/organizations/{away['club']}"), 404)
    for template in SHOWN:
        address = dated(f"/{template.format(**away)}")
        whole, answer = region.get(address), mine.get(address)
        assert "Заречный" in whole.text, address
        assert answer.status_code == 200, answer.text
        assert "Заречный" not in answer.text, address
        again = mine.get(address, headers={"If-None-Match": whole.headers["etag"]})
        assert again.text == answer.text, address


def everywhere(service: Service) -> str:
    """A key that sees the organizations of all municipalities."""
    return issue(service.database, Role.COORDINATOR)


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ORG, Role.READER])
def test_pages_say_that_the_name_of_a_partner_is_hidden(
    service: Service, away: dict[str, str], held: Held, role: Role
) -> None:
    mine, region = (visitor(service.client, key) for key in (held(role), everywhere(service)))
    for template in PAGES_SHOWN:
        address = dated(template.format(**away))
        assert "Заречный" in region.get(address).text, address
        page = mine.get(address)
        assert page.status_code == 200, address
        assert "Заречный" not in page.text, address
        assert "скрыто" in page.text, address
        assert f"/organizations/{away['club']}" not in page.text, address


def test_a_hidden_partner_still_counts_as_every_other(
    service: Service, away: dict[str, str], held: Held
) -> None:
    keys = held(Role.READER), everywhere(service)
    mine, region = (Holder(service.client, key) for key in keys)
    address = dated(f"/{PARTNERS.format(**away)}/explain")
    told, whole = (each.get(address).json() for each in (mine, region))
    (hidden,), (item,) = told["items"], whole["items"]
    assert hidden == item | {"id": None, "name": None}
    assert item["name"] == PARENT
    assert told | {"items": []} == whole | {"items": []}
    figures = dated(f"/programs/{away['program']}/indicators")
    assert mine.get(figures).content == region.get(figures).content


@pytest.mark.long
def test_papers_say_that_the_name_of_a_partner_is_hidden(
    service: Service, away: dict[str, str], held: Held
) -> None:
    mine = Holder(service.client, held(Role.COORDINATOR))
    report = mine.get(dated(f"/programs/{away['program']}/report")).json()
    rows = [row["cells"] for row in report["sections"][0]["rows"]]
    names = [cells[0] for cells in rows if cells[0]]
    assert names[-2:] == [HIDDEN, HIDDEN]
    assert f"Ресурсная СОШ – Сельская СОШ, {HIDDEN}" in {cells[3] for cells in rows}
    frozen = f"/programs/{away['program']}/snapshots/{away['snapshot']}/report"
    kept = Holder(service.client, everywhere(service)).get(frozen)
    assert HIDDEN in kept.text
    assert kept.content == mine.get(frozen).content
    passport = mine.get(dated(f"/partnerships/{away['untitled']}/passport")).json()
    assert passport["requisites"]["subject"] == f"Ресурсная СОШ – Сельская СОШ, {HIDDEN}"
    assert [row["cells"][0] for row in passport["sections"][0]["rows"]][2] == HIDDEN
    assert passport["signatures"][2]["position"] == f"Руководитель: {HIDDEN}"


@pytest.mark.long
def test_a_partner_that_has_left_is_hidden_in_a_snapshot_too(
    service: Service, scene: Scene, away: dict[str, str], held: Held
) -> None:
    for key in ("partnership", "untitled"):
        scene.client.delete(f"/partnerships/{away[key]}")
    mine = Holder(service.client, held(Role.COORDINATOR))
    address = f"/programs/{away['program']}/snapshots/{away['snapshot']}/explain"
    (item,) = mine.get(f"{address}/social_partner_count").json()["items"]
    assert (item["id"], item["name"]) == (None, None)


@pytest.mark.long
def test_no_answer_and_no_page_tells_a_hidden_name(
    service: Service, away: dict[str, str], held: Held
) -> None:
    key = held(Role.COORDINATOR)
    mine, guest = Holder(service.client, key), visitor(service.client, key)
    tried = 0
    for address, kinds in addresses(away):
        for kind in kinds:
            answer = mine.get(address, headers={"Accept": kind})
            tried += answer.status_code == 200
            assert "Заречный" not in answer.text, (address, kind)
    for address in page_addresses(away):
        page = guest.get(address)
        tried += page.status_code == 200
        assert "Заречный" not in page.text, address
    assert tried > 100


READ = ("application/json", "text/csv", "text/html")
"""The forms of answers that a test can read."""
CODES = ("social_partner_count", "form_coverage_share", "org_involvement_share")


def addresses(ids: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Every address of the API that answers about the program, and every list."""
    prefix = "/api/v1"
    for path, operations in document()["paths"].items():
        if "get" in operations and path.startswith(prefix):
            content = operations["get"]["responses"]["200"].get("content", {})
            for address in filled(path.removeprefix(prefix), ids):
                yield address, [kind for kind in READ if kind in content]


def page_addresses(ids: dict[str, str]) -> Iterator[str]:
    """Every page about the program, its partnership and its leader, and every list."""
    for page in PAGES:
        if page.verb == Verb.READ and not page.address.endswith((".pdf", ".docx", ".xlsx")):
            yield from filled(page.address, ids)


def filled(path: str, ids: dict[str, str]) -> Iterator[str]:
    """The addresses of a path about the records; none if it is about others."""
    known = {
        "/programs/{id}": f"/programs/{ids['program']}",
        "/partnerships/{id}": f"/partnerships/{ids['partnership']}",
        "/organizations/{id}": f"/organizations/{ids['leader']}",
        "{snapshot_id}": ids["snapshot"],
    }
    for before, after in known.items():
        path = path.replace(before, after)
    for code in CODES if "{code}" in path else ("",):
        address = path.replace("{code}", code)
        if "{" not in address:
            yield address
            if ids["program"] in address:
                yield f"{address}?as_of={DAY}"
