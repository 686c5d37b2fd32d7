"""Erasure: of a person whose data was destroyed nothing is left, wherever it had been written."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.roles import Role
from app.database.schema import migrate
from app.journal.positions import ENTRIES
from app.journal.register import Register
from app.mirror.replica import Change, FeedPage, Place, Replica
from app.model.record import new_id
from app.model.resource import Resource
from app.registry import RESOURCES
from app.registry.municipalities import municipalities
from app.registry.name_words import FIRST_NAMES
from app.registry.teachers import teachers
from app.store.mentions import Mentions, Person
from app.store.uploads import UPLOADS
from tests.follower import Follower, local
from tests.scene import MERGE, Scene, Service, body_of, problem
from tests.test_imports import BASIS, CSV, listed, report, row, upload


class Canary:
    """A person with a name, a number and a key that nobody else has."""

    def __init__(self) -> None:
        letters = "".join(chr(ord("а") + int(digit, 16)) for digit in uuid.uuid4().hex[:16])
        self.last, self.first = f"Канарей{letters}", f"Маро{letters}"
        self.patronymic = f"Петро{letters}"
        self.key = f"kanar-{uuid.uuid4().hex}"
        number = f"{100_000_000 + uuid.uuid4().int % 800_000_000}"
        weighed = sum(int(digit) * (9 - place) for place, digit in enumerate(number))
        self.digits = f"{number}{weighed % 101 % 100:02}"
        self.snils = f"{number[:3]}-{number[3:6]}-{number[6:]} {self.digits[-2:]}"

    @property
    def name(self) -> str:
        return f"{self.last} {self.first} {self.patronymic}"

    @property
    def body(self) -> dict[str, Any]:
        names = {"last_name": self.last, "first_name": self.first, "patronymic": self.patronymic}
        return {**names, "snils": self.snils}

    def fill(self, row: dict[str, str]) -> str:
        """A list of one row that names the person."""
        said = {"name": self.name, "upper": self.name.upper(), **vars(self)}
        return listed({key.format(**said): text.format(**said) for key, text in row.items()})

    def is_in(self, text: str) -> bool:
        """Whether anything of the person stands in a text."""
        folded = text.casefold()
        return any(
            each.casefold() in folded
            for each in (self.last, self.first, self.patronymic, self.key, self.snils, self.digits)
        )


def kept(service: Service) -> Iterator[str]:
    """Everything that the database holds: each value of each column of each table."""
    known = sa.MetaData()
    known.reflect(service.database.engine)
    with service.database.engine.connect() as connection:
        for table in known.tables.values():
            for found in connection.execute(sa.select(table)):
                yield f"{table.name}: {tuple(found)}"


def files(service: Service) -> bytes:
    """The bytes of SQLite's files, and of lists on their way into it."""
    path = Path(str(service.database.url.database))
    beside = path.parent.glob(f"{path.name}*")
    found = (each for name in beside for each in (name, *name.rglob("*")))
    return b"".join(each.read_bytes() for each in found if each.is_file())


@pytest.fixture
def canary(seminar: Scene) -> Canary:
    """A teacher in the register, by the key of the region's system, with a job."""
    found = Canary()
    said = found.body | {"municipality_id": seminar["$municipality"]}
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    path = f"/teachers/by-key/region/{found.key}"
    made = seminar.client.put(path, json=said, headers=headers)
    assert made.status_code == 201, made.text
    seminar.ids["$teacher"] = made.json()["id"]
    job = {"organization_id": "$school", "position_group": "teaching", "is_main_job": True}
    job |= {"teacher_id": "$teacher", "valid_from": "2020-04-17", "position": "учитель"}
    seminar.make("employments", job)
    return found


def erase(scene: Scene, reason: str = "Отзыв согласия", **headers: str) -> Any:
    path = f"/teachers/{scene['$teacher']}/erasure"
    return scene.client.post(path, json={"reason": reason}, headers=headers)


