"""The pages of all data: every kind is made, changed and deleted by its forms, and nothing is lost.

The forms follow from the declarations, so a kind that is added is tried too.
"""

import re
from datetime import datetime, timedelta
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest

from app import VERSION
from app.access.matrix import grant_of
from app.access.roles import Role
from app.model.grants import Verb
from app.model.graph import references_to
from app.model.headings import headings
from app.model.resource import Resource
from app.pages import sieve
from app.pages.deletion import LASTING
from app.pages.fields import json_of, texts_of
from app.pages.typed import Typed
from app.registry import KINDS, RESOURCES
from app.settings import Settings
from app.store.filters import filters
from app.store.query import sorts
from tests.holders import issue
from tests.scene import MERGE, NOBODY, RECIPES, Scene, Service, another, body_of
from tests.visitor import Visitor, hidden, visitor

pytestmark = pytest.mark.shared_out

WRITTEN = [kind for kind in RESOURCES if grant_of(Role.COORDINATOR, kind.name).allows(Verb.CREATE)]
each_kind = pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.name)


class Form(HTMLParser):
    """The fields of a page's POST form, as a browser sends them untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._is_inside = False
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        name, value = about.get("name") or "", about.get("value") or ""
        if tag == "form":
            self._is_inside = about.get("method") == "post" and "action" not in about
        if not self._is_inside:
            return
        if tag == "input" and (
            about.get("type") not in {"checkbox", "radio"} or "checked" in about
        ):
            self.fields.setdefault(name, []).append(value)
        elif tag == "select":
            self._select = name
        elif tag == "option" and (self._select not in self.fields or "selected" in about):
            self.fields[self._select] = [value]
        elif tag == "textarea":
            self._area = name
            self.fields[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


class Desk:
    """A coordinator with records of one municipality."""

    def __init__(self, service: Service) -> None:
        self.service, self.scene = service, Scene(service.client)
        key = issue(service.database, Role.COORDINATOR, municipality_id=self.scene["$municipality"])
        self.visitor: Visitor = visitor(service.client, key)

    def made(self, kind: Resource) -> dict[str, Any]:
        """A new record like the example."""
        return self.stored(kind, self.scene.make(kind.name, body_of(kind, self.scene))["id"])

    def stored(self, kind: Resource, key: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.scene.client.get(f"/{kind.path}/{key}").json()
        return answer


@pytest.fixture
def desk(service: Service) -> Desk:
    """A desk of the test's own: some kinds have one record for each organization or day."""
    return Desk(service)


@each_kind
def test_the_texts_of_a_form_are_the_record_again(kind: Resource, desk: Desk) -> None:
    body = body_of(kind, desk.scene)
    flat = texts_of(kind, body)
    again = json_of(kind, Typed(flat, tuple(flat)))
    assert {name: without_nothing(again[name]) for name in body} == without_nothing(body)


def holds(now: Any, sent: Any) -> bool:
    """Whether a stored value has everything that was sent, at every depth."""
    if isinstance(sent, dict):
        return all(holds(now[name], each) for name, each in sent.items())
    if isinstance(sent, list):
        return len(now) == len(sent) and all(map(holds, now, sent))
    return bool(now == sent)


def without_nothing(value: Any) -> Any:
    """A value without the fields that are null, at every depth."""
    if isinstance(value, dict):
        return {
            name: without_nothing(each) for name, each in value.items() if each not in (None, [])
        }
    return [without_nothing(each) for each in value] if isinstance(value, list) else value


@each_kind
def test_a_cell_without_a_value_says_so(kind: Resource, desk: Desk) -> None:
    desk.made(kind)
    page = desk.visitor.get(f"/data/{kind.path}").text
    assert re.findall(r"<td[^>]*>\s*</td>", page) == []


@each_kind
def test_links_lead_from_a_list_to_the_form_of_a_record(kind: Resource, desk: Desk) -> None:
    key = desk.made(kind)["id"]
    form = f"/data/{kind.path}/{key}/edit"
    seen = {f"/data/{kind.path}"}
    for _ in range(3):
        pages = [desk.visitor.get(address).text for address in sorted(seen)]
        links = {link for page in pages for link in re.findall('href="([^"]*)"', page)}
        seen = {link for link in links if key in link and "." not in link}
        if form in seen:
            return
    pytest.fail(f"no link leads to {form}")


