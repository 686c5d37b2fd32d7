"""Parts in lists: a row for each part of a record, in columns of their own, out and in."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from app.access.roles import Role
from app.intake import parts, runs
from app.model.headings import BESIDE, headings
from app.model.resource import Resource
from app.registry import RESOURCES
from app.rest import exports
from app.rest.media import CSV, XLSX
from tests.holders import Holder, issue
from tests.scene import RESOURCE, Scene, Service, body_of, problem
from tests.test_exports import exported_csv
from tests.test_import_collections import send
from tests.test_imports import errors, report, stats, xlsx

pytestmark = pytest.mark.shared_out


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


WITH_PARTS = [each for each in RESOURCES if each.parts or each.embedded]
ALL = pytest.mark.parametrize("resource", WITH_PARTS, ids=lambda each: each.name)
KINDS = pytest.mark.parametrize("kind", [CSV, XLSX])

PROGRAM, ID = "Программа", "Номер записи"
WHO, ROLE = "Участники: организация", "Участники: роль"
SINCE, BY = "Участники: первый день", "Участники: представитель"
PAUSED, WHY = "Приостановки: первый день", "Приостановки: причина"
OWN = ("Название", "Модель взаимодействия", "Основание", "Состояние", "Первый день")
SAID = ("Пара", "горизонтальная: равные партнёры", "план", "действует", "01.09.2020")

partnerships = RESOURCE["partnerships"]


def listed(titles: Sequence[str], *rows: Sequence[str]) -> bytes:
    """A CSV of these rows, which may leave out what is empty at their end."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerows([titles, *([*row, *[""] * (len(titles) - len(row))] for row in rows)])
    return file.getvalue().encode()


def sent(scene: Scene, titles: Sequence[str], *rows: Sequence[str], **query: str) -> Any:
    """The answer to a list of partnerships of the scene's program."""
    query = {"program_id": scene["$program"], **query}
    return send(scene, partnerships, listed(titles, *rows), **query)


def members(scene: Scene, said: Mapping[str, Any], at: int = 0) -> list[tuple[str, str]]:
    """The members of the record that a row of a report became."""
    record = scene.client.get(f"/partnerships/{said['rows'][at]['id']}").json()
    return [(each["organization_id"], each["role"]) for each in record["members"]]


@pytest.fixture
def pair(scene: Scene) -> Scene:
    """A scene with the schools of a partnership."""
    assert all(scene[name] for name in ("$program", "$school", "$leader"))
    return scene


def three(scene: Scene) -> dict[str, Any]:
    """A partnership with three members, the last one twice, and one suspension."""
    body = body_of(partnerships, scene)
    more = {"organization_id": "$authority", "role": "partner", "representative": "=Пробная"}
    return scene.make("partnerships", body, members=[*body["members"], scene.fill(more)])


@ALL
def test_every_list_of_parts_has_an_example(resource: Resource) -> None:
    said = resource.example
    assert all(said.get(name) for name in resource.parts)
    for each in headings(resource):
        if each.part and each.is_required:
            assert all(part.get(each.name.partition(".")[2]) for part in said[each.part])


def is_json(cell: str) -> bool:
    """Whether a cell holds a part as JSON; another test's school may be called «[а]»."""
    try:
        return isinstance(json.loads(cell), list | dict)
    except ValueError:
        return False


@pytest.mark.long
@ALL
@KINDS
def test_parts_go_out_and_come_back(scene: Scene, resource: Resource, kind: str) -> None:
    body = body_of(resource, scene)
    made = scene.make(resource.name, body)
    answer = scene.client.get(f"/{resource.path}", headers={"Accept": kind})
    if kind == CSV:
        text = answer.content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
        assert not [cell for row in rows for cell in row.values() if is_json(cell)]
        own = [row for row in rows if row[ID] == made["id"]]
        assert len(own) == max([1, *(len(made[name]) for name in resource.parts)])
    for mode in ("dry_run", "commit"):
        said = report(send(scene, resource, answer.content, mode=mode))
        assert set(stats(said)) == {"unchanged"}
    assert scene.client.get(f"/{resource.path}/{made['id']}").json()["etag"] == made["etag"]


