"""Merging: two cards of one person become one, for everybody who knew either of them."""

import uuid
from typing import Any

import pytest

from app.access.roles import Role
from app.model.graph import references_to
from app.registry.holders import holders
from app.registry.teachers import teachers
from tests.follower import Follower, lists, local
from tests.ground import BIRCH, NUMBERS, codes, employ, items, known, laid, sent, week
from tests.holders import Holder, issue
from tests.scene import MERGE, NOBODY, Scene, Service, problem
from tests.standing import standing
from tests.test_imports import report, stats

ONE, OTHER = "Дважды Анна Ивановна", "Двойникова Анна Ивановна"


@pytest.fixture
@standing
def scene(scene: Scene) -> Scene:
    return laid(scene)


def visit(scene: Scene, teacher: str, event: str | None = None, **more: Any) -> str:
    body = {"teacher_id": teacher, "event_id": event or scene["$week"]}
    body |= {"organization_id": "$birch", "role": "attendee", "status": "attended"}
    return str(scene.make("participations", body, participated_on="2020-10-13", **more)["id"])


def merge(scene: Scene, merged: str, into: str, **more: Any) -> Any:
    return scene.client.post(f"/teachers/{merged}/merge", json={"into_id": into}, **more)


def merged(scene: Scene, one: str, into: str, **more: Any) -> dict[str, Any]:
    answer = merge(scene, one, into, **more)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def state(scene: Scene) -> dict[str, Any]:
    return {each: items(scene, each) for each in ("teachers", "employments", "participations")}


def test_nothing_that_refers_to_a_teacher_is_left_behind() -> None:
    referring = {name for name, _ in references_to(teachers.table)}
    assert referring == {each.resource.name for each in holders(teachers)}


@pytest.mark.long
def test_two_cards_become_one(service: Service, scene: Scene) -> None:
    one, into = known(scene, ONE), known(scene, OTHER, None)
    mine, other = visit(scene, one), week(scene, "Вторая")
    theirs = [visit(scene, one, other), visit(scene, into, other)]
    job = items(scene, "employments", teacher_id=one)[0]["id"]
    follower = Follower(local(service, scene))
    follower.catch_up()
    before = state(scene)
    tried = merged(scene, one, into, params={"dry_run": "true"})
    assert state(scene) == before
    done = merged(scene, one, into)
    assert tried == done | {"dry_run": True}
    nothing: dict[str, list[str]] = {"moved": [], "dropped": []}
    assert done == {
        **{each.resource.name: nothing for each in holders(teachers)},
        "dry_run": False,
        "merged_id": one,
        "into_id": into,
        "employments": {"moved": [job], "dropped": []},
        "participations": {
            "moved": [mine],
            "dropped": [{"id": theirs[0], "kept_id": theirs[1], "taken_over": []}],
        },
        "taken_over": ["former_names"],
    }
    problem(scene.client.get(f"/teachers/{one}"), 404)
    assert {each["teacher_id"] for each in items(scene, "participations")} == {into}
    told = {(each["op"], each["id"]) for each in follower.catch_up()}
    assert told == {
        *(("upsert", each) for each in (into, job, mine)),
        *(("delete", each) for each in (one, theirs[0])),
    }
    entries = scene.client.get("/audit", params={"id": one}).json()["items"]
    assert [each["action"] for each in entries if each["action"] == "merge"]
    assert ONE.split(maxsplit=1)[0] not in str(entries)
    text = f"ФИО;Школа;Дата\n{ONE};{BIRCH};13.10.2020\n"
    said = report(sent(scene, text))
    assert (stats(said), codes(said, "infos")) == ({"unchanged": 1}, [(2, "former_name")])


def coverage(scene: Scene) -> tuple[int, int]:
    address = f"/programs/{scene['$program']}/indicators"
    found = scene.client.get(address, params={"as_of": "2021-12-31"}).json()["items"]
    share = next(each for each in found if each["code"] == "teacher_coverage_share")
    return share["numerator"], share["denominator"]