def test_a_program_leads_to_the_others_and_an_empty_one_to_its_first_records(desk: Desk) -> None:
    programs = KINDS["programs"]
    one = desk.made(programs)
    other = desk.scene.make("programs", {**body_of(programs, desk.scene), "title": "Сеть 2022"})
    key = issue(desk.service.database, Role.READER, municipality_id=desk.scene["$municipality"])
    reader = visitor(desk.service.client, key)
    for each, place in ((one, other), (other, one)):
        address = f"/programs/{each['id']}"
        for guest in (desk.visitor, reader):
            assert f'href="/programs/{place["id"]}"' in guest.get(address).text
        for page, path in (("plan", "activities"), ("network", "partnerships")):
            new = f'href="/data/{path}/new?program_id={each["id"]}"'
            assert new in desk.visitor.get(f"{address}/{page}").text
            assert new not in reader.get(f"{address}/{page}").text


@each_kind
def test_an_untouched_form_changes_nothing(kind: Resource, desk: Desk) -> None:
    made = desk.made(kind)
    address = f"/data/{kind.path}/{made['id']}"
    assert desk.visitor.get(address).status_code == 200
    page = desk.visitor.get(f"{address}/edit")
    answer = desk.visitor.post(f"{address}/edit", Form(page.text).fields)
    assert answer.status_code == 303, answer.text
    now = desk.stored(kind, made["id"])
    assert now == made


@pytest.mark.long
@each_kind
def test_a_record_is_changed_and_deleted_by_its_forms(kind: Resource, desk: Desk) -> None:
    made = desk.made(kind)
    address = f"/data/{kind.path}/{made['id']}"
    page = desk.visitor.get(f"{address}/edit")
    change = texts_of(kind, desk.scene.fill(kind.change))
    answer = desk.visitor.post(f"{address}/edit", {**Form(page.text).fields, **change})
    assert answer.status_code == 303, answer.text
    now = desk.stored(kind, made["id"])
    assert now["version"] == made["version"] + 1
    for name, value in desk.scene.fill(kind.change).items():
        assert without_nothing(now[name]) == without_nothing(value)
    form = Form(desk.visitor.get(f"{address}/delete").text).fields
    if not form:
        return  # Others refer to it, or only the page's text is shown.
    gone = desk.visitor.post(f"{address}/delete", form)
    if gone.status_code == 303:
        assert desk.visitor.get(address).status_code == 404


@pytest.mark.one_database
def test_whatever_refers_to_a_record_has_a_name() -> None:
    for kind in RESOURCES:
        for collection, _ in references_to(kind.table):
            assert collection in KINDS or LASTING[collection], (kind.name, collection)


@pytest.mark.long
def test_what_a_kept_record_refers_to_is_not_offered_for_deletion(desk: Desk) -> None:
    program = desk.scene["$program"]
    body = {"as_of": "2020-10-16", "title": "Отчёт"}
    made = desk.scene.client.post(f"/programs/{program}/snapshots", json=body)
    assert made.status_code == 201
    page = desk.visitor.get(f"/data/programs/{program}/delete")
    assert page.status_code == 200
    assert "хранится всегда: срезы показателей" in page.text
    assert Form(page.text).fields == {}


@pytest.mark.parametrize("name", ["events", "monitoring_records", "designations"])
def test_what_has_happened_is_not_closed_instead_of_deleted(name: str, desk: Desk) -> None:
    kind = KINDS[name]
    page = desk.visitor.get(f"/data/{kind.path}/{desk.made(kind)['id']}/delete").text
    assert ("больше не действует" in page) == (name == "designations")


