"""Imports of every collection: columns by field name or Russian title, and nothing made twice."""

import csv
import io
from typing import Any

import pytest

from app.intake.parameters import names_persons
from app.model.headings import Heading, Kind, headings
from app.model.resource import Resource
from app.registry import RESOURCES
from app.registry.monitoring import monitoring_records
from app.rest.media import XLSX
from tests.scene import RESOURCE, Scene, body_of, pair
from tests.test_imports import BASIS, CSV, report, stats, xlsx

pytestmark = pytest.mark.shared_out

ALL = pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
NOT_SHOWN = {"snils"}


def cell(heading: Heading, value: Any) -> str:
    """A value as people write it in a cell."""
    if value is None:
        return ""
    match heading.kind:
        case Kind.CHOICE:
            return heading.choices[value]
        case Kind.CHOICES:
            return "; ".join(heading.choices[each] for each in value)
        case Kind.FLAG:
            return "да" if value else "нет"
        case Kind.DAY:
            return ".".join(reversed(value.split("-")))
        case Kind.DECIMAL:
            return str(value).replace(".", ",")
    return str(value)


def sheet(resource: Resource, *records: dict[str, Any], leave: set[str] = NOT_SHOWN) -> bytes:
    """A list of records, with the titles of the service's own template."""
    columns = [each for each in headings(resource) if each.name.partition(".")[0] not in leave]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow(each.title for each in columns)
    for record in records:
        parts = {each.part for each in columns if each.part}
        for place in range(max(1, *(len(record.get(each) or ()) for each in parts), 0)):
            writer.writerow(cell(each, told(record, each, place)) for each in columns)
    return file.getvalue().encode()


def told(record: dict[str, Any], heading: Heading, place: int) -> Any:
    """What the row of a record's part in this place says under a heading."""
    field, _, inner = heading.name.partition(".")
    if heading.part:
        parts = record.get(field) or []
        return parts[place].get(inner) if place < len(parts) else None
    said = record.get(field) if place == 0 or field == "id" else None
    return (said or {}).get(inner) if inner else said


def send(scene: Scene, resource: Resource, content: bytes, **query: str) -> Any:
    """The answer to a list; it is committed on the ground that it needs."""
    said = {"mode": "commit"} | query
    said |= BASIS if names_persons(resource) else {}
    path = f"/imports/{resource.path}"
    return scene.client.post(path, params=said, content=content, headers=CSV)


@ALL
def test_a_record_of_a_list_is_the_record_of_the_api(scene: Scene, resource: Resource) -> None:
    made = scene.make(resource.name, body_of(resource, scene))
    assert set(stats(report(send(scene, resource, sheet(resource, made))))) == {"unchanged"}
    # Without its number it is known by its natural key, or by all that is said of it.
    nameless = sheet(resource, made, leave={*NOT_SHOWN, "id", "source", "source_key"})
    assert set(stats(report(send(scene, resource, nameless)))) == {"unchanged"}
    seen = scene.client.get(f"/{resource.path}/{made['id']}").json()
    assert seen["version"] == made["version"]


@ALL
def test_a_list_makes_and_mends_records(scene: Scene, resource: Resource) -> None:
    body = pair(body_of(resource, scene), f"list-{scene.oktmo}")
    content = sheet(resource, body, leave={*NOT_SHOWN, "id"})
    said = report(send(scene, resource, content))
    assert set(stats(said)) == {"created"}
    assert len({row["id"] for row in said["rows"]}) == 1
    made = scene.client.get(f"/{resource.path}/{said['rows'][0]['id']}").json()
    change = dict(resource.change)
    mended = {name: made[name] for name in ("source", "source_key")} | change
    # A list has the columns that it has: of the others nothing is said.
    left_out = {each.name.partition(".")[0] for each in headings(resource)} - mended.keys()
    said = report(send(scene, resource, sheet(resource, mended, leave=left_out)))
    assert stats(said) == {"updated": 1}
    seen = scene.client.get(f"/{resource.path}/{made['id']}").json()
    for name in ("etag", "version", "updated_at"):
        seen.pop(name)
        made.pop(name)
    assert seen == made | change


