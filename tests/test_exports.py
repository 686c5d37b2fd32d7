"""Exports: a whole list as CSV or XLSX, which changes nothing when it is imported again."""

import csv
import io
import uuid
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Any

import anyio
import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from app.access.roles import Role
from app.database.transaction import Transaction
from app.intake.cells import value_of
from app.intake.sheets.workbook import EXPLAINING
from app.intake.sheets.writing import write_xlsx
from app.intake.templates import columns, template
from app.model.caller import SERVICE
from app.model.record import new_id
from app.model.resource import Resource
from app.registry import RESOURCES
from app.registry.legal_acts import legal_acts
from app.registry.organization_aliases import organization_aliases
from app.rest import exports
from app.rest.media import CSV, XLSX
from app.store.listing import AT_ONCE, listing
from app.store.query import read_query
from tests.holders import Holder, issue
from tests.running import serving
from tests.scene import RESOURCE, Scene, Service, body_of, problem
from tests.sheets.workbooks import packed, parts, sheet
from tests.test_import_collections import ALL, send
from tests.test_imports import errors, report, stats
from tests.waiting import recorded

pytestmark = pytest.mark.shared_out


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


HOSTILE = ["=1+1", "+7 917", "-5", "@a", "＝1", "'=1", "''-1", "'a'", 'a;"b"\n-c', "1;2\n;;\n\n=3"]
RUN = tuple("=+-@\t\r＝＋－＠")