WRONG: list[dict[str, str]] = [
    row(Школа="{name}"),
    row(Школа="{last}"),
    row(Мероприятие="{name}"),
    row(Дата="{name}"),
    row(Присутствие="{name}"),
    row(**{"Форма участия": "{name}"}),
    row(**{"{name}": "+"}),
    row("{name}", Школа="Нет такой"),
    row("{last} М. П."),
    row("{last}"),
    row("{upper}", Дата="вчера"),
    row("Иная Анна", Школа="Нет такой", СНИЛС="{snils}"),
    {"teacher_id": "{key}", "Школа": "Нет такой", "Дата": "15.10.2020", "Мероприятие": "1"},
    {"Фамилия": "{last}", "Имя": "{first}", "Школа": "Нет", "Дата": "вчера", "Мероприятие": "1"},
]
"""Lists in which a person stands in a column that is right or wrong."""


def sent_again(scene: Scene, text: str, **more: str) -> Any:
    """The answer to a list whose sender may ask for it again."""
    said = {"mode": "commit", "program_id": scene["$program"], **BASIS, **more}
    headers = {**CSV, "Idempotency-Key": uuid.uuid4().hex}
    path = "/imports/participations"
    return scene.client.post(path, content=text.encode(), params=said, headers=headers)


@pytest.mark.long
def test_nothing_of_an_erased_person_is_left(
    service: Service, seminar: Scene, canary: Canary
) -> None:
    for wrong in WRONG:
        for more in ({"on_error": "skip"}, {"mode": "dry_run"}):
            sent = sent_again(seminar, canary.fill(wrong), **more)
            assert sent.status_code == 200, (wrong, sent.text)
            assert not canary.is_in(sent.text), (wrong, sent.text)
    form = {"file": (f"{canary.last}.csv", listed(row(canary.name, Школа="Нет")).encode())}
    address = f"/imports/participations?mode=dry_run&program_id={seminar['$program']}"
    assert seminar.client.post(address, files=form).status_code == 200
    declined = f"Список {canary.last}а, ответ {canary.last.upper()}У.csv"
    form = {"file": (declined, listed(row("Иная Анна", Школа="Нет")).encode())}
    assert seminar.client.post(address, files=form).status_code == 200
    assert any(map(canary.is_in, kept(service)))
    done = erase(seminar, **{"Idempotency-Key": uuid.uuid4().hex})
    assert done.status_code == 200
    assert not canary.is_in(done.text)
    assert [each for each in kept(service) if canary.is_in(each)] == []
    if service.kind == "sqlite":
        found = files(service)
        texts = (canary.last, canary.first, canary.last.casefold(), canary.key, canary.digits)
        assert [each for each in texts if each.encode() in found] == []


@pytest.mark.long
def test_what_an_older_version_wrote_goes_too(
    service: Service, seminar: Scene, canary: Canary
) -> None:
    text = listed(row("Иная Анна", Школа="Нет такой"), row("Один"))
    said = report(upload(seminar, text, on_error="skip"))
    wrote = json.loads(json.dumps(said))
    detail = f"Организация «{canary.name}» не найдена."
    wrote["rows"][0]["errors"][0]["detail"] = wrote["groups"][0]["detail"] = detail
    wrote["infos"] = [{"code": "x", "column": None, "detail": f"«{canary.last}»", "hint": ""}]
    wrote["file"]["name"] = f"{canary.last}.csv"
    mine = sa.update(UPLOADS).where(UPLOADS.c.id == uuid.UUID(said["id"]))
    service.database.write(lambda tx: tx.execute(mine.values(report=json.dumps(wrote))))
    assert erase(seminar).status_code == 200
    left = seminar.client.get(f"/imports/{said['id']}")
    assert not canary.is_in(left.text)
    assert left.json()["stats"] == said["stats"]
    assert [each["row"] for each in left.json()["rows"]] == [3]
    assert left.json()["rows_truncated"] is True