@KINDS
def test_parts_of_two_kinds_stand_abreast(scene: Scene, kind: str) -> None:
    made = three(scene)
    query = {"program_id": scene["$program"]}
    answer = scene.client.get("/partnerships", params=query, headers={"Accept": kind})
    if kind == CSV:
        told: Any = csv.reader(
            io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"
        )
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        told = book.get_sheet_by_index(0).to_python()
    titles, *cells = told
    rows = [dict(zip(titles, each, strict=True)) for each in cells]
    assert [row[ID] for row in rows] == [made["id"]] * 3
    assert [row["Название"] for row in rows] == [made["title"], "", ""]
    ids = [each["organization_id"] for each in made["members"]]
    assert [row[f"{WHO}{BESIDE}"] for row in rows] == ids
    assert [row[WHO] for row in rows] == ["Ресурсная СОШ", "Сельская СОШ", "Отдел образования"]
    assert [row[BY] for row in rows] == ["", "", "'=Пробная"]
    assert [row[WHY] for row in rows] == ["Карантин в школе", "", ""]
    assert stats(report(send(scene, partnerships, answer.content))) == {"unchanged": 3}


def test_a_record_without_parts_has_one_row(scene: Scene) -> None:
    body = body_of(partnerships, scene) | {"members": [], "suspensions": [], "status": "draft"}
    made = scene.make("partnerships", body)
    query = {"program_id": scene["$program"]}
    (row,) = exported_csv(scene.client, "/partnerships", params=query)
    assert (row[ID], row[WHO], row[PAUSED]) == (made["id"], "", "")


def test_a_reader_finds_cells_of_persons_empty(service: Service, scene: Scene) -> None:
    three(scene)
    home = {"municipality_id": scene["$municipality"]}
    for role, told in ((Role.COORDINATOR, "'=Пробная"), (Role.READER, "")):
        holder = Holder(service.client, issue(service.database, role, **home))
        assert [row[BY] for row in exported_csv(holder, "/partnerships")] == ["", "", told]


@pytest.mark.parametrize("again", [SAID, [""] * len(SAID)], ids=["repeated", "empty"])
def test_rows_below_a_record_tell_its_parts_by_names(pair: Scene, again: Sequence[str]) -> None:
    titles = (*OWN, WHO, ROLE, PAUSED)
    rows = (
        (*SAID, "Сельская СОШ", "партнёр", "01.11.2020"),
        (*again, "Ресурсная СОШ", "партнёр"),
        ("Другая", *SAID[1:], "Ресурсная СОШ", "социальный партнёр"),
    )
    said = report(sent(pair, titles, *rows))
    assert stats(said) == {"created": 3}
    assert said["rows"][0]["id"] == said["rows"][1]["id"]
    assert members(pair, said) == [(pair["$school"], "partner"), (pair["$leader"], "partner")]
    assert members(pair, said, 2) == [(pair["$leader"], "social_partner")]


def test_a_heading_in_two_storeys_names_parts(pair: Scene) -> None:
    above: list[Any] = [*OWN, "Участники", ""]
    below = [""] * len(OWN) + ["организация", "роль"]
    rows = [
        above,
        below,
        [*SAID, "Сельская СОШ", "партнёр"],
        [None] * len(OWN) + ["Ресурсная СОШ", "партнёр"],
    ]
    query = {"program_id": pair["$program"]}
    said = report(send(pair, partnerships, xlsx(rows), **query))
    assert stats(said) == {"created": 2}
    assert len(members(pair, said)) == 2


def test_rows_of_one_record_are_found_wherever_they_stand(scene: Scene) -> None:
    one, other = three(scene), three(scene)
    query = {"program_id": scene["$program"]}
    rows = exported_csv(scene.client, "/partnerships", params=query)
    turned = sorted(rows, key=lambda row: (row[WHO], row[ID]))
    text = listed([*turned[0]], *([*row.values()] for row in turned))
    said = report(send(scene, partnerships, text))
    assert stats(said) == {"updated": 6}
    for record in (one, other):
        now = scene.client.get(f"/partnerships/{record['id']}").json()
        known = {each["organization_id"] for each in record["members"]}
        assert [each["organization_id"] for each in now["members"]] == sorted(known)
        assert now["title"] == record["title"]