def exported_csv(client: Any, path: str, **more: Any) -> list[dict[str, str]]:
    """The rows of a CSV by their titles, held against what every CSV of ours has."""
    answer = client.get(path, headers={"Accept": CSV}, **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    text = answer.content.decode("utf-8-sig")
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def walked(client: Any, path: str, **params: str) -> list[dict[str, Any]]:
    """The same list as JSON, page by page."""
    found: list[dict[str, Any]] = []
    said: dict[str, Any] = {"next": ""}
    while said["next"] is not None:
        more = {"cursor": said["next"]} if said["next"] else {}
        said = client.get(path, params={"limit": "2", **params, **more}).json()
        found += said["items"]
    return found


@pytest.mark.long
@ALL
def test_what_is_exported_and_imported_again_changes_nothing(
    scene: Scene, resource: Resource
) -> None:
    scene.make(resource.name, body_of(resource, scene))
    for kind in (CSV, XLSX):
        answer = scene.client.get(f"/{resource.path}", headers={"Accept": kind})
        assert answer.headers["content-type"].partition(";")[0] == kind
        said = report(send(scene, resource, answer.content))
        moved = [row for row in said["rows"] if row["outcome"] != "unchanged"]
        assert (set(stats(said)), moved) == ({"unchanged"}, [])


@pytest.mark.long
def test_who_was_at_a_cancelled_event_comes_back_and_nobody_joins_them(scene: Scene) -> None:
    resource = next(each for each in RESOURCES if each.name == "participations")
    body = body_of(resource, scene)
    made = scene.make("participations", body)
    address, anyway = f"/events/{made['event_id']}", {"If-Match": "*"}
    assert scene.client.patch(address, json={"status": "cancelled"}, headers=anyway).is_success
    query = {"event_id": made["event_id"]}
    answer = scene.client.get("/participations", params=query, headers={"Accept": CSV})
    assert stats(report(send(scene, resource, answer.content))) == {"unchanged": 1}
    person = {"municipality_id": "$municipality", "last_name": "Другая", "first_name": "Анна"}
    other = scene.make("teachers", person)
    joined = answer.text.replace(made["id"], "").replace(made["teacher_id"], other["id"])
    joined = joined.replace("Пробная Вера", "Другая Анна")
    said = report(send(scene, resource, joined.encode()), 422)
    assert (2, "event_cancelled", "Событие") in errors(said)


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_no_cell_can_run_and_each_comes_back(scene: Scene, kind: str) -> None:
    resource = next(each for each in RESOURCES if each.name == "legal_acts")
    body = body_of(resource, scene)
    texts = [f"{text} {at}" for at, text in enumerate(HOSTILE)]
    for at, text in enumerate(texts):
        scene.make("legal_acts", body, number=f"{at}", title=text.split("\n")[0], purpose=text)
    path, query = "/legal-acts", {"municipality_id": scene["$municipality"]}
    before = walked(scene.client, path, **query)
    answer = scene.client.get(path, params=query, headers={"Accept": kind})
    if kind == XLSX:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
        cells = [str(cell) for row in rows.to_python() for cell in row]
    else:
        lines = csv.reader(
            io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"
        )
        cells = [cell for row in lines for cell in row]
    assert not [cell for cell in cells if cell.startswith(RUN)]
    assert {f"'{text}" if text.lstrip("'").startswith(RUN) else text for text in texts} <= {*cells}
    assert stats(report(send(scene, resource, answer.content))) == {"unchanged": len(before)}
    assert walked(scene.client, path, **query) == before


def test_no_text_is_taken_for_markup(scene: Scene) -> None:
    """A workbook's rows are XML, in which `_x0041_` is the code of a letter."""
    resource = next(each for each in RESOURCES if each.name == "legal_acts")
    texts = {"<r><t>a</t></r>", "<r></r>", "=a & b</row>", "a_x0041_b", "_x005F_x0042_", "a_xx_"}
    for number, text in enumerate(texts):
        scene.make("legal_acts", body_of(resource, scene), number=f"{number}", title=text)
    query = {"municipality_id": scene["$municipality"]}
    answer = scene.client.get("/legal-acts", params=query, headers={"Accept": XLSX})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    seen = {str(cell).removeprefix("'") for row in rows.to_python() for cell in row}
    assert texts <= seen
    assert stats(report(send(scene, resource, answer.content))) == {"unchanged": len(texts)}


@pytest.mark.long
def test_numbers_are_numbers_and_days_are_days(scene: Scene) -> None:
    resource = next(each for each in RESOURCES if each.name == "monitoring_records")
    said = {"value_number": "-12.5", "baseline_number": "-123456789012.654321", "note": "-12.5"}
    made = scene.make("monitoring_records", body_of(resource, scene), **said)
    query = {"program_id": scene["$program"]}
    (row,) = exported_csv(scene.client, "/monitoring-records", params=query)
    assert row["Значение числового показателя"] == "-12,5"
    assert (row["Примечание"], row["Первый день периода"]) == ("'-12.5", "01.09.2020")
    answer = scene.client.get("/monitoring-records", params=query, headers={"Accept": XLSX})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    titles, cells = sheet.to_python()
    typed = dict(zip(titles, cells, strict=True))
    assert typed["Значение числового показателя"] == -12.5
    # Excel counts in floats and would lose digits.
    assert typed["Исходное значение"] == "-123456789012,654321"
    assert str(typed["Первый день периода"]) == "2020-09-01"
    assert stats(report(send(scene, resource, answer.content))) == {"unchanged": 1}
    assert made["baseline_number"] == said["baseline_number"]


def test_a_day_before_excel_counts_right_is_a_text(scene: Scene) -> None:
    resource, days = RESOURCE["legal_acts"], ("1900-02-28", "1900-03-01")
    for day in days:
        scene.make("legal_acts", body_of(resource, scene), number=day, act_date=day)
    query = {"municipality_id": scene["$municipality"], "sort": "act_date"}
    answer = scene.client.get("/legal-acts", params=query, headers={"Accept": XLSX})
    titles, *rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    )
    place = titles.index("Дата документа")
    assert [str(row[place]) for row in rows[:2]] == ["28.02.1900", "1900-03-01"]


def test_a_workbook_has_its_headings_in_sight_and_no_formula(scene: Scene) -> None:
    scene.make(
        "organizations",
        {
            "municipality_id": "$municipality",
            "kind": "other",
            "full_name": "=1+1",
            "short_name": "http://a.b",
        },
    )
    answer = scene.client.get("/organizations", headers={"Accept": XLSX})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert 'state="frozen"' in sheet
    assert "<autoFilter " in sheet
    assert "<cols>" in sheet
    assert "<b/>" in styles
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


