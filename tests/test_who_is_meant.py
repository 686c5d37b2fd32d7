"""Who is meant: by key, by СНИЛС, by a name inside the organization; nobody else is credited."""

from typing import Any

import pytest

from app.intake import runs
from tests import ground
from tests.ground import (
    BIRCH,
    MEADOW,
    NAMED,
    NUMBERS,
    attended,
    codes,
    employ,
    items,
    known,
    laid,
    sent,
)
from tests.scene import Scene
from tests.standing import standing
from tests.test_imports import report, stats

pytestmark = pytest.mark.shared_out

SLICES = pytest.mark.parametrize("at_once", [runs.AT_ONCE, 1])
OWNER = "Владельцева Анна Ивановна"


@pytest.fixture
@standing
def scene(scene: Scene) -> Scene:
    return laid(scene)


@pytest.fixture(autouse=True)
def sliced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """However far from one another the rows stand."""
    if "at_once" in request.fixturenames:
        monkeypatch.setattr(runs, "AT_ONCE", request.getfixturevalue("at_once"))


def rows(*said: tuple[str, ...], head: str = "ФИО;Школа;СНИЛС") -> str:
    """A list of the first day of the week."""
    return "".join(f"{';'.join(each)}\n" for each in ((f"{head};Дата",), *_dated(said)))


