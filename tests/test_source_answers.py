"""The order's own program, which says nothing of resources: its answers, and what confirms it."""

from typing import Any

import pytest

from tests.scene import Service
from tests.test_source_program import generated, read, source

pytestmark = pytest.mark.shared_out

__all__ = ["source"]

YEAR_END = {"as_of": "2020-12-31"}
EMPTY = {
    "resource_sufficiency_share": (0, 0, "no_population"),
    "need_coverage_share": (0, 0, "no_population"),
    "property_documented_share": (0, 0, "no_population"),
    "conflicted_resources": (0, None, "ok"),
    "contract_coverage_share": (0, 0, "no_population"),
    "network_learners": (0, None, "ok"),
    "provision_coverage_share": (0, 4, "ok"),
    "result_confirmation_share": (0, 15, "ok"),
}


@pytest.fixture
def program(source: Service) -> str:
    return str(read(source, "programs", "program-2020-2021")["id"])


def ask(source: Service, program: str, door: str) -> list[dict[str, Any]]:
    answer = source.client.get(f"/programs/{program}/{door}", params=YEAR_END)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def criterion(source: Service, program: str, row: int, **subject: str) -> str:
    """A criterion of a municipal result."""
    body = {"program_id": program, "row": row, "level": "municipal", **subject}
    answer = source.client.post("/result-criteria", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.long
def test_results_are_empty_until_something_confirms_them(source: Service, program: str) -> None:
    names = ("numerator", "denominator", "value_status")
    items = ask(source, program, "indicators")
    found = {each["code"]: tuple(each[name] for name in names) for each in items}
    assert {code: found[code] for code in EMPTY} == EMPTY
    generated(source)
    made = [
        criterion(source, program, 2, kind="indicator", indicator_code=code)
        for code in ("org_involvement_share", "org_involvement_share_priority")
    ]
    made += [
        criterion(source, program, 4, kind="activity", activity_id=row["id"])
        for row in (read(source, "activities", f"row-{number}") for number in (8, 9, 10))
    ]
    results = {each["code"]: each["state"] for each in ask(source, program, "results")}
    assert (results.pop("2.municipal"), results.pop("4.municipal")) == ("confirmed", "unconfirmed")
    assert set(results.values()) == {"no_criteria"}
    share = ask(source, program, "indicators")[-1]
    assert (share["code"], share["numerator"], share["denominator"], share["value"]) == (
        *("result_confirmation_share", 1, 15, "6.67"),
    )
    told = {
        each["id"] for each in ask(source, program, "indicators/provision_coverage_share/explain")
    }
    assert told == {
        "professional_communities",
        "partnership_projects",
        "additional_time_resources",
        "contest_support",
    }
    codes = ask(source, program, "indicators/result_confirmation_share/explain")
    assert {"2.municipal", "q1"} <= {each["id"] for each in codes}
    for each in made:
        answer = source.client.delete(f"/result-criteria/{each}", headers={"If-Match": "*"})
        assert answer.status_code == 204, answer.text