@each_kind
def test_a_record_is_created_by_its_form(kind: Resource, desk: Desk) -> None:
    body = another(kind, 7)
    if kind.name in {"programs", "legal_acts"}:
        body = dict(kind.example)
    sent = desk.scene.fill(body)
    page = desk.visitor.get(f"/data/{kind.path}/new")
    assert page.status_code == 200
    hidden = {name: Form(page.text).fields[name] for name in ("csrf", "once")}
    answer = desk.visitor.post(f"/data/{kind.path}/new", {**hidden, **texts_of(kind, sent)})
    if answer.status_code in {409, 422}:
        assert "errs" in answer.text
        direct = desk.visitor.client.post(f"/{kind.path}", json=sent)
        assert direct.status_code == answer.status_code, answer.text
        return
    assert answer.status_code == 303, answer.text
    key = answer.headers["location"].rpartition("/")[2]
    now = desk.stored(kind, key)
    for name, value in sent.items():
        # The service derives some values, such as the kind of a term from its text.
        assert name not in now or holds(now[name], value), name


def test_a_form_that_was_sent_and_changed_is_sent_by_pressing_again(desk: Desk) -> None:
    """Whoever goes back after a write finds the form as it was sent."""
    address = "/data/teachers/new"
    form = desk.visitor.form(address) | {"last_name": "Первова", "first_name": "Анна"}
    assert desk.visitor.post(address, form).status_code == 303
    changed = form | {"last_name": "Вторкова"}
    page = desk.visitor.post(address, changed)
    assert page.status_code == 422
    assert "эту форму уже отправляли" in page.text
    assert "Idempotency" not in page.text
    again = Form(page.text).fields
    assert again["last_name"] == ["Вторкова"]
    assert desk.visitor.post(address, again).status_code == 303
    assert desk.visitor.post(address, form).status_code == 303
    named = [
        desk.scene.client.get("/teachers", params={"q": name}).json()["items"]
        for name in ("Первова", "Вторкова")
    ]
    assert [len(each) for each in named] == [1, 1]


@each_kind
def test_a_link_gives_a_new_record_its_fields(kind: Resource, desk: Desk) -> None:
    body = body_of(kind, desk.scene)
    given = {
        name: texts[0] for name, texts in texts_of(kind, body).items() if texts and "." not in name
    }
    page = desk.visitor.get(f"/data/{kind.path}/new?{urlencode(given)}")
    assert page.status_code == 200, page.text
    form = Form(page.text).fields
    shown = {name for name, text in given.items() if form[name] == [text]}
    references = {heading.name for heading in headings(kind) if heading.target}
    assert shown >= given.keys() - references
    # The form shows the name of what the link means, also where others have the same name.
    answer = desk.visitor.post(f"/data/{kind.path}/new", form)
    assert not {name for name in references & given.keys() if f'id="f-{name}-e"' in answer.text}


def test_a_link_with_what_no_form_has_is_refused(desk: Desk) -> None:
    for query in ("nonsense=1", "organization_id=nobody", "members.0.role=leader"):
        assert desk.visitor.get(f"/data/headcounts/new?{query}").status_code == 422


def test_a_conflict_of_parts_keeps_both(desk: Desk) -> None:
    kind = next(each for each in RESOURCES if each.name == "partnerships")
    made = desk.made(kind)
    address = f"/data/partnerships/{made['id']}/edit"
    form = Form(desk.visitor.get(address).text).fields
    desk.scene.client.patch(
        f"/partnerships/{made['id']}",
        json={"title": "Иное название"},
        headers={"If-Match": "*", "Content-Type": MERGE},
    )
    answer = desk.visitor.post(address, {**form, "title": "Моё название"})
    assert answer.status_code == 412
    assert "Иное название" in answer.text
    assert "Моё название" in answer.text
    again = desk.visitor.post(address, Form(answer.text).fields)
    assert again.status_code == 303, again.text
    now = desk.stored(kind, made["id"])
    assert now["title"] == "Моё название"
    assert now["members"] == made["members"]