@pytest.mark.long
def test_who_was_two_is_counted_once_and_snapshots_stay(scene: Scene) -> None:
    one, into = known(scene, ONE), known(scene, OTHER)
    patch(scene, job_of(scene, one), is_main_job=False)
    for teacher in (one, into):
        visit(scene, teacher)
    body = {"as_of": "2021-12-31", "title": "Срез"}
    made = scene.client.post(f"/programs/{scene['$program']}/snapshots", json=body).json()
    address = f"/programs/{scene['$program']}/snapshots/{made['id']}/indicators"
    agreed = scene.client.get(address).content
    assert coverage(scene) == (2, 6)
    merged(scene, one, into)
    assert coverage(scene) == (1, 5)
    assert scene.client.get(address).content == agreed


def job_of(scene: Scene, teacher: str) -> str:
    return f"/employments/{items(scene, 'employments', teacher_id=teacher)[0]['id']}"


def patch(scene: Scene, path: str, **change: Any) -> None:
    headers = {"If-Match": "*", "Content-Type": MERGE}
    answer = scene.client.patch(path, json=change, headers=headers)
    assert answer.status_code == 200, answer.text


def keyed(scene: Scene, name: str, source: str = "region") -> tuple[str, str, dict[str, Any]]:
    """A teacher whom a foreign system knows: id, address and body."""
    last, first, patronymic = name.split()
    body = {"last_name": last, "first_name": first, "patronymic": patronymic}
    body |= {"municipality_id": scene["$municipality"]}
    address = f"/teachers/by-key/{source}/{uuid.uuid4().hex}"
    return scene.client.put(address, json=body).json()["id"], address, body


@pytest.mark.long
@pytest.mark.parametrize("has_own", [True, False])
def test_the_pair_of_the_merged_card_leads_to_the_other(scene: Scene, *, has_own: bool) -> None:
    one, address, body = keyed(scene, ONE)
    into = keyed(scene, OTHER, "other")[0] if has_own else known(scene, OTHER, None)
    merged(scene, one, into)
    assert scene.client.get(address).json()["id"] == into
    said = scene.client.put(address, json=body)
    assert (said.status_code, said.json()["id"]) == (200, into)
    again = scene.client.put(address, json=body)
    assert again.headers["etag"] == said.headers["etag"]
    assert said.json()["source"] == ("other" if has_own else "region")
    source, key = address.rsplit("/", 2)[1:]
    taken = scene.client.post("/teachers", json=body | {"source": source, "source_key": key})
    assert problem(taken, 409)["existing"].endswith(into)
    assert [each["id"] for each in items(scene, "teachers", q="Анна Ивановна")].count(into) == 1
    # A third merge on: the pair goes with the person.
    last = known(scene, "Трижды Анна Ивановна", None)
    merged(scene, into, last)
    assert scene.client.get(address).json()["id"] == last
    if has_own:
        # Whoever deletes a merged card by its key deletes no card of another key.
        problem(scene.client.delete(address, headers={"If-Match": "*"}), 404)
        assert scene.client.get(address).json()["id"] == last
    else:
        assert scene.client.delete(address, headers={"If-Match": "*"}).status_code == 204
        problem(scene.client.get(address), 404)
        assert scene.client.put(address, json=body).status_code == 201


def test_the_system_that_knew_the_merged_card_writes_the_other(
    service: Service, scene: Scene
) -> None:
    one, address, body = keyed(scene, ONE)
    into = keyed(scene, OTHER, "other")[0]
    merged(scene, one, into)
    scope = {"municipality_id": scene["$municipality"], "source": "region"}
    system = Holder(service.client, issue(service.database, Role.SYNC, **scope))
    said = system.request("PUT", address, json=body)
    assert (said.status_code, said.json()["id"]) == (200, into)
    strange = address.replace("/region/", "/other/")
    problem(system.request("PUT", strange, json=body), 403)
    problem(system.request("DELETE", address), 404)
    assert scene.client.get(f"/teachers/{into}").status_code == 200


