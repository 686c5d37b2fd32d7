"""Imports: lists of participants as schools send them, and reports that one can act on."""

import csv
import io
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.roles import Role
from app.intake import runs
from app.intake.receiving import LIMIT
from app.intake.sheets.writing import write_xlsx
from app.journal.positions import HEADS
from tests.holders import Holder, issue
from tests.scene import NOBODY, Scene, Service, problem

pytestmark = pytest.mark.shared_out

DAY = "15.10.2020"
BASIS = {"processing_basis": "statutory_function"}
CSV = {"Content-Type": "text/csv"}


def listed(*rows: Mapping[str, str], delimiter: str = ";") -> str:
    """A list with the columns of its first row."""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def row(name: str = "Иванова Мария Петровна", **more: str) -> dict[str, str]:
    """A row of a list, as a school secretary types it."""
    said = {"ФИО": name, "Школа": "Сельская СОШ", "Дата": DAY, "Мероприятие": "1"}
    return said | {"Присутствие": "+"} | more


def upload(scene: Scene, text: str | bytes, **query: Any) -> Any:
    """The answer to a list of participants."""
    said = {"mode": "commit", "create_teachers": "true", **BASIS, **query}
    said |= {"program_id": scene["$program"]}
    content = text.encode() if isinstance(text, str) else text
    wanted = {name: value for name, value in said.items() if value is not None}
    return scene.client.post("/imports/participations", params=wanted, content=content, headers=CSV)


def report(answer: Any, status: int = 200) -> dict[str, Any]:
    """The report of an answer, its totals held against each other."""
    assert answer.status_code == status, answer.text
    said: dict[str, Any] = answer.json() if status == 200 else answer.json()["report"]
    stats = dict(said["stats"])
    assert stats.pop("total") == sum(stats.values())
    return said


def stats(said: Mapping[str, Any]) -> dict[str, int]:
    """The totals that are not nil."""
    return {name: count for name, count in said["stats"].items() if count and name != "total"}


def errors(said: Mapping[str, Any]) -> list[tuple[int, str, str | None]]:
    """Rows with their errors."""
    return [
        (each["row"], error["code"], error["column"])
        for each in said["rows"]
        for error in each["errors"]
    ]


def participations(scene: Scene) -> list[dict[str, Any]]:
    """What the register holds of the scene's municipality."""
    query = {"municipality_id": scene["$municipality"], "limit": "500"}
    items: list[dict[str, Any]] = scene.client.get("/participations", params=query).json()["items"]
    return items


def position(service: Service) -> int:
    """How many changes there were."""
    found = service.database.read(lambda tx: tx.execute(sa.select(HEADS.c.position)).scalar_one())
    return int(found)


def test_a_list_becomes_participations(seminar: Scene) -> None:
    text = listed(
        row(Должность="учитель", Часы="2,5", **{"№ п/п": "1", "Класс": "5а"}),
        row("ПЕТРОВ ПЁТР", Присутствие="н", Должность="", Часы=""),
        row("Ким Ли -", Присутствие="онлайн", Должность="", Часы=""),
    )
    said = report(upload(seminar, text))
    assert said["status"] == "committed"
    assert stats(said) == {"created": 3}
    assert [each["code"] for each in said["infos"]] == ["unknown_column", "usual_taken"]
    made = {
        each["hours"] or each["mode"] or each["status"]: each for each in participations(seminar)
    }
    assert made["2.5"]["status"] == "attended"
    assert made["absent"]["mode"] is None
    assert made["remote"]["status"] == "attended"
    assert {each["participated_on"] for each in made.values()} == {"2020-10-15"}
    query = {"municipality_id": seminar["$municipality"], "q": "петров"}
    teachers = seminar.client.get("/teachers", params=query).json()["items"]
    assert ("Петров", "Пётр", None) in [
        (each["last_name"], each["first_name"], each["patronymic"]) for each in teachers
    ]


def test_the_same_list_again_changes_nothing(service: Service, seminar: Scene) -> None:
    text = listed(row(), row("Петров Пётр"), row("Сидорова Анна Ивановна"))
    assert stats(report(upload(seminar, text))) == {"created": 3}
    before = position(service)
    assert stats(report(upload(seminar, text))) == {"unchanged": 3}
    assert position(service) == before


