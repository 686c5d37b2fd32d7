"""What a list changed in the indicators: counted while nobody waits, and told if it is known."""

import re
from typing import Any

import pytest

from app.indicators.answer import indicators
from app.pages import drafting, figures
from tests.scene import Scene, Service
from tests.test_pages_upload import Desk, listed
from tests.waiting import until

pytestmark = pytest.mark.long

CODE = "teacher_coverage_share"
PERSON = ("Пробная Вера", "Сельская СОШ")


@pytest.fixture
def desk(service: Service, scene: Scene) -> Desk:
    """Somebody with a list of the one teacher who works in the leader's school."""
    scene.lay(["$school", "$leader", "$activity", "$program", "$teacher", "$event"])
    return Desk(service, scene)


def value(desk: Desk) -> str:
    """The indicator as the API tells it now, in the words of the page."""
    address = f"/programs/{desk.scene['$program']}/indicators"
    items = desk.scene.client.get(address).json()["items"]
    one = next(each for each in items if each["code"] == CODE)
    return f"{one['numerator']} из {one['denominator']}"


def told(desk: Desk, address: str) -> list[str]:
    """What the indicator was and is, as the page of the list says."""
    text = desk.visitor.get(address).text.replace("\xa0", " ")
    row = re.search(rf'indicators/{CODE}">.*?</tr>', text, re.DOTALL)
    return re.findall(r"\d+ из \d+", row[0]) if row else []


def employ(desk: Desk) -> None:
    """Another teacher begins to work: one more whom the indicator counts."""
    body = {"municipality_id": "$municipality", "last_name": "Новая", "first_name": "Нина"}
    teacher = desk.scene.make("teachers", body)["id"]
    work = {"teacher_id": teacher, "organization_id": "$school", "position": "учитель"}
    work |= {"position_group": "teaching", "is_main_job": True, "valid_from": "2020-09-01"}
    desk.scene.make("employments", work)


def test_nobody_waits_while_it_is_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    writing: list[bool] = []

    def seen(tx: Any, *asked: Any) -> Any:
        writing.append(tx.known is None)
        return indicators(tx, *asked)

    monkeypatch.setattr(figures, "indicators", seen)
    was = value(desk)
    done = desk.check(listed(PERSON)).press("write").headers["location"]
    assert told(desk, done) == [was, value(desk)]
    assert writing == [False, False]


def test_a_long_list_too_is_counted_outside(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "SHORT", 0)
    was = value(desk)
    address = desk.send(listed(PERSON)).headers["location"]
    button = until(lambda: 'name="write"' in desk.visitor.get(address).text)
    assert button
    page = desk.visitor.form(address)
    desk.visitor.post(address, {**page, "write": "1"})
    done = until(lambda: desk.visitor.get(address).headers.get("location"))
    assert until(lambda: told(desk, done)) == [was, value(desk)]


def test_what_others_write_before_the_list_is_not_its_effect(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, count = desk.check(listed(PERSON)), figures.before
    waited: list[str] = []

    def slow(tx: Any, *asked: Any) -> Any:
        found = count(tx, *asked)
        if not waited:
            waited.append("")
            employ(desk)
            waited[0] = value(desk)
        return found

    monkeypatch.setattr(figures, "before", slow)
    done = check.press("write").headers["location"]
    assert told(desk, done) == [waited[0], value(desk)]


def test_what_others_write_at_once_is_not_told_as_its_effect(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = desk.check(listed(PERSON))

    def told_late(database: Any, caller: Any, ended: Any) -> None:
        employ(desk)
        tell(database, caller, ended)

    tell = drafting._tell  # noqa: SLF001 - what happens after the commit
    monkeypatch.setattr(drafting, "_tell", told_late)
    done = check.press("write").headers["location"]
    assert told(desk, done) == []
    assert "Что изменил именно этот список, сказать нельзя" in desk.visitor.get(done).text
    assert desk.count("participations") == 1
