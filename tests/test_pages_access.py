"""Pages and rights: every page for every role, with and without a session, near and far.

What must happen follows from the declarations of the pages and from the matrix, so a page that is
added is tried too.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import cache, cached_property, partial
from typing import Any

import pytest

from app.access.matrix import grant_of
from app.access.roles import Role
from app.model.grants import Reach, Verb
from app.pages import page as pages
from app.pages.page import PAGES, Page
from tests.asked import asked_once
from tests.holders import issue
from tests.scene import NOBODY, RESOURCE, ROOT, Scene, Service, body_of
from tests.visitor import Visitor, hidden, sign_in, visitor

pytestmark = pytest.mark.shared_out


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.address)
ONE_KIND = ("", "headcounts")
FORMS = [page for page in PAGES if page.save]
each_form = pytest.mark.parametrize("page", FORMS, ids=lambda page: page.address)
FORMS_OF_ONE = [
    page for page in FORMS if page.address.partition("/data/")[2].partition("/")[0] in ONE_KIND
]
"""Every form, those of all kinds once."""
WIZARD = next(page for page in PAGES if page.address == "/programs/{id}/events/new")
OF_RECORDS = [page for page in PAGES if page.about]
WITH_TOKEN = {"/keys/schools": "/keys/new", "/uploads/{id}/done": "/data/headcounts/upload"}
"""Pages that show their form in some cases only, and another one with the same token."""
WHOLE = {Reach.ALL, Reach.SCOPE}
"""Of a municipality, every record that the pages show here."""

LOCAL = (Role.SYNC, Role.ORG, Role.COORDINATOR, Role.READER)


def writer_of(page: Page) -> Role:
    """Who sends the form of a page."""
    roles: tuple[Role, ...] = (Role.COORDINATOR, *Role)
    return next(role for role in roles if grant_of(role, page.subject).allows(page.verb))


class Town:
    """A municipality with a record of each kind that a page is about, and its visitors."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.scene = Scene(service.client)
        self.records: dict[str, str] = {}
        self.visitor = cache(self._visitor)
        self.tokens: dict[Role, str] = {}
        """The token of another session of each role, the same on every page of that session."""

    def address(self, page: Page) -> str:
        """The address of a page, about a record of this municipality."""
        if not page.about:
            return page.address
        if page.about == "programs":
            key = self.scene["$program"]
        elif page.about not in self.records:
            others = {
                "upload_drafts": self._draft,
                "imports": self._upload,
                "api_keys": self._key,
            }
            key = others.get(page.about, partial(self._record, page.about))()
        else:
            key = self.records[page.about]
        self.records[page.about] = key
        address = page.address.replace("{id}", key).replace("{code}", "org_involvement_share")
        # The file of a report that is kept names it in its query.
        return f"{address}?snapshot_id={self.snapshot}" if "/kept-report" in address else address

    @cached_property
    def snapshot(self) -> str:
        """A report on the program that is kept."""
        kept = {"as_of": "2020-12-31", "title": "Отчёт"}
        path = f"/programs/{self.scene['$program']}/snapshots"
        key: str = self.service.client.post(path, json=kept).json()["id"]
        return key

    def _record(self, kind: str) -> str:
        key: str = self.scene.make(kind, body_of(RESOURCE[kind], self.scene))["id"]
        return key

    def _upload(self) -> str:
        """A list of which a row was refused, sent with the coordinator's key."""
        terms = {"mode": "commit", "on_error": "skip", "processing_basis": "consent"}
        sent = self.service.client.post(
            "/imports/participations",
            params={**terms, "event_id": self.scene["$event"]},
            content="ФИО;Школа\nИванова;Нет такой\n".encode(),
            headers={
                "Content-Type": "text/csv",
                "Authorization": f"Bearer {self.key(Role.COORDINATOR)}",
            },
        )
        key: str = sent.json()["id"]
        return key

    def _key(self) -> str:
        body = {"role": "reader", "owner": "Кто-то"}
        key: str = self.service.client.post("/keys", json=body).json()["id"]
        return key

    def _draft(self) -> str:
        """A list that the coordinator of this municipality has not written yet."""
        address = f"/programs/{self.scene['$program']}/events/new"
        coordinator = self.visitor(Role.COORDINATOR)
        fields = {
            **coordinator.form(address),
            "about": f"activity_id:{self.scene['$activity']}",
            "title": "Семинар",
            "completed_on": "2020-10-15",
            "basis": "consent",
        }
        file = {"file": ("a.csv", "ФИО;Школа\nИванова Анна;Нет такой".encode())}
        answer = coordinator.upload(address, fields, file)
        return str(answer.headers["location"].rpartition("/")[2])

    def _visitor(self, role: Role) -> Visitor:
        return visitor(self.service.client, self.key(role))

    def key(self, role: Role) -> str:
        """A new key of a role in this municipality."""
        scope: dict[str, Any] = {}
        if role == Role.ORG:
            scope = {"organization_id": self.scene["$school"]}
        elif role in LOCAL:
            scope = {"municipality_id": self.scene["$municipality"]}
        return issue(self.service.database, role, **scope)


