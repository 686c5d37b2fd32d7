"""Settled rows: a refused row acts on nothing, and of several rows the first right one is kept."""

from typing import Any

import pytest

from app.intake import runs
from tests import ground
from tests.ground import BIRCH, MEADOW, NUMBERS, attended, codes, items, laid, sent
from tests.scene import Scene
from tests.standing import standing
from tests.test_imports import report, stats

pytestmark = pytest.mark.shared_out

SLICES = pytest.mark.parametrize("at_once", [runs.AT_ONCE, 1, 2])


@pytest.fixture
@standing
def scene(scene: Scene) -> Scene:
    return laid(scene)


@pytest.fixture(autouse=True)
def sliced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """However far from one another the rows stand."""
    if "at_once" in request.fixturenames:
        monkeypatch.setattr(runs, "AT_ONCE", request.getfixturevalue("at_once"))


def who_is_new(scene: Scene) -> list[str]:
    return [name for name in ground.names(scene) if name not in ground.NAMED]


REFUSED = {
    "sample": f"ФИО;Школа;Дата\nПризракова Анна Ивановна;{BIRCH};13.10.2031\n",
    "outside the event": f"ФИО;Школа;Дата\nПризракова Анна Ивановна;{BIRCH};17.10.2020\n",
    "too many hours": f"ФИО;Школа;Дата;Часы\nПризракова Анна Ивановна;{BIRCH};13.10.2020;1000\n",
    "a long position": (
        f"ФИО;Школа;Дата;Должность\nПризракова Анна Ивановна;{BIRCH};13.10.2020;{'у' * 501}\n"
    ),
}


@SLICES
@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_refused_row_leaves_no_trace(scene: Scene, text: str, at_once: int) -> None:
    assert at_once
    before = [items(scene, each) for each in ("teachers", "employments", "participations")]
    for mode in ("dry_run", "commit"):
        said = report(sent(scene, text, mode=mode))
        assert stats(said) == {"rejected": 1}
    after = [items(scene, each) for each in ("teachers", "employments", "participations")]
    assert after == before


@SLICES
def test_a_right_row_behind_a_refused_one_is_taken(scene: Scene, at_once: int) -> None:
    assert at_once
    text = (
        f"ФИО;Школа;Дата\nТенькина Анна Ивановна;{BIRCH};17.10.2020\n"
        f"Тенькина Анна Ивановна;{BIRCH};13.10.2020\n"
        f"Тенькина Анна Ивановна;{BIRCH};14.10.2020\n"
    )
    said = report(sent(scene, text))
    assert stats(said) == {"created": 1, "rejected": 1, "duplicate": 1}
    assert codes(said) == [(2, "outside_event_window")]
    assert said["duplicates"] == [{"rows": [3, 4], "kept": 3, "differing": ["participated_on"]}]
    assert attended(scene) == [("Тенькина Анна Ивановна", "2020-10-13")]
    assert said["rows"][0]["infos"] == []
    jobs = [each["valid_from"] for each in items(scene, "employments")]
    assert max(jobs) == "2020-10-13"


@SLICES
def test_a_known_teachers_right_row_is_taken_behind_a_refused_one(
    scene: Scene, at_once: int
) -> None:
    assert at_once
    text = (
        f"ФИО;Школа;Дата\nСеверова Марта Олеговна;{BIRCH};17.10.2020\n"
        f"Северова Марта Олеговна;{BIRCH};13.10.2020\n"
    )
    assert stats(report(sent(scene, text))) == {"created": 1, "rejected": 1}
    assert attended(scene) == [("Северова Марта Олеговна", "2020-10-13")]


@SLICES
def test_an_employment_begins_with_the_first_accepted_day(scene: Scene, at_once: int) -> None:
    """Neither refused rows nor repeats, but rows of later slices."""
    assert at_once
    other = ground.week(scene, "Вторая неделя")
    rows = (
        ("11.10.2020", scene["$week"], "сторож"),  # outside the event
        ("16.10.2020", scene["$week"], ""),
        ("12.10.2020", scene["$week"], "вахтёр"),  # a repeat of the second
        ("14.10.2020", other, "логопед"),
    )
    text = "ФИО;Школа;Дата;Событие;Должность\n" + "".join(
        f"Новикова Вера Ильинична;{BIRCH};{day};{event};{position}\n"
        for day, event, position in rows
    )
    said = report(sent(scene, text, event_id=None, program_id=scene["$program"]))
    assert codes(said) == [(2, "outside_event_window")]
    assert stats(said) == {"created": 2, "rejected": 1, "duplicate": 1}
    assert not [each for each in said["rows"] if each["warnings"]]
    job = next(each for each in items(scene, "employments") if each["valid_from"] > "2020-05")
    assert (job["valid_from"], job["position"]) == ("2020-10-14", "логопед")


@SLICES
@pytest.mark.parametrize("count", [12, 120])
def test_the_first_right_row_is_kept_whatever_its_number(
    scene: Scene, count: int, at_once: int
) -> None:
    if at_once < runs.AT_ONCE and count > 100:
        pytest.skip("rows one by one are asked about with the short list")
    fill = "".join(
        f"Соседова {'абвгдежзиклм'[at % 12]}{'абвгдежзик'[at // 12]}на;{BIRCH};12.10.2020\n"
        for at in range(count)
    ).splitlines()
    at = 7 if count < 100 else 97  # the rows 9 and 10, or 99 and 100
    twice = [f"Северова Марта Олеговна;{BIRCH};{day}.10.2020" for day in ("13", "14")]
    text = "\n".join(("ФИО;Школа;Дата", *fill[:at], *twice, *fill[at:]))
    said = report(sent(scene, text))
    assert said["duplicates"] == [
        {"rows": [at + 2, at + 3], "kept": at + 2, "differing": ["participated_on"]}
    ]
    assert ("Северова Марта Олеговна", "2020-10-13") in attended(scene)