def test_rows_of_others_stay(seminar: Scene, canary: Canary) -> None:
    others = [row(f"{canary.last} Ольга", Школа="Нет"), row("Один"), row("Иная Анна", Школа="Нет")]
    said = report(upload(seminar, listed(*others, row(canary.name, Школа="Нет")), on_error="skip"))
    erase(seminar)
    back = seminar.client.get(f"/imports/{said['id']}/rejected").text
    assert back.count("\n") == 1 + len(others)
    assert "Ольга" in back


ALIKE = [
    "Ыхтыунова Зульфие Рашитовне",
    "Ыхтыуновой Зульфие Рашитовне",
    "Зульфию Ыхтыунову",
    "Ыхтыунова Зулфия",
    "ЫХТЫУНОВА Зульфея",
]
"""Other spellings of Ыхтыунова Зульфия, for which a list is refused."""
OTHERS = ["Ыхтыунова Ольга", "Ыхтыунов Рамиль", "Ыхтыуновой Светлане", "Сафина Зульфия"]


def test_rows_with_a_declined_or_misspelt_name_go_and_those_of_others_stay(
    seminar: Scene, canary: Canary
) -> None:
    said = {"last_name": "Ыхтыунова", "first_name": "Зульфия"}
    address = f"/teachers/{seminar['$teacher']}"
    headers = {"Content-Type": MERGE, "If-Match": '"1"'}
    assert seminar.client.patch(address, json=said, headers=headers).status_code == 200
    rows = [row(name, Школа="Нет такой") for name in (*ALIKE, *OTHERS)]
    apart = {
        "Фамилия": "Ыхтыуновой",
        "Имя": "Зульфие",
        "Школа": "Нет",
        "Дата": "15.10.2020",
        "Мероприятие": "1",
    }
    sent = [upload(seminar, listed(*some), on_error="skip") for some in (rows, [apart])]
    erase(seminar)
    assert not canary.is_in(sent[0].text)
    whole, alone = (
        seminar.client.get(f"/imports/{report(each)['id']}/rejected").text for each in sent
    )
    assert [name for name in ALIKE if name in whole] == []
    assert [name for name in OTHERS if name in whole] == OTHERS
    assert "Ыхтыунов" not in alone


@pytest.mark.long
def test_a_repeated_list_that_named_the_person_is_gone(seminar: Scene, canary: Canary) -> None:
    path = f"/teachers/by-key/region/{canary.key}2"
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    said = {"municipality_id": seminar["$municipality"], "last_name": canary.last}
    said |= {"first_name": canary.first}
    made = seminar.client.put(path, json=said, headers=headers)
    assert made.status_code == 201
    seminar.ids["$teacher"] = made.json()["id"]
    assert erase(seminar).status_code == 200
    again = seminar.client.put(path, json=said, headers=headers)
    problem(again, 410)


@pytest.mark.long
def test_a_key_makes_a_new_teacher_and_followers_learn_the_delete(
    service: Service, seminar: Scene, canary: Canary
) -> None:
    follower = Follower(local(service, seminar, Role.COORDINATOR))
    follower.catch_up()
    old = seminar.ids["$teacher"]
    assert ("teachers", old) in follower.records
    before = seminar.client.get(f"/teachers/{old}").json()["version"]
    assert erase(seminar).status_code == 200
    items = follower.catch_up()
    told = next(each for each in items if each["id"] == old)
    assert (told["op"], told["data"]) == ("delete", None)
    assert told["key"]["source_key"].startswith("erased~")
    assert not canary.is_in(json.dumps(items))
    assert ("teachers", old) not in follower.records
    body = canary.body | {"municipality_id": seminar["$municipality"]}
    path = f"/teachers/by-key/region/{canary.key}"
    new = seminar.client.put(path, json=body)
    assert new.status_code == 201
    assert new.json()["id"] != old
    assert new.json()["version"] > before + 1