@pytest.fixture(scope="module")
def towns() -> Callable[[Service, str], Town]:
    return cache(lambda service, _: Town(service))


@pytest.fixture
def town(service: Service, towns: Callable[[Service, str], Town]) -> Town:
    return towns(service, "home")


@pytest.fixture
def other(service: Service, towns: Callable[[Service, str], Town]) -> Town:
    return towns(service, "other")


def test_a_page_without_a_right_does_not_start() -> None:
    async def nothing(_: object) -> dict[str, object]:
        return {}

    for subject, address in (("nobody_knows", "/nowhere"), ("indicators", "/")):
        with pytest.raises(ValueError, match=address):
            Page(address, subject, Verb.READ, "home.html", nothing)
    with pytest.raises(ValueError, match="about"):
        Page("/nowhere/{id}", "indicators", Verb.READ, "home.html", nothing)
    assert all(page.address != "/nowhere" for page in pages.PAGES)


def roles_of(page: Page, *, full: bool) -> list[Role]:
    """Who tries a page: daily all who may not, and two of those who may, one of them by turns."""
    may = [role for role in Role if grant_of(role, page.subject).allows(page.verb)]
    if full:
        return [*Role]
    others = [role for role in may if role != Role.COORDINATOR]
    by_turns = others[pages.PAGES.index(page) % len(others)] if others else Role.COORDINATOR
    return [role for role in Role if role not in may or role in {Role.COORDINATOR, by_turns}]


@pytest.mark.long
@each_page
def test_a_page_opens_for_its_roles_and_asks_each_question_once(
    page: Page, town: Town, *, full: bool
) -> None:
    for role in roles_of(page, full=full):
        address, visits = town.address(page), town.visitor(role)
        answer = asked_once(town.service, partial(visits.get_once, address))
        grant = grant_of(role, page.subject)
        allowed = grant.allows(page.verb)
        # A form is not opened for a record that its sender could not change.
        is_limited = page.verb in {Verb.CHANGE, Verb.DELETE} and grant.write not in WHOLE
        expected = {200, 303, 404, *([403] if is_limited else [])} if allowed else {403}
        assert answer.status_code in expected, (role, answer.text)
        if answer.status_code != 303 and page.template:
            assert answer.headers["cache-control"] == "private, no-store"
            assert "<h1" in answer.text
        if role == Role.COORDINATOR and allowed:
            assert answer.status_code in {200, 303}


@each_page
def test_without_a_session_a_page_leads_to_the_sign_in(
    page: Page, town: Town, *, full: bool
) -> None:
    address, cookies = town.address(page), ("", "sn_session=nobodys")
    for cookie in cookies if full else cookies[PAGES.index(page) % 2 :][:1]:
        answer = Visitor(town.service.client, cookie).get(address)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login?next=")


LASTING_FORMS = [page for page in FORMS if page.after_session is None]
"""Those of drafts end with the session: `test_pages_forms`."""


