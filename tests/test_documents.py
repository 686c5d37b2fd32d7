"""Documents: what stands in them, who is named, and what a snapshot freezes."""

import hashlib
import io
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest

from app.access.roles import Role
from app.documents import answering
from app.documents.contract.clauses import model_form
from app.documents.formats import FORMATS, PDF
from app.program.curricula import CLAUSES
from app.rest.throttle import Failures
from tests.holders import Holder, issue
from tests.process import ROOT
from tests.scene import MERGE, NOBODY, RESOURCE, Scene, Service, problem
from tests.test_access import slowed
from tests.test_network_doors import whole
from tests.test_network_vectors import Row, funded, hall, marked, network, stocked

pytestmark = pytest.mark.shared_out

__all__ = ["funded", "hall", "marked", "network", "stocked", "whole"]

DAY = {"as_of": "2021-02-28"}


def read(scene: Scene, path: str, **more: Any) -> Row:
    answer = scene.client.get(path, params=more)
    assert answer.status_code == 200, answer.text
    paper: Row = answer.json()
    return paper


def report(scene: Scene, **more: str) -> Row:
    return read(scene, f"/programs/{scene['$program']}/report", **(DAY | more))


def section(paper: Row, no: str) -> Row:
    (found,) = [each for each in paper["sections"] if each["no"] == no]
    return dict(found)


def texts(paper: object) -> Iterator[str]:
    """Every text in a document."""
    match paper:
        case str():
            yield paper
        case dict():
            for each in paper.values():
                yield from texts(each)
        case list():
            for each in paper:
                yield from texts(each)


@pytest.mark.long
def test_a_report_says_what_the_answers_say(whole: Scene) -> None:
    paper = report(whole)
    assert [each["no"] for each in paper["sections"]] == [f"{no}" for no in range(1, 12)]
    answers = whole.client.get(f"/programs/{whole['$program']}/state", params=DAY).json()
    figures = [row["cells"] for row in section(paper, "3")["rows"]]
    assert [(cells[2], cells[3]) for cells in figures] == [
        (each["numerator"], each["denominator"]) for each in answers["indicators"]
    ]
    plan = [row["cells"] for row in section(paper, "2")["rows"] if row["kind"] == "row"]
    windows = [each for row in answers["plan"] for each in row["windows"] or [None]]
    assert len(plan) == len(windows)
    money = whole.client.get(f"/programs/{whole['$program']}/finance", params=DAY).json()
    (total,) = [row["cells"] for row in section(paper, "7")["rows"] if row["kind"] == "total"]
    names = ("planned", "approved", "paid", "execution", "rest")
    assert total[1:6] == [money["total"][name] for name in names]
    assert all(each["rows"] for each in paper["sections"][:10] if each["no"] != "4")


