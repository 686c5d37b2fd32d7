"""The ground of lists that went wrong: a school with its teachers, and one week of an event."""

from typing import Any

from tests.scene import Scene
from tests.test_imports import BASIS, CSV

BIRCH, MEADOW = "МБОУ «Берёзовская СОШ»", "МБОУ «Луговская ООШ»"

NAMED = (
    "Ивановская Мария Петровна",
    "Сафинов Артур Рашитович",
    "Гареевская Алсу Маратовна",
    "Северова Марта Олеговна",
)
"""Who works at the first school since the program began."""

NUMBERS = ("155-266-005 54", "112-233-445 95", "087-654-303 00")
"""СНИЛС with right check digits."""


def laid(scene: Scene) -> Scene:
    """The scene with the ground in it."""
    for name, title in (("$birch", BIRCH), ("$meadow", MEADOW)):
        body = {"municipality_id": "$municipality", "kind": "general_school"}
        scene.ids[name] = scene.make("organizations", body, full_name=title, short_name=title)["id"]
    scene.ids["$week"] = week(scene, "Неделя открытых уроков")
    for name in NAMED:
        known(scene, name)
    return scene


def week(scene: Scene, title: str) -> str:
    """A new event of five days."""
    body = {"activity_id": "$activity", "kind": "held", "status": "completed", "title": title}
    days = {"window_start": "2020-10-12", "window_end": "2020-10-16", "completed_on": "2020-10-16"}
    return str(scene.make("events", body | days)["id"])


def known(scene: Scene, name: str, place: str | None = "$birch", **more: Any) -> str:
    """A teacher with a job at a school, or with none."""
    last, first, *rest = name.split(" ", 2)
    body = {"last_name": last, "first_name": first, "patronymic": rest[0] if rest else None}
    home = {"municipality_id": "$municipality"}
    made = str(scene.make("teachers", {**home, **body, **more})["id"])
    if place:
        employ(scene, made, place)
    return made


def employ(scene: Scene, teacher: str, place: str, **more: Any) -> str:
    """A job of a teacher since the program began."""
    job: dict[str, Any] = {"teacher_id": teacher, "organization_id": place, "position": "учитель"}
    job |= {"position_group": "teaching", "is_main_job": True, "valid_from": "2020-04-17"}
    return str(scene.make("employments", job, **more)["id"])


def sent(scene: Scene, text: str, collection: str = "participations", **query: Any) -> Any:
    """The answer to a list; participations are those of the week, with new people let in."""
    said = {"mode": "commit", "on_error": "skip", **BASIS}
    if collection == "participations":
        said |= {"create_teachers": "true", "event_id": scene["$week"]}
    if collection not in {"participations", "employments", "teachers"}:
        said.pop("processing_basis")
    wanted = {name: value for name, value in (said | query).items() if value is not None}
    address = f"/imports/{collection}"
    return scene.client.post(address, params=wanted, content=text.encode(), headers=CSV)


def items(scene: Scene, collection: str, **query: Any) -> list[dict[str, Any]]:
    """What the register holds of the scene's municipality."""
    said = {"municipality_id": scene["$municipality"], "limit": "500", **query}
    answer = scene.client.get(f"/{collection}", params=said)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def names(scene: Scene) -> list[str]:
    """The teachers of the scene's municipality by their full names."""
    return sorted(map(full_name, items(scene, "teachers")))


def full_name(teacher: dict[str, Any]) -> str:
    """A teacher's name in one line."""
    parts = (teacher[each] for each in ("last_name", "first_name", "patronymic"))
    return " ".join(filter(None, parts))


def attended(scene: Scene) -> list[tuple[str, str]]:
    """Who took part on which day."""
    who = {each["id"]: full_name(each) for each in items(scene, "teachers")}
    found = items(scene, "participations")
    return sorted((who[each["teacher_id"]], each["participated_on"]) for each in found)


def codes(said: dict[str, Any], of: str = "errors") -> list[tuple[int, str]]:
    """Rows with the codes of what is said of them."""
    return [(row["row"], each["code"]) for row in said["rows"] for each in row[of]]