def test_rows_that_change_different_things_are_mended_together(scene: Scene) -> None:
    body = body_of(monitoring_records, scene)
    made = [
        scene.make("monitoring_records", body, organization_id=school)
        for school in ("$school", "$leader", "$authority")
    ]
    changes = ({"value_number": "61.5"}, {"state": "submitted"}, {"note": "да"})
    mended = [record | change for record, change in zip(made, changes, strict=True)]
    said = report(send(scene, monitoring_records, sheet(monitoring_records, *mended)))
    assert stats(said) == {"updated": 3}
    seen = [scene.client.get(f"/monitoring-records/{each['id']}").json() for each in made]
    for record, change, now in zip(made, changes, seen, strict=True):
        assert {name: now[name] for name in change} == change
        assert now["version"] == record["version"] + 1
    assert [bool(each["submitted_at"]) for each in seen] == [False, True, False]


KEYED = [each for each in RESOURCES if len(each.natural_keys) > 1]


def key_fields(resource: Resource) -> list[set[str]]:
    """The fields of each natural key of a kind, but for that of the source."""
    keys = []
    for key in resource.natural_keys[1:]:
        folds = [resource.folds(column) or (column,) for column in key.columns]
        names = {name for columns in folds for name in columns}
        keys.append(names & resource.write.model_fields.keys())
    return keys


@pytest.mark.parametrize("resource", KEYED, ids=lambda each: each.name)
def test_a_list_without_ids_mends_the_record_of_its_natural_key(
    scene: Scene, resource: Resource
) -> None:
    body = body_of(resource, scene)
    made = scene.make(resource.name, body)
    for names in key_fields(resource):
        if names & resource.change.keys() or any(body.get(name) is None for name in names):
            continue
        needed = {each.name for each in headings(resource) if each.is_required}
        left_out = {each.name.partition(".")[0] for each in headings(resource)}
        left_out -= names | {*needed} | resource.change.keys()
        mended = {**made, **resource.change}
        for outcome in ("updated", "unchanged"):
            said = report(send(scene, resource, sheet(resource, mended, leave=left_out)))
            assert set(stats(said)) == {outcome}, names
            assert {row["id"] for row in said["rows"]} == {made["id"]}
        made = scene.client.get(f"/{resource.path}/{made['id']}").json()


FORMER = {
    "org_involvement_share": "доля вовлечённых организаций",
    "org_involvement_share_priority": "Доля вовлеченных ШНОР и ШНСУ",
    "org_active_involvement_share": "доля организаций, участвовавших на деле",
    "teacher_coverage_share": "доля охваченных педагогов",
    "plan_completion_share": "доля выполненного по плану",
    "plan_on_time_share": "доля выполненного в срок",
    "legal_coverage_share": "доля оформленных партнёрств",
    "form_coverage_share": "доля использованных форм",
    "leader_load": "число поддерживаемых организаций",
    "effective_mode_transition_share": "доля перешедших в эффективный режим",
    "resource_sufficiency_share": "доля закрытых потребностей",
    "need_coverage_share": "доля нехваток, закрытых сетью",
    "property_documented_share": "доля оформленного пользования",
}
"""What indicators were called in lists before 29 November 2026."""


@pytest.mark.parametrize("kind", [CSV["Content-Type"], XLSX])
def test_a_list_of_last_month_has_the_former_labels(scene: Scene, kind: str) -> None:
    programs = RESOURCE["programs"]
    said = scene.fill(programs.example["targets"][0])
    targets = [{**said, "code": code, "value": "1"} for code in FORMER]
    made = scene.make("programs", body_of(programs, scene), targets=targets)
    (labels,) = (each.choices for each in headings(programs) if each.name == "targets.code")
    text = sheet(programs, made).decode()
    for code, former in FORMER.items():
        assert labels[code] != former
        assert text.count(f"{labels[code]};") + text.count(f'{labels[code]}"') >= 1
        text = text.replace(labels[code], former)
    rows = [*csv.reader(io.StringIO(text), delimiter=";")]
    content = text.encode() if kind == CSV["Content-Type"] else xlsx(rows)
    query, headers = {"mode": "commit"}, {"Content-Type": kind}
    answer = scene.client.post("/imports/programs", params=query, content=content, headers=headers)
    assert set(stats(report(answer))) == {"unchanged"}
    # A row for each target: the first is the program, the others its further parts.
    assert scene.client.get(f"/programs/{made['id']}").json()["targets"] == made["targets"]