@SLICES
def test_a_list_of_employments_keeps_the_first_right_row(scene: Scene, at_once: int) -> None:
    assert at_once
    teacher = ground.known(scene, "Трудова Вера Ильинична", None)
    head = "Педагог;Место работы;Должность;Группа должностей;Основное место работы;Первый день;"
    rows = (
        ("учитель", "01.09.2020", "01.08.2020"),  # ends before it begins
        ("учитель", "01.09.2020", ""),
        ("учитель", "01.09.2020", ""),
    )
    text = f"{head}Последний день\n" + "".join(
        f"{teacher};{scene['$birch']};{position};teaching;да;{first};{last}\n"
        for position, first, last in rows
    )
    said = report(sent(scene, text, "employments"))
    assert stats(said) == {"rejected": 1, "created": 1, "duplicate": 1}
    assert said["duplicates"] == [{"rows": [3, 4], "kept": 3, "differing": []}]


@SLICES
def test_a_list_of_monitoring_keeps_the_first_right_row(scene: Scene, at_once: int) -> None:
    assert at_once
    ids = f"{scene['$program']};{scene['$measure']};{scene['$birch']}"
    head = "program_id;measure_id;organization_id;period_start;period_end;observed_on;state;"
    text = f"{head}value_number\n" + "".join(
        f"{ids};01.09.2020;31.10.2020;31.10.2020;{state};{value}\n"
        for state, value in (("accepted", "1"), ("draft", "2"), ("draft", "3"))
    )
    said = report(sent(scene, text, "monitoring-records"))
    assert stats(said) == {"rejected": 1, "created": 1, "duplicate": 1}
    assert [each["value_number"] for each in items(scene, "monitoring-records")] == ["2"]


@SLICES
def test_rows_of_one_record_by_its_id_are_one_change_and_its_repeats(
    scene: Scene, at_once: int
) -> None:
    assert at_once
    text = "id;phone\n" + "".join(f"{scene['$birch']};{phone}\n" for phone in ("1", "2", "3"))
    said = report(sent(scene, text, "organizations"))
    assert stats(said) == {"updated": 1, "duplicate": 2}
    found = {each["id"]: each["phone"] for each in items(scene, "organizations")}
    assert found[scene["$birch"]] == "1"


@SLICES
def test_rows_of_one_record_by_its_pair_are_one_change_and_its_repeats(
    scene: Scene, at_once: int
) -> None:
    assert at_once
    body = {"source": "tests", "source_key": scene.oktmo, "phone": "0"}
    made = scene.make(
        "organizations",
        {"municipality_id": "$municipality", "kind": "general_school", **body},
        full_name="Третья",
        short_name="Третья",
    )
    head = "source;source_key;kind;full_name;short_name;municipality_id;phone"
    text = f"{head}\n" + "".join(
        f"tests;{scene.oktmo};general_school;Третья;Третья;{scene['$municipality']};{phone}\n"
        for phone in ("1", "2")
    )
    said = report(sent(scene, text, "organizations"))
    assert stats(said) == {"updated": 1, "duplicate": 1}
    assert scene.client.get(f"/organizations/{made['id']}").json()["phone"] == "1"


@pytest.mark.long
@SLICES
def test_a_place_of_a_refused_row_takes_nobody(scene: Scene, at_once: int) -> None:
    """Whom a refused row would have put into another school is nobody's namesake."""
    assert at_once
    text = (
        f"ФИО;Школа;Дата\nДвухшкольный Олег Ильич;{MEADOW};17.10.2020\n"
        f"Двухшкольный Олег Ильич;{BIRCH};13.10.2020\n"
    )
    said = report(sent(scene, text))
    assert stats(said) == {"rejected": 1, "created": 1}
    assert codes(said) == [(2, "outside_event_window")]
    assert who_is_new(scene) == ["Двухшкольный Олег Ильич"]


@SLICES
def test_a_number_of_a_refused_row_is_nobodys(scene: Scene, at_once: int) -> None:
    assert at_once
    text = (
        f"ФИО;Школа;Дата;СНИЛС\nПервый Олег Ильич;{BIRCH};17.10.2020;{NUMBERS[0]}\n"
        f"Второй Олег Ильич;{BIRCH};13.10.2020;{NUMBERS[0]}\n"
    )
    said = report(sent(scene, text))
    assert codes(said) == [(2, "outside_event_window")]
    assert who_is_new(scene) == ["Второй Олег Ильич"]


def test_a_dry_run_tells_what_is_made_once(scene: Scene) -> None:
    text = (
        f"ФИО;Школа;Дата\nПовторова Анна Ивановна;{BIRCH};17.10.2020\n"
        f"Повторова Анна Ивановна;{BIRCH};13.10.2020\n"
    )
    said: list[dict[str, Any]] = [report(sent(scene, text, mode=each)) for each in MODES]
    for each in said:
        for name in ("id", "status", "mode"):
            each.pop(name)
        for row in each["rows"]:
            row.pop("id")
    assert said[0] == said[1]
    assert codes(said[0], "infos") == [(3, "teacher_created")]


MODES = ("dry_run", "commit")