@pytest.mark.long
def test_a_deleted_namesake_by_the_key_is_forgotten_with_it(
    service: Service, seminar: Scene, canary: Canary
) -> None:
    path = f"/teachers/by-key/region/{canary.key}-b"
    body = {"municipality_id": seminar["$municipality"], "last_name": "А", "first_name": "Бб"}
    seminar.client.put(path, json=body)
    assert seminar.client.delete(path).status_code == 204
    seminar.ids["$teacher"] = seminar.client.put(path, json=body).json()["id"]
    assert erase(seminar).status_code == 200
    assert [each for each in kept(service) if f"{canary.key}-b" in each] == []


@pytest.mark.long
def test_the_keys_of_the_persons_records_go_where_they_hold_the_persons(
    service: Service, seminar: Scene, canary: Canary
) -> None:
    said: dict[str, Any] = {"teacher_id": seminar["$teacher"]}
    said |= {"organization_id": seminar["$leader"]}
    said |= {"position": canary.name, "position_group": "teaching", "is_main_job": False}
    said |= {"valid_from": "2021-09-01"}
    path = f"/employments/by-key/region/{canary.key}.2021"
    made = seminar.client.put(path, json=said)
    assert made.status_code == 201, made.text
    assert erase(seminar).status_code == 200
    assert [each for each in kept(service) if canary.is_in(each)] == []
    left = seminar.client.get(f"/employments/{made.json()['id']}").json()
    assert left["position"] is None
    assert left["source_key"].startswith("erased~")
    assert left["version"] == made.json()["version"] + 1


@pytest.mark.long
@pytest.mark.shared_out
def test_the_record_says_what_the_order_asks(seminar: Scene, canary: Canary) -> None:
    seminar.make(
        "organizations",
        {
            "municipality_id": "$municipality",
            "kind": "education_authority",
            "full_name": "Управление образования",
            "short_name": "УО",
            "address": "с. Пестрецы",
        },
    )
    done = erase(seminar).json()
    assert done["operator"] == {"name": "Управление образования", "address": "с. Пестрецы"}
    assert done["subject"]["id"] == seminar["$teacher"]
    assert seminar["$teacher"] in done["subject"]["about"]
    assert done["method"]
    assert done["categories"] == ["source_key", "last_name", "first_name", "patronymic", "snils"]
    path = f"/teachers/{seminar['$teacher']}/access-report"
    assert seminar.client.get(path).json()["destruction"] == done


@pytest.mark.parametrize("said", ["{last} отозвала согласие", "Заявление {key}", "СНИЛС {snils}"])
@pytest.mark.shared_out
def test_a_reason_that_names_the_person_is_refused(
    seminar: Scene, canary: Canary, said: str
) -> None:
    reason = said.format(**vars(canary))
    refused = problem(erase(seminar, reason), 422, "names_the_erased", "/reason")
    assert not canary.is_in(json.dumps(refused, ensure_ascii=False))
    assert seminar.client.get(f"/teachers/{seminar['$teacher']}").status_code == 200


def test_a_mirror_forgets_what_is_deleted(tmp_path: Path) -> None:
    replica = Replica(tmp_path / "mirror.db", "http://x", "")
    data = {"version": 1, "source": "r", "source_key": "kanar-1", "last_name": "Канарейкина"}
    made: Change = {
        "type": "teachers",
        "id": "1",
        "op": "upsert",
        "version": 1,
        "changed_at": "t",
        "data": data,
    }
    gone: Change = {**made, "op": "delete", "version": 2, "data": None}
    place = Place(None, 1, 1, None)
    for at, item in enumerate((made, gone)):
        page: FeedPage = {"items": [item], "has_more": False, "next_cursor": f"{at}"}
        replica.keep(place, page)
        place = replica.place
    found = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert "Канарейкина".encode() not in found
    assert b"kanar-1" not in found


OF_PERSONS = [
    each for each in RESOURCES if {"teacher_id", "snils"} & each.write.model_fields.keys()
]


