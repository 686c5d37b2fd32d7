"""Reasons once more: what keeps each organization, window, use and provision from being counted."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.oracle import PRIORITY, Rec, State, is_dated, valid
from tests.oracle_network import PUBLIC, WITH_CONSENT, documented_uses, provisions

CURES = (
    "draft_partnership",
    "suspended_partnership",
    "leader_not_designated",
    "ended_partnership",
    "no_partnership",
)
"""From what is cured at once to what has to be begun anew."""


def reasons(state: State) -> dict[str, dict[str, str]]:
    """By indicator: the reason of each item that is in the denominator only."""
    lost = state.population() - state.involved()
    leaders = state.designated("leader")
    never = leaders if state.program["leader_rule"] == "in_population" else set()
    away = {
        str(key): "leader_not_counted" if key in never else _keeps_out(state, key) for key in lost
    }
    priority = {str(key) for key in state.designated(*PRIORITY)}
    windows = {
        str(each["id"]): "overdue" if each["window_end"] < state.day else "not_completed"
        for each in state.planned()
        if not state.done(each)
    }
    return {
        "org_involvement_share": away,
        "org_involvement_share_priority": {
            key: why for key, why in away.items() if key in priority
        },
        "plan_completion_share": windows,
        "property_documented_share": {
            str(each["id"]): _lacks(state, each)
            for each in state.records("resource_uses")
            if documented_uses(state).get(each["id"]) is False
        },
        "provision_coverage_share": {
            code: "nothing_held" if code in _begun(state) else "no_initiative"
            for code, is_shown in provisions(state).items()
            if not is_shown
        },
        "effective_mode_transition_share": dict(_remaining(state)),
    }


def _keeps_out(state: State, key: Any) -> str:
    found = ["no_partnership"]
    for each in state.records("partnerships"):
        if each["program_id"] != state.program["id"] or each["start_date"] > state.day:
            continue
        here = [row for row in each["members"] if (row["valid_from"] or state.day) <= state.day]
        own = [row for row in here if state.person(row["organization_id"]) == key]
        helping = [
            state.person(row["organization_id"])
            for row in here
            if row["role"] == "leader" and state.person(row["organization_id"]) != key
        ]
        roles = {"supported"} if each["model"] == "vertical" else {"supported", "partner"}
        helped = [row for row in own if row["role"] in roles]
        if helped and helping:
            found.append(_hurdle(state, each, helped, state.valid_leaders(each) - {key}))
        leading = [row for row in own if row["role"] == "leader"]
        if leading and state.program["leader_rule"] == "involved":
            found.append(_hurdle(state, each, leading, {key} & state.designated("leader")))
    return min((why for why in found if why), key=CURES.index)


def _hurdle(state: State, partnership: Rec, own: list[Rec], leaders: set[Any]) -> str:
    """What is between a member and its leaders: of several things the gravest."""
    day, last = state.day, partnership["end_date"] or date.max
    if last < day or all((row["valid_to"] or date.max) < day for row in own):
        return "ended_partnership"
    if not leaders:
        return "leader_not_designated"
    if any(valid(pause, day) for pause in partnership["suspensions"]):
        return "suspended_partnership"
    return "draft_partnership" if partnership["status"] == "draft" else ""


def _lacks(state: State, use: Rec) -> str:
    provider = state.organizations[state.person(use["provider_id"])]
    names = ["act_id"]
    if use["basis"] in WITH_CONSENT and provider["kind"] in PUBLIC:
        names += ["assessment_act_id", "consent_act_id"]
    lacking = [name for name in names if not is_dated(state, use[name])]
    if len(lacking) > 1:
        return "documents_missing"
    told = {"act_id": "basis", "assessment_act_id": "assessment", "consent_act_id": "consent"}
    return f"{told[lacking[0]]}_missing"


def _begun(state: State) -> set[str]:
    program = state.program["id"]
    return {
        each["provision"] for each in state.records("initiatives") if each["program_id"] == program
    }


def _remaining(state: State) -> Iterator[tuple[str, str]]:
    for each in state.records("designations"):
        home = state.organizations[each["organization_id"]]["municipality_id"]
        if (
            each["category"] in PRIORITY
            and home == state.program["municipality_id"]
            and state.person(each["organization_id"]) == each["organization_id"]
            and valid(each, state.start)
        ):
            if not state.in_period(each["valid_to"]):
                yield str(each["id"]), "still_designated"
            elif each["exit_reason"] != "effective_mode":
                yield str(each["id"]), "left_otherwise"