def _dated(said: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    return [(*each, "13.10.2020") for each in said]


def who(scene: Scene) -> list[str]:
    """Who took part, by name."""
    return [name for name, _ in attended(scene)]


def others(scene: Scene) -> list[str]:
    return [name for name in ground.names(scene) if name not in NAMED]


def numbered(scene: Scene, name: str, number: str, place: str = "$birch") -> str:
    """A teacher whose СНИЛС is known."""
    return known(scene, name, place, snils=number)


@SLICES
@pytest.mark.parametrize(
    "other", ["Посторонний Иван Ильич", "Владельцева Вера Ивановна", "Владельцева Анна Петровна"]
)
def test_a_number_of_one_and_the_name_of_another_are_told(
    scene: Scene, other: str, at_once: int
) -> None:
    assert at_once
    first = report(sent(scene, rows((OWNER, BIRCH, NUMBERS[0]))))
    assert stats(first) == {"created": 1}
    said = report(sent(scene, rows((other, BIRCH, NUMBERS[0]))))
    assert codes(said) == [(2, "snils_of_another")]
    assert said["rows"][0]["candidates"] == []
    assert "Владельцева" not in str(said)
    assert who(scene) == [OWNER]


@SLICES
def test_a_number_of_one_and_the_name_of_another_in_one_list_are_told(
    scene: Scene, at_once: int
) -> None:
    assert at_once
    text = rows((OWNER, BIRCH, NUMBERS[0]), ("Посторонний Иван Ильич", BIRCH, NUMBERS[0]))
    said = report(sent(scene, text))
    assert (stats(said), codes(said)) == (
        {"created": 1, "rejected": 1},
        [(3, "snils_of_another")],
    )
    assert others(scene) == [OWNER]


@pytest.mark.parametrize("name", [OWNER, "владельцева анна", "ВЛАДЕЛЬЦЕВА Анна Ивановна"])
@pytest.mark.parametrize("place", [BIRCH, MEADOW])
def test_a_number_with_its_owners_name_is_certain(scene: Scene, name: str, place: str) -> None:
    owner = numbered(scene, OWNER, NUMBERS[0])
    said = report(sent(scene, rows((name, place, NUMBERS[0].replace(" ", "-")))))
    assert stats(said) == {"created": 1}
    assert [each["teacher_id"] for each in items(scene, "participations")] == [owner]


@pytest.mark.parametrize("collection", ["employments", "teachers"])
def test_every_list_with_number_and_name_compares_them(scene: Scene, collection: str) -> None:
    numbered(scene, OWNER, NUMBERS[0])
    before = ground.names(scene)
    if collection == "teachers":
        text = f"Фамилия;Имя;Отчество;СНИЛС;municipality_id\nПосторонний;Иван;Ильич;{NUMBERS[0]};"
        text += f"{scene['$municipality']}\n"
    else:
        text = "ФИО;СНИЛС;Место работы;Группа должностей;Основное место работы;Первый день\n"
        text += f"Посторонний Иван Ильич;{NUMBERS[0]};{scene['$birch']};teaching;нет;01.09.2020\n"
    jobs = len(items(scene, "employments"))
    said = report(sent(scene, text, collection))
    assert codes(said) == [(2, "snils_of_another")]
    assert ground.names(scene) == before
    assert len(items(scene, "employments")) == jobs


def test_a_key_and_the_number_of_another_are_told(scene: Scene) -> None:
    numbered(scene, OWNER, NUMBERS[0])
    key = known(scene, "Ключевой Пётр Ильич")
    head = "teacher_id;Школа;СНИЛС"
    said = report(sent(scene, rows((key, BIRCH, NUMBERS[0]), head=head)))
    assert codes(said) == [(2, "snils_of_another")]
    assert attended(scene) == []


@SLICES
def test_two_namesakes_with_two_numbers_are_two_people(scene: Scene, at_once: int) -> None:
    assert at_once
    numbered(scene, OWNER, NUMBERS[0])
    text = rows((OWNER, BIRCH, NUMBERS[0]), (OWNER, BIRCH, NUMBERS[1]), (OWNER, BIRCH, NUMBERS[2]))
    assert stats(report(sent(scene, text))) == {"created": 3}
    assert others(scene) == [OWNER] * 3
    assert stats(report(sent(scene, text))) == {"unchanged": 3}


def test_a_name_without_number_fits_none_of_two_newcomers(scene: Scene) -> None:
    text = rows((OWNER, BIRCH, NUMBERS[0]), (OWNER, BIRCH, NUMBERS[1]), (OWNER, BIRCH, ""))
    said = report(sent(scene, text))
    assert codes(said) == [(4, "ambiguous_teacher")]
    assert others(scene) == [OWNER] * 2


@SLICES
def test_a_number_that_nobody_has_is_not_stored_by_participants(scene: Scene, at_once: int) -> None:
    assert at_once
    teacher = known(scene, OWNER)
    said = report(sent(scene, rows((OWNER, BIRCH, NUMBERS[0]))))
    assert codes(said, "warnings") == [(2, "snils_not_confirmed")]
    assert [each["teacher_id"] for each in items(scene, "participations")] == [teacher]
    # The number is still nobody's.
    numbered(scene, "Посторонний Иван Ильич", NUMBERS[0])


@SLICES
def test_two_numbers_for_one_card_are_not_both_believed(scene: Scene, at_once: int) -> None:
    assert at_once
    known(scene, OWNER)
    other = ground.week(scene, "Вторая неделя")
    head = "ФИО;Школа;СНИЛС;Событие"
    text = rows(
        (OWNER, BIRCH, NUMBERS[0], scene["$week"]),
        (OWNER, BIRCH, NUMBERS[1], scene["$week"]),
        (OWNER, BIRCH, NUMBERS[1], other),
        head=head,
    )
    said = report(sent(scene, text, event_id=None, program_id=scene["$program"]))
    assert stats(said)["created"] == 1
    assert (4, "ambiguous_teacher") in codes(said)
    assert others(scene) == [OWNER]


def roll(scene: Scene, *said: tuple[str, str]) -> str:
    """A list of teachers with their numbers."""
    home = scene["$municipality"]
    lines = [f"{';'.join(name.split())};{number};{home}" for name, number in said]
    return "\n".join(("Фамилия;Имя;Отчество;СНИЛС;municipality_id", *lines)) + "\n"


@SLICES
def test_a_list_of_teachers_stores_the_number(scene: Scene, at_once: int) -> None:
    assert at_once
    teacher = known(scene, OWNER)
    said = report(sent(scene, roll(scene, (OWNER, NUMBERS[0])), "teachers"))
    assert stats(said) == {"updated": 1}
    assert codes(said, "warnings") == [(2, "snils_not_confirmed")]
    assert said["rows"][0]["id"] == teacher
    text = rows((OWNER, MEADOW, NUMBERS[0]))
    assert stats(report(sent(scene, text))) == {"created": 1}


@pytest.mark.long
@SLICES
def test_a_list_of_teachers_makes_one_card_of_five_spellings(scene: Scene, at_once: int) -> None:
    assert at_once
    spelt = [(each, "") for each in SPELLINGS]
    said = report(sent(scene, roll(scene, *spelt), "teachers"))
    assert stats(said) == {"created": 1, "duplicate": 4}
    assert others(scene) == ["Ёлкина-Белова Алёна Фёдоровна"]
    again = report(sent(scene, roll(scene, *spelt), "teachers"))
    assert stats(again) == {"unchanged": 1, "duplicate": 4}


@SLICES
def test_a_list_of_teachers_tells_namesakes_by_their_numbers(scene: Scene, at_once: int) -> None:
    assert at_once
    text = roll(scene, (OWNER, NUMBERS[0]), (OWNER, NUMBERS[1]))
    assert stats(report(sent(scene, text, "teachers"))) == {"created": 2}
    assert stats(report(sent(scene, text, "teachers"))) == {"unchanged": 2}
    bare = report(sent(scene, roll(scene, (OWNER, "")), "teachers"))
    assert codes(bare) == [(2, "ambiguous_teacher")]
    assert len(bare["rows"][0]["candidates"]) == 2


SPELLINGS = (
    "Ёлкина-Белова Алёна Фёдоровна",
    "Елкина-Белова Алена Федоровна",
    "ЁЛКИНА-БЕЛОВА Алёна ФЁДОРОВНА",
    "Ёлкина–Белова Aлёна Фёдоровна",  # a dash, and a Latin A
    "ёлкина-белова  алёна фёдоровна",
)


@pytest.mark.long
@SLICES
def test_five_spellings_move_no_indicator(scene: Scene, at_once: int) -> None:
    assert at_once
    whole = [coverage(scene)]
    for place, more in ((BIRCH, ""), (BIRCH, "")):
        text = "ФИО;Школа;Дата\n" + "".join(
            f"{name}{more};{place};1{at + 2}.10.2020\n" for at, name in enumerate(SPELLINGS)
        )
        said = report(sent(scene, text))
        assert stats(said)["duplicate"] == 4
        whole.append(coverage(scene))
    bare = f"ФИО;Школа;Дата\nЁлкина-Белова Алёна;{BIRCH};13.10.2020\n"
    assert stats(report(sent(scene, bare))) == {"updated": 1}
    whole.append(coverage(scene))
    assert whole == [(0, 4), (1, 5), (1, 5), (1, 5)]


def coverage(scene: Scene) -> tuple[int, int]:
    """How many of how many teachers took part."""
    address = f"/programs/{scene['$program']}/indicators"
    found = scene.client.get(address, params={"as_of": "2021-12-31"}).json()["items"]
    share = next(each for each in found if each["code"] == "teacher_coverage_share")
    return share["numerator"], share["denominator"]


@SLICES
def test_a_namesake_elsewhere_is_never_credited(scene: Scene, at_once: int) -> None:
    assert at_once
    text = rows((NAMED[0], MEADOW, ""))
    for mode in ("dry_run", "commit"):
        said = report(sent(scene, text, mode=mode))
        assert codes(said) == [(2, "namesake_elsewhere")]
        assert len(said["rows"][0]["candidates"]) == 1
        hint = said["rows"][0]["errors"][0]["hint"]
        assert all(each in hint for each in ("СНИЛС", "место работы", "namesakes=new"))
    assert attended(scene) == []
    assert stats(report(sent(scene, text, namesakes="new"))) == {"created": 1}
    assert ground.names(scene).count(NAMED[0]) == 2
    # Now the name is known here, and there.
    assert stats(report(sent(scene, text))) == {"unchanged": 1}


def test_who_works_nowhere_is_asked_about_too(scene: Scene) -> None:
    teacher = known(scene, "Безместный Иван Ильич", None)
    said = report(sent(scene, rows(("Безместный Иван Ильич", BIRCH, ""))))
    assert codes(said) == [(2, "namesake_elsewhere")]
    assert said["rows"][0]["candidates"] == [{"id": teacher}]


@SLICES
def test_one_new_name_at_two_schools_is_asked_about(scene: Scene, at_once: int) -> None:
    assert at_once
    text = rows(("Двухшкольный Олег Ильич", BIRCH, ""), ("Двухшкольный Олег Ильич", MEADOW, ""))
    said: list[dict[str, Any]] = [report(sent(scene, text, mode=each)) for each in MODES]
    for each in said:
        assert codes(each) == [(3, "namesake_elsewhere")]
        assert each["rows"][-1]["candidates"] == []
    assert others(scene) == ["Двухшкольный Олег Ильич"]
    assert stats(report(sent(scene, text, namesakes="new"))) == {"created": 1, "unchanged": 1}
    assert others(scene) == ["Двухшкольный Олег Ильич"] * 2


MODES = ("dry_run", "commit")


def test_a_unit_and_its_legal_person_are_one_place(scene: Scene) -> None:
    body = {"municipality_id": "$municipality", "kind": "preschool", "parent_id": "$birch"}
    scene.make("organizations", body, full_name="Детский сад «Ёлочка»", short_name="Ёлочка")
    text = rows((NAMED[0], "Детский сад «Ёлочка»", ""))
    said = report(sent(scene, text))
    assert (stats(said), codes(said, "warnings")) == ({"created": 1}, [])
    assert others(scene) == []


@SLICES
def test_a_list_of_employments_gives_the_jobless_their_first_job_only(
    scene: Scene, at_once: int
) -> None:
    assert at_once
    teacher = known(scene, "Безместный Иван Ильич", None)
    head = "ФИО;Место работы;Должность;Группа должностей;Основное место работы;Первый день"
    text = f"{head}\n" + "".join(
        f"Безместный Иван Ильич;{place};учитель;teaching;{main};01.09.2020\n"
        for place, main in ((scene["$birch"], "да"), (scene["$meadow"], "нет"))
    )
    said = report(sent(scene, text, "employments"))
    assert codes(said) == [(3, "namesake_elsewhere")]
    jobs = items(scene, "employments", teacher_id=teacher)
    assert [each["organization_id"] for each in jobs] == [scene["$birch"]]


def test_a_list_of_employments_takes_nobodys_namesake(scene: Scene) -> None:
    head = "ФИО;Место работы;Должность;Группа должностей;Основное место работы;Первый день"
    text = f"{head}\n{NAMED[0]};{scene['$meadow']};учитель;teaching;нет;01.09.2020\n"
    said = report(sent(scene, text, "employments"))
    assert codes(said) == [(2, "namesake_elsewhere")]
    assert len(said["rows"][0]["candidates"]) == 1


def test_another_job_makes_a_name_known_there(scene: Scene) -> None:
    teacher = known(scene, "Двойнов Иван Ильич")
    employ(scene, teacher, "$meadow", is_main_job=False)
    for place in (BIRCH, MEADOW):
        assert "rejected" not in stats(report(sent(scene, rows((OTHER, place, "")))))
    assert [each["teacher_id"] for each in items(scene, "participations")] == [teacher]


OTHER = "Двойнов Иван Ильич"


@SLICES
def test_a_name_with_and_without_patronymic_is_one_newcomer(scene: Scene, at_once: int) -> None:
    assert at_once
    text = rows(("Полная Вера Ильинична", BIRCH, ""), ("Полная Вера", BIRCH, ""))
    said = report(sent(scene, text))
    assert stats(said) == {"created": 1, "duplicate": 1}
    assert others(scene) == ["Полная Вера Ильинична"]