def test_a_file_holds_what_the_list_shows_in_its_order(scene: Scene) -> None:
    for name in ("Ёлкина", "Яшина", "Абаева", "Елкина", "Жукова"):
        scene.make(
            "teachers",
            {"municipality_id": "$municipality", "last_name": name, "first_name": "Анна"},
        )
    query = {"municipality_id": scene["$municipality"], "sort": "-last_name", "q": "анна"}
    listed = walked(scene.client, "/teachers", **query)
    rows = exported_csv(scene.client, "/teachers", params=query)
    assert [row["Номер записи"] for row in rows] == [each["id"] for each in listed]
    assert [row["Фамилия"] for row in rows] == [each["last_name"] for each in listed]
    assert rows[0]["Фамилия"] == "Яшина"


def test_a_file_holds_what_its_reader_sees(service: Service, scene: Scene) -> None:
    body = body_of(legal_acts, scene) | {"signed_by": "Пробная"}
    made = scene.make("legal_acts", body)["id"]
    other = Scene(scene.client)["$act"]
    home = {"municipality_id": scene["$municipality"]}
    for role, named in ((Role.COORDINATOR, "Пробная"), (Role.READER, "")):
        holder = Holder(service.client, issue(service.database, role, **home))
        rows = {row["Номер записи"]: row for row in exported_csv(holder, "/legal-acts")}
        assert rows[made]["Кто подписал"] == named
        assert other not in rows
        if role == Role.READER:
            problem(
                holder.get("/legal-acts", params={"signed_by": "П"}, headers={"Accept": CSV}), 422
            )
            problem(holder.get("/teachers", headers={"Accept": CSV}), 403)
            problem(holder.get("/imports/teachers/template.xlsx"), 403)


