"""Marks that a caller does not read: nothing that the caller gets depends on them.

A caller who combines answers (periods, totals, differences, files) can compute no more than what
those answers depend on. So the marks of rows that are not shown are exchanged, and everything that
each caller gets must stay the same, but for the version of the state.
"""

import io
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from app.access.roles import Role
from app.indicators.catalogue import INDICATORS
from tests.holders import Holder, issue
from tests.scene import MERGE, Scene, Service
from tests.standing import standing
from tests.test_network_vectors import network, result, school, work

pytestmark = pytest.mark.shared_out

__all__ = ["network"]

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOORS = (
    *("quality", "results", "initiatives", "resources", "curricula", "property", "finance"),
    *("timetable", "indicators", "monitoring", "plan"),
)
KINDS_OF_FILES = ("application/json", CSV, XLSX)
DAYS = ("2020-10-19", "2020-10-20", "2020-12-31", "2021-05-20", "2021-12-31")
WHOLE = re.compile(r"\d{1,2}")


@pytest.fixture
@standing
def tested(network: Scene) -> Scene:
    """Six schools with large and with small groups at two assessments.

    Large groups are of A, L and three others; C and D have a small one each, of another work.
    """
    for name, title in (("$c", "Вахитовская"), ("$d", "Гвардейская"), ("$e", "Дубравная")):
        network.ids[name] = school(network, title)
    network.ids["$autumn"] = work(network, "2020-10-20")
    network.ids["$winter"] = work(network, "2020-12-15")
    network.ids["$spring"] = work(network, "2021-05-20")
    for event, stage in (("$autumn", "baseline"), ("$spring", "final")):
        for who, marks in (("$a", "4/4/2/1"), ("$l", "3/18/20/10"), ("$c", "3/4/5/6")):
            result(network, event, who, marks, stage=stage)
        result(network, event, "$e", "2/8/4/1", stage=stage)
    hidden = {
        "$b": ("$autumn", "baseline", 4),
        "$d": ("$autumn", "baseline", 9),
        "$c": ("$winter", "baseline", 7),
    }
    for who, (event, stage, number) in hidden.items():
        made = result(network, event, who, f"{number}/0/0/0", stage=stage)
        network.ids[f"result of {who}"] = made["id"]
    return network


def callers(service: Service, scene: Scene, *, full: bool = True) -> dict[str, Holder]:
    """Those who may ask, but do not read all marks; a few of them, or everybody."""
    home = {"municipality_id": scene["$municipality"]}
    keys = {"reader": issue(service.database, Role.READER, **home)}
    if full:
        keys["reader of the region"] = issue(service.database, Role.READER)
        keys["admin"] = issue(service.database, Role.ADMIN)
    for each in ("$a", "$b", "$c", "$d", "$e", "$l") if full else ("$a", "$b"):
        keys[each] = issue(service.database, Role.ORG, organization_id=scene[each])
    return {name: Holder(scene.client, key) for name, key in keys.items()}


NAMED = {"names": "true"}
"""With names an answer has all that it has without."""


def questions(days: Sequence[str] = DAYS) -> Iterator[dict[str, str]]:
    """Every day with every period that ends on it, or lasts a day."""
    yield {}
    for first, last, day in itertools.combinations_with_replacement(days, 3):
        if last in {day, first}:
            yield {"as_of": day, "period_start": first, "period_end": last}


def told(holder: Holder, scene: Scene, *, full: bool) -> dict[str, Any]:
    """All that a caller gets of the program: answers, differences and files."""
    home = f"/programs/{scene['$program']}"
    found: dict[str, Any] = {"files": files(holder, scene)}
    for said in questions(DAYS if full else DAYS[1:4]):
        found[f"quality {said}"] = plain(holder.get(f"{home}/quality", params=said | NAMED))
    for door, kind in itertools.product(DOORS, KINDS_OF_FILES if full else KINDS_OF_FILES[:1]):
        found[f"{door} {kind}"] = plain(holder.get(f"{home}/{door}", headers={"Accept": kind}))
    for code in INDICATORS if full else ():
        found[code] = plain(holder.get(f"{home}/indicators/{code}/explain", params=NAMED))
    between = {"from": "2020-10-19", "to": "2021-12-31"}
    found["diff"] = plain(holder.get(f"{home}/indicators/diff", params=between | NAMED))
    found["marks"] = plain(holder.get("/assessment-results", params=NAMED))
    return found


def files(holder: Holder, scene: Scene) -> list[Any]:
    """The files of quality: they go from hand to hand, so nobody's holds more than others'."""
    path = f"/programs/{scene['$program']}/quality"
    return [plain(holder.get(path, headers={"Accept": kind})) for kind in (CSV, XLSX)]


def plain(answer: Any) -> Any:
    """An answer without the version of the state and what hangs on it."""
    kind = answer.headers["content-type"].partition(";")[0]
    if answer.status_code in {403, 404, 406}:
        return answer.status_code
    assert answer.status_code == 200, answer.text
    if kind == XLSX:
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        return book.get_sheet_by_index(0).to_python()
    if kind == CSV:
        return answer.text
    body = answer.json()
    body.pop("state_version", None)
    return body