def test_a_dry_run_reports_alike_and_writes_nothing(service: Service, seminar: Scene) -> None:
    text = listed(row(), row("Один"), row(), row("Петров Пётр", Школа="Нет такой"))
    before = position(service)
    dry = report(upload(seminar, text, mode="dry_run"))
    assert position(service) == before
    done = report(upload(seminar, text, on_error="skip"))
    assert (dry["status"], done["status"]) == ("dry_run", "partial")
    for said in (dry, done):
        for name in ("id", "status", "mode", "on_error"):
            said.pop(name)
        for each in said["rows"]:
            each.pop("id")
    assert dry == done


def test_a_refused_row_stops_the_list(service: Service, seminar: Scene) -> None:
    before = position(service)
    answer = upload(seminar, listed(row(), row("Один")))
    assert problem(answer, 422)["type"] == "/problems/import-rejected"
    said = report(answer, 422)
    assert said["status"] == "rejected"
    assert stats(said) == {"created": 1, "rejected": 1}
    assert position(service) == before
    assert stats(report(upload(seminar, listed(row(), row("Один")), on_error="skip"))) == {
        "created": 1,
        "rejected": 1,
    }


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"ФИО": "Иванова"}, "name_too_short", "ФИО"),
    ({"ФИО": "Иван?ва Мария"}, "name_unreadable", "ФИО"),
    ({"ФИО": "Иванова Мария 2"}, "name_unreadable", "ФИО"),
    ({"ФИО": "=Иванова Мария"}, "formula", "ФИО"),
    ({"ФИО": "Иванова М. П."}, "initials", "ФИО"),
    ({"ФИО": ""}, "empty_cell", "ФИО"),
    ({"Школа": "Школа № 99"}, "unknown_organization", "Школа"),
    ({"Дата": "15.10.20"}, "two_digit_year", "Дата"),
    ({"Дата": "вчера"}, "not_a_date", "Дата"),
    ({"Дата": "31.02.2020"}, "not_a_date", "Дата"),
    ({"Дата": "16.10.2020"}, "no_event", "Дата"),
    ({"Дата": ""}, "empty_cell", "Дата"),
    ({"Мероприятие": "Чтения"}, "unknown_activity", "Мероприятие"),
    ({"Присутствие": "может быть"}, "not_a_flag", "Присутствие"),
]


@pytest.mark.parametrize(("more", "code", "column"), WRONG, ids=[str(each[0]) for each in WRONG])
def test_a_refused_row_says_where_and_why(
    seminar: Scene, more: dict[str, str], code: str, column: str
) -> None:
    said = report(upload(seminar, listed({**row(), **more})), 422)
    assert errors(said) == [(2, code, column)]
    found = said["rows"][0]["errors"][0]
    assert found["detail"].endswith(".")
    assert found["hint"]
    assert "Иван" not in str(said["rows"])


def test_all_faults_of_a_row_are_named_at_once(seminar: Scene) -> None:
    said = report(upload(seminar, listed({**row(), "Школа": "Нет", "Дата": "вчера"})), 422)
    assert {code for _, code, _ in errors(said)} == {"unknown_organization", "not_a_date"}


def test_one_cause_reads_as_one(seminar: Scene) -> None:
    text = listed(*(row(f"Иванова Мария {name}на", Школа="СОШ им. Тукая") for name in "АБВ"))
    said = report(upload(seminar, text), 422)
    first = said["groups"][0]
    assert (first["code"], first["count"], first["rows"]) == ("unknown_organization", 3, [2, 3, 4])
    assert first["detail"] == "Организация «СОШ им. Тукая» не найдена."


def test_two_schools_that_may_not_be_named_are_two_groups(seminar: Scene) -> None:
    names = ("Иванова Анна Петровна", "Солнышко")
    said = report(upload(seminar, listed(*(row(Школа=name) for name in names))), 422)
    assert [each["rows"] for each in said["groups"]] == [[2], [3]]
    assert {each["detail"] for each in said["groups"]} == {"Организация не найдена."}