@pytest.mark.parametrize("kind", [CSV, XLSX])
@pytest.mark.parametrize("name", ["limit", "cursor", "include_total", "nonsense"])
def test_a_whole_list_has_no_pages(client: Any, kind: str, name: str) -> None:
    answer = client.get("/measures", params={name: "1"}, headers={"Accept": kind})
    code = "unknown_parameter" if name == "nonsense" else "whole_list"
    (fault,) = problem(answer, 422, code)["errors"]
    assert fault["parameter"] == name


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("image/png", "application/json"),
        ("text/csv;q=0", "application/json"),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("text/csv, application/json", "application/json"),
        ("text/csv;q=0.5, */*", "application/json"),
        ("text/csv, */*", CSV),
        ("TEXT/CSV", CSV),
        ("text/csv; header=present; q=0.9, application/json;q=0.1", CSV),
        (f"text/csv;q=0.5, {XLSX};q=0.6", XLSX),
        (f"{XLSX}, */*;q=0.1", XLSX),
        (f"text/csv;q=nonsense, {XLSX};q=0.5", CSV),
    ],
)
def test_the_accept_decides_and_never_refuses(client: Any, accept: str, kind: str) -> None:
    answer = client.get("/municipalities", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind


def test_a_file_has_a_name_in_russian_and_one_for_old_programs(client: Any) -> None:
    for method in ("GET", "HEAD"):
        answer = client.request(method, "/legal-acts", headers={"Accept": CSV})
        said = answer.headers["content-disposition"]
        assert said.startswith('attachment; filename="legal-acts-2')
        assert "filename*=UTF-8''%D0%94%D0%BE%D0%BA%D1%83%D0%BC%D0%B5%D0%BD%D1%82%D1%8B%20" in said
        assert answer.headers["cache-control"] == "private, no-store"
        assert bool(answer.content) is (method == "GET")


def test_an_export_is_one_entry_of_the_trail(service: Service, scene: Scene) -> None:
    assert scene["$teacher"]
    home = {"municipality_id": scene["$municipality"]}
    holder = Holder(service.client, issue(service.database, Role.COORDINATOR, "Выгрузка", **home))
    answer = holder.request("GET", "/teachers", headers={"Accept": CSV})
    holder.request("HEAD", "/teachers", headers={"Accept": CSV})
    recorded(service)
    entries = service.client.get("/audit", params={"action": "export", "type": "teachers"}).json()
    (entry,) = [each for each in entries["items"] if each["owner"] == "Выгрузка"]
    assert entry["request_id"] == answer.headers["x-request-id"]
    assert entry["outcome"] == "1 rows"
    assert entry["fields"] == [*RESOURCE["teachers"].personal_fields]
    assert "Пробная" not in str(entry)


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_whose_names_went_out_learns_of_it(service: Service, scene: Scene, kind: str) -> None:
    path, home = f"/teachers/{scene['$teacher']}", {"municipality_id": scene["$municipality"]}
    holder = Holder(service.client, issue(service.database, Role.COORDINATOR, kind, **home))
    answer = holder.request("GET", "/teachers", headers={"Accept": kind})
    assert answer.status_code == 200
    recorded(service)
    shown = scene.client.get(f"{path}/access-report").json()["accesses"]
    (entry,) = [each for each in shown if each["owner"] == kind]
    assert (entry["action"], entry["request_id"]) == ("read", answer.headers["x-request-id"])


@pytest.mark.long
def test_a_long_list_is_one_state_of_the_register(service: Service, scene: Scene) -> None:
    table = organization_aliases.table
    added = add_aliases(service, scene, 2 * AT_ONCE)
    query = read_query(organization_aliases, [("organization_id", scene["$school"])])
    dialect = service.database.dialect
    listed = listing(organization_aliases, dialect, query, SERVICE)
    gone = sa.delete(table).where(table.c.id.in_(added))
    with service.database.reading() as tx, closing(listed.slices(tx, "t.id, t.alias")) as slices:
        count = listed.count(tx)
        more = add_aliases(service, scene, 3)
        seen = [len(next(slices))]
        service.database.write(lambda tx: tx.execute(gone))
        seen += map(len, slices)
    assert (count, seen) == (2 * AT_ONCE, [AT_ONCE, AT_ONCE])
    params = {"organization_id": scene["$school"]}
    rows = exported_csv(service.client, "/organization-aliases", params=params)
    assert {str(each) for each in more} < {row["Номер записи"] for row in rows}
    assert len(rows) == 4
    # Their keys are no keys: whoever exports the whole collection must not meet them.
    service.database.write(lambda tx: tx.execute(sa.delete(table).where(table.c.id.in_(more))))


def add_aliases(service: Service, scene: Scene, count: int) -> list[uuid.UUID]:
    """Name the scene's school, and copy that into the database; the ids of copies come back."""
    alias = {"organization_id": "$school", "alias": f"{new_id()}"}
    made = scene.make("organization_aliases", alias)
    table, ids = organization_aliases.table, [new_id() for _ in range(count - 1)]
    keys = ("alias", "alias_key", "natural_key")

    def work(tx: Transaction) -> None:
        found = tx.execute(sa.select(table).where(table.c.id == made["id"])).mappings().one()
        rows = [{**found, "id": each, **dict.fromkeys(keys, str(each))} for each in ids]
        tx.execute(sa.insert(table), rows)

    service.database.write(work)
    return ids


def test_a_reader_that_stalls_is_cut(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "STALL", 0.05)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def stall(message: Any) -> None:
        sent.append(message["type"])
        if message["type"] == "http.response.body":
            await anyio.sleep_forever()

    async def ask() -> int:
        app: Any = service.client.app
        key = issue(service.database, Role.COORDINATOR)
        headers = [
            (b"host", b"testserver"),
            (b"accept", b"text/csv"),
            (b"authorization", f"Bearer {key}".encode()),
        ]
        path = "/api/v1/municipalities"
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
            "scheme": "http",
            "http_version": "1.1",
            "state": {},
        }
        await app(scope, receive, stall)
        return int(app.state.service.exports.borrowed_tokens)

    assert service.client.portal
    assert service.client.portal.call(ask) == 0
    assert sent == ["http.response.start", "http.response.body"]