@pytest.mark.parametrize("typed", ["сто тысяч рублей", "10000²", "①②③④⑤", "1,5,0"], ids=ascii)
def test_what_is_no_number_is_given_back_as_it_was_typed(desk: Desk, typed: str) -> None:
    """On the page of an error, from which it can be copied."""
    kind = next(each for each in RESOURCES if each.name == "funding_entries")
    path = f"/{kind.path}/{desk.made(kind)['id']}"
    form = Form(desk.visitor.get(f"/data{path}/edit").text).fields
    assert desk.scene.client.delete(path, headers={"If-Match": "*"}).status_code == 204
    answer = desk.visitor.post(f"/data{path}/edit", {**form, "year": typed})
    assert answer.status_code == 404
    assert typed in answer.text


def test_rows_of_parts_come_and_go_without_writing(desk: Desk) -> None:
    kind = next(each for each in RESOURCES if each.name == "partnerships")
    made = desk.made(kind)
    address = f"/data/partnerships/{made['id']}/edit"
    form = Form(desk.visitor.get(address).text).fields
    count = len(made["members"])
    more = desk.visitor.post(address, {**form, "add.members": "1"})
    assert more.status_code == 200
    assert f"members.{count}.role" in Form(more.text).fields
    fewer = desk.visitor.post(address, {**form, "drop.members.0": "1"})
    assert "members.0.role" not in Form(fewer.text).fields
    assert desk.stored(kind, made["id"])["version"] == made["version"]


def test_a_name_that_several_have_is_asked_for(desk: Desk) -> None:
    kind = next(each for each in RESOURCES if each.name == "headcounts")
    made = desk.made(kind)
    names = {"full_name": "Школа с общим именем", "short_name": "Общее имя"}
    school = {"kind": "general_school", **names, "municipality_id": "$municipality"}
    twins = [desk.scene.make("organizations", school)["id"] for _ in range(2)]
    address = f"/data/headcounts/{made['id']}/edit"
    form = Form(desk.visitor.get(address).text).fields
    answer = desk.visitor.post(address, {**form, "organization_id": "общее имя"})
    assert answer.status_code == 422
    assert "Так называются несколько записей" in answer.text
    assert all(f'value="{key}"' in answer.text for key in twins)
    unknown = desk.visitor.post(address, {**form, "organization_id": "Нет такой"})
    assert unknown.status_code == 422
    assert "Записи с таким названием нет" in unknown.text


SAMPLES = {"day": "2020-01-31", "moment": "2020-01-31", "number": "1", "text": "2020/2021"}


@each_kind
def test_a_list_is_narrowed_and_sorted_by_all_that_the_api_knows(
    kind: Resource, desk: Desk
) -> None:
    page = desk.visitor.get(f"/data/{kind.path}").text
    offered = {*re.findall(r'<(?:input|select)[^>]* name="([a-z_0-9]+)"', page)}
    known = {
        name for name, each in filters(kind).items() if each.kind != "day" or name[-3:] == "_on"
    }
    by_ends = {name for name in filters(kind) if f"{name}_from" in filters(kind)}
    assert known - by_ends - {"municipality_id", "municipality_id_is_null"} <= offered
    assert {*re.findall(r'<option value="([a-z_]+)"', page)} >= {*sorts(kind)} - {"id"}
    controls = [each for one in sieve.every(kind, personal=True) for each in one.controls]
    asked = {
        each.name: next(iter(each.options), None) or SAMPLES.get(each.kind, NOBODY)
        for each in controls
    }
    answer = desk.visitor.get(f"/data/{kind.path}?{urlencode({**asked, 'sort': '-updated_at'})}")
    assert answer.status_code == 200, answer.text
    assert "Ничего не нашлось" in answer.text
    assert "<details" in answer.text
    assert " open>" in answer.text


