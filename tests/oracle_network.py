"""I13 to I20 once more, counted slowly and plainly from what network.md says of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle import Figures, Rec, State, holds, is_dated
from tests.oracle_results import expected_results, results
from tests.oracle_time import conflicts

Items = dict[Any, bool]
"""By item: whether it is counted; an indicator's denominator is their number."""

BALANCE_DAYS = 366
PUBLIC = {"education_authority", "general_school", "additional_education", "preschool"}
WITH_CONSENT = {"free_use", "lease"}

# Resources


def latest_balances(state: State) -> list[Rec]:
    """The latest balance of every organization of I10 and type, by the day."""
    found: dict[Any, Rec] = {}
    watched = state.population() | state.leaders()
    for each in sorted(state.records("resource_balances"), key=lambda each: each["observed_on"]):
        if each["organization_id"] in watched and each["observed_on"] <= state.day:
            found[each["organization_id"], each["resource_type_id"]] = each
    return list(found.values())


def is_stale(state: State, balance: Rec) -> bool:
    return bool((state.day - balance["observed_on"]).days >= BALANCE_DAYS)


def needs(state: State) -> list[Rec]:
    found = [each for each in latest_balances(state) if not is_stale(state, each)]
    return [each for each in found if each["needed"] > 0]


def stale_needs(state: State) -> list[Rec]:
    found = [each for each in latest_balances(state) if is_stale(state, each)]
    return [each for each in found if each["needed"] > 0]


def sufficiency(state: State) -> Items:
    return {each["id"]: each["available"] >= each["needed"] for each in needs(state)}


def running(record: Rec, day: date) -> bool:
    """Whether a use counts on the day, whatever became of it later."""
    days = holds(day, record["start_date"], record["end_date"])
    return record["status"] in {"active", "ended"} and days


def provided(state: State, organization: Any, kind: Any) -> Decimal:
    types = {each["id"]: each["resource_type_id"] for each in state.records("shared_resources")}
    return sum(
        (
            each["quantity"]
            for each in state.records("resource_uses")
            if running(each, state.day)
            and state.person(each["user_id"]) == organization
            and types[each["resource_id"]] == kind
        ),
        Decimal(0),
    )


def need_coverage(state: State) -> Items:
    found: Items = {}
    for each in needs(state):
        short = each["needed"] - each["available"]
        if short > 0:
            given = provided(state, each["organization_id"], each["resource_type_id"])
            found[each["id"]] = given >= short
    return found


# Property


def documented_uses(state: State) -> Items:
    return {
        each["id"]: _is_documented(state, each)
        for each in state.records("resource_uses")
        if each["program_id"] == state.program["id"] and running(each, state.day)
    }


def _is_documented(state: State, use: Rec) -> bool:
    provider = state.organizations[state.person(use["provider_id"])]
    asked = use["basis"] in WITH_CONSENT and provider["kind"] in PUBLIC
    others = (use["assessment_act_id"], use["consent_act_id"]) if asked else ()
    return all(is_dated(state, key) for key in (use["act_id"], *others))


def conflicted(state: State) -> Items:
    return {where: True for where, _ in conflicts(state)}


# Curricula, groups, provisions


def contracts(state: State) -> Items:
    return {
        each["id"]: all(
            is_dated(state, party["act_id"]) for party in each["parties"] if party["role"] == "base"
        )
        for each in state.records("network_curricula")
        if each["program_id"] == state.program["id"]
        and holds(state.day, each["start_date"], each["end_date"])
    }


def running_groups(state: State) -> list[Rec]:
    ours = {
        each["id"]
        for each in state.records("network_curricula")
        if each["program_id"] == state.program["id"]
    }
    return [
        each
        for each in state.records("network_groups")
        if each["curriculum_id"] in ours and holds(state.day, each["start_date"], each["end_date"])
    ]


def enrolled(group: Rec) -> int:
    return sum(each["enrolled"] for each in group["learners"])


def provisions(state: State) -> Items:
    codes = {each["code"] for each in state.program["provisions"]}
    return {code: any(_shows(state, each, code) for each in _ours(state)) for code in codes}


def _ours(state: State) -> list[Rec]:
    program = state.program["id"]
    return [each for each in state.records("initiatives") if each["program_id"] == program]


def _shows(state: State, initiative: Rec, code: str) -> bool:
    completed = {each["id"] for each in state.completed()}
    members = {each["initiative_id"] for each in state.records("initiative_members")}
    happened = any(each["event_id"] in completed for each in initiative["events"])
    contest = code == "contest_support" and initiative["id"] in members
    ended = contest and state.in_period(initiative["end_date"])
    return initiative["provision"] == code and (happened or ended)


# The eight


def share(items: Items) -> Figures:
    return sum(items.values()), len(items)


def network_figures(state: State, others: Mapping[str, Figures]) -> dict[str, Figures]:
    """I13 to I20; a criterion may ask for any indicator but the last."""
    found: dict[str, Figures] = {
        "resource_sufficiency_share": share(sufficiency(state)),
        "need_coverage_share": share(need_coverage(state)),
        "property_documented_share": share(documented_uses(state)),
        "conflicted_resources": (len(conflicted(state)), None),
        "contract_coverage_share": share(contracts(state)),
        "network_learners": (sum(map(enrolled, running_groups(state))), None),
        "provision_coverage_share": share(provisions(state)),
    }
    verdicts = results(state, {**others, **found})
    confirmed = [each for each in verdicts.values() if each == "confirmed"]
    return found | {"result_confirmation_share": (len(confirmed), len(verdicts))}


def network_excluded(state: State) -> dict[str, int]:
    return {"resource_sufficiency_share": len(stale_needs(state))}


def network_broken(
    state: State, others: Mapping[str, Figures]
) -> dict[str, dict[str | None, Figures]]:
    """The breakdowns of I13 to I20."""
    types = {each["id"]: each["code"] for each in state.records("resource_types")}
    balance = {
        each["id"]: types[each["resource_type_id"]] for each in state.records("resource_balances")
    }
    basis = {each["id"]: each["basis"] for each in state.records("resource_uses")}
    kind = {each["id"]: each["kind"] for each in state.records("network_curricula")}
    verdicts = results(state, others)
    level = {name: at[1] or "qualitative" for name, at in expected_results(state)}
    learners = [(str(each["curriculum_id"]), enrolled(each)) for each in running_groups(state)]
    return {
        "resource_sufficiency_share": _split(sufficiency(state), balance),
        "need_coverage_share": _split(need_coverage(state), balance),
        "property_documented_share": _split(documented_uses(state), basis),
        "conflicted_resources": {str(each): (1, None) for each in conflicted(state)},
        "contract_coverage_share": _split(contracts(state), kind),
        "network_learners": _sums(learners),
        "provision_coverage_share": {
            code: (int(counted), 1) for code, counted in provisions(state).items()
        },
        "result_confirmation_share": _split(
            {name: each == "confirmed" for name, each in verdicts.items()}, level
        ),
    }


def _split(items: Items, key: dict[Any, str]) -> dict[str | None, Figures]:
    names = {key[each] for each in items}
    return {
        name: share({each: counted for each, counted in items.items() if key[each] == name})
        for name in names
    }


def _sums(pairs: Sequence[tuple[str, int]]) -> dict[str | None, Figures]:
    return {
        name: (sum(number for other, number in pairs if other == name), None)
        for name in _names(pairs)
    }


def _names(pairs: Iterable[tuple[str, int]]) -> set[str]:
    return {name for name, number in pairs if number}