@pytest.mark.parametrize("page", LASTING_FORMS, ids=lambda page: page.address)
def test_a_form_without_a_session_keeps_what_was_typed(page: Page, town: Town) -> None:
    answer = Visitor(town.service.client, "").post(town.address(page), {"result": "Сделано <b>"})
    assert answer.status_code == 401
    fields = hidden(answer.text)
    assert fields["to"] == town.address(page)
    again = sign_in(town.service.client, town.key(Role.COORDINATOR), **fields)
    assert again.status_code == 200
    assert hidden(again.text)["result"] == "Сделано <b>"
    assert hidden(again.text)["csrf"]


@pytest.mark.parametrize("page", OF_RECORDS, ids=lambda page: page.address)
def test_what_is_of_another_municipality_does_not_exist(
    page: Page, town: Town, other: Town, *, full: bool
) -> None:
    nowhere = page.address.replace("{id}", NOBODY).replace("{code}", "org_involvement_share")
    grants = {role: grant_of(role, page.subject) for role in LOCAL}
    roles = [
        role
        for role, grant in grants.items()
        if grant.allows(page.verb) and grant.read != Reach.ALL
    ]
    if roles and not full:
        # All look a record up by one code: each page is tried by one of the roles, by turns.
        roles = [roles[PAGES.index(page) % len(roles)]]
    for role in roles:
        foreign = town.visitor(role).get(other.address(page))
        unknown = town.visitor(role).get(nowhere)
        assert foreign.status_code == unknown.status_code == 404, role
        assert "не видна" in foreign.text
        ids = (other.records[page.about], NOBODY)
        assert foreign.text.replace(ids[0], "") == unknown.text.replace(ids[1], "")


@pytest.mark.long
@pytest.mark.parametrize("page", FORMS_OF_ONE, ids=lambda page: page.address)
def test_a_form_of_another_site_or_session_writes_nothing(
    page: Page, town: Town, other: Town
) -> None:
    role = writer_of(page)
    address, mine = town.address(page), town.visitor(role)
    fields = mine.form(WITH_TOKEN.get(page.address, address))
    for origin in ("", "https://evil.example", "null", "https://testserver.evil.example"):
        assert mine.post(address, fields, Origin=origin).status_code == 403, origin
    # A draft is shown to nobody else, but the token is the same on every page of a session.
    other_form = town.address(WIZARD) if page.about == "upload_drafts" else address
    other_form = WITH_TOKEN.get(page.address, other_form)
    if role not in town.tokens:
        foreign = visitor(town.service.client, town.key(role)).form(other_form)
        town.tokens[role] = foreign["csrf"]
    for token in ("", "0" * 64, town.tokens[role]):
        answer = mine.post(address, {**fields, "csrf": token})
        assert answer.status_code == 422, token
        assert "прежнем входе" in answer.text


def test_a_cookie_means_nothing_to_the_api(town: Town) -> None:
    cookie = {"Cookie": town.visitor(Role.COORDINATOR).cookie, "Authorization": "Bearer x"}
    for path in ("/api/v1/organizations", "/api/v1/keys"):
        assert town.service.client.get(ROOT + path, headers=cookie).status_code == 401


def test_a_revoked_key_ends_its_sessions_at_once(town: Town) -> None:
    made = town.service.client.post(
        "/keys", json={"role": "reader", "owner": "Кто-то", "municipality_id": None}
    ).json()
    session = visitor(town.service.client, made["key"])
    assert session.get("/").status_code in {200, 303}
    town.service.client.delete(f"/keys/{made['id']}")
    assert session.get("/").headers["location"] == "/login?next=%2F"