def test_a_list_is_narrowed_by_the_name_of_a_record(desk: Desk) -> None:
    made = desk.made(KINDS["headcounts"])
    school = desk.stored(KINDS["organizations"], made["organization_id"])["short_name"]
    typed = {"organization_id": school, "note_is_null": "", "q": ""}
    answer = desk.visitor.get(f"/data/headcounts?{urlencode(typed)}")
    assert answer.status_code == 303
    address = f"/data/headcounts?organization_id={made['organization_id']}"
    assert answer.headers["location"] == address
    page = desk.visitor.get(address).text
    assert "Найдено 1" in page.replace("\xa0", " ")
    assert f'value="{escape(school)}"' in page
    page = desk.visitor.get("/data/headcounts?organization_id=Такой+нет").text
    assert "Записи с таким названием нет" in page
    assert "Ничего не нашлось" in page
    twin = {**RECIPES["$school"], "short_name": f"{school} новая", "inn": None}
    for _ in range(2):
        desk.scene.make("organizations", twin)
    page = desk.visitor.get(f"/data/headcounts?{urlencode({'organization_id': 'новая'})}").text
    assert "выберите одну" in page


def test_the_heading_of_a_column_sorts_by_it(desk: Desk) -> None:
    desk.made(KINDS["headcounts"])
    page = desk.visitor.get("/data/headcounts?sort=-teachers").text
    assert 'aria-sort="descending"' in page
    assert 'href="/data/headcounts?sort=teachers"' in page
    page = desk.visitor.get("/data/headcounts?sort=teachers").text
    assert 'aria-sort="ascending"' in page
    assert 'href="/data/headcounts?sort=-teachers"' in page
    assert desk.visitor.get("/data/headcounts?sort=note").status_code == 422


def test_a_day_narrows_moments_in_the_time_zone_of_the_service(desk: Desk) -> None:
    desk.made(KINDS["headcounts"])
    told = desk.scene.client.get("/headcounts").json()["items"][0]["updated_at"]
    # From 21:00 UTC on, the service's day is another one than that of UTC.
    today = datetime.fromisoformat(told).astimezone(Settings().zone).date()
    for name, days, found in (
        ("updated_at_to", 0, True),
        ("updated_at_from", 0, True),
        ("updated_at_to", -1, False),
        ("updated_at_from", 1, False),
    ):
        day = today + timedelta(days)
        page = desk.visitor.get(f"/data/headcounts?{name}={day}").text
        assert ("Найдено 1" in page.replace("\xa0", " ")) is found, (name, days)


def test_a_conflict_is_about_what_differs_and_shows_no_ids(desk: Desk) -> None:
    kind = KINDS["designations"]
    made = desk.made(kind)
    address = f"/data/{kind.path}/{made['id']}/edit"
    fields = Form(desk.visitor.get(address).text).fields
    desk.scene.client.patch(
        f"/{kind.path}/{made['id']}",
        json={"grounds": "Их правка"},
        headers={"If-Match": "*", "Content-Type": MERGE},
    )
    answer = desk.visitor.post(address, {**fields, "grounds": "Моя"})
    assert answer.status_code == 412
    shown = re.sub(r"<[^>]*>", " ", answer.text.partition("<main")[2])
    assert not re.search("[0-9a-f]{8}-[0-9a-f]{4}-", shown)
    assert "Различаются: 1 поле" in shown.replace("\xa0", " ")
    assert f"Сеть школ {VERSION}<" in answer.text
    again = {**hidden(answer.text), "choose.grounds": "yours"}
    assert desk.visitor.post(address, again).status_code == 303
    stored = desk.stored(kind, made["id"])
    assert (stored["grounds"], stored["act_id"]) == ("Моя", made["act_id"])


ENGLISH = re.compile(r"(?<![\w/.:])(?!https?\b)[a-z]{2,}")
"""A word or a code of a program's; addresses are none."""
TOLD = re.compile(
    r'<(label|legend|option|span class="hint")(?: [^>]*)?>(.*?)'
    r"</(?:label|legend|option|span)>",
    re.DOTALL,
)
"""What a form says beside what was typed."""


@pytest.mark.long
@each_kind
def test_no_form_speaks_the_language_of_programs(kind: Resource, desk: Desk) -> None:
    record = desk.made(kind)
    for address in (f"/data/{kind.path}/new", f"/data/{kind.path}/{record['id']}/edit"):
        page = desk.visitor.get(address).text
        told = TOLD.findall(page)
        assert told
        texts = [re.sub("<[^>]+>", " ", text) for _, text in told]
        assert [text for text in texts if ENGLISH.search(text)] == []