@pytest.mark.parametrize("kind", ["employments", "participations"])
def test_what_a_system_sends_again_is_kept_under_its_key(
    service: Service, scene: Scene, kind: str
) -> None:
    """Of two such records the surviving card's is kept: nothing else would ever be accepted."""
    one, address, _ = keyed(scene, ONE)
    into = known(scene, OTHER)
    jobs = {"position": "учитель", "position_group": "teaching", "is_main_job": True}
    bodies: dict[str, dict[str, Any]] = {
        "employments": {**jobs, "valid_from": "2019-09-01"},
        "participations": {"event_id": scene["$week"], "role": "attendee", "status": "attended"},
    }
    body = {**bodies[kind], "organization_id": scene["$birch"]}
    if kind == "participations":
        body["participated_on"] = "2020-10-13"
        employ(scene, one, "$birch")
        kept = visit(scene, into)
    else:
        kept = job_of(scene, into).rsplit("/", 1)[1]
    scope = {"municipality_id": scene["$municipality"], "source": "region"}
    system = Holder(service.client, issue(service.database, Role.SYNC, **scope))
    follower = Follower(local(service, scene), types=[kind])
    place = f"/{kind}/by-key/region/{uuid.uuid4().hex}"
    made = system.request("PUT", place, json={**body, "teacher_id": one})
    assert made.status_code == 201, made.text
    follower.catch_up()
    (dropped,) = merged(scene, one, into)[kind]["dropped"]
    assert (dropped["id"], dropped["kept_id"]) == (made.json()["id"], kept)
    assert {"source", "source_key"} <= {*dropped["taken_over"]}
    heir = system.request("GET", address).json()["id"]
    again = system.request("PUT", place, json={**body, "teacher_id": heir})
    assert (again.status_code, again.json()["id"]) == (200, kept), again.text
    follower.catch_up()
    assert follower.records == lists(follower.holder, [kind])


@pytest.mark.long
def test_lists_with_the_pair_of_the_merged_card_mean_the_other(scene: Scene) -> None:
    one, address, _ = keyed(scene, ONE)
    into = keyed(scene, OTHER, "other")[0]
    merged(scene, one, into)
    key = address.rsplit("/", 1)[1]
    text = f"teacher_id;Школа;Дата\n{key};{BIRCH};13.10.2020\n"
    assert stats(report(sent(scene, text))) == {"created": 1}
    assert [each["teacher_id"] for each in items(scene, "participations")] == [into]
    head = "source;source_key;Фамилия;Имя;Отчество;municipality_id"
    text = f"{head}\nregion;{key};Дважды;Анна;Ивановна;{scene['$municipality']}\n"
    said = report(sent(scene, text, "teachers"))
    assert (said["rows"][0]["id"], "rejected" in stats(said)) == (into, False)


def test_numbers_go_with_the_person_and_two_are_two_people(scene: Scene) -> None:
    one = known(scene, ONE, snils=NUMBERS[0])
    into = known(scene, OTHER, None)
    assert "snils" in merged(scene, one, into)["taken_over"]
    third = known(scene, "Иная Анна Ивановна", None, snils=NUMBERS[1])
    problem(merge(scene, third, into), 422, "two_numbers", "/into_id")


@pytest.mark.shared_out
def test_two_main_jobs_are_named(scene: Scene) -> None:
    one, into = known(scene, ONE), known(scene, OTHER, "$meadow")
    jobs = [job_of(scene, each).rsplit("/", 1)[1] for each in (into, one)]
    before = state(scene)
    said = problem(merge(scene, one, into), 422, "two_main_jobs", "/into_id")
    assert all(each in said["errors"][0]["detail"] for each in jobs)
    assert state(scene) == before


def test_of_two_jobs_in_one_position_the_surviving_one_wins(scene: Scene) -> None:
    one, into = known(scene, ONE), known(scene, OTHER, None)
    kept = employ(scene, into, "$birch")
    dropped = job_of(scene, one).rsplit("/", 1)[1]
    said = merged(scene, one, into)
    told = {"id": dropped, "kept_id": kept, "taken_over": []}
    assert said["employments"] == {"moved": [], "dropped": [told]}