def test_too_many_rows_that_stand_apart_are_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST", 2)
    ids = [three(scene)["id"] for _ in range(2)]
    rows = [(each, "Название") for each in (*ids, *ids)]
    answer = sent(scene, (ID, "Название", WHO), *rows)
    problem(answer, 422, "rows_scattered")


def test_rows_of_a_natural_key_are_one_record(scene: Scene) -> None:
    titles = (
        "Номер в плане",
        "Мероприятие",
        "Направление",
        "Ответственные и участники: организация",
    )
    said = ("нормативно-правовое",)
    rows = [
        ("7", "Круглый стол", *said, "Сельская СОШ"),
        ("8", "Семинар", *said, "Сельская СОШ"),
        ("7", "Круглый стол", *said, "Ресурсная СОШ"),
    ]
    assert scene["$school"]
    assert scene["$leader"]
    query = {"program_id": scene["$program"]}
    answer = send(scene, RESOURCE["activities"], listed(titles, *rows), **query)
    assert stats(report(answer)) == {"created": 3}
    items = scene.client.get("/activities", params={**query, "sort": "position"}).json()["items"]
    assert [len(each["parties"]) for each in items] == [2, 1]


def test_what_rows_say_differently_of_one_record_is_refused(scene: Scene) -> None:
    made = three(scene)
    titles = (ID, "Название", WHO, ROLE)
    rows = (
        (made["id"], "Пара", "Сельская СОШ", "поддерживаемая организация"),
        (made["id"], "Двое", "Ресурсная СОШ", "лидер (ресурсная школа)"),
    )
    said = report(sent(scene, titles, *rows), 422)
    assert errors(said) == [(2, "record_refused", None), (3, "record_contradicted", "Название")]
    assert stats(said) == {"rejected": 2}


@pytest.mark.parametrize(
    ("who", "role", "code", "column"),
    [
        ("Неизвестная СОШ", "партнёр", "unknown_organization", WHO),
        ("Ресурсная СОШ", "начальник", "not_among", ROLE),
        ("", "партнёр", "missing", WHO),
        ("Сельская СОШ", "партнёр", "member_twice", SINCE),
    ],
)
def test_a_faulty_part_refuses_its_record_whole(
    pair: Scene, who: str, role: str, code: str, column: str
) -> None:
    titles = (*OWN, WHO, ROLE)
    rows = (
        (*SAID, "Сельская СОШ", "партнёр"),
        (*[""] * len(SAID), who, role),
        ("Другая", *SAID[1:], "Ресурсная СОШ", "партнёр"),
    )
    said = report(sent(pair, titles, *rows, on_error="skip"))
    assert stats(said) == {"created": 1, "rejected": 2}
    first, (row, told, where) = errors(said)
    assert first == (2, "record_refused", None)
    assert (row, where) == (3, column)
    assert told == code
    back = pair.client.get(f"/imports/{said['id']}/rejected").content.decode("utf-8-sig")
    kept = list(csv.DictReader(io.StringIO(back, newline=""), delimiter=";"))
    assert [each["Название"] for each in kept] == ["Пара", ""]
    mended = [(*SAID, "Сельская СОШ", "партнёр"), (*[""] * len(SAID), "Ресурсная СОШ", "партнёр")]
    assert stats(report(sent(pair, titles, *mended))) == {"created": 2}


def test_a_warning_stands_at_the_row_of_its_part(pair: Scene) -> None:
    titles = (*OWN, WHO, ROLE)
    vertical = ("Пара", "вертикальная: лидер поддерживает", *SAID[2:])
    rows = (
        (*vertical, "Ресурсная СОШ", "поддерживаемая организация"),
        (*[""] * len(SAID), "Сельская СОШ", "лидер (ресурсная школа)"),
    )
    said = report(sent(pair, titles, *rows))
    assert [[each["column"] for each in row["warnings"]] for row in said["rows"]] == [[], [WHO]]


@pytest.mark.long
def test_a_list_leaves_parts_that_it_has_no_columns_for(scene: Scene) -> None:
    made = three(scene)
    said = report(sent(scene, (ID, "Название", PAUSED), (made["id"], "Новое")))
    assert stats(said) == {"updated": 1}
    now = scene.client.get(f"/partnerships/{made['id']}").json()
    assert (now["title"], now["members"], now["suspensions"]) == ("Новое", made["members"], [])