@pytest.mark.long
def test_a_session_ends_with_signing_out(town: Town) -> None:
    session = visitor(town.service.client, town.key(Role.READER))
    assert session.post("/logout", {}, Origin="https://evil.example").status_code == 403
    assert session.get("/").headers.get("location") != "/login?next=%2F"
    assert session.post("/logout", {}).headers["location"] == "/login"
    assert session.get("/").headers["location"] == "/login?next=%2F"


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", "Вставьте ключ"),
        ("sn_", "не целиком"),
        ("Bearer sn_AAAA", "не целиком"),
        ("admin", "не ключ"),
        (f"sn_{'A' * 12}_{'b' * 32}00000000", "не ключ"),
        (f"sn_{'A' * 12}_{'b' * 32}000000000", "лишние знаки"),
    ],
)
def test_what_is_no_key_is_told_and_not_shown_again(town: Town, key: str, told: str) -> None:
    answer = sign_in(town.service.client, key)
    assert answer.status_code in {401, 422}
    assert told in answer.text
    assert "Ошибка:" in answer.text
    assert "set-cookie" not in answer.headers
    assert not key or f'value="{key}"' not in answer.text


def test_a_key_is_found_among_spaces_and_line_feeds(town: Town) -> None:
    key = town.key(Role.READER)
    assert sign_in(town.service.client, f" Bearer {key[:20]}\n {key[20:]} ").status_code == 303


@pytest.mark.parametrize(
    ("place", "leads"),
    [
        ("/programs?x=1", "/programs?x=1"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_nowhere_else(town: Town, place: str, leads: str) -> None:
    answer = sign_in(town.service.client, town.key(Role.READER), next=place)
    assert answer.headers["location"] == leads


def test_the_cookie_is_for_the_browser_alone(town: Town) -> None:
    kept = sign_in(town.service.client, town.key(Role.READER), remember="1").headers["set-cookie"]
    ends = sign_in(town.service.client, town.key(Role.READER)).headers["set-cookie"]
    for cookie in (kept.lower(), ends.lower()):
        assert all(word in cookie for word in ("httponly", "samesite=strict", "secure", "path=/"))
    assert "Max-Age=2592000" in kept
    assert "max-age" not in ends.lower()


def test_plain_http_is_for_the_own_machine_alone(town: Town) -> None:
    client, key = town.service.client, town.key(Role.READER)
    plain = client.post(
        f"{ROOT}/login",
        content=f"key={key}",
        headers={"Origin": ROOT, "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert plain.status_code == 400
    assert "https://" in plain.text
    own = client.post(
        f"{ROOT}/login",
        content=f"key={key}",
        headers={
            "Host": "localhost:8000",
            "Origin": "http://localhost:8000",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        follow_redirects=False,
    )
    assert own.status_code == 303
    assert "secure" not in own.headers["set-cookie"].lower()
    client.cookies.clear()


def test_every_page_has_the_policy_of_pages(town: Town) -> None:
    answer = town.visitor(Role.COORDINATOR).get(f"/programs/{town.scene['$program']}")
    policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    assert answer.headers["content-security-policy"] == policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert " style=" not in answer.text
    assert "data:" not in answer.text


def test_an_address_that_is_no_id_is_no_page(town: Town) -> None:
    for key in ("1", "x" * 300, str(uuid.uuid4())):
        assert town.visitor(Role.COORDINATOR).get(f"/programs/{key}").status_code == 404


@pytest.mark.parametrize("contact", ["Иванова <А. А.>, 8 (84367) 3-00-00", ""])
def test_everybody_is_told_whom_to_ask(town: Town, contact: str) -> None:
    reader, nobody = town.visitor(Role.READER), Visitor(town.service.client, "")
    state = town.service.client.app.state  # type: ignore[attr-defined]
    usual = state.service
    settings = usual.settings.model_copy(update={"contact": contact})
    state.service = replace(usual, settings=settings)
    try:
        login = nobody.get("/login").text
        seen, refused = (reader.get(path).text for path in ("/data", "/data/organizations/new"))
    finally:
        state.service = usual
    for page in (login, seen, refused):
        assert ("Помощь: Иванова &lt;А. А.&gt;, 8" in page) is bool(contact)
        assert ("Помощь:" in page) is bool(contact)
    assert ("Спросить:" in login) is bool(contact)
    assert refused.count("Помощь:") == (2 if contact else 0)
    assert "Это делает координатор муниципалитета." in refused
