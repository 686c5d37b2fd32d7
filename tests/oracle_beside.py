"""What stands beside each figure, counted plainly: who is excluded, and how it is broken down."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tests.oracle import PRIORITY, SCHOOLS, Figures, Rec, State, valid
from tests.oracle_answers import all_figures
from tests.oracle_network import network_broken, network_excluded

Broken = dict[str | None, Figures]
"""By key: numerator and denominator."""

FORMS = (
    "joint_curricula",
    "common_assessment",
    "professional_development",
    "joint_councils_and_events",
    "shared_facilities",
)


def beside(
    network: Mapping[str, Any], day: date, start: date, end: date
) -> dict[str, tuple[int, Broken]]:
    """The number of excluded and the breakdown of every indicator, by its code."""
    state = State(network, day, start, end)
    inside = state.program["start_date"] <= day <= state.program["end_date"]
    figures = all_figures(state)
    excluded = _excluded(state) | network_excluded(state)
    broken = _broken(state) | network_broken(state, figures)
    return {code: (excluded.get(code, 0), broken[code]) if inside else (0, {}) for code in figures}


def _excluded(state: State) -> dict[str, int]:
    outside = _of_kinds(state) - state.population()
    cancelled = [
        each
        for each in state.events.values()
        if each["kind"] == "plan_window"
        and each["status"] == "cancelled"
        and each["window_end"] <= state.day
    ]
    designated = {key for key in state.designated(*PRIORITY) if key == state.person(key)}
    plan = ("plan_completion_share", "plan_on_time_share", "overdue_windows")
    return dict.fromkeys(plan, len(cancelled)) | {
        "org_involvement_share": len(outside),
        "org_active_involvement_share": len(outside),
        "org_involvement_share_priority": len(outside & designated),
        "teacher_coverage_share": len(_left(state)),
    }


def _of_kinds(state: State) -> set[Any]:
    kinds = SCHOOLS | ({"preschool"} if state.program["preschools_in_population"] else set())
    home = state.program["municipality_id"]
    return {
        key
        for key, each in state.organizations.items()
        if each["municipality_id"] == home and each["kind"] in kinds
    }


def _left(state: State) -> set[Any]:
    """Teachers who attended, worked here before the day, and are counted nowhere."""
    employers = state.population() | state.leaders()
    worked = {
        each["teacher_id"]
        for each in state.records("employments")
        if each["position_group"] == "teaching"
        and state.person(each["organization_id"]) in employers
        and each["valid_to"]
        and each["valid_to"] < state.day
    }
    attended = {each["teacher_id"] for each in state.attendances()}
    counted = set().union(*state.rosters().values()) | set(state.named())
    return (attended & worked) - counted


def _broken(state: State) -> dict[str, Broken]:
    population, involved, counting = state.population(), state.involved(), state.counting()
    kind = {key: str(each["kind"]) for key, each in state.organizations.items()}
    itself = {key: str(key) for key in state.organizations}
    watched = population | state.leaders()
    planned = state.planned()
    done = [each["id"] for each in planned if state.done(each)]
    in_time = [
        each["id"]
        for each in planned
        if state.done(each) and each["completed_on"] <= each["window_end"]
    ]
    direction = {each["id"]: _activity(state, each)["direction"] for each in planned}
    late = [each for each in planned if not state.done(each) and each["window_end"] < state.day]
    legal = [each["id"] for each in counting if each["act_id"] or each["agreement_no"]]
    partners = {key for each in counting for key in state.members(each, ["social_partner"])}
    used = {each["form"] for each in state.completed()}
    return {
        "org_involvement_share": _shares(population, involved, kind),
        "org_involvement_share_priority": _shares(
            population & _marks(state).keys(), involved, _marks(state)
        ),
        "org_active_involvement_share": _shares(population, involved & state.active(), itself),
        "teacher_coverage_share": _coverage(state),
        "plan_completion_share": _shares(direction, done, direction),
        "plan_on_time_share": _shares(direction, in_time, direction),
        "overdue_windows": _counts((str(each["activity_id"]), 1) for each in late),
        "legal_coverage_share": _shares(
            [each["id"] for each in counting],
            legal,
            {each["id"]: each["basis"] for each in counting},
        ),
        "social_partner_count": _counts((kind[key], 1) for key in partners),
        "form_coverage_share": {form: (int(form in used), 1) for form in FORMS},
        "leader_load": _loads(state),
        "monitoring_completeness_share": _shares(watched, watched & state.monitored(), kind),
        "effective_mode_transition_share": _transitions(state),
        "learner_participation_total": _counts(
            (each["form"], each["learner_count"])
            for each in state.completed()
            if each["learner_count"]
        ),
    }


def _shares(all_of: Iterable[Any], some: Iterable[Any], key: Mapping[Any, str]) -> Broken:
    found: dict[str | None, list[bool]] = defaultdict(list)
    counted = set(some)
    for each in all_of:
        found[key[each]].append(each in counted)
    return {name: (sum(marks), len(marks)) for name, marks in found.items()}


def _counts(pairs: Iterable[tuple[str | None, int]]) -> Broken:
    found: dict[str | None, int] = defaultdict(int)
    for key, number in pairs:
        found[key] += number
    return {key: (number, None) for key, number in found.items()}


def _marks(state: State) -> dict[Any, str]:
    low = state.designated("low_results")
    poor = state.designated("disadvantaged_conditions")
    found = dict.fromkeys(low | poor, "both")
    found |= dict.fromkeys(low - poor, "low_results_only")
    return found | dict.fromkeys(poor - low, "disadvantaged_only")


def _activity(state: State, event: Rec) -> Rec:
    return next(each for each in state.records("activities") if each["id"] == event["activity_id"])


def _coverage(state: State) -> Broken:
    attended = {each["teacher_id"] for each in state.attendances()}
    found: Broken = {
        str(where): (len(people & attended), len(people))
        for where, people in state.rosters().items()
    }
    places = list(state.named().values())
    for where, number in state.declared().items():
        counted = sum(state.person(each["organization_id"]) == where for each in places)
        found[str(where)] = (counted, max(number, counted))
    return found


def _loads(state: State) -> Broken:
    found: dict[Any, set[Any]] = defaultdict(set)
    for each in state.counting():
        for leader in state.valid_leaders(each):
            found[leader] |= state.members(each, ["supported"]) - {leader}
    return {str(leader): (len(some), None) for leader, some in found.items()}


def _transitions(state: State) -> Broken:
    home = state.program["municipality_id"]
    opened = {
        number: each
        for number, each in enumerate(state.records("designations"))
        if each["category"] in PRIORITY
        and each["organization_id"] == state.person(each["organization_id"])
        and state.organizations[each["organization_id"]]["municipality_id"] == home
        and valid(each, state.start)
    }
    left = [
        number
        for number, each in opened.items()
        if each["exit_reason"] == "effective_mode" and state.in_period(each["valid_to"])
    ]
    return _shares(opened, left, {key: str(each["category"]) for key, each in opened.items()})