def test_a_list_leaves_fields_of_parts_that_it_has_no_columns_for(scene: Scene) -> None:
    made = three(scene)
    rows = [(made["id"], each["organization_id"], each["role"]) for each in made["members"]]
    moved = [rows[2], *rows[:2]]
    said = report(sent(scene, (ID, WHO, ROLE), *moved))
    assert stats(said) == {"updated": 3}
    now = scene.client.get(f"/partnerships/{made['id']}").json()["members"]
    assert now == [made["members"][2], *made["members"][:2]]
    activity = scene.make("activities", body_of(RESOURCE["activities"], scene))
    titles = (ID, "Точный срок: последний месяц")
    text = listed(titles, (activity["id"], "12"))
    assert stats(report(send(scene, RESOURCE["activities"], text))) == {"updated": 1}
    term = scene.client.get(f"/activities/{activity['id']}").json()["term"]
    assert term == activity["term"] | {"month_to": 12}


@pytest.mark.parametrize("cell", ['[{"organization_id": "x", "role": "leader"}]', ""])
def test_parts_in_one_cell_are_refused_with_their_columns(scene: Scene, cell: str) -> None:
    made = three(scene)
    answer = sent(scene, (ID, "Название", "Участники"), (made["id"], "Новое", cell))
    if cell:
        said = report(answer, 422)
        (error,) = said["rows"][0]["errors"]
        assert (error["code"], error["column"]) == ("parts_have_columns", "Участники")
        assert f"«{WHO}», «{ROLE}»" in error["hint"]
        return
    assert stats(report(answer)) == {"updated": 1}
    now = scene.client.get(f"/partnerships/{made['id']}").json()
    assert now["members"] == made["members"]


def test_a_part_belongs_to_the_record_above_it(pair: Scene) -> None:
    titles, nothing = (*OWN, WHO, ROLE), [""] * len(OWN)
    part = (*nothing, "Сельская СОШ", "партнёр")
    said = report(sent(pair, titles, part, (*SAID, "Сельская СОШ", "партнёр")), 422)
    assert errors(said) == [(2, "part_without_record", None)]
    said = report(sent(pair, titles, (*SAID, "Ресурсная СОШ", "партнёр"), (), part), 422)
    assert errors(said) == [(4, "part_without_record", None)]
    # A page may end within a record.
    said = report(sent(pair, titles, (*SAID, "Ресурсная СОШ", "партнёр"), titles, part))
    assert stats(said) == {"created": 2, "blank": 1}


def test_a_part_is_no_signature(scene: Scene) -> None:
    titles = (
        "Название",
        "Первый день",
        "Последний день",
        "Координаторы и контролирующие: должность",
        "Координаторы и контролирующие: роль",
    )
    rows = (
        ("Программа", "01.09.2020", "31.08.2021", "методист", "координатор"),
        ("", "", "", "Заместитель начальника", "контролирует исполнение"),
    )
    home = {"Муниципалитет": scene["$municipality"]}
    text = listed([*titles, *home], *([*row, *home.values()] for row in rows))
    said = report(send(scene, RESOURCE["programs"], text))
    assert stats(said) == {"created": 2}
    made = scene.client.get(f"/programs/{said['rows'][0]['id']}").json()
    assert [each["position"] for each in made["officers"]] == ["методист", "Заместитель начальника"]


def test_a_record_is_read_whole_wherever_a_slice_ends(
    pair: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    titles, nothing = (*OWN, WHO, ROLE), [""] * len(OWN)
    rows: list[Sequence[str]] = []
    for name in ("Первая", "Вторая"):
        rows.append((name, *SAID[1:], "Сельская СОШ", "партнёр"))
        rows += [(*nothing, who, "партнёр") for who in ("Ресурсная СОШ", "Отдел образования")]
    assert pair["$authority"]
    said = report(sent(pair, titles, *rows))
    assert stats(said) == {"created": 6}
    assert [len(members(pair, said, at)) for at in (0, 3)] == [3, 3]


def test_a_workbook_has_no_more_rows_than_excel(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(scene)
    monkeypatch.setattr(exports, "MOST", 2)
    query = {"program_id": scene["$program"]}
    answer = scene.client.get("/partnerships", params=query, headers={"Accept": XLSX})
    problem(answer, 422, "too_many_for_xlsx")