@pytest.mark.long
def test_the_same_state_gives_the_same_bytes(whole: Scene) -> None:
    path = f"/programs/{whole['$program']}/report"
    first, second = (whole.client.get(path, params=DAY) for _ in range(2))
    assert first.content == second.content
    assert first.headers["etag"] == f'"{hashlib.sha256(first.content).hexdigest()}"'
    assert first.content == canonical(first.json())
    for kind in (None, *FORMATS):
        asked = {"Accept": kind} if kind else {}
        tag = whole.client.get(path, params=DAY, headers=asked).headers["etag"]
        again = whole.client.get(path, params=DAY, headers=asked | {"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


def canonical(paper: object) -> bytes:
    text = json.dumps(paper, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


@pytest.fixture
def papers(whole: Scene) -> dict[str, str]:
    """The path of every kind of document."""
    return {
        "report": f"/programs/{whole['$program']}/report",
        "passport": f"/partnerships/{whole['$partnership']}/passport",
        "contract": f"/network-curricula/{whole['$physics_course']}/contract",
        "attendance-list": f"/events/{whole['$autumn']}/attendance-list",
    }


@pytest.mark.long
@pytest.mark.parametrize("kind", FORMATS)
def test_a_document_is_had_as_a_file(whole: Scene, papers: dict[str, str], kind: str) -> None:
    ending = FORMATS[kind].ending
    # How it is shown is no question of what is in it: each document is asked for in one way.
    ways = itertools.cycle([("true", "attachment"), ("false", "inline")])
    for (name, path), (download, shown) in zip(papers.items(), ways, strict=False):
        answer = whole.client.get(path, params={"download": download}, headers={"Accept": kind})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] == kind
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith(f'{shown}; filename="{name}-')
        assert f".{ending}" in disposition


@pytest.mark.long
def test_a_pdf_holds_the_data_that_it_shows(whole: Scene, papers: dict[str, str]) -> None:
    for path in papers.values():
        data = whole.client.get(path).content
        file = whole.client.get(path, headers={"Accept": PDF}).content
        pages = pypdf.PdfReader(io.BytesIO(file))
        assert pages.attachments == {"report.json": [data]}
        shown = "".join(page.extract_text() for page in pages.pages).replace("\u200b", "")
        assert hashlib.sha256(data).hexdigest() in "".join(shown.split())


@pytest.mark.long
def test_a_reader_is_told_no_names(whole: Scene, service: Service) -> None:
    officers = [
        {"role": "coordinator", "position": "методист", "person_name": "Матюничева Т.А."},
        {"role": "supervisor", "position": "заместитель начальника", "person_name": "Шатаева Е.Н."},
    ]
    path = f"/programs/{whole['$program']}"
    headers = {"If-Match": "*", "Content-Type": MERGE}
    assert whole.client.patch(path, json={"officers": officers}, headers=headers).status_code == 200
    assert "Матюничева Т.А." in set(texts(report(whole)))
    reader = Holder(service.client, issue(service.database, Role.READER))
    answer = reader.get(f"{path}/report", params=DAY)
    assert answer.status_code == 200
    assert "Матюничева" not in answer.text
    assert "методист" in answer.text


@pytest.mark.long
def test_a_report_of_another_day_stands(whole: Scene) -> None:
    """Before the program begins nothing is known, and that is no failure."""
    paper = report(whole, as_of="2019-01-01")
    assert all(not each["rows"] for each in paper["sections"] if each["no"] in "14567890")
    path = f"/programs/{whole['$program']}/report"
    asked = {"as_of": "2019-01-01"}
    assert whole.client.get(path, params=asked, headers={"Accept": PDF}).status_code == 200


def test_a_program_without_anything_has_a_report(scene: Scene) -> None:
    paper = report(scene)
    gaps = {cells[0] for cells in (row["cells"] for row in section(paper, "11")["rows"])}
    assert {"1", "4", "5", "6", "7", "8"} <= gaps


@pytest.mark.long
def test_a_passport_tells_of_its_partnership_alone(whole: Scene) -> None:
    path = f"/partnerships/{whole['$partnership']}"
    record = whole.client.get(path).json()
    paper = read(whole, f"{path}/passport", **DAY)
    assert [each["no"] for each in paper["sections"]] == list("123456")
    parties = [row["cells"][0] for row in section(paper, "1")["rows"]]
    names = [
        whole.client.get(f"/organizations/{each['organization_id']}").json()["short_name"]
        for each in record["members"]
    ]
    assert parties == names
    assert len(paper["signatures"]) == len(names)
    problem(whole.client.get(f"/partnerships/{NOBODY}/passport"), 404)


VARIANTS = {
    "": None,
    "обучает": "educating",
    "даёт ресурсы": "resource_owner",
    "договор услуг": "service_contract",
    "договоры с обучающимися": "paid_services",
    "оплата ресурсов": "resource_payment",
    "каждый за свой счёт": "own_means",
    "не указано": "unfunded",
}


def test_the_manual_says_where_each_clause_is_from() -> None:
    """Its table has each clause of the form, whose words they are, and what fills it."""
    text = (ROOT / "docs/ru/documents.md").read_text(encoding="utf-8")
    table = text.partition("| Пункт | Участник")[2].partition("\n\n")[0].splitlines()[2:]
    told = set()
    for line in table:
        no, variant, source, _, fields = (cell.strip() for cell in line.strip("|").split("|"))
        filled = frozenset(re.findall(r"`(\w+)`", fields))
        number = None if no == "преамбула" else no
        told.add((number, VARIANTS[variant], {"сервис": True, "форма": False}[source], filled))
    lines = [line for each in model_form().values() for line in each]
    assert told == {
        (line.no, line.when, line.is_own, frozenset(re.findall(r"{(\w+)}", line.text)) - {"_"})
        for line in lines
    }
    assert len(table) == len(lines)


EDUCATING, OWNER = "educating", "resource_owner"
Cited = str | dict[str, str]
CITED: dict[str, Cited] = {
    "1.1": "реализация Сторонами части основной общеобразовательной программы основного общего",
    "1.2": "утверждается Базовой организацией совместно с Организацией-участником",
    "1.3": "с 01.09.2020 по 31.05.2021",
    "2.1": "реализуемые каждой из Сторон",
    "2.2": {EDUCATING: "требованиям ФГОС", OWNER: "используются ресурсы Организации-участника"},
    "2.3": "от 10 до 15 человек. Поимённый список обучающихся направляется",
    "2.4": "определяется приложением № 2 к Договору",
    "2.5": {EDUCATING: "сведения о посещаемости", OWNER: "Лицо, ответственное"},
    "2.6": {EDUCATING: "справку о результатах", OWNER: "проводятся Базовой организацией"},
    "2.7": "Итоговая аттестация обучающихся по Образовательной программе проводится Базовой",
    "2.8": "выдаёт обучающимся документы: справка",
    "2.9": {EDUCATING: "она выдаёт ___", OWNER: "документов об обучении не выдаёт"},
    "3.1": "",
    "4.1": "вступает в силу со дня его подписания",
    "4.2": "на период реализации Образовательной программы",
    "5.1": "по соглашению Сторон",
    "5.2": "расторгнут",
    "5.3": "аннулирования её лицензии",
    "5.4": "Споры",
    "5.5": "в 2 экземплярах",
    "5.6": "приложение № 1",
}
"""What each clause of the model contract (annex 2 of order 882/391) must say, by its variant."""

BLANK = {
    EDUCATING: {"2.3": 1, "2.5": 1, "2.6": 1, "2.9": 1},
    OWNER: {"2.3": 1, "2.5": 1},
}
"""Blanks of the model contract that no record fills."""

FUNDED = {
    "service_contract": "договора возмездного оказания услуг от ___ № ___",
    "paid_services": "по договорам об оказании платных образовательных услуг",
    "resource_payment": "оплачивает использование ресурсов",
    "own_means": "за счёт собственных средств",
    "": "осуществляется ___",
}
"""Clause 3.1, by who pays."""


def robotics(scene: Scene, variant: str, funding: str) -> Row:
    """The contract of a curriculum that says everything that a record can."""
    body = {
        "program_id": "$program",
        "title": "Робототехника",
        "kind": "general",
        "level": "basic",
        "scope": "part",
        "approved_by": "jointly",
        "start_date": "2020-09-01",
        "end_date": "2021-05-31",
        "standard_ref": "ФГОС ООО",
        "learners_min": 10,
        "learners_max": 15,
        "schedule_mode": "annex_all",
        "final_assessment": "base",
        "documents_issued": "справка",
        "funding_mode": funding or None,
        "parties": [
            {"organization_id": "$a", "role": "base"},
            {"organization_id": "$l", "role": variant},
        ],
    }
    key = scene.make("network_curricula", body)["id"]
    return read(scene, f"/network-curricula/{key}/contract")


@pytest.mark.long
@pytest.mark.parametrize("variant", [EDUCATING, OWNER])
@pytest.mark.parametrize("funding", FUNDED)
def test_the_contract_has_every_clause_of_the_model_form(
    whole: Scene, variant: str, funding: str
) -> None:
    paper = robotics(whole, variant, funding)
    clauses = [clause for each in paper["sections"] for clause in each["clauses"]]
    told = {clause["no"]: clause["pieces"] for clause in clauses}
    assert len(clauses) == len(told)
    assert {*told} == {*CITED, None} == {line.no for each in model_form().values() for line in each}
    for no, words in CITED.items():
        wanted = FUNDED[funding] if no == "3.1" else words
        said = "".join(piece or "___" for piece in told[no])
        assert (wanted if isinstance(wanted, str) else wanted[variant]) in said, no
        assert no == "3.1" or told[no].count(None) == BLANK[variant].get(no, 0), no
    # A licence (day, number, who gave it), in whose person, on what basis; an owner needs none.
    assert told[None].count(None) == {EDUCATING: 10, OWNER: 7}[variant]
    own = "2.1, 4.1, 5.1, 5.2, 5.3, 5.4" if variant == EDUCATING else "2.1, 2.6, 2.9"
    assert f"слова пунктов {own}" in paper["requisites"]["footer"].replace("3.1, ", "")
    assert ("3.1" in paper["requisites"]["footer"]) == (funding in {"own_means", ""})
    assert paper["requisites"]["footer"].endswith("Стороны проверяют текст.")
    assert "Место заключения" in paper["requisites"]["place"]


@pytest.mark.long
def test_the_contract_is_filled_from_the_curriculum(whole: Scene) -> None:
    paper = read(whole, f"/network-curricula/{whole['$physics_course']}/contract")
    told = {clause["no"]: clause for each in paper["sections"] for clause in each["clauses"]}
    points = {no for clause, _, _ in CLAUSES for no in clause.split("–")}
    assert points <= told.keys()
    assert "с 01.09.2020 по 31.08.2021" in "".join(filter(None, told["1.3"]["pieces"]))
    assert None in told["2.2"]["pieces"]  # nothing is known of the standard
    parts, timetable = (each for each in paper["sections"] if each["annex"])
    assert parts["rows"][0]["cells"][1] == "Оптика"
    assert timetable["rows"][0]["cells"][:2] == ["Вт", "15:00–15:45"]


def test_a_contract_is_with_one_base(whole: Scene) -> None:
    path = f"/network-curricula/{whole['$physics_course']}"
    record = whole.client.get(path).json()
    second = record["parties"][0] | {"organization_id": whole["$b"], "act_id": None}
    parties = [*record["parties"], second]
    headers = {"If-Match": "*", "Content-Type": MERGE}
    assert whole.client.patch(path, json={"parties": parties}, headers=headers).status_code == 200
    told = problem(whole.client.get(f"{path}/contract"), 422, "name_the_base")
    assert whole["$a"] in told["errors"][0]["detail"]
    problem(whole.client.get(f"{path}/contract", params={"base": whole["$l"]}), 422, "not_a_base")
    paper = read(whole, f"{path}/contract", base=whole["$b"])
    assert paper["signatures"][0]["side"] == "Базовая организация"
    assert any("Берёзовская" in line for line in paper["signatures"][0]["lines"])


def test_a_school_sees_its_own_on_the_list(scene: Scene, service: Service) -> None:
    record = scene.make("participations", RESOURCE["participations"].example)
    path = f"/events/{record['event_id']}/attendance-list"
    paper = read(scene, path)
    rows = [row["cells"] for row in paper["sections"][0]["rows"]]
    assert [cells[0] for cells in rows] == [f"{no}" for no in range(1, len(rows) + 1)]
    named = [cells[1] for cells in rows if cells[1]]
    assert len(named) == 1
    for owner, seen in ((record["organization_id"], named), (scene["$leader"], [])):
        scope = {"municipality_id": scene["$municipality"], "organization_id": owner}
        school = Holder(service.client, issue(service.database, Role.ORG, **scope))
        rows = [row["cells"] for row in school.get(path).json()["sections"][0]["rows"]]
        assert [cells[1] for cells in rows if cells[1]] == seen
    reader = Holder(service.client, issue(service.database, Role.READER))
    problem(reader.get(path), 403)


def frozen(scene: Scene) -> str:
    path = f"/programs/{scene['$program']}/snapshots"
    answer = scene.client.post(path, json=DAY | {"title": "Отчёт за полугодие"})
    assert answer.status_code == 201, answer.text
    return f"{path}/{answer.json()['id']}/report"


@pytest.mark.long
def test_a_snapshot_freezes_the_report(whole: Scene) -> None:
    path = frozen(whole)
    before = whole.client.get(path)
    assert before.json()["requisites"]["working"] is False
    title = {"title": "Другое название"}
    headers = {"If-Match": "*", "Content-Type": MERGE}
    program = f"/programs/{whole['$program']}"
    assert whole.client.patch(program, json=title, headers=headers).status_code == 200
    assert report(whole)["requisites"]["about"] == ["Другое название"]
    assert whole.client.get(path).content == before.content
    assert whole.client.get(path, headers={"Accept": PDF}).content[:5] == b"%PDF-"


@pytest.mark.long
def test_everybody_may_verify_a_frozen_report(whole: Scene, service: Service) -> None:
    digest = hashlib.sha256(whole.client.get(frozen(whole)).content).hexdigest()
    live = hashlib.sha256(canonical(report(whole))).hexdigest()
    root = str(service.client.base_url).partition("/api")[0]
    for known in (digest, digest.upper()):
        answer = service.client.get(f"{root}/verify/{known}", headers={"Authorization": ""})
        assert answer.status_code == 200
        assert answer.json()["title"] == "Отчёт за полугодие"
    page = service.client.get(f"{root}/verify/{digest}", headers={"Accept": "text/html"})
    assert "Отчёт за полугодие" in page.text
    assert "28.02.2021" in page.text
    for forged in (live, "0" * 64, "x" * 64, digest[:-1], f"{digest}0"):
        told = problem(service.client.get(f"{root}/verify/{forged}"), 404)
        assert told["type"] == "/problems/report-not-made"
        assert told["detail"].startswith("Такого отчёта сервис не составлял.")
        about = service.client.get(f"{root}{told['type']}").json()
        assert about["detail"]["ru"] == told["detail"]


def test_a_browser_is_told_in_a_page(service: Service) -> None:
    root = str(service.client.base_url).partition("/api")[0]
    asked = {"Accept": "text/html", "Authorization": ""}
    with slowed(service, failures=Failures(1)):
        for status, said in ((404, "Такого отчёта сервис не составлял."), (429, "Повторите")):
            answer = service.client.get(f"{root}/verify/{'0' * 64}", headers=asked)
            assert answer.status_code == status
            assert answer.headers["content-type"].startswith("text/html")
            assert said in answer.text
        assert int(answer.headers["retry-after"]) > 0


def test_guessing_reports_is_slowed(service: Service) -> None:
    """A digest cannot be guessed, but whoever tries takes the service's time."""
    root = str(service.client.base_url).partition("/api")[0]

    def status(number: int) -> int:
        forged = f"{root}/verify/{number:064x}"
        return service.client.get(forged, headers={"Authorization": ""}).status_code

    with slowed(service, failures=Failures(5)):
        assert [status(number) for number in range(7)] == [404] * 5 + [429] * 2


@pytest.mark.parametrize("kind", [None, *FORMATS])
def test_documents_wait_for_each_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, kind: str | None
) -> None:
    """Eight large ones at once took a quarter of a gigabyte."""
    monkeypatch.setattr(answering, "PATIENCE", 0.05)
    app: Any = scene.client.app
    turns, portal = app.state.service.papers, scene.client.portal
    assert portal
    path, asked = f"/programs/{scene['$program']}/report", {"Accept": kind} if kind else {}
    holder = object()
    portal.call(turns.acquire_on_behalf_of_nowait, holder)
    try:
        refused = scene.client.get(path, params=DAY, headers=asked)
        problem(refused, 503)
        assert int(refused.headers["retry-after"]) > 0
        assert scene.client.get(f"/programs/{scene['$program']}").status_code == 200
    finally:
        portal.call(turns.release_on_behalf_of, holder)
    assert scene.client.get(path, params=DAY, headers=asked).status_code == 200


@pytest.mark.long
def test_a_program_without_partnerships_is_printed(scene: Scene) -> None:
    path = f"/programs/{scene['$program']}/report"
    assert section(report(scene), "1")["rows"] == []
    for kind in FORMATS:
        answer = scene.client.get(path, params=DAY, headers={"Accept": kind})
        assert answer.status_code == 200, answer.text


@pytest.mark.long
@pytest.mark.parametrize("day", ["2019-01-01", "2031-12-31"])
def test_a_report_beside_its_program_is_printed(whole: Scene, day: str) -> None:
    path = f"/programs/{whole['$program']}/report"
    for kind in FORMATS:
        answer = whole.client.get(path, params={"as_of": day}, headers={"Accept": kind})
        assert answer.status_code == 200, answer.text


HOSTILE = (
    "Ш" * 500,
    "Школа 😀👩\u200d🎓 漢字 №\u202e1",
    "#panic(1) $x$ *жирно* <lbl> \\ = @a `code` //",
    "=HYPERLINK(0) & <b onload=alert(1)>{{7*7}}",
)


@pytest.mark.long
@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_can_be_printed(
    whole: Scene, papers: dict[str, str], name: str, *, full: bool
) -> None:
    headers = {"If-Match": "*", "Content-Type": MERGE}
    body = {"short_name": name, "full_name": name}
    path = f"/organizations/{whole['$a']}"
    assert whole.client.patch(path, json=body, headers=headers).status_code == 200
    formats = [*FORMATS]
    for at, each in enumerate(papers.values(), HOSTILE.index(name)):
        # Daily each document is written in each format, with some name.
        for kind in formats if full else [formats[at % len(formats)]]:
            assert whole.client.get(each, headers={"Accept": kind}).status_code == 200