@pytest.mark.parametrize("at_once", [runs.AT_ONCE, 1, 3])
def test_every_group_of_duplicates_is_named(
    seminar: Scene, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However far from one another its rows stand.
    monkeypatch.setattr(runs, "AT_ONCE", at_once)
    other = row("Петров Пётр")
    text = listed(row(Часы="2"), {**other, "Часы": ""}, row(Часы="3"), {**other, "Часы": ""})
    said = report(upload(seminar, text))
    assert stats(said) == {"created": 2, "duplicate": 2}
    assert said["duplicates"] == [
        {"rows": [2, 4], "kept": 2, "differing": ["hours"]},
        {"rows": [3, 5], "kept": 3, "differing": []},
    ]
    assert {each["hours"] for each in participations(seminar)} == {"2", None}


def test_totals_signatures_and_empty_rows_are_no_rows(seminar: Scene) -> None:
    empty = dict.fromkeys(row(), "")
    text = listed(row(), empty, {**empty, "ФИО": "Итого: 1"}, {**empty, "ФИО": "Директор Ю. Я."})
    said = report(upload(seminar, text + ";;;;\r\n" * 3))
    assert stats(said) == {"created": 1, "blank": 3}


def test_a_merged_cell_fills_the_rows_below(seminar: Scene) -> None:
    below = row("Петров Пётр", Школа="", Мероприятие="")
    assert stats(report(upload(seminar, listed(row(), below)))) == {"created": 2}
    nothing = upload(seminar, listed(row(), {**below, "ФИО": "Сидоров Пётр"}), fill_down="")
    assert errors(report(nothing, 422))[0][:2] == (3, "unknown_organization") or errors(
        report(nothing, 422)
    )[0][:2] == (3, "empty_cell")


NAMES = [
    "Сельская СОШ",
    "МБОУ «Сельская СОШ»",
    'МБОУ "Сельская СОШ"',
    "Муниципальное бюджетное общеобразовательное учреждение «Сельская средняя школа»",
    "МБОУ «Сельская СОШ» Пестречинского муниципального района Республики Татарстан",
    "сельская  сош",
    "Сельская CОШ",  # a Latin C
]


@pytest.mark.parametrize("name", NAMES)
def test_a_school_is_known_by_many_spellings(seminar: Scene, name: str) -> None:
    said = report(upload(seminar, listed(row(Школа=name))))
    assert stats(said) == {"created": 1}
    assert participations(seminar)[0]["organization_id"] == seminar["$school"]


def test_an_alias_names_a_school(seminar: Scene) -> None:
    seminar.make("organization_aliases", {"organization_id": "$school", "alias": "Наша школа"})
    assert stats(report(upload(seminar, listed(row(Школа="наша ШКОЛА"))))) == {"created": 1}


def test_a_name_of_two_schools_is_refused_with_both(seminar: Scene) -> None:
    kind = {"municipality_id": "$municipality", "kind": "general_school"}
    for form in ("МБОУ", "МКОУ"):
        name = f"{form} «Лесная ООШ»"
        seminar.make("organizations", {**kind, "full_name": name, "short_name": name})
    said = report(upload(seminar, listed(row(Школа="Лесная ООШ"))), 422)
    assert errors(said) == [(2, "ambiguous_organization", "Школа")]
    assert len(said["rows"][0]["candidates"]) == 2


def test_a_number_that_is_a_key_and_a_name_is_refused_with_both(seminar: Scene) -> None:
    """Other systems number their records, and towns call their schools by a number."""
    keyed = {"municipality_id": "$municipality", "kind": "culture", "source": "reg"}
    keyed |= {"source_key": "17", "full_name": "Дом культуры", "short_name": "РДК"}
    house = seminar.make("organizations", keyed)["id"]
    said = report(upload(seminar, listed(row(Школа="17"))))
    assert (stats(said), participations(seminar)[0]["organization_id"]) == ({"created": 1}, house)
    seminar.make("organization_aliases", {"organization_id": "$school", "alias": "17"})
    said = report(upload(seminar, listed(row(Школа="17"))), 422)
    assert errors(said) == [(2, "ambiguous_organization", "Школа")]
    assert {each["id"] for each in said["rows"][0]["candidates"]} == {house, seminar["$school"]}


def test_a_near_name_is_a_candidate_and_no_match(seminar: Scene) -> None:
    said = report(upload(seminar, listed(row(Школа="Сельскоя СОШ"))), 422)
    assert said["rows"][0]["candidates"] == [{"id": seminar["$school"], "name": "Сельская СОШ"}]


@pytest.fixture
def teacher(seminar: Scene) -> str:
    """A teacher who works at the school."""
    home = {"municipality_id": "$municipality"}
    name = {"last_name": "Пятёркина", "first_name": "Алёна", "patronymic": "Фёдоровна"}
    made: str = seminar.make("teachers", {**home, **name})["id"]
    employ(seminar, made)
    return made


def employ(scene: Scene, teacher: str, place: str = "$school") -> None:
    job = {"teacher_id": teacher, "organization_id": place, "position": "учитель"}
    job |= {"position_group": "teaching", "valid_from": "2019-09-01"}
    scene.make("employments", job, is_main_job=True)


@pytest.mark.parametrize(
    "name",
    [
        "Пятёркина Алёна Фёдоровна",
        "Пятеркина Алена Федоровна",
        "ПЯТЁРКИНА  АЛЁНА ФЁДОРОВНА",
        "Пятёркина Алёна",
        "Пятeркина Aлёна Фёдоровна",  # Latin e and A
    ],
)
def test_a_teacher_is_known_by_many_spellings(seminar: Scene, teacher: str, name: str) -> None:
    said = report(upload(seminar, listed(row(name)), create_teachers=None))
    assert stats(said) == {"created": 1}
    assert participations(seminar)[0]["teacher_id"] == teacher


def test_namesakes_are_refused_with_their_ids_only(seminar: Scene, teacher: str) -> None:
    name = {"last_name": "Пятёркина", "first_name": "Алёна", "patronymic": "Ивановна"}
    other = seminar.make("teachers", {"municipality_id": "$municipality", **name})["id"]
    employ(seminar, other)
    said = report(upload(seminar, listed(row("Пятёркина Алёна"))), 422)
    assert errors(said) == [(2, "ambiguous_teacher", "ФИО")]
    assert said["rows"][0]["candidates"] == [{"id": teacher}, {"id": other}]
    assert stats(report(upload(seminar, listed(row("Пятёркина Алёна Ивановна"))))) == {"created": 1}
    assert participations(seminar)[0]["teacher_id"] == other


def test_a_namesake_of_another_school_is_told_by_the_school(seminar: Scene, teacher: str) -> None:
    name = {"last_name": "Пятёркина", "first_name": "Алёна", "patronymic": "Фёдоровна"}
    other = seminar.make("teachers", {"municipality_id": "$municipality", **name})["id"]
    employ(seminar, other, "$leader")
    upload(seminar, listed(row("Пятёркина Алёна Фёдоровна", Школа="Ресурсная СОШ")))
    assert [each["teacher_id"] for each in participations(seminar)] == [other]


def test_an_unknown_teacher_is_made_only_when_asked(service: Service, seminar: Scene) -> None:
    said = report(upload(seminar, listed(row("Новая Вера")), create_teachers=None), 422)
    assert errors(said) == [(2, "unknown_teacher", "ФИО")]
    said = report(upload(seminar, listed(row("Новая Вера", Должность="логопед"))))
    assert [each["code"] for each in said["rows"][0]["infos"]] == ["teacher_created"]
    made = participations(seminar)[0]
    jobs = seminar.client.get("/employments", params={"teacher_id": made["teacher_id"]}).json()
    job = jobs["items"][0]
    assert (job["position"], job["valid_from"], job["is_main_job"]) == (
        "логопед",
        "2020-10-15",
        True,
    )
    assert said["rows"][0]["warnings"] == []


def test_a_teacher_who_works_elsewhere_is_let_in_by_number_with_a_warning(
    seminar: Scene, teacher: str
) -> None:
    elsewhere = row("Пятёркина Алёна Фёдоровна", Школа="Ресурсная СОШ")
    said = report(upload(seminar, listed(elsewhere)), 422)
    assert errors(said) == [(2, "namesake_elsewhere", "ФИО")]
    assert said["rows"][0]["candidates"] == [{"id": teacher}]
    said = report(upload(seminar, listed(elsewhere | {"ФИО": teacher})))
    assert [each["code"] for each in said["rows"][0]["warnings"]] == ["not_on_roster"]


def send(scene: Scene, content: bytes, kind: str = "text/csv", **more: Any) -> Any:
    """The answer to bytes of whatever kind, only tried."""
    query, headers = {"mode": "dry_run"}, {"Content-Type": kind}
    path = "/imports/participations"
    return scene.client.post(path, params=query, content=content, headers=headers, **more)


GARBAGE = bytes(range(256)) * 16


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{}", "application/json", 415, ""),
        (b"{}", "", 415, ""),
        (GARBAGE, "text/csv", 422, "no_text"),
        (GARBAGE, "application/octet-stream", 415, "no_text"),
        (b"a;b\n1;2\n", "application/vnd.ms-excel", 422, "no_header"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "application/vnd.ms-excel", 415, "old_excel"),
        (GARBAGE, "application/vnd.ms-excel", 415, "no_text"),
        (b"%PDF-1.7", "text/csv", 415, "not_a_list"),
        (b"", "text/csv", 422, "empty_file"),
        (b"a;b\n1;2\n", "text/csv", 422, "no_header"),
        (b"x", "multipart/form-data; boundary=x", 400, ""),
        (b"--x--", "multipart/form-data; boundary=x", 422, "file_missing"),
        (b"--x", "multipart/form-data", 400, ""),
    ],
)
@pytest.mark.one_database
def test_what_is_no_list_is_refused(
    seminar: Scene, content: bytes, kind: str, status: int, code: str
) -> None:
    problem(send(seminar, content, kind), status, code)