def exchange(scene: Scene, who: str, marks: str) -> None:
    """Other marks of the same number in a row."""
    names = ("mark_2", "mark_3", "mark_4", "mark_5")
    change = dict(zip(names, map(int, marks.split("/")), strict=True))
    headers = {"Content-Type": MERGE, "If-Match": "*"}
    path = f"/assessment-results/{scene[f'result of {who}']}"
    answer = scene.client.patch(path, json=change, headers=headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.long
def test_nobody_else_gets_anything_that_depends_on_hidden_marks(
    service: Service, tested: Scene, *, full: bool
) -> None:
    holders = callers(service, tested, full=full)
    written = files(Holder(tested.client, issue(service.database, Role.COORDINATOR)), tested)
    before = {name: told(holder, tested, full=full) for name, holder in holders.items()}
    hidden = [("$c", 7), ("$d", 9), ("$b", 4)]
    for some in [[each] for each in hidden] if full else [hidden]:
        for who, number in some:
            exchange(tested, who, f"0/0/{number}/0")
        owners = {who for who, _ in some}
        for name, holder in holders.items():
            after = told(holder, tested, full=full)
            changed = {each for each in after if after[each] != before[name][each]}
            assert bool(changed) == (name in owners), changed
            before[name] = after
    holder = Holder(tested.client, issue(service.database, Role.COORDINATOR))
    assert files(holder, tested) == written


@pytest.mark.long
def test_small_groups_are_in_no_total_for_anybody(tested: Scene) -> None:
    home, said = f"/programs/{tested['$program']}/quality", {"as_of": "2021-12-31"}

    def totals() -> Any:
        body = tested.client.get(home, params=said).json()
        return body["totals"], body["pairs"]

    before = totals()
    assert any(each["mean"] for each in before[0])
    exchange(tested, "$b", "0/0/4/0")
    assert totals() == before
    exchange(tested, "$d", "0/0/9/0")
    assert totals() != before


@pytest.mark.long
def test_whoever_does_not_read_rows_gets_bands_and_whole_percents(
    service: Service, tested: Scene
) -> None:
    seen = 0
    for name, holder in callers(service, tested).items():
        for said in questions(DAYS[1:4]):
            path = f"/programs/{tested['$program']}/quality"
            body = holder.get(path, params=said).json()
            own = tested[name] if name.startswith("$") else None
            rows = [each for each in body["items"] if each["organization"]["id"] != own]
            for each in rows + body["totals"]:
                seen += 1
                assert (each["n"], each["mean"]) == (None, None)
                assert each["band"] in {"10-19", "20-49", "50+"}
                is_at_edge = "edge" in each["flags"]
                for share in (each["success"], each["quality"]):
                    assert share is None or (WHOLE.fullmatch(share) and 5 <= int(share) <= 95)
                    assert (share is None) <= is_at_edge
            gaps = [each[part] for each in body["pairs"] for part in GAPS if each[part]]
            assert all(WHOLE.fullmatch(gap.lstrip("-")) for gap in gaps)
            assert bool(gaps) <= (name in {"$a", "$b", "$l"})
    assert seen


GAPS = ("baseline_gap", "final_gap", "closed")


def test_a_gap_tells_no_more_than_the_rows_that_are_shown(service: Service, tested: Scene) -> None:
    """A share near an edge is not shown, so the gap to it is not shown either."""
    member = callers(service, tested)["$b"]
    path, said = f"/programs/{tested['$program']}/quality", {"as_of": "2021-12-31"}

    def shown() -> tuple[Any, dict[tuple[str, str], Any]]:
        body = member.get(path, params=said).json()
        (pair,) = [each for each in body["pairs"] if each["supported"]["id"] == tested["$a"]]
        rows = {
            (each["organization"]["id"], each["stage"]): each["quality"] for each in body["items"]
        }
        return pair, rows

    pair, rows = shown()
    for stage in ("baseline", "final"):
        leader, supported = rows[tested["$l"], stage], rows[tested["$a"], stage]
        assert pair[f"{stage}_gap"] == str(int(leader) - int(supported))
    assert pair["closed"] == str(int(pair["baseline_gap"]) - int(pair["final_gap"]))
    query = {"organization_id": tested["$l"]}
    marks = tested.client.get("/assessment-results", params=query).json()["items"]
    (row,) = [each for each in marks if each["stage"] == "final"]
    tested.ids["result of $l"] = row["id"]
    exchange(tested, "$l", "0/0/41/10")
    pair, rows = shown()
    assert rows[tested["$l"], "final"] is None
    assert (pair["final_gap"], pair["closed"]) == (None, None)
    assert pair["baseline_gap"] is not None


@pytest.mark.parametrize("said", [{"sort": "mark_2"}, {"mark_2": "1"}, {"filter": "mark_5"}])
def test_marks_are_no_filter_and_no_sort(
    service: Service, tested: Scene, said: dict[str, str]
) -> None:
    for name, holder in callers(service, tested).items():
        answer = holder.get("/assessment-results", params=said)
        refused = {422} if name.startswith("$") else {403, 422}
        assert answer.status_code in refused, (name, answer.text)
