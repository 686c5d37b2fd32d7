"""An event that is moved or taken back says who attended it all the same."""

from typing import Any

import pytest

from tests.rulings import changed, warnings_of
from tests.scene import Scene

pytestmark = pytest.mark.shared_out

DAY = "2020-10-15"


@pytest.fixture
def event(scene: Scene) -> str:
    """An event of one day that somebody attended and somebody else did not."""
    held: dict[str, Any] = {"kind": "held", "window_start": DAY, "window_end": DAY}
    held |= {"activity_id": "$activity", "title": "Семинар", "status": "completed"}
    key = str(scene.make("events", held, completed_on=DAY)["id"])
    other = {"municipality_id": "$municipality", "last_name": "Нестова", "first_name": "Яна"}
    people = {scene["$teacher"]: "attended", scene.make("teachers", other)["id"]: "absent"}
    for teacher, status in people.items():
        body = {"teacher_id": teacher, "event_id": key, "organization_id": "$school"}
        body |= {"role": "attendee", "status": status, "participated_on": DAY}
        scene.make("participations", body)
    return key


MOVED: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "moved": (
        {"window_start": "2020-11-01", "window_end": "2020-11-02", "completed_on": "2020-11-02"},
        [("attendances_outside", "/window_start")],
    ),
    "longer": ({"window_start": "2020-10-14", "window_end": "2020-10-16"}, []),
    "completed later": ({"window_end": "2020-10-20", "completed_on": "2020-10-20"}, []),
    "planned": (
        {"status": "planned", "completed_on": None},
        [("attendances_of_no_event", "/status")],
    ),
    "cancelled": (
        {"status": "cancelled", "completed_on": None},
        [("attendances_of_no_event", "/status")],
    ),
    "renamed": ({"title": "Другой семинар"}, []),
}


@pytest.mark.parametrize("case", MOVED)
def test_a_change_of_an_event_says_whom_it_leaves_behind(
    scene: Scene, event: str, case: str
) -> None:
    body, warned = MOVED[case]
    answer = changed(scene, "events", event, **body)
    assert answer.status_code == 200, answer.text
    assert warnings_of(answer.json()) == warned
    # What was warned of is not told again with every later change.
    again = changed(scene, "events", event, result="Итог")
    assert warnings_of(again.json()) == []
    for warning in answer.json()["warnings"]:
        assert "записей: 1" in warning["detail"]