@pytest.mark.long
def test_a_list_over_the_limit_is_refused_while_it_comes(seminar: Scene) -> None:
    def chunked() -> Iterator[bytes]:
        yield from [b"x" * (LIMIT // 2)] * 2
        yield b"x"

    path = "/imports/participations?mode=dry_run"
    problem(seminar.client.post(path, content=chunked(), headers=CSV), 413)
    declared = {**CSV, "Content-Length": f"{2 * LIMIT}"}
    problem(seminar.client.post(path, content=b"x", headers=declared), 413)
    form = {"file": ("list.csv", b"x" * (LIMIT + 1))}
    problem(seminar.client.post(path, files=form), 413)


def test_a_form_brings_a_list_like_its_bytes(seminar: Scene) -> None:
    book = xlsx([[*row()], [*row().values()], [*row("Один").values()]])
    form = {"file": ("Список.xlsx", book, "text/plain")}
    query = {"mode": "dry_run", "create_teachers": "true", "program_id": seminar["$program"]}
    answer = seminar.client.post("/imports/participations", params=query, files=form)
    said = report(answer)
    assert stats(said) == {"created": 1, "rejected": 1}
    assert (said["file"]["name"], said["file"]["format"]) == ("Список.xlsx", "xlsx")
    back = seminar.client.get(f"/imports/{said['id']}/rejected")
    assert back.headers["content-disposition"].endswith('.xlsx"')
    again = {"file": ("Список.xlsx", back.content)}
    answer = seminar.client.post("/imports/participations", params=query, files=again)
    assert errors(report(answer)) == [(2, "name_too_short", "ФИО")]


def xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    """A book with these rows."""
    file = io.BytesIO()
    write_xlsx(rows, file, "Лист 1")
    return file.getvalue()


def test_refused_rows_come_back_as_they_came(seminar: Scene) -> None:
    text = listed(row("=Иванова Анна"), row("Один", Школа="Нет", Дата="вчера"), row())
    content = text.replace("=И", "'=И").encode("windows-1251")
    said = report(upload(seminar, content, on_error="skip"))
    back = seminar.client.get(f"/imports/{said['id']}/rejected").content.decode("windows-1251")
    first, *others = csv.reader(io.StringIO(back), delimiter=";")
    assert first == [*row(), "Ошибка", "Подсказка"]
    assert [each[0] for each in others] == ["'=Иванова Анна", "Один"]
    assert others[1][5].count(".") == 3
    problem(seminar.client.get(f"/imports/{NOBODY}/rejected"), 404)
    whole = report(upload(seminar, listed(row())))
    problem(seminar.client.get(f"/imports/{whole['id']}/rejected"), 404)


def test_rows_of_no_record_and_too_wide_ones_are_told(seminar: Scene) -> None:
    numbers = dict(zip(row(), "12345", strict=True))
    text = listed(numbers, row()) + "Петров Пётр;Сельская СОШ;15.10.2020;1;+;лишнее\r\n"
    said = report(upload(seminar, text), 422)
    assert stats(said) == {"blank": 1, "created": 1, "rejected": 1}
    assert errors(said) == [(4, "beyond_columns", None)]


def test_a_name_is_forgotten_in_refused_rows_too(service: Service, seminar: Scene) -> None:
    said = report(upload(seminar, listed(row("Забытова Анна", Школа="Нет"), row("Один"))), 422)
    path = f"/imports/{said['id']}/rejected"
    assert "Забытова" in seminar.client.get(path).text
    name = {"last_name": "Забытова", "first_name": "Анна"}
    made = seminar.make("teachers", {"municipality_id": "$municipality", **name})
    reason = {"reason": "Отзыв согласия"}
    assert seminar.client.post(f"/teachers/{made['id']}/erasure", json=reason).status_code == 200
    left = seminar.client.get(path).text
    assert "Забытова" not in left
    assert "Один" in left


def test_an_upload_is_repeated_without_harm(seminar: Scene) -> None:
    said = {"mode": "commit", "create_teachers": "true", "program_id": seminar["$program"]} | BASIS
    headers = {**CSV, "Idempotency-Key": uuid.uuid4().hex}
    sending: dict[str, Any] = {"params": said, "headers": headers}
    first = seminar.client.post("/imports/participations", content=listed(row()), **sending)
    again = seminar.client.post("/imports/participations", content=listed(row()), **sending)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    other = seminar.client.post("/imports/participations", content=listed(row("Я Я")), **sending)
    problem(other, 422)


def test_persons_are_listed_on_a_named_ground_only(seminar: Scene) -> None:
    answer = upload(seminar, listed(row()), processing_basis=None)
    problem(answer, 422, "processing_basis_missing")
    answer = seminar.client.post(
        "/imports/headcounts",
        params={"mode": "commit", **BASIS},
        content=b"",
        headers=CSV,
    )
    assert problem(answer, 422, "unknown_parameter")


@pytest.mark.parametrize(("signature", "status"), [("", 200), ("Иванова А. А.", 422)])
def test_a_list_that_names_nobody_needs_no_ground(
    seminar: Scene, signature: str, status: int
) -> None:
    titles = "Муниципалитет;Вид документа;Номер;Дата документа;Заголовок;Кто издал;Кто подписал"
    act = f"приказ;17-п;01.09.2020;О семинаре;{seminar['$leader']};{signature}"
    act = f"{seminar['$municipality']};{act}"
    answer = seminar.client.post(
        "/imports/legal-acts",
        params={"mode": "commit"},
        content=f"{titles}\n{act}\n".encode(),
        headers=CSV,
    )
    assert answer.status_code == status, answer.text
    if status == 422:
        problem(answer, 422, "processing_basis_missing")


@pytest.mark.long
def test_a_form_of_participants_asks_in_the_order_of_thought(seminar: Scene) -> None:
    document = seminar.client.get("http://testserver/openapi.json").json()
    said = document["paths"]["/api/v1/imports/participations"]["post"]["parameters"]
    names = [each["name"] for each in said if "name" in each]
    order = ["event_id", "create_teachers", "on_error", "mode", "processing_basis", "columns"]
    assert [name for name in names if name in order] == order


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"mode": None}, "missing"),
        ({"mode": "try"}, "not_a_choice"),
        ({"on_error": "ignore"}, "not_a_choice"),
        ({"event_id": "x"}, "not_an_id"),
        ({"event_id": "01890000-0000-7000-8000-000000000000"}, "unknown-reference"),
        ({"participated_on": "15.10.2020"}, "not_a_day"),
        ({"header_row": "0"}, "out_of_range"),
        ({"fill_down": "persons"}, "not_a_choice"),
        ({"colour": "red"}, "unknown_parameter"),
    ],
)
@pytest.mark.one_database
def test_a_parameter_that_means_nothing_is_refused(
    seminar: Scene, query: dict[str, Any], code: str
) -> None:
    said = problem(upload(seminar, listed(row()), **query), 422, code)
    assert said["errors"][0]["parameter"] == next(iter(query))


