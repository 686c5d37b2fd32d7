"""Files that read themselves: each reference has its name, and beside it the id, out and in."""

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from app.access.roles import Role
from app.intake.columns import known
from app.intake.terms import ImportMode, Terms
from app.model.headings import BESIDE, ID, Heading, Kind, headings
from app.model.resource import Resource
from app.registry import RESOURCES
from app.rest.media import CSV, XLSX
from app.store.escape import escaped
from tests.holders import Holder, issue
from tests.scene import RECIPES, RESOURCE, Scene, Service, another, body_of, in_letters
from tests.test_import_collections import send
from tests.test_imports import errors, report, stats
from tests.waiting import recorded

pytestmark = pytest.mark.shared_out


@pytest.fixture(scope="module")
def service(own_service: Service) -> Service:
    return own_service


REFERRING = [
    each for each in RESOURCES if any(column.kind == Kind.REFERENCE for column in headings(each))
]
ALL = pytest.mark.parametrize("resource", REFERRING, ids=lambda each: each.name)
FORMATS = pytest.mark.parametrize("kind", [CSV, XLSX])

NUMBERS = itertools.count(7_000)

Rows = list[dict[str, str]]


def references(resource: Resource) -> Iterator[Heading]:
    """The columns of a kind that refer to records."""
    return (each for each in headings(resource) if each.kind == Kind.REFERENCE)


def table(content: bytes, kind: str) -> Rows:
    """The rows of a file by their titles."""
    if kind == CSV:
        told: Any = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        told = book.get_sheet_by_index(0).to_python()
    titles, *cells = told
    return [dict(zip(titles, map(str, each), strict=True)) for each in cells]


def file_of(client: Any, resource: Resource, kind: str = CSV, **query: str) -> Rows:
    """The rows of an exported list."""
    answer = client.get(f"/{resource.path}", params=query, headers={"Accept": kind})
    assert answer.status_code == 200, answer.text
    return table(answer.content, kind)


