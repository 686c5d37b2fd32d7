"""Steady figures: what must not move them does not, whoever writes meanwhile (R20, R21)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.scene import Scene
from tests.waiting import patient

DAY = "2020-12-31"
COVERAGE = "teacher_coverage_share"


def told(scene: Scene) -> dict[str, tuple[Any, ...]]:
    """Every figure of the scene's program."""
    path, said = f"/programs/{scene['$program']}/indicators", {"as_of": DAY}
    answer = patient(lambda: scene.client.get(path, params=said))
    assert answer.status_code == 200, answer.text
    names = ("numerator", "denominator", "value", "breakdown", "excluded_count")
    return {each["code"]: tuple(each[name] for name in names) for each in answer.json()["items"]}


def teacher(scene: Scene, number: int) -> str:
    """A teacher; each other one attended the scene's event."""
    first = ("Анна", "Вера", "Дарья", "Елена", "Жанна", "Зоя", "Инна", "Кира")[number]
    body = {"municipality_id": "$municipality", "last_name": "Учителева", "first_name": first}
    made = str(scene.make("teachers", body)["id"])
    if number % 2 == 0:
        attend(scene, made)
    return made


def employed(scene: Scene, number: int) -> None:
    """A teacher who works in the scene's school."""
    scene.make(
        "employments",
        {"teacher_id": teacher(scene, number), "organization_id": "$school"}
        | {"position": "учитель", "position_group": "teaching", "is_main_job": True}
        | {"valid_from": "2020-09-01"},
    )


def attend(scene: Scene, teacher_id: str) -> dict[str, Any]:
    return scene.make(
        "participations",
        {"teacher_id": teacher_id, "event_id": "$event", "organization_id": "$school"}
        | {"role": "attendee", "status": "attended", "participated_on": "2020-10-15"},
    )


@dataclass
class Mover:
    """A teacher with work in two schools, who leaves one for the other and comes back."""

    scene: Scene
    number: int

    def __post_init__(self) -> None:
        """Make the teacher, the work in the one school, and that in the other, ended at once."""
        self.teacher_id = teacher(self.scene, self.number)
        self.move(away=False)

    def move(self, *, away: bool) -> None:
        """End the one work and begin the other, in one list."""
        lines = [
            self._line("$leader", "2020-12-01", None if away else "2020-12-01"),
            self._line("$school", "2020-10-01", "2020-11-30" if away else None),
        ]
        names = "source;source_key;teacher_id;organization_id;position;position_group"
        text = "\n".join([f"{names};is_main_job;valid_from;valid_to", *lines])
        upload(self.scene, "employments", text)

    def _line(self, home: str, first: str, last: str | None) -> str:
        key, place = f"{self.teacher_id}-{home.strip('$')}", self.scene[home]
        head = f"tests;{key};{self.teacher_id};{place};методист;teaching"
        return f"{head};нет;{first};{last or ''}"


def upload(scene: Scene, kind: str, text: str, **more: str) -> dict[str, Any]:
    """The report of a list that was taken whole."""
    said = {"mode": "commit", "processing_basis": "statutory_function", **more}
    headers = {"Content-Type": "text/csv"}
    path = f"/imports/{kind}"
    content = text.encode()
    answer = patient(lambda: scene.client.post(path, params=said, content=content, headers=headers))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.long
def test_totals_stand_while_teachers_move(scene: Scene, *, full: bool) -> None:
    reads, movers = (2_000, 8) if full else (60, 4)
    assert scene["$partnership"]
    moving = [Mover(scene, number) for number in range(movers)]
    over = threading.Event()

    def move(each: Mover) -> int:
        moves = 0
        while not over.is_set():
            each.move(away=moves % 2 == 0)
            moves += 1
        return moves

    def read(_: int) -> tuple[Any, ...]:
        return told(scene)[COVERAGE][:2]

    with ThreadPoolExecutor(movers + 8) as pool:
        moved = [pool.submit(move, each) for each in moving]
        seen = set(pool.map(read, range(reads)))
        over.set()
        assert min(each.result() for each in moved) > 0
    assert seen == {(movers // 2, movers)}


Change = Callable[[Scene], Any]


def upload_twice(scene: Scene) -> None:
    """The list of those who attended, sent again."""
    listed = "ФИО;Организация\nУчителева Анна;Сельская СОШ\n"
    report = upload(scene, "participations", listed, event_id=scene["$event"])
    assert report["stats"]["unchanged"] == 1


def make_again(scene: Scene) -> None:
    """Every attendance deleted and made once more."""
    said = {"event_id": scene["$event"]}
    for each in scene.client.get("/participations", params=said).json()["items"]:
        path = f"/participations/{each['id']}"
        assert scene.client.delete(path, headers={"If-Match": "*"}).status_code == 204
        attend(scene, each["teacher_id"])


def live_elsewhere(scene: Scene) -> None:
    """Another municipality with a program and teachers of its own."""
    other = Scene(scene.client)
    assert other["$partnership"]
    employed(other, 0)


def register_only(scene: Scene) -> None:
    """Somebody who was registered and did not come."""
    made = scene.make(
        "teachers", {"municipality_id": "$municipality", "last_name": "Новая", "first_name": "Яна"}
    )
    scene.make(
        "participations",
        {"teacher_id": made["id"], "event_id": "$event", "organization_id": "$school"}
        | {"role": "attendee", "status": "registered", "participated_on": "2020-10-15"},
    )


@pytest.mark.long
@pytest.mark.parametrize("change", [upload_twice, make_again, live_elsewhere, register_only])
@pytest.mark.shared_out
def test_what_means_nothing_changes_nothing(scene: Scene, change: Change) -> None:
    assert scene["$partnership"]
    for number in range(4):
        employed(scene, number)
    before = told(scene)
    assert before[COVERAGE][:2] == (2, 4)
    change(scene)
    assert told(scene) == before


@pytest.mark.long
@pytest.mark.shared_out
def test_the_order_of_making_means_nothing(scene: Scene) -> None:
    figures = []
    for order in (range(4), reversed(range(4))):
        place = Scene(scene.client)
        for number in order:
            employed(place, number)
        assert place["$partnership"]
        figures.append({code: each[:3] for code, each in told(place).items()})
    assert figures[0] == figures[1]