JOBS: dict[str, tuple[list[tuple[str, str | None]], tuple[str, str | None]]] = {
    "goes on": ([("2019-09-01", "2020-08-31")], ("2020-08-31", None)),
    "began before": ([("2020-01-01", None)], ("2018-09-01", "2020-05-31")),
    "joins two": (
        [("2018-09-01", "2019-08-31"), ("2020-06-01", "2020-12-31")],
        ("2019-05-01", "2020-09-01"),
    ),
    "lies within": ([("2018-09-01", None)], ("2019-01-01", "2019-12-31")),
}
"""Days of the surviving card's jobs, and of the merged card's job in the same position."""


@pytest.mark.parametrize("case", JOBS)
def test_no_day_of_work_is_lost(scene: Scene, case: str) -> None:
    own, other = JOBS[case]
    one, into = known(scene, ONE, None), known(scene, OTHER, None)
    for teacher, spans in ((into, own), (one, [other])):
        for first, last in spans:
            employ(scene, teacher, "$birch", valid_from=first, valid_to=last)
    before = state(scene)
    tried = merged(scene, one, into, params={"dry_run": "true"})
    assert state(scene) == before
    assert merged(scene, one, into) == tried | {"dry_run": False}
    (job,) = items(scene, "employments", teacher_id=into)
    spans = [*own, other]
    lasts = [last for _, last in spans if last]
    assert job["valid_from"] == min(first for first, _ in spans)
    assert job["valid_to"] == (max(lasts) if len(lasts) == len(spans) else None)


@pytest.mark.parametrize("is_turned", [False, True])
def test_jobs_that_join_one_after_the_other_lose_no_day(scene: Scene, *, is_turned: bool) -> None:
    """A job that was lengthened may itself be joined to an earlier one."""
    own = [("2016-09-01", "2017-08-31"), ("2018-09-01", "2019-08-31")]
    other = [("2019-06-01", "2020-05-31"), ("2017-06-01", "2018-12-31")]
    one, into = known(scene, ONE, None), known(scene, OTHER, None)
    for teacher, spans in ((into, own), (one, other[::-1] if is_turned else other)):
        for first, last in spans:
            employ(scene, teacher, "$birch", valid_from=first, valid_to=last)
    said = merged(scene, one, into)["employments"]
    (job,) = items(scene, "employments", teacher_id=into)
    assert (job["valid_from"], job["valid_to"]) == ("2016-09-01", "2020-05-31")
    assert {each["kept_id"] for each in said["dropped"]} == {job["id"]}
    assert len(said["dropped"]) == len([*own, *other]) - 1


def test_two_main_jobs_that_meet_in_days_taken_over_are_named(scene: Scene) -> None:
    one, into = known(scene, ONE, None), known(scene, OTHER, None)
    employ(scene, into, "$birch", valid_from="2018-09-01", valid_to="2019-08-31")
    employ(scene, into, "$meadow", valid_from="2019-09-01", valid_to=None)
    employ(scene, one, "$birch", valid_from="2019-08-31", valid_to=None)
    before = state(scene)
    problem(merge(scene, one, into), 422, "two_main_jobs", "/into_id")
    assert state(scene) == before


@pytest.mark.parametrize(
    ("one", "other", "left"),
    [
        ("absent", "attended", "attended"),
        ("attended", "absent", "attended"),
        ("registered", "attended", "attended"),
        ("registered", "absent", "registered"),
    ],
)
def test_who_attended_with_either_card_attended(
    scene: Scene, one: str, other: str, left: str
) -> None:
    into, card = known(scene, OTHER), known(scene, ONE, None)
    kept = visit(scene, into, status=one)
    dropped = visit(scene, card, status=other, hours="4")
    said = merged(scene, card, into)["participations"]
    (record,) = items(scene, "participations", teacher_id=into)
    assert (record["id"], record["status"]) == (kept, left)
    takes = one != left
    assert record["hours"] == ("4" if takes else None)
    assert said["dropped"] == [
        {"id": dropped, "kept_id": kept, "taken_over": ["hours", "status"] if takes else []}
    ]