def written(rows: Sequence[dict[str, str]]) -> bytes:
    """Rows as CSV."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, rows[0], delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def ids_in(record: dict[str, Any], heading: Heading, height: int) -> list[str]:
    """The ids of a column in the rows of a record; empty where it has none."""
    field, _, inner = heading.name.partition(".")
    if heading.part:
        told = [part[inner] for part in record[field]]
    else:
        told = [(record[field] or {}).get(inner) if inner else record[field]]
    return [each or "" for each in told] + [""] * (height - len(told))


@ALL
@FORMATS
def test_a_file_has_each_name_and_its_id_beside(
    scene: Scene, resource: Resource, kind: str
) -> None:
    made = scene.make(resource.name, body_of(resource, scene))
    answer = scene.client.get(f"/{resource.path}/{made['id']}", params={"names": "true"}).json()
    every = file_of(scene.client, resource, kind)
    rows = [row for row in every if row[ID.title] == made["id"]]
    titles = [*every[0]]
    for heading in references(resource):
        ids = ids_in(made, heading, len(rows))
        assert [row[f"{heading.title}{BESIDE}"] for row in rows] == ids
        assert [row[heading.title] for row in rows] == [
            answer["names"].get(each, "") for each in ids
        ]
        assert titles.index(f"{heading.title}{BESIDE}") == titles.index(heading.title) + 1
    assert any(ids_in(made, heading, len(rows))[0] for heading in references(resource))


def sent(
    scene: Scene, resource: Resource, rows: Sequence[dict[str, str]], status: int = 200
) -> Any:
    """The report of a list with these rows."""
    return report(send(scene, resource, written(rows)), status)


def own_rows(scene: Scene, resource: Resource) -> Rows:
    """The rows of a new record, as a file has them."""
    made = scene.make(resource.name, body_of(resource, scene))
    return [row for row in file_of(scene.client, resource) if row[ID.title] == made["id"]]


def without_names(rows: Rows) -> Rows:
    return [
        {title: "" if f"{title}{BESIDE}" in row else row[title] for title in row} for row in rows
    ]


def ids_only(rows: Rows) -> Rows:
    return [{title: row[title] for title in row if f"{title}{BESIDE}" not in row} for row in rows]


def as_before(rows: Rows) -> Rows:
    """A file of an earlier release: ids in the columns of names."""
    return [
        {
            title: row.get(f"{title}{BESIDE}", row[title])
            for title in row
            if not title.endswith(BESIDE)
        }
        for row in rows
    ]


def ids_twice(rows: Rows) -> Rows:
    return [{title: row.get(f"{title}{BESIDE}", row[title]) for title in row} for row in rows]


@pytest.mark.long
@ALL
def test_ids_suffice_in_either_column(scene: Scene, resource: Resource) -> None:
    rows = own_rows(scene, resource)
    for told in (rows, without_names(rows), ids_only(rows), as_before(rows), ids_twice(rows)):
        assert set(stats(sent(scene, resource, told))) == {"unchanged"}


def another_of(scene: Scene, resource: Resource) -> str:
    """The id of a record of a kind that is called otherwise than all of a scene."""
    elsewhere = Scene(scene.client)
    body, fields = body_of(resource, elsewhere), resource.write.model_fields
    called = [name for name in ("title", "name", "short_name") if name in fields]
    body |= {name: f"Другой {in_letters(next(NUMBERS))}" for name in called}
    if not called:
        body = elsewhere.fill(another(resource, next(NUMBERS)))
    return str(scene.make(resource.name, body)["id"])


def name_of(client: Any, resource: Resource, record_id: str) -> str:
    answer = client.get(f"/{resource.path}/{record_id}", params={"names": "true"}).json()
    return str(answer["names"][record_id])


@pytest.mark.long
@ALL
def test_a_name_of_another_refuses_its_row(scene: Scene, resource: Resource) -> None:
    rows = own_rows(scene, resource)
    for heading in references(resource):
        if not rows[0][f"{heading.title}{BESIDE}"]:
            continue
        target = RESOURCE[str(heading.target)]
        name = name_of(scene.client, target, another_of(scene, target))
        said = sent(scene, resource, [rows[0] | {heading.title: name}, *rows[1:]], 422)
        mine = said["rows"][0]["errors"]
        assert [each["column"] for each in mine] == [heading.title]
        ids = [each["id"] for each in said["rows"][0]["candidates"]]
        assert ids[0] == rows[0][f"{heading.title}{BESIDE}"]
        if target.name == "teachers":
            assert mine[0]["code"] == "person_of_another"
            assert "Пробн" not in str(said)
            continue
        assert mine[0]["code"] == "name_of_another"
        assert f"«{name}»" in mine[0]["detail"]
        assert f"«{rows[0][heading.title]}»" in mine[0]["detail"]


def test_whatever_names_a_reference_has_a_column_of_ids() -> None:
    for resource in REFERRING:
        columns = known(resource)
        for key, heading in columns.items():
            if heading.kind == Kind.REFERENCE:
                assert columns[f"{key}ид"].of is heading


MERGED = [
    (each, heading)
    for each in REFERRING
    for heading in references(each)
    if heading.name in Terms(ImportMode.DRY_RUN).fill_down and not heading.is_required
]


@pytest.mark.parametrize(("resource", "heading"), MERGED, ids=lambda each: each.name)
def test_a_record_that_refers_to_nothing_is_not_filled_from_above(
    scene: Scene, resource: Resource, heading: Heading
) -> None:
    body = body_of(resource, scene)
    ids = [scene.make(resource.name, body)["id"]]
    ids.append(scene.make(resource.name, body, **{heading.name: None})["id"])
    rows = {row[ID.title]: row for row in file_of(scene.client, resource)}
    assert [bool(rows[each][heading.title]) for each in ids] == [True, False]
    assert stats(sent(scene, resource, [rows[each] for each in ids])) == {"unchanged": 2}


def coordinator_of(service: Service, scene: Scene, owner: str = "Район") -> Holder:
    """Whoever sees one municipality."""
    home = {"municipality_id": scene["$municipality"]}
    return Holder(service.client, issue(service.database, Role.COORDINATOR, owner, **home))


def seen_by(holder: Any, scene: Scene) -> Scene:
    """A scene as the holder of a key works in it."""
    return Scene(holder, scene.ids)


def names_only(rows: Rows) -> Rows:
    return [{title: "" if title.endswith(BESIDE) else row[title] for title in row} for row in rows]


@pytest.mark.long
@ALL
def test_names_alone_are_understood(service: Service, scene: Scene, resource: Resource) -> None:
    rows = own_rows(scene, resource)
    local = seen_by(coordinator_of(service, scene), scene)
    answer = send(local, resource, written(names_only(rows)))
    if answer.is_success:
        assert set(stats(report(answer))) == {"unchanged"}
        return
    # The seed has a shared resource type of the same name: what was ambiguous, stays so.
    ((row, code, title),) = errors(report(answer, 422))
    assert (row, code, title) == (2, "ambiguous_record", "Вид ресурса")
    candidates = report(answer, 422)["rows"][0]["candidates"]
    assert rows[0][f"{title}{BESIDE}"] in {each["id"] for each in candidates}


@pytest.mark.long
@pytest.mark.parametrize(
    ("role", "kind"),
    [
        # Every day each reader has one of the formats, by turns.
        pytest.param(role, kind, marks=() if (at + place) % 2 else pytest.mark.torture)
        for at, role in enumerate(Role)
        for place, kind in enumerate((CSV, XLSX))
    ],
)
def test_a_file_names_what_its_reader_may_read(
    service: Service,
    standing_scene: Scene,
    role: Role,
    kind: str,
) -> None:
    """As `names=true` does, which is held against every single record."""
    scope = {"municipality_id": standing_scene["$municipality"]}
    if role == Role.ORG:
        scope["organization_id"] = standing_scene["$school"]
    key = issue(service.database, role, **({} if role in {Role.ADMIN, Role.AUDITOR} else scope))
    holder, told = Holder(service.client, key), 0
    for resource in REFERRING:
        if holder.get(f"/{resource.path}").status_code == 403:
            continue
        names: dict[str, str] = {}
        cursor: str | None = ""
        while cursor is not None:
            page = {"limit": "500", "names": "true"} | ({"cursor": cursor} if cursor else {})
            answer = holder.get(f"/{resource.path}", params=page).json()
            names |= answer["names"]
            cursor = answer["next"]
        for row in file_of(holder, resource, kind):
            for heading in references(resource):
                cell, key = row[heading.title], row[f"{heading.title}{BESIDE}"]
                # Another test's school may be called like a formula.
                assert cell == escaped(names.get(key, "")), (resource.name, heading.title)
                told += bool(cell)
    assert bool(told) is (role != Role.AUDITOR)


@pytest.mark.long
@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        # Every day each kind has one of the formats, by turns.
        pytest.param(
            resource,
            kind,
            id=f"{resource.name}-{kind.partition('/')[2]}",
            marks=() if (at + place) % 2 else pytest.mark.torture,
        )
        for at, resource in enumerate(RESOURCES)
        for place, kind in enumerate((CSV, XLSX))
    ],
)
def test_the_file_of_a_whole_municipality_changes_nothing(
    service: Service,
    standing_scene: Scene,
    resource: Resource,
    kind: str,
) -> None:
    """Whoever does not see all that its rows refer to puts them in again all the same.

    That each kind is read and written in both formats is tested above and in `test_exports`.
    """
    schools = {"organization_id": standing_scene["$school"]}
    home = {"municipality_id": standing_scene["$municipality"]}
    for role, scope in ((Role.COORDINATOR, home), (Role.ORG, home | schools)):
        holder = Holder(service.client, issue(service.database, role, **scope))
        file = holder.request("GET", f"/{resource.path}", headers={"Accept": kind})
        answer = (
            send(seen_by(holder, standing_scene), resource, file.content)
            if file.is_success
            else file
        )
        if answer.is_success:
            assert set(stats(report(answer))) == {"unchanged"}
        elif answer.status_code != 403:
            # A school reads more than it writes.
            told = {code for _, code, _ in errors(report(answer, 422))}
            assert (role, told) == (Role.ORG, {"row_not_yours"})


@pytest.mark.long
def test_who_is_out_of_sight_has_no_name_and_keeps_the_id(service: Service, scene: Scene) -> None:
    participations = RESOURCE["participations"]
    made = scene.make("participations", body_of(participations, scene))
    scope = {"municipality_id": scene["$municipality"], "organization_id": scene["$school"]}
    holder = Holder(service.client, issue(service.database, Role.ORG, **scope))
    school = seen_by(holder, scene)
    (named,) = file_of(holder, participations)
    assert named["Педагог"] == "Пробная Вера"
    move_away(scene, made["teacher_id"])
    (row,) = file_of(holder, participations)
    assert (row["Педагог"], row[f"Педагог{BESIDE}"]) == ("", made["teacher_id"])
    assert stats(sent(school, participations, [row])) == {"unchanged": 1}
    # Whether that was the name is not told either.
    for name in ("Пробная Вера", "Другая Анна"):
        said = sent(school, participations, [row | {"Педагог": name}], 422)
        assert errors(said) == [(2, "person_of_another", "Педагог")]
        assert said["rows"][0]["candidates"] == []
        assert name.split()[0] not in str(said)


def move_away(scene: Scene, teacher: str) -> None:
    """Let a teacher work elsewhere only."""
    jobs = scene.client.get("/employments", params={"teacher_id": teacher}).json()["items"]
    other = scene.make("organizations", {**RESOURCE["organizations"].example, "short_name": "Иная"})
    job = {**body_of(RESOURCE["employments"], scene), "organization_id": other["id"]}
    scene.make("employments", {**job, "teacher_id": teacher, "is_main_job": False})
    for each in jobs:
        path = f"/employments/{each['id']}"
        assert scene.client.delete(path, headers={"If-Match": "*"}).status_code == 204


@pytest.mark.long
def test_whose_data_is_destroyed_has_no_name_and_keeps_the_id(scene: Scene) -> None:
    participations = RESOURCE["participations"]
    made = scene.make("participations", body_of(participations, scene))
    reason = {"reason": "consent_withdrawn"}
    answer = scene.client.post(f"/teachers/{made['teacher_id']}/erasure", json=reason)
    assert answer.is_success, answer.text
    rows = [row for row in file_of(scene.client, participations) if row[ID.title] == made["id"]]
    assert [row["Педагог"] for row in rows] == [""]
    assert [row[f"Педагог{BESIDE}"] for row in rows] == [made["teacher_id"]]
    assert stats(sent(scene, participations, rows)) == {"unchanged": 1}


@pytest.mark.long
@FORMATS
def test_whom_a_file_names_learns_of_it(service: Service, scene: Scene, kind: str) -> None:
    made = scene.make("participations", body_of(RESOURCE["participations"], scene))
    holder = coordinator_of(service, scene, owner=f"Файл {kind}")
    answer = holder.request("GET", "/participations", headers={"Accept": kind})
    assert answer.status_code == 200
    recorded(service)
    path = f"/teachers/{made['teacher_id']}/access-report"
    shown = scene.client.get(path).json()["accesses"]
    (entry,) = [each for each in shown if each["owner"] == f"Файл {kind}"]
    assert (entry["action"], entry["request_id"]) == ("read", answer.headers["x-request-id"])


@pytest.mark.parametrize("name", ["МБОУ «Сельская СОШ»", "сельская сош", "Сельская"])
def test_another_spelling_beside_the_id_is_the_same_school(scene: Scene, name: str) -> None:
    alias = {"organization_id": "$school", "alias": "Сельская"}
    scene.make("organization_aliases", alias)
    rows = own_rows(scene, RESOURCE["headcounts"])
    told = [row | {"Организация": name} for row in rows]
    assert set(stats(sent(scene, RESOURCE["headcounts"], told))) == {"unchanged"}


@pytest.mark.long
def test_another_spelling_beside_the_id_is_the_same_person(scene: Scene) -> None:
    participations = RESOURCE["participations"]
    rows = own_rows(scene, participations)
    for name in ("пробная вера", "Вера Пробная", "Пробная В."):
        told = [row | {"Педагог": name} for row in rows]
        assert set(stats(sent(scene, participations, told))) == {"unchanged"}, name
    apart = [
        {"Фамилия": "Пробная", "Имя": "Вера"} | {k: v for k, v in row.items() if k != "Педагог"}
        for row in rows
    ]
    assert set(stats(sent(scene, participations, apart))) == {"unchanged"}
    said = sent(scene, participations, [row | {"Имя": "Анна"} for row in apart], 422)
    assert [code for _, code, _ in errors(said)] == ["person_of_another"]


def test_a_name_and_its_id_are_repeated_together(scene: Scene) -> None:
    """Of two organizations of one name a merged cell goes on to mean that of the id."""
    designations = RESOURCE["designations"]
    twin = scene.make("organizations", RECIPES["$school"])["id"]
    row = {"Организация": "Сельская СОШ", f"Организация{BESIDE}": twin}
    row |= {"Категория": "школа или организация-лидер (ШЛ)", "Первый день": "01.09.2020"}
    other = "школа с низкими результатами обучения (ШНОР)"
    below = dict.fromkeys(row, "") | {"Категория": other, "Первый день": "01.09.2020"}
    said = sent(scene, designations, [row, below])
    assert stats(said) == {"created": 2}
    for each in said["rows"]:
        made = scene.client.get(f"/designations/{each['id']}").json()
        assert made["organization_id"] == twin
