"""What moved the network's indicators between two days, and from which record it came."""

from typing import Any

import pytest

from tests.scene import Scene

pytestmark = pytest.mark.shared_out

AROUND = {"from": "2020-08-20", "to": "2020-12-31"}


@pytest.mark.long
def test_every_change_of_the_network_has_its_cause(scene: Scene) -> None:
    """The comparison of two days failed (500) as soon as an item of the network had changed."""
    balance = {
        "organization_id": "$school",
        "resource_type_id": "$hall_type",
        "needed": "4",
        "offered": "0",
    }
    scene["$partnership"]
    was, now = {"observed_on": "2020-08-01"}, {"observed_on": "2020-09-01"}
    old = scene.make("resource_balances", {**balance, **was, "available": "4"})
    new = scene.make("resource_balances", {**balance, **now, "available": "2"})
    use = scene.make(
        "resource_uses",
        {
            "program_id": "$program",
            "resource_id": "$hall",
            "provider_id": "$leader",
            "user_id": "$school",
            "basis": "joint_use",
            "act_id": "$agreement",
            "quantity": "2",
            "status": "active",
            "start_date": "2020-09-07",
            "end_date": "2021-05-31",
        },
    )
    learners = [{"organization_id": "$school", "requested": 9, "enrolled": 9}]
    group = scene.make(
        "network_groups",
        {
            "curriculum_id": "$curriculum",
            "title": "Оптика",
            "kind": "group",
            "academic_year": "2020/2021",
            "host_id": "$leader",
            "start_date": "2020-09-01",
            "end_date": "2021-05-31",
            "learners": learners,
        },
    )
    _criterion(scene, kind="document", act_id="$contract")
    moved = _causes(scene)
    assert moved["resource_sufficiency_share"] == {
        old["id"]: ("balance_observed", new["id"]),
        new["id"]: ("balance_observed", new["id"]),
    }
    assert moved["need_coverage_share"] == {new["id"]: ("balance_observed", new["id"])}
    assert moved["property_documented_share"] == {use["id"]: ("use_started", use["id"])}
    curriculum = scene["$curriculum"]
    assert moved["contract_coverage_share"] == {curriculum: ("curriculum_started", curriculum)}
    assert moved["network_learners"] == {group["id"]: ("group_started", group["id"])}
    assert "result_confirmation_share" not in moved


def test_what_ends_or_grows_old_is_a_cause(scene: Scene) -> None:
    balance = scene.make(
        "resource_balances",
        {
            "organization_id": "$school",
            "resource_type_id": "$hall_type",
            "observed_on": "2020-06-01",
            "needed": "4",
            "available": "2",
            "offered": "0",
        },
    )
    scene["$partnership"], scene["$curriculum"]
    moved = _causes(scene, "2021-05-01", "2021-10-01")
    old = {balance["id"]: ("balance_expired", balance["id"])}
    assert moved["resource_sufficiency_share"] == moved["need_coverage_share"] == old
    curriculum = scene["$curriculum"]
    assert moved["contract_coverage_share"] == {curriculum: ("curriculum_ended", curriculum)}


@pytest.mark.long
def test_results_come_from_documents_and_contests(scene: Scene) -> None:
    scene.client.patch(
        f"/programs/{scene['$program']}",
        json={"provisions": [{"code": "contest_support", "text": "Конкурсы"}]},
        headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
    ).raise_for_status()
    scene.make(
        "initiative_members",
        {
            "initiative_id": "$initiative",
            "organization_id": "$school",
            "role": "participant",
            "valid_from": "2020-10-01",
        },
    )
    act = scene.make(
        "legal_acts",
        {
            "municipality_id": "$municipality",
            "kind": "minutes",
            "issuer_id": "$authority",
            "number": "3",
            "act_date": "2020-12-01",
            "title": "Протокол",
        },
    )
    _criterion(scene, kind="document", act_id=act["id"])
    moved = _causes(scene)
    assert moved["result_confirmation_share"] == {"1.municipal": ("act_signed", act["id"])}
    contest = ("contest_ended", scene["$initiative"])
    assert moved["provision_coverage_share"] == {"contest_support": contest}


def test_a_balance_is_named_by_its_organization_too(scene: Scene) -> None:
    """«Спортивный зал» named the balances of twenty schools alike."""
    scene["$partnership"]
    for place in ("$school", "$leader"):
        balance = {"organization_id": place, "resource_type_id": "$hall_type", "needed": "4"}
        known = {"observed_on": "2020-08-25", "available": "2", "offered": "0"}
        scene.make("resource_balances", balance | known)
    address = f"/programs/{scene['$program']}/indicators/resource_sufficiency_share/explain"
    answer = scene.client.get(address, params={"as_of": "2020-12-31"})
    names = {item["name"] for item in answer.json()["items"]}
    assert names == {"Сельская СОШ: Спортивный зал", "Ресурсная СОШ: Спортивный зал"}


def _criterion(scene: Scene, **subject: str) -> None:
    place = {"program_id": "$program", "row": 1, "level": "municipal"}
    scene.make("result_criteria", {**place, **subject})


def _causes(
    scene: Scene, first: str = AROUND["from"], last: str = AROUND["to"]
) -> dict[str, dict[str, tuple[str, str]]]:
    """By indicator and item: the cause of its change and the record that it came from."""
    address = f"/programs/{scene['$program']}/indicators/diff"
    answer = scene.client.get(address, params={"from": first, "to": last})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return {
        each["code"]: {
            change["id"]: (change["cause"], change["cause_id"]) for change in each["changes"]
        }
        for each in items
        if each["changes"]
    }