def test_parameters_stand_for_missing_columns(seminar: Scene) -> None:
    names = listed({"ФИО": "Иванова Мария"}, {"ФИО": "Петров Пётр"})
    given = {"organization_id": seminar["$school"], "event_id": seminar["$seminar"]}
    assert stats(report(upload(seminar, names, **given))) == {"created": 2}
    answer = upload(seminar, names)
    assert problem(answer, 422, "missing_column")


def test_two_parameters_that_disagree_are_refused(seminar: Scene) -> None:
    title = {"program_id": "$program", "plan_no": "2", "title": "Другое"}
    other = seminar.make("activities", {**title, "direction": "organizational"})["id"]
    answer = upload(seminar, listed(row()), event_id=seminar["$seminar"], activity_id=other)
    problem(answer, 422, "not_of_the_activity")


def test_a_report_stays_and_is_seen_by_its_scope_alone(service: Service, seminar: Scene) -> None:
    said = report(upload(seminar, listed(row())))
    found = seminar.client.get(f"/imports/{said['id']}")
    assert found.json() == said
    other = Scene(seminar.client)
    for role in (Role.COORDINATOR, Role.SYNC):
        stranger = issue(service.database, role, municipality_id=other["$municipality"])
        holder = Holder(seminar.client, stranger)
        problem(holder.get(f"/imports/{said['id']}"), 404)
        assert said["id"] not in holder.get("/imports").text
    query = {"limit": "1"}
    assert seminar.client.get("/imports", params=query).json()["items"][0]["id"] == said["id"]


