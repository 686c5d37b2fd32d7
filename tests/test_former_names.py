"""Former names: who changed the name is known by the old one too."""

import uuid
from typing import Any

import pytest

from app.access.roles import Role
from tests.follower import Follower, local
from tests.ground import BIRCH, MEADOW, codes, items, known, laid, names, sent
from tests.holders import Holder, issue
from tests.scene import MERGE, Scene, Service, problem
from tests.standing import standing
from tests.test_exports import exported_csv
from tests.test_imports import report, stats
from tests.test_pages_data import Form
from tests.visitor import visitor

pytestmark = pytest.mark.shared_out

MAIDEN = {"last_name": "Девичьева", "first_name": "Ирина", "patronymic": "Олеговна"}


@pytest.fixture
@standing
def scene(scene: Scene) -> Scene:
    return laid(scene)


@pytest.fixture
def married(scene: Scene) -> str:
    """A teacher who took another surname since."""
    teacher = known(scene, "Девичьева Ирина Олеговна")
    patched(scene, teacher, last_name="Замужнева")
    return teacher


def patched(scene: Scene, teacher: str, **change: Any) -> dict[str, Any]:
    headers = {"If-Match": "*", "Content-Type": MERGE}
    answer = scene.client.patch(f"/teachers/{teacher}", json=change, headers=headers)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def former(scene: Scene, teacher: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.client.get(f"/teachers/{teacher}").json()["former_names"]
    return found


def test_a_changed_name_stays_as_a_former_one(scene: Scene, married: str) -> None:
    assert former(scene, married) == [MAIDEN]
    patched(scene, married, first_name="Арина")
    assert former(scene, married) == [MAIDEN, MAIDEN | {"last_name": "Замужнева"}]
    # Back to the first one: it is no former name any more.
    patched(scene, married, last_name="Девичьева", first_name="Ирина")
    was = {"last_name": "Замужнева", "patronymic": "Олеговна"}
    assert former(scene, married) == [was | {"first_name": each} for each in ("Ирина", "Арина")]


@pytest.mark.parametrize(
    "change", [{"last_name": "ДЕВИЧЬЕВА"}, {"patronymic": None}, {"source": "a", "source_key": "b"}]
)
def test_what_is_no_other_name_is_not_remembered(scene: Scene, change: dict[str, Any]) -> None:
    teacher = known(scene, "Девичьева Ирина Олеговна")
    patched(scene, teacher, **change)
    assert former(scene, teacher) == []


def test_who_speaks_of_former_names_decides(scene: Scene, married: str) -> None:
    told = [{"last_name": "Вдовина", "first_name": None, "patronymic": None}]
    patched(scene, married, last_name="Новая", former_names=told)
    assert former(scene, married) == told
    patched(scene, married, last_name="Иная", former_names=[])
    assert former(scene, married) == []


def test_a_put_that_is_silent_keeps_them(scene: Scene) -> None:
    address = f"/teachers/by-key/region/{uuid.uuid4().hex}"
    home = {"municipality_id": scene["$municipality"]}
    first = scene.client.put(address, json=MAIDEN | home).json()
    body = MAIDEN | home | {"last_name": "Замужнева"}
    second = scene.client.put(address, json=body).json()
    assert (first["former_names"], second["former_names"]) == ([], [MAIDEN])
    again = scene.client.put(address, json=body)
    assert (again.headers["etag"], again.json()["former_names"]) == (second["etag"], [MAIDEN])


def test_a_former_name_is_a_name(scene: Scene, married: str) -> None:
    headers = {"If-Match": "*", "Content-Type": MERGE}
    bad = {"former_names": [{"last_name": "Учитель физики"}]}
    answer = scene.client.patch(f"/teachers/{married}", json=bad, headers=headers)
    problem(answer, 422, "not_a_name", "/former_names/0/last_name")


@pytest.mark.parametrize(
    "name", ["Девичьева Ирина Олеговна", "ДЕВИЧЬЕВА Ирина Олеговна", "Девичьева Ирина"]
)
def test_a_list_knows_a_former_name(scene: Scene, married: str, name: str) -> None:
    before = names(scene)
    said = report(sent(scene, f"ФИО;Школа;Дата\n{name};{BIRCH};13.10.2020\n"))
    assert (stats(said), codes(said, "infos")) == ({"created": 1}, [(2, "former_name")])
    assert [each["teacher_id"] for each in items(scene, "participations")] == [married]
    assert names(scene) == before


@pytest.mark.parametrize(
    "name", ["Замужнева (Девичьева) Ирина Олеговна", "Новая (урожд. Девичьева) Ирина Олеговна"]
)
def test_a_list_that_gives_both_surnames_is_understood(
    scene: Scene, married: str, name: str
) -> None:
    said = report(sent(scene, f"ФИО;Школа;Дата\n{name};{BIRCH};13.10.2020\n"))
    assert stats(said) == {"created": 1}
    assert [each["teacher_id"] for each in items(scene, "participations")] == [married]


def test_a_former_name_elsewhere_is_asked_about(scene: Scene, married: str) -> None:
    text = f"ФИО;Школа;Дата\nДевичьева Ирина Олеговна;{MEADOW};13.10.2020\n"
    said = report(sent(scene, text))
    assert codes(said) == [(2, "namesake_elsewhere")]
    assert said["rows"][0]["candidates"] == [{"id": married}]


def test_who_has_the_name_now_goes_before_who_had_it(scene: Scene, married: str) -> None:
    daughter = known(scene, "Девичьева Ирина Олеговна")
    text = f"ФИО;Школа;Дата\nДевичьева Ирина Олеговна;{BIRCH};13.10.2020\n"
    assert codes(report(sent(scene, text)), "infos") == []
    assert [each["teacher_id"] for each in items(scene, "participations")] == [daughter]
    assert married != daughter


def test_a_number_and_its_owners_former_name_agree(scene: Scene) -> None:
    number = "155-266-005 54"
    teacher = known(scene, "Девичьева Ирина Олеговна", snils=number)
    patched(scene, teacher, last_name="Замужнева")
    text = f"ФИО;Школа;СНИЛС;Дата\nДевичьева Ирина Олеговна;{BIRCH};{number};13.10.2020\n"
    assert codes(report(sent(scene, text)), "infos") == [(2, "former_name")]


def test_a_list_of_teachers_keeps_the_old_name_too(scene: Scene) -> None:
    key = uuid.uuid4().hex
    teacher = known(scene, "Девичьева Ирина Олеговна", source="region", source_key=key)
    head = "source;source_key;Фамилия;Имя;Отчество;municipality_id"
    home = scene["$municipality"]
    text = f"{head}\nregion;{key};Замужнева;Ирина;Олеговна;{home}\n"
    assert stats(report(sent(scene, text, "teachers"))) == {"updated": 1}
    assert former(scene, teacher) == [MAIDEN]
    assert stats(report(sent(scene, text, "teachers"))) == {"unchanged": 1}


@pytest.mark.parametrize("door", ["form", "list"])
@pytest.mark.parametrize("is_married", [False, True])
def test_names_that_came_back_as_they_were_shown_are_kept(
    service: Service, scene: Scene, married: str, door: str, *, is_married: bool
) -> None:
    """A form and an exported list send former names along, though nobody spoke of them."""
    teacher = married if is_married else known(scene, "Тихая Анна Ивановна")
    shown = former(scene, teacher)
    before = names_of(scene, teacher)
    if door == "form":
        scope = {"municipality_id": scene["$municipality"]}
        desk = visitor(service.client, issue(service.database, Role.COORDINATOR, **scope))
        address = f"/data/teachers/{teacher}/edit"
        fields = Form(desk.get(address).text).fields
        assert desk.post(address, {**fields, "last_name": "Новая"}).status_code == 303
    else:
        rows = exported_csv(scene.client, "/teachers")
        own = [row | {"Фамилия": "Новая"} for row in rows if row["Номер записи"] == teacher]
        lines = [";".join(own[0]), *(";".join(row.values()) for row in own[:1])]
        assert stats(report(sent(scene, "\n".join(lines), "teachers"))) == {"updated": 1}
    assert names_of(scene, teacher)["last_name"] == "Новая"
    assert former(scene, teacher) == [*shown, before]


def names_of(scene: Scene, teacher: str) -> dict[str, Any]:
    record = scene.client.get(f"/teachers/{teacher}").json()
    return {name: record[name] for name in MAIDEN}


@pytest.mark.long
def test_former_names_are_erased_with_the_person(
    service: Service, scene: Scene, married: str
) -> None:
    follower = Follower(local(service, scene))
    follower.catch_up()
    reason = {"reason": "Отзыв согласия"}
    done = scene.client.post(f"/teachers/{married}/erasure", json=reason).json()
    assert "former_names" in done["categories"]
    assert married not in str(items(scene, "teachers"))
    text = f"ФИО;Школа;Дата\nДевичьева Ирина Олеговна;{BIRCH};13.10.2020\n"
    assert codes(report(sent(scene, text)), "infos") == [(2, "teacher_created")]
    told = follower.catch_up()
    assert [each["op"] for each in told if each["id"] == married] == ["delete"]


def test_who_sees_no_person_sees_no_former_name(
    service: Service, scene: Scene, married: str
) -> None:
    scope = {"municipality_id": scene["$municipality"]}
    for role in (Role.READER, Role.ADMIN):
        more = scope if role == Role.READER else {}
        holder = Holder(service.client, issue(service.database, role, **more))
        for path in (f"/teachers/{married}", "/teachers", "/changes"):
            assert "Девичьева" not in holder.get(path).text
