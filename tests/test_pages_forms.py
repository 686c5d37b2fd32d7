"""Forms of the pages: one effect however often they are sent, and no text is lost."""

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.access.roles import Role
from app.pages.page import PAGES, Page
from tests.holders import issue
from tests.scene import MERGE, ROOT, Scene, Service, problem
from tests.test_pages_data import Form
from tests.visitor import Visitor, hidden, sign_in, visitor

pytestmark = pytest.mark.shared_out

DAY = "2020-10-16"


@pytest.fixture
def desk_visitor(service: Service, scene: Scene) -> Visitor:
    """The coordinator of the scene, signed in."""
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    return visitor(service.client, key)


@pytest.fixture
def event(scene: Scene) -> dict[str, Any]:
    """An event of the plan that is still to be marked."""
    held = {"kind": "held", "window_start": "2020-10-15", "window_end": "2020-10-20"}
    held |= {"activity_id": "$activity", "title": "Семинар", "status": "planned"}
    return scene.make("events", held)


def address_of(event: dict[str, Any]) -> str:
    return f"/events/{event['id']}/done"


def stored(scene: Scene, event: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = scene.client.get(f"/events/{event['id']}").json()
    return answer


def test_an_event_is_marked_and_told_once(
    desk_visitor: Visitor, scene: Scene, event: dict[str, Any]
) -> None:
    fields = desk_visitor.form(address_of(event))
    assert fields["version"] == "1"
    answer = desk_visitor.post(
        address_of(event), {**fields, "completed_on": "16.10.2020", "result": " Проведён "}
    )
    assert answer.status_code == 303
    plan = answer.headers["location"]
    assert plan.endswith("/plan")
    now = stored(scene, event)
    assert (now["status"], now["completed_on"], now["result"]) == ("completed", DAY, "Проведён")
    assert "Отметка о выполнении записана" in desk_visitor.get(plan).text
    assert "Отметка о выполнении записана" not in desk_visitor.get(plan).text


def test_a_form_sent_twice_has_one_effect(
    desk_visitor: Visitor, scene: Scene, event: dict[str, Any]
) -> None:
    fields = {**desk_visitor.form(address_of(event)), "completed_on": DAY}
    first = desk_visitor.post(address_of(event), fields)
    second = desk_visitor.post(address_of(event), fields)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert stored(scene, event)["version"] == 2
    other = desk_visitor.post(address_of(event), {**fields, "completed_on": "2020-10-17"})
    assert other.status_code == 422
    assert stored(scene, event)["completed_on"] == DAY


def test_a_refused_form_keeps_what_was_typed(
    desk_visitor: Visitor, scene: Scene, event: dict[str, Any]
) -> None:
    typed = {"completed_on": "2087-01-01", "result": "<script>alert(1)</script>"}
    typed |= {"evidence_url": "imc.pes/prikaz.pdf"}
    fields = {**desk_visitor.form(address_of(event)), **typed}
    answer = desk_visitor.post(address_of(event), fields)
    assert answer.status_code == 422
    assert "<title>Ошибка: Отметить выполнение" in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "<script>alert" not in answer.text
    assert 'value="imc.pes/prikaz.pdf"' in answer.text
    ids = re.findall(r'<a href="#([^"]+)">', answer.text)
    assert "f-evidence_url" in ids
    assert 'id="f-evidence_url"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert stored(scene, event)["version"] == 1
    again = {**hidden(answer.text), **typed, "completed_on": DAY, "evidence_url": ""}
    assert desk_visitor.post(address_of(event), again).status_code == 303
    assert stored(scene, event)["completed_on"] == DAY


SAID = {
    "completed_on": ("", "Событие проведено. Впишите день проведения."),
    "status": ("planned", "Уберите его или укажите состояние «проведено»."),
    "source": (
        "eis",
        "Внешняя система и ключ записи в ней указываются только вместе. Заполните оба",
    ),
    "activity_id": ("", "Укажите мероприятие плана, партнёрство или оба."),
    "learner_count": ("пять", ""),
}
"""By field: what is typed, and what is told, without a name that only programs use."""


@pytest.mark.parametrize("name", SAID)
def test_what_is_wrong_is_told_in_the_words_of_the_form(
    desk_visitor: Visitor, scene: Scene, event: dict[str, Any], name: str
) -> None:
    desk_visitor.post(
        address_of(event), {**desk_visitor.form(address_of(event)), "completed_on": DAY}
    )
    address = f"/data/events/{event['id']}/edit"
    typed, told = SAID[name]
    fields = {**Form(desk_visitor.get(address).text).fields, name: typed}
    page = desk_visitor.post(address, fields)
    assert page.status_code == 422
    summary = re.search(r'class="errs"[^>]*>(.*?)</div>', page.text, re.DOTALL)
    assert summary
    words = re.sub(r"<[^>]*>", " ", summary[1])
    assert told in words
    assert not re.search("[A-Za-z]", words), words


def test_what_was_typed_into_the_form_of_a_deleted_record_is_shown(
    desk_visitor: Visitor, scene: Scene, event: dict[str, Any]
) -> None:
    typed = {"completed_on": DAY, "result": "Два часа\nработы <b>", "learner_count": "17"}
    fields = {**desk_visitor.form(address_of(event)), **typed}
    scene.client.delete(f"/events/{event['id']}", headers={"If-Match": "*"})
    answer = desk_visitor.post(address_of(event), fields)
    assert answer.status_code == 404
    assert "Такой страницы нет" not in answer.text
    for text in ("16.10.2020", "Два часа\nработы &lt;b&gt;"):
        assert f">{text}</dd>" in answer.text
    assert "Семинар" not in answer.text, "the record had this title before"
    assert fields["csrf"] not in answer.text


def test_a_record_that_was_changed_meanwhile_is_deleted_by_pressing_again(
    desk_visitor: Visitor, scene: Scene, event: dict[str, Any]
) -> None:
    address = f"/data/events/{event['id']}/delete"
    fields = desk_visitor.form(address)
    path = f"/events/{event['id']}"
    scene.client.patch(
        path, json={"title": "Другое"}, headers={"If-Match": "*", "Content-Type": MERGE}
    )
    refused = desk_visitor.post(address, fields)
    assert refused.status_code == 412
    assert "её изменили, пока эта страница была открыта" in refused.text
    assert "ETag" not in refused.text
    assert scene.client.get(path).status_code == 200
    assert desk_visitor.post(address, hidden(refused.text)).status_code == 303
    assert scene.client.get(path).status_code == 404


def test_what_was_typed_is_shown_to_whoever_may_not_send_it(
    service: Service, desk_visitor: Visitor, scene: Scene
) -> None:
    address = f"/data/organizations/{scene['$school']}/edit"
    fields = {**desk_visitor.form(address), "phone": "8 846 555", "kind": "culture"}
    reader = visitor(
        service.client,
        issue(service.database, Role.READER, municipality_id=scene["$municipality"]),
    )
    answer = reader.post(address, fields)
    assert answer.status_code == 403
    assert '<dt>Телефон</dt><dd class="pre">8 846 555</dd>' in answer.text
    assert "учреждение культуры" in answer.text
    assert "Краткое наименование" not in answer.text, "nobody changed it"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_list_that_ended_with_its_session_is_told(
    desk_visitor: Visitor, scene: Scene, method: str
) -> None:
    address = f"/uploads/{scene['$school']}"
    fields = desk_visitor.form("/data/organizations/new")
    sent = desk_visitor.get(address) if method == "get" else desk_visitor.post(address, fields)
    assert sent.status_code == 404
    assert "загрузите файл ещё раз" in sent.text


def test_a_form_is_sent_after_the_sign_in_to_where_it_was_sent_before(
    service: Service, desk_visitor: Visitor, scene: Scene
) -> None:
    address = f"/programs/{scene['$program']}/events/new?host_id={scene['$school']}"
    fields = desk_visitor.form(address)
    service.client.cookies.clear()
    asked = Visitor(service.client, "").post(address, {**fields, "title": "Семинар"})
    assert asked.status_code == 401
    assert f'name="to" value="{address}"' in asked.text


LEFT = [page for page in PAGES if page.save and page.about in {"upload_drafts", "imports"}]
"""Forms about the draft of a list, which ends with the session."""


def signed_in(client: TestClient, asked: Any, key: str) -> Any:
    """The answer to a key that is pasted where a form asked for it."""
    return sign_in(client, key, **hidden(asked.text))


@pytest.mark.parametrize("page", LEFT, ids=lambda page: page.address)
def test_a_form_whose_draft_ended_with_the_session_is_not_offered_again(
    service: Service, desk_visitor: Visitor, scene: Scene, page: Page
) -> None:
    address = page.address.format(id=scene["$school"])
    fields = desk_visitor.form("/data/organizations/new")
    service.client.cookies.clear()
    asked = Visitor(service.client, "").post(address, {**fields, "write": "1"})
    assert asked.status_code == 401
    assert "введённое не пропадёт" not in asked.text
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    again = signed_in(
        service.client, sign_in(service.client, "sn_wrong", **hidden(asked.text)), key
    )
    assert again.status_code == 303
    assert again.headers["location"] == ((page.after_session or "/").format(id=scene["$school"]))
    if not page.after_session:
        assert "решения не сохранились" in asked.text


def test_a_sign_in_on_the_way_to_a_draft_says_that_it_has_ended(
    service: Service, scene: Scene
) -> None:
    service.client.cookies.clear()
    asked = Visitor(service.client, "").get_once(f"/uploads/{scene['$school']}")
    text = service.client.get(f"{ROOT}{asked.headers['location']}").text
    assert "решения не сохранились" in text
    assert "вы вернётесь туда" not in text


@pytest.mark.parametrize("path", ["/data/organizations/upload", "/programs/{program}/events/new"])
def test_a_list_that_was_to_be_changed_is_sent_again_without_its_draft(
    service: Service, desk_visitor: Visitor, scene: Scene, path: str
) -> None:
    address = path.format(program=scene["$program"])
    fields = {**desk_visitor.form(address), "title": "Семинар <1>", "basis": "consent"}
    service.client.cookies.clear()
    nobody = Visitor(service.client, "")
    asked = nobody.post(f"{address}?draft={scene['$school']}", fields)
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    answer = signed_in(service.client, asked, key)
    assert "выбрать снова" in answer.text
    assert f'action="{address}"' in answer.text
    refused = Visitor(service.client, answer.headers["set-cookie"].partition(";")[0]).post(
        address, hidden(answer.text)
    )
    assert refused.status_code == 422
    assert "Выберите файл" in refused.text
    if "events" in path:
        assert "Семинар &lt;1&gt;" in refused.text


def test_an_event_is_cancelled_with_its_own_button(
    desk_visitor: Visitor, scene: Scene, event: dict[str, Any]
) -> None:
    fields = {**desk_visitor.form(address_of(event)), "cancel": "1"}
    assert desk_visitor.post(address_of(event), fields).status_code == 303
    assert stored(scene, event)["status"] == "cancelled"


@pytest.mark.parametrize(("side", "kept"), [("now", "Другое"), ("yours", "Моё")])
def test_a_conflict_shows_both_texts_and_stores_the_chosen_one(
    desk_visitor: Visitor, scene: Scene, event: dict[str, Any], side: str, kept: str
) -> None:
    fields = desk_visitor.form(address_of(event))
    scene.client.patch(
        f"/events/{event['id']}",
        json={"result": "Другое", "status": "completed", "completed_on": DAY},
        headers={"If-Match": "*", "Content-Type": MERGE},
    )
    sent = {**fields, "completed_on": DAY, "result": "Моё"}
    answer = desk_visitor.post(address_of(event), sent)
    assert answer.status_code == 412
    assert "Запись изменили, пока вы её правили" in answer.text
    told = re.search(r"Изменили: ([^<]+)\.</p>", answer.text)
    assert told
    assert re.fullmatch(r"[^;]+ \([а-яё ]+\), \d\d\.\d\d\.\d{4} \d\d:\d\d", told[1]), told[1]
    assert "Другое" in answer.text
    assert "Моё" in answer.text
    assert stored(scene, event)["result"] == "Другое"
    again = {**hidden(answer.text), "choose.result": side}
    assert desk_visitor.post(address_of(event), again).status_code == 303
    assert stored(scene, event)["result"] == kept
    assert stored(scene, event)["completed_on"] == DAY


def test_a_name_with_markup_stays_a_text(desk_visitor: Visitor, scene: Scene) -> None:
    held = {"kind": "held", "window_start": DAY, "window_end": DAY, "status": "planned"}
    held |= {"activity_id": "$activity", "title": "<b>Семинар</b> & <script>x</script>"}
    made = scene.make("events", held)
    text = desk_visitor.get(address_of(made)).text
    assert "&lt;b&gt;Семинар&lt;/b&gt; &amp; &lt;script&gt;" in text
    assert "<b>Семинар" not in text


def test_what_the_record_was_comes_along_whole(desk_visitor: Visitor, scene: Scene) -> None:
    """Quotation marks in a record neither end the field that carries it nor begin another."""
    held = {"kind": "held", "window_start": DAY, "window_end": DAY, "status": "planned"}
    held |= {"activity_id": "$activity", "title": '" onfocus="alert(1)" x="'}
    made = scene.make("events", held)
    page = desk_visitor.get(address_of(made)).text
    assert 'onfocus="alert' not in page
    record = json.loads(hidden(page)["was"])
    assert record == stored(scene, made)


def test_an_empty_plan_is_no_selection(service: Service, scene: Scene) -> None:
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    who, plan = visitor(service.client, key), f"/programs/{scene['$program']}/plan"
    assert "Мероприятий в плане пока нет" in (page := who.get(plan).text)
    assert "Сбросить отбор" not in page
    assert "Сбросить отбор" in who.get(f"{plan}?status=overdue").text


@pytest.mark.long
def test_the_events_of_the_plan_are_made_once(service: Service, scene: Scene) -> None:
    scene["$activity"]
    key = issue(service.database, Role.COORDINATOR, municipality_id=scene["$municipality"])
    who, plan = visitor(service.client, key), f"/programs/{scene['$program']}/plan"
    assert f'href="{plan}/windows"' in who.get(plan).text
    for word in ("Создано", "Создано 0"):
        answer = who.post(f"{plan}/windows", who.form(f"{plan}/windows"))
        assert answer.status_code == 303, answer.text
        assert word in who.get(answer.headers["location"]).text.replace("\N{NO-BREAK SPACE}", " ")
    path = f"/programs/{scene['$program']}/events/generate"
    assert scene.client.post(path, json={}).json()["created"] == 0
    reader = issue(service.database, Role.READER, municipality_id=scene["$municipality"])
    assert "/plan/windows" not in visitor(service.client, reader).get(plan).text


@pytest.fixture
def windows(scene: Scene) -> dict[str, Any]:
    """A row of the plan for October, and the answer that made its event."""
    row = {"program_id": "$program", "plan_no": "7", "title": "Семинар", "direction": "financial"}
    made = scene.make("activities", row, term_text="Октябрь 2020")
    path = f"/programs/{scene['$program']}/events/generate"
    created: dict[str, Any] = scene.client.post(path, json={}).json()
    assert (created["created"], created["differing"]) == (1, [])
    changed = scene.client.patch(
        f"/activities/{made['id']}",
        json={"term_text": "Март 2021"},
        headers={"If-Match": "*", "Content-Type": MERGE},
    )
    assert changed.is_success, changed.text
    return created


def days_of(scene: Scene, event: str) -> tuple[str, str]:
    now = scene.client.get(f"/events/{event}").json()
    return now["window_start"], now["window_end"]


def test_a_corrected_term_is_told_and_moves_when_asked(
    scene: Scene, windows: dict[str, Any]
) -> None:
    path = f"/programs/{scene['$program']}/events/generate"
    (event,) = windows["items"]
    told = scene.client.post(path, json={}).json()
    assert (told["created"], told["differing"], told["moved"]) == (0, [event], 0)
    assert days_of(scene, event) == ("2020-10-01", "2020-10-31")
    told = scene.client.post(path, json={"move": True}).json()
    assert (told["created"], told["differing"], told["moved"]) == (0, [], 1)
    assert days_of(scene, event) == ("2021-03-01", "2021-03-31")
    for body, pointer in (({"move": 1}, "/move"), ({"moves": True}, ""), ([], "")):
        problem(scene.client.post(path, json=body), 422, pointer=pointer)


def test_what_was_held_stays_where_it_was(scene: Scene, windows: dict[str, Any]) -> None:
    (event,) = windows["items"]
    done = {"status": "completed", "completed_on": "2020-10-16"}
    headers = {"If-Match": "*", "Content-Type": MERGE}
    assert scene.client.patch(f"/events/{event}", json=done, headers=headers).is_success
    path = f"/programs/{scene['$program']}/events/generate"
    told = scene.client.post(path, json={"move": True}).json()
    assert (told["moved"], told["differing"]) == (0, [])
    assert days_of(scene, event) == ("2020-10-01", "2020-10-31")


def test_the_page_names_what_differs_from_the_plan(
    desk_visitor: Visitor, scene: Scene, windows: dict[str, Any]
) -> None:
    page = f"/programs/{scene['$program']}/plan/windows"
    (event,) = windows["items"]
    differs = "01.10.2020 – 31.10.2020, по плану 01.03.2021 – 31.03.2021"
    assert differs in desk_visitor.get(page).text
    for more, word, month in (({}, "остались не те", "10"), ({"move": "true"}, "исправлены", "03")):
        answer = desk_visitor.post(page, {**desk_visitor.form(page), **more})
        assert word in desk_visitor.get(answer.headers["location"]).text
        assert days_of(scene, event)[0][5:7] == month
    assert differs not in desk_visitor.get(page).text