def test_a_system_sees_the_reports_of_its_source_alone(service: Service, seminar: Scene) -> None:
    home = {"municipality_id": seminar["$municipality"]}
    one, same, other = (
        Holder(service.client, issue(service.database, Role.SYNC, owner, source=source, **home))
        for owner, source in (("ИТ-отдел", "s-one"), ("Иванов", "s-one"), ("ИТ-отдел", "s-two"))
    )
    rows = f"{home['municipality_id']};Отдельная;Анна;1\nx;Отказная;Яна;2"
    content = f"municipality_id;Фамилия;Имя;source_key\n{rows}".encode()
    query = {"mode": "commit", "on_error": "skip", **BASIS}
    answer = one.request("POST", "/imports/teachers", params=query, content=content, headers=CSV)
    said = report(answer)
    for path in (f"/imports/{said['id']}", f"/imports/{said['id']}/rejected"):
        assert (one.get(path).status_code, same.get(path).status_code) == (200, 200)
        problem(other.get(path), 404)
    assert said["id"] not in other.get("/imports").text


def test_a_school_loads_its_own_list_and_no_other(service: Service, seminar: Scene) -> None:
    scope = {"municipality_id": seminar["$municipality"], "organization_id": seminar["$school"]}
    school = Holder(service.client, issue(service.database, Role.ORG, **scope))
    query = {"mode": "commit", "create_teachers": "true", **BASIS}
    text = listed(row(), row("Петров Пётр", Школа="Ресурсная СОШ")).encode()
    answer = school.request(
        "POST", "/imports/participations", params=query, content=text, headers=CSV
    )
    assert [code for _, code, _ in errors(report(answer, 422))] == ["outside_scope"]
    query["on_error"] = "skip"
    answer = school.request(
        "POST", "/imports/participations", params=query, content=text, headers=CSV
    )
    assert stats(report(answer)) == {"created": 1, "rejected": 1}