def test_too_many_at_once_are_asked_to_come_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "WAIT", 0.05)
    app: Any = service.client.app
    turns, portal = app.state.service.exports, service.client.portal
    assert portal
    holders = [object() for _ in range(int(turns.total_tokens))]
    for each in holders:
        portal.call(turns.acquire_on_behalf_of_nowait, each)
    try:
        refused = service.client.get("/measures", headers={"Accept": CSV})
        assert problem(refused, 503)["cause"] == "queue_full"
    finally:
        for each in holders:
            portal.call(turns.release_on_behalf_of, each)
    assert service.client.get("/measures", headers={"Accept": CSV}).status_code == 200


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_a_template_is_a_list_without_rows(
    services: Callable[[str], Service], resource: Resource
) -> None:
    scene = Scene(services("sqlite").client)
    answer = scene.client.get(f"/imports/{resource.path}/template.xlsx")
    assert answer.headers["content-type"] == XLSX
    said = report(send(scene, resource, answer.content, mode="dry_run"))
    assert said["stats"]["total"] == 0
    # A heading that the import does not know would be named here.
    assert [each["code"] for each in said["infos"]] == ["other_sheets"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    titles = [each.title for each in columns(resource)]
    assert {*book.sheet_names[1:]} == EXPLAINING
    assert book.get_sheet_by_index(0).to_python() == [titles]
    example = book.get_sheet_by_name("Пример").to_python()
    assert example[0] == titles
    assert sum(cell != "" for cell in example[1]) >= sum(
        each.is_required for each in columns(resource)
    )
    assert "$" not in str(example)
    assert "номер записи" not in str(example)
    guide = book.get_sheet_by_name("Как заполнять").to_python()[1:]
    assert [row[0] for row in guide] == titles
    assert all(row[2] and row[3] for row in guide)


def test_a_filled_template_tells_the_sheets_that_hold_lists(scene: Scene) -> None:
    titles: list[object] = ["Организация", "На какой день", "Число педагогов"]
    rows = [titles, ["Сельская СОШ", "01.09.2020", 9]]
    assert scene["$school"]

    def told(*names: str) -> list[str]:
        filled = packed(parts({name: sheet(rows) for name in names}))
        said = report(send(scene, RESOURCE["headcounts"], filled, mode="dry_run"))
        assert said["stats"]["total"] == 1
        return [each["hint"] for each in said["infos"] if each["code"] == "other_sheets"]

    assert told("Численность", *EXPLAINING) == []
    (text,) = told("Численность", "Отар", *EXPLAINING)
    assert "«Отар»" in text
    assert not any(name in text for name in EXPLAINING)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
def test_each_cell_of_an_example_can_be_read(resource: Resource) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(template(resource)))
    _, *rows = book.get_sheet_by_name("Пример").to_python()
    listed = columns(resource)
    assert rows
    for row in rows:
        cell: Any
        for heading, cell in zip(listed, row, strict=False):
            value_of(heading, UTC, cell or None)


def test_the_template_of_participants_has_the_columns_of_schools(client: Any) -> None:
    answer = client.get("/imports/participations/template.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    wanted = "ФИО|Организация|Должность|Мероприятие|Дата|Присутствие|Форма участия|Часы|СНИЛС"
    assert book.get_sheet_by_index(0).to_python() == [wanted.split("|")]


@pytest.mark.long
def test_the_example_of_participants_is_accepted(tmp_path: Path) -> None:
    """Whoever tries the example on the source program sees it accepted."""
    with serving("sqlite", f"sqlite:///{tmp_path / 'school.db'}", tmp_path) as fresh:
        (program,) = fresh.client.get("/programs").json()["items"]
        assert fresh.client.post(f"/programs/{program['id']}/events/generate", json={}).is_success
        book = CalamineWorkbook.from_filelike(
            io.BytesIO(fresh.client.get("/imports/participations/template.xlsx").content)
        )
        file = io.BytesIO()
        rows: Any = book.get_sheet_by_name("Пример").to_python()
        write_xlsx(rows, file, "Пример")
        query = {"mode": "dry_run", "create_teachers": "true"}
        answer = fresh.client.post(
            "/imports/participations",
            params=query,
            content=file.getvalue(),
            headers={"Content-Type": XLSX},
        )
        assert stats(report(answer)) == {"created": 1}, answer.text