@pytest.mark.long
@pytest.mark.shared_out
def test_what_cannot_be_merged_is_refused(scene: Scene) -> None:
    one, into = known(scene, ONE), known(scene, OTHER, None)
    problem(merge(scene, one, one), 422, "same_card", "/into_id")
    problem(merge(scene, one, NOBODY), 422, "unknown-reference", "/into_id")
    problem(merge(scene, NOBODY, into), 404)
    away = laid(Scene(scene.client))
    other = known(away, "Иногородняя Анна Ивановна")
    problem(merge(scene, one, other), 422, "other-municipality", "/into_id")
    stale = merge(scene, one, into, headers={"If-Match": '"7"'})
    problem(stale, 412)
    problem(merge(scene, one, into, params={"dry": "true"}), 422)
    gone = {"reason": "Отзыв согласия"}
    assert scene.client.post(f"/teachers/{into}/erasure", json=gone).status_code == 200
    problem(merge(scene, one, into), 422, "unknown-reference", "/into_id")
    problem(merge(scene, into, one), 404)
    assert merge(scene, one, known(scene, "Третья Анна Ивановна", None)).status_code == 200


def test_a_repeated_merge_has_one_effect(scene: Scene) -> None:
    one, into = known(scene, ONE), known(scene, OTHER, None)
    headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"1"'}
    first, again = (merge(scene, one, into, headers=headers) for _ in range(2))
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.long
@pytest.mark.shared_out
def test_who_may_merge_sees_no_name(service: Service, scene: Scene) -> None:
    one, into = known(scene, ONE), known(scene, OTHER, None)
    scope = {"municipality_id": scene["$municipality"]}
    for role in (Role.READER, Role.AUDITOR, Role.SYNC, Role.ORG):
        more: dict[str, Any] = {} if role == Role.AUDITOR else {**scope}
        more |= {"source": "region"} if role == Role.SYNC else {}
        more |= {"organization_id": scene["$birch"]} if role == Role.ORG else {}
        holder = Holder(service.client, issue(service.database, role, **more))
        body = {"json": {"into_id": into}}
        problem(holder.request("POST", f"/teachers/{one}/merge", **body), 403)
    away = laid(Scene(scene.client))
    other = {"municipality_id": away["$municipality"]}
    stranger = Holder(service.client, issue(service.database, Role.COORDINATOR, **other))
    problem(stranger.request("POST", f"/teachers/{one}/merge", json={"into_id": into}), 404)
    admin = Holder(service.client, issue(service.database, Role.ADMIN))
    said = admin.request("POST", f"/teachers/{one}/merge", json={"into_id": into})
    assert said.status_code == 200
    assert not any(word in said.text for name in (ONE, OTHER) for word in name.split())


@pytest.mark.long
def test_erasing_the_survivor_erases_the_merged_pair(service: Service, scene: Scene) -> None:
    one, address, body = keyed(scene, ONE)
    into = keyed(scene, OTHER, "other")[0]
    merged(scene, one, into)
    reason = {"reason": "Отзыв согласия"}
    assert scene.client.post(f"/teachers/{into}/erasure", json=reason).status_code == 200
    key = address.rsplit("/", 1)[1]
    for table in ("merged_records", "journal_entries", "teachers"):
        assert key not in everything(service, table)
    # A copy from before the merge still has the other card: it is told of too.
    told = scene.client.get(f"/teachers/{one}/access-report").json()
    assert told["destruction"]["reason"] == "Отзыв согласия"
    problem(scene.client.get(address), 404)
    assert scene.client.put(address, json=body).status_code == 201


def everything(service: Service, table: str) -> str:
    def work(tx: Any) -> str:
        return str(tx.connection.exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608 - our own names

    return service.database.read(work)
