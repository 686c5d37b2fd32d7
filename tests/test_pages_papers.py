"""The pages of documents: the API's files by address, and reports that are kept."""

import html
import re
from typing import Any

import pytest

from app.access.roles import Role
from app.pages.papers import DOCUMENTS, FILES
from tests.holders import issue
from tests.scene import NOBODY, RECIPES, Scene, Service
from tests.visitor import Visitor, hidden, visitor
from tests.waiting import recorded

pytestmark = pytest.mark.shared_out

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each.title)
MAGIC = {"pdf": b"%PDF-", "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04"}
NAMES = {
    "programs": "$program",
    "partnerships": "$partnership",
    "network_curricula": "$curriculum",
    "events": "$event",
}


def desk(service: Service, scene: Scene, role: Role = Role.COORDINATOR) -> Visitor:
    return visitor(
        service.client, issue(service.database, role, municipality_id=scene["$municipality"])
    )


def kept(who: Visitor, scene: Scene, **more: str) -> Any:
    """The answer to the form in which a report is kept."""
    address = f"/programs/{scene['$program']}/documents/new"
    fields = {"title": "Отчёт за осень", "as_of": "2020-12-31", **more}
    return who.post(address, {**hidden(who.get(address).text), **fields})


@pytest.mark.long
@each_document
def test_a_document_is_a_file_at_its_address(service: Service, scene: Scene, document: Any) -> None:
    who, query = desk(service, scene), ""
    if document.subject == "snapshots":
        kept(who, scene)
        program = scene["$program"]
        reports = scene.client.get(f"/programs/{program}/snapshots").json()["items"]
        query = f"?snapshot_id={reports[0]['id']}"
    address = document.address.replace("{id}", scene[NAMES[document.about]])
    for ending in FILES:
        file = who.get(f"{address}.{ending}{query}")
        assert file.status_code == 200, file.text
        assert file.content.startswith(MAGIC[ending])
        assert file.headers["content-disposition"].startswith("attachment")


@pytest.mark.long
def test_a_record_offers_its_documents(service: Service, scene: Scene) -> None:
    who = desk(service, scene)
    for kind, path in (("network_curricula", "network-curricula"), ("events", "events")):
        page = who.get(f"/data/{path}/{scene[NAMES[kind]]}").text
        (document,) = (each for each in DOCUMENTS if each.about == kind)
        address = document.address.replace("{id}", scene[NAMES[kind]])
        assert f'href="{address}.docx"' in page
    partnership = scene["$partnership"]
    page = who.get(f"/partnerships/{partnership}").text
    assert f'href="/partnerships/{partnership}/passport.pdf"' in page
    reader = desk(service, scene, Role.READER)
    assert "attendance-list" not in reader.get(f"/data/events/{scene['$event']}").text


def test_each_base_of_a_curriculum_has_its_contract(service: Service, scene: Scene) -> None:
    who = desk(service, scene)
    document = next(each for each in DOCUMENTS if each.named_by == "base")
    new = {"full_name": "Вторая школа", "short_name": "Вторая", "kind": "general_school"}
    second = scene.make("organizations", {"municipality_id": "$municipality", **new})["id"]
    parties = [*RECIPES["$curriculum"]["parties"], {"organization_id": second, "role": "base"}]
    made = scene.make("network_curricula", {**RECIPES["$curriculum"], "parties": parties})
    page = f"/data/network-curricula/{made['id']}"
    told = html.unescape(who.get(page).text)
    address = document.address.replace("{id}", made["id"])
    for base in (scene["$school"], second):
        link = f"{address}.docx?base={base}"
        assert f'href="{link}"' in told
        assert who.get(link).content.startswith(MAGIC["docx"])
    assert f"{document.title}, Вторая" in told
    # An address from before leads to where one chooses.
    assert who.get(f"{address}.pdf").headers["location"] == page


@pytest.mark.long
def test_a_report_is_kept_and_found_again(service: Service, scene: Scene) -> None:
    who = desk(service, scene)
    answer = kept(who, scene, approved_by="Начальник отдела Салихова Г. Р.", note="Для отдела")
    assert answer.status_code == 303, answer.text
    page = who.get(answer.headers["location"]).text
    assert "Отчёт за осень" in page
    assert "Салихова" in page
    link = re.search(r'href="([^"]*kept-report\.pdf[^"]*)"', page)
    assert link
    first = who.get(html.unescape(link[1])).content
    scene.make(
        "organizations", {"kind": "general_school", **NEW, "municipality_id": "$municipality"}
    )
    assert who.get(html.unescape(link[1])).content == first
    told = scene.client.get(f"/programs/{scene['$program']}/snapshots").json()["items"]
    assert [each["title"] for each in told] == ["Отчёт за осень"]


NEW = {
    "municipality_id": "$municipality",
    "kind": "general_school",
    "full_name": "Новая школа",
    "short_name": "Новая",
}


@pytest.mark.long
def test_who_approved_is_shown_to_those_who_see_names(service: Service, scene: Scene) -> None:
    kept(desk(service, scene), scene, approved_by="Салихова Г. Р.")
    address = f"/programs/{scene['$program']}/documents"
    assert "Салихова" not in desk(service, scene, Role.READER).get(address).text
    recorded(service)
    told = scene.client.get(f"/programs/{scene['$program']}/snapshots").json()["items"]
    asked = {"action": "read", "type": "snapshots", "id": told[0]["id"]}
    recorded(service)
    before = scene.client.get("/audit", params=asked).json()["items"]
    assert "Салихова" in desk(service, scene).get(address).text
    recorded(service)
    after = scene.client.get("/audit", params=asked).json()["items"]
    assert len(after) == len(before) + 1


@pytest.mark.long
def test_pressing_twice_keeps_one(service: Service, scene: Scene) -> None:
    who = desk(service, scene)
    address = f"/programs/{scene['$program']}/documents/new"
    form = {**hidden(who.get(address).text), "title": "Дважды", "as_of": "31.12.2020"}
    assert [who.post(address, form).status_code for _ in range(2)] == [303, 303]
    told = scene.client.get(f"/programs/{scene['$program']}/snapshots").json()["items"]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"title": ""}, "Название"),
        ({"as_of": "2999-01-01"}, "На какой день"),
        ({"as_of": "вчера"}, "На какой день"),
    ],
)
def test_a_mistake_keeps_what_was_typed(
    service: Service, scene: Scene, fields: dict[str, str], word: str
) -> None:
    answer = kept(desk(service, scene), scene, **{"note": "Моё примечание", **fields})
    assert answer.status_code == 422
    assert "Отчёт не сохранён" in answer.text
    assert "Моё примечание" in answer.text
    assert re.search(rf'href="#f-[a-z_]+">{word}', answer.text), answer.text
    assert not scene.client.get(f"/programs/{scene['$program']}/snapshots").json()["items"]


def test_only_who_may_keep_is_offered_it(service: Service, scene: Scene) -> None:
    address = f"/programs/{scene['$program']}/documents"
    assert "Сохранить как отчёт" in desk(service, scene).get(address).text
    assert "Сохранить как отчёт" not in desk(service, scene, Role.READER).get(address).text
    none = f"/programs/{scene['$program']}/kept-report.pdf"
    assert desk(service, scene).get(none).headers["location"] == address
    assert desk(service, scene).get(f"{none}?snapshot_id={NOBODY}").status_code == 404
