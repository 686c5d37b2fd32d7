"""Marks: where a list has marks, whoever has none was not there; the whole list decides that."""

from typing import Any

import pytest

from app.intake import runs
from tests.scene import Scene
from tests.test_imports import errors, participations, report, stats, upload
from tests.test_rows import DAY, EMPTY, SCHOOL, Form, form, in_csv, sent

pytestmark = pytest.mark.one_database
"""What a mark means is decided before a row is kept."""

__all__ = ["form"]

HEAD = ("ФИО", "Школа", "Дата", "Присутствие")
PARTS = ("last_name", "first_name", "patronymic")
NAMES = ("Отметкина Анна Ивановна", "Пустова Инна Ивановна", "Отметкин Иван Ильич")


def marked(*marks: str, head: str = HEAD[-1]) -> list[tuple[str, ...]]:
    rows = [(name, SCHOOL, DAY, mark) for name, mark in zip(NAMES, marks, strict=False)]
    return [(*HEAD[:-1], head), *rows]


def in_text(rows: list[tuple[str, ...]]) -> str:
    return "".join(f"{';'.join(row)}\n" for row in rows)


def statuses(scene: Scene) -> list[str]:
    """How the participations stand, in the order of the list."""
    query = {"municipality_id": scene["$municipality"]}
    people = scene.client.get("/teachers", params=query).json()["items"]
    names = {each["id"]: " ".join(str(each[part]) for part in PARTS) for each in people}
    found = {names[each["teacher_id"]]: each["status"] for each in participations(scene)}
    return [found[name] for name in NAMES if name in found]


def unmarked(said: dict[str, Any]) -> list[str]:
    return [each["detail"] for each in said["infos"] if each["code"] == "unmarked_absent"]


@pytest.mark.parametrize("at_once", [runs.AT_ONCE, 1])
@pytest.mark.parametrize(
    ("marks", "found"),
    [
        (("+", "", "+"), ["attended", "absent", "attended"]),
        (("", "", "+"), ["absent", "absent", "attended"]),
        (("н", "", ""), ["absent", "absent", "absent"]),
        (("онлайн", "", "да"), ["attended", "absent", "attended"]),
    ],
)
def test_where_a_list_has_marks_an_empty_one_is_absence(
    seminar: Scene,
    form: Form,
    marks: tuple[str, ...],
    found: list[str],
    at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # However far below the first mark stands.
    monkeypatch.setattr(runs, "AT_ONCE", at_once)
    said = sent(seminar, form, marked(*marks))
    assert statuses(seminar) == found
    assert f": {marks.count('')}." in unmarked(said)[0]
    assert stats(sent(seminar, form, marked(*marks))) == {"unchanged": len(found)}


def test_a_column_of_marks_without_any_says_nothing(seminar: Scene, form: Form) -> None:
    end = [EMPTY, HEAD, ("Директор", "", "", "Иванова И.И."), ("Итого", "", "", "2")]
    said = sent(seminar, form, [*marked("", ""), *end])
    assert statuses(seminar) == ["attended", "attended"]
    assert unmarked(said) == []


def test_a_list_where_all_are_marked_says_nothing_more(seminar: Scene, form: Form) -> None:
    assert unmarked(sent(seminar, form, marked("+", "-", "+"))) == []


def test_a_dry_run_says_the_same(seminar: Scene, form: Form) -> None:
    rows = marked("+", "", "может быть")
    dry = sent(seminar, form, rows, mode="dry_run")
    done = sent(seminar, form, rows)
    assert (dry["infos"], dry["stats"]) == (done["infos"], done["stats"])
    assert errors(done) == [(4, "not_a_flag", "Присутствие")]


def test_a_column_of_statuses_is_one_of_marks(seminar: Scene, form: Form) -> None:
    sent(seminar, form, marked("записан", "участвовал", "", head="status"))
    assert statuses(seminar) == ["registered", "attended", "absent"]


@pytest.mark.parametrize("head", ["Присутствие", "Форма участия"])
@pytest.mark.parametrize(
    ("word", "mode"),
    [
        ("очно", "in_person"),
        ("дистанционно", "remote"),
        ("онлайн", "remote"),
        ("Вебинар", "remote"),
        ("ОНЛАЙН", "remote"),
    ],
)
def test_words_of_the_form_are_understood_in_both_columns(
    seminar: Scene, head: str, word: str, mode: str
) -> None:
    said = report_of(sent(seminar, in_csv, marked(word, head=head)))
    assert stats(said) == {"created": 1}
    made = participations(seminar)[0]
    assert (made["status"], made["mode"]) == ("attended", mode)


def report_of(said: dict[str, Any]) -> dict[str, Any]:
    assert errors(said) == []
    return said


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("✓", "attended"),
        ("V", "attended"),
        ("присутствует", "attended"),
        ("не был", "absent"),
        ("отсутствует", "absent"),
        ("н/б", "absent"),
        ("–", "absent"),
    ],
)
def test_marks_are_read_as_people_make_them(seminar: Scene, word: str, status: str) -> None:
    report_of(sent(seminar, in_csv, marked(word)))
    assert statuses(seminar) == [status]


@pytest.mark.parametrize("head", ["Присутствие", "Состояние"])
def test_absence_goes_back_with_a_refused_row(seminar: Scene, head: str) -> None:
    """Alone, a row without a mark would say that its person was there."""
    there = "да" if head == HEAD[-1] else "участвовал"
    rows = marked(there, "", head=head)
    rows[2] = (rows[2][0], "Такой школы нет", *rows[2][2:])
    at = {"event_id": seminar["$seminar"]}
    said = report(upload(seminar, in_text(rows), on_error="skip", **at))
    assert stats(said) == {"created": 1, "rejected": 1}
    back = seminar.client.get(f"/imports/{said['id']}/rejected").content.decode("utf-8-sig")
    mended = report(upload(seminar, back.replace("Такой школы нет", SCHOOL), **at))
    assert stats(mended) == {"created": 1}
    assert statuses(seminar) == ["attended", "absent"]