@pytest.mark.parametrize("resource", OF_PERSONS, ids=lambda each: each.name)
@pytest.mark.parametrize("key", ["79171234567", "134-940-005-39", "134.940.005~39"])
def test_no_record_of_a_person_has_a_number_of_theirs_as_its_key(
    scene: Scene, resource: Resource, key: str
) -> None:
    body = body_of(resource, scene)
    path = f"/{resource.path}/by-key/region/{key}"
    problem(scene.client.put(path, json=body), 422, "key_like_snils", "/source_key")
    said = {**body, "source": "region", "source_key": key}
    problem(scene.client.post(f"/{resource.path}", json=said), 422, "key_like_snils")
    longer = scene.client.put(f"{path}7", json=body)
    assert longer.status_code == 201, longer.text


@pytest.mark.long
def test_keys_of_erased_teachers_leave_an_older_journal(database: Register) -> None:
    migrate(database, "0010")
    with database.engine.begin() as connection:
        home, ids = new_id(), [new_id(), new_id()]
        town = {
            "id": home,
            "municipality_id": home,
            "oktmo": "11111111",
            "name": "А",
            "region_name": "Б",
        }
        moment = {"version": 1, "created_at": MOMENT, "updated_at": MOMENT}
        connection.execute(sa.insert(municipalities.table).values({**moment, **town}))
        for at, one in enumerate(ids):
            own = {"id": one, "municipality_id": home, "erased_at": MOMENT if at else None}
            connection.execute(sa.insert(teachers.table).values({**moment, **own}))
            entry = {"position": at + 1, "collection": "teachers", "record_id": one}
            entry |= {"municipality_id": home, "deleted": bool(at), "version": 1}
            entry |= {"source": "region", "source_key": f"key-{at}", "changed_at": MOMENT}
            connection.execute(sa.insert(ENTRIES).values(entry))
    migrate(database)
    with database.engine.connect() as connection:
        order = sa.select(ENTRIES.c.source_key).order_by(ENTRIES.c.position)
        assert connection.execute(order).scalars().all() == ["key-0", None]


MOMENT = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("surname", "name", "is_about"),
    [
        ("Иванова", "Список Ивановой.csv", True),
        ("Иванов", "2020_ИВАНОВУ.xlsx", True),
        ("Иванов", "Ивановский район.csv", False),
        ("Белый", "ответ Белого.csv", True),
        ("Петрова-Водкина", "для Петровой-Водкиной.csv", True),
        ("Петрова-Водкина", "для Петровой.csv", False),
        ("Ли", "Лист 1.csv", False),
        ("Ли", "Ли.csv", True),
    ],
)
def test_the_name_of_a_file_mentions_a_person_in_any_case(
    surname: str, name: str, *, is_about: bool
) -> None:
    mentions = Mentions(Person(surname, "Анна"), lambda _: None)
    assert mentions.in_title(name) == is_about


@pytest.mark.parametrize(
    ("person", "cells", "is_about"),
    [
        ("Иванов Пётр", ["Иванову Петру"], True),
        ("Иванов Пётр", ["Сидоров Пётр Иванович"], False),
        ("Иванова Анна", ["Иванова Инна Петровна"], False),
        ("Иванова Анна", ["Петрова Анна Ивановна"], False),
        ("Иванова Мария", ["Иванова Марина"], False),
        ("Иванова Мария", ["Иванова", "Марье"], True),
        ("Иванова Наталья", ["Иванова Наталия"], True),
        ("Иванова Яна", ["Иванова Ольга", "на ставку"], False),
        ("Ли Анна", ["Лист Анна"], False),
        ("Лебедев Лев", ["Лебедева Льва"], True),
        ("Лебедев Павел", ["Лебедевым Павлом"], True),
        ("Достоевский Илья", ["Достоевскому Илье"], True),
        ("Петрова-Водкина Анна", ["Петровой-Водкиной Анне"], True),
        ("Сафина Зоя", ["Зое", "Сафиной"], True),
    ],
)
def test_a_row_mentions_a_person_in_any_case(
    person: str, cells: list[str], *, is_about: bool
) -> None:
    mentions = Mentions(Person(*person.split()), lambda _: None, FIRST_NAMES)
    assert mentions.in_row(cells) == is_about
