"""Deeds: each way to a target is made true on a drawn network, as its words say."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

from tests.drawing import HOME, PROGRAM, Row
from tests.oracle import State, is_dated, valid
from tests.oracle_network import enrolled, provided

Rows = Mapping[str, Any]
NEW = count(10**6)
"""Ids of what is new."""


class Moment(NamedTuple):
    """The day and the period that a path was asked for."""

    day: date
    start: date
    end: date


Asking = Callable[[Row, str], Any]
"""Asks the service for the ways of an indicator in another network."""


def new() -> uuid.UUID:
    return uuid.UUID(int=next(NEW))


def changed(network: Row, name: str, key: Any, **columns: Any) -> Row:
    found = [each | columns if str(each["id"]) == str(key) else each for each in network[name]]
    return network | {name: found}


def added(network: Row, name: str, **columns: Any) -> Row:
    return network | {name: [*network[name], {"id": new(), "municipality_id": HOME} | columns]}


def one(network: Row, name: str, key: Any) -> Any:
    return next(each for each in network[name] if str(each["id"]) == str(key))


def made_true(network: Row, way: Rows, when: Moment, ask: Asking) -> Row:
    """The network after one way was gone."""
    key = None if way["id"] is None else way["id"]
    action = str(way["action"])
    beside = [each["id"] for each in way["with"]]
    if action in MEETING:
        return MEETING[action](network, key, beside, when, ask)
    if action in BY_NUMBER:
        return BY_NUMBER[action](network, key, way["adds"], when)
    return DEEDS[action](network, key, beside, when)


def signed(network: Row, key: Any, _: Any, __: Moment) -> Row:
    return changed(network, "partnerships", key, status="active")


def resumed(network: Row, key: Any, _: Any, when: Moment) -> Row:
    eve = when.day - timedelta(days=1)
    pauses = [
        each | {"valid_to": eve} if valid(each, when.day) else each
        for each in one(network, "partnerships", key)["suspensions"]
    ]
    left = [
        each for each in pauses if not each["valid_to"] or each["valid_from"] <= each["valid_to"]
    ]
    return changed(network, "partnerships", key, suspensions=left)


def designated(network: Row, key: Any, _: Any, when: Moment) -> Row:
    days = {"valid_from": when.day, "valid_to": None, "exit_reason": None}
    return added(
        network, "designations", organization_id=uuid.UUID(str(key)), category="leader", **days
    )


def partnered(network: Row, when: Moment, **members: Any) -> Row:
    always = {"valid_from": None, "valid_to": None}
    return added(
        network,
        "partnerships",
        program_id=PROGRAM,
        model="vertical",
        status="active",
        start_date=when.day,
        end_date=None,
        act_id=None,
        agreement_no=None,
        basis="plan",
        suspensions=[],
        members=[
            {"organization_id": uuid.UUID(str(who)), "role": role, **always}
            for role, who in members.items()
        ],
    )


def made(network: Row, key: Any, beside: list[Any], when: Moment) -> Row:
    return partnered(network, when, leader=beside[0], supported=key)


def led(network: Row, key: Any, beside: list[Any], when: Moment) -> Row:
    return partnered(
        network,
        when,
        leader=key,
        **dict.fromkeys(["supported"][: len(beside)], beside and beside[0]),
    )


def joined(network: Row, key: Any, beside: list[Any], when: Moment) -> Row:
    if not beside:
        return partnered(network, when, social_partner=key)
    member = {"organization_id": uuid.UUID(str(key)), "role": "social_partner"}
    member |= {"valid_from": None, "valid_to": None}
    members = one(network, "partnerships", beside[0])["members"]
    return changed(network, "partnerships", beside[0], members=[*members, member])


def held(network: Row, when: Moment, **columns: Any) -> Row:
    home = next(each for each in network["activities"] if each["program_id"] == PROGRAM)
    return added(
        network,
        "events",
        **{
            "activity_id": home["id"],
            "partnership_id": None,
            "kind": "held",
            "occurrence": None,
            "status": "completed",
            "host_id": None,
            "form": None,
            "learner_count": None,
            "window_start": when.end,
            "window_end": when.end,
            "completed_on": when.end,
        }
        | columns,
    )


def took_part(network: Row, key: Any, _: Any, when: Moment) -> Row:
    return held(network, when, host_id=uuid.UUID(str(key)))


def completed(network: Row, key: Any, _: Any, when: Moment) -> Row:
    return changed(network, "events", key, status="completed", completed_on=when.day)


def used(network: Row, key: Any, beside: list[Any], when: Moment) -> Row:
    if not beside:
        return held(network, when, form=key)
    return changed(network, "events", beside[0], status="completed", completed_on=when.end)


def told(network: Row, key: Any, number: int, _: Moment) -> Row:
    return changed(network, "events", key, learner_count=number)


def invited(network: Row, key: Any, number: int, when: Moment) -> Row:
    if key is None:
        return held(network, when, learner_count=number)
    done = {"status": "completed", "completed_on": when.end, "learner_count": number}
    return changed(network, "events", key, **done)


def based(network: Row, key: Any, _: Any, __: Moment) -> Row:
    return changed(network, "partnerships", key, agreement_no="17")


def taught(network: Row, key: Any, number: int, when: Moment) -> Row:
    """So many teachers of an organization attend an event."""
    where = uuid.UUID(str(key))
    state = State(network, *when)
    went = {each["teacher_id"] for each in state.attendances()}
    roster = state.rosters().get(where)
    people = [new() for _ in range(number)] if roster is None else sorted(roster - went)[:number]
    assert len(people) == number
    network = held(network, when)
    event = network["events"][-1]["id"]
    for each in people:
        network = added(
            network,
            "participations",
            teacher_id=each,
            event_id=event,
            organization_id=where,
            status="attended",
            participated_on=when.end,
        )
    return network


def reported(network: Row, key: Any, _: Any, when: Moment) -> Row:
    return recorded(network, when, uuid.UUID(str(key)), new(), None)


def recorded(network: Row, when: Moment, who: Any, measure: Any, value: Any) -> Row:
    return added(
        network,
        "monitoring_records",
        id=uuid.UUID(int=2**128 - 1 - next(NEW)),
        program_id=PROGRAM,
        measure_id=measure,
        organization_id=who,
        state="accepted",
        period_start=when.start,
        period_end=when.end,
        observed_on=when.day,
        value_number=value,
    )


def left(network: Row, key: Any, _: Any, when: Moment) -> Row:
    out = {"valid_to": when.end, "exit_reason": "effective_mode"}
    return changed(network, "designations", key, **out)


def filled(network: Row, key: Any, _: Any, __: Moment) -> Row:
    needed = one(network, "resource_balances", key)["needed"]
    return changed(network, "resource_balances", key, available=needed)


def lent(network: Row, key: Any, beside: list[Any], when: Moment) -> Row:
    need = one(network, "resource_balances", key)
    who, kind = need["organization_id"], need["resource_type_id"]
    short = need["needed"] - need["available"] - provided(State(network, *when), who, kind)
    lender = uuid.UUID(str(beside[0])) if beside else who
    network = added(
        network,
        "shared_resources",
        organization_id=lender,
        resource_type_id=kind,
        exclusive=False,
        valid_from=when.day,
    )
    return added(
        network,
        "resource_uses",
        program_id=PROGRAM,
        resource_id=network["shared_resources"][-1]["id"],
        provider_id=lender,
        user_id=who,
        basis="joint_use",
        act_id=None,
        assessment_act_id=None,
        consent_act_id=None,
        quantity=max(short, Decimal(0)),
        status="active",
        start_date=when.day,
        end_date=when.day,
        breaks=[],
    )


def documented(network: Row, key: Any, _: Any, when: Moment) -> Row:
    network = added(network, "legal_acts", act_date=when.day)
    act = network["legal_acts"][-1]["id"]
    names = ("act_id", "assessment_act_id", "consent_act_id")
    return changed(network, "resource_uses", key, **dict.fromkeys(names, act))


def contracted(network: Row, key: Any, _: Any, when: Moment) -> Row:
    network = added(network, "legal_acts", act_date=when.day)
    act = network["legal_acts"][-1]["id"]
    state = State(network, *when)
    parties = [
        each | {"act_id": act}
        if each["role"] == "base" and not is_dated(state, each["act_id"])
        else each
        for each in one(network, "network_curricula", key)["parties"]
    ]
    return changed(network, "network_curricula", key, parties=parties)


def enrolled_more(network: Row, key: Any, number: int, _: Moment) -> Row:
    group = one(network, "network_groups", key)
    goal = enrolled(group) + number
    learners = []
    for each in group["learners"]:
        more = min(number, max(0, each["requested"] - each["enrolled"]))
        learners.append(each | {"enrolled": each["enrolled"] + more})
        number -= more
    network = changed(network, "network_groups", key, learners=learners)
    assert enrolled(one(network, "network_groups", key)) == goal
    return network


def carried(network: Row, key: Any, beside: list[Any], when: Moment) -> Row:
    network = held(network, when)
    event = {"event_id": network["events"][-1]["id"]}
    if beside:
        events = one(network, "initiatives", beside[0])["events"]
        return changed(network, "initiatives", beside[0], events=[*events, event])
    return added(
        network,
        "initiatives",
        program_id=PROGRAM,
        provision=key,
        start_date=when.day,
        end_date=None,
        events=[event],
    )


def met(network: Row, _: Any, beside: list[Any], when: Moment, ask: Asking) -> Row:
    """Each criterion that a result still needs."""
    for key in beside:
        network = _met(network, one(network, "result_criteria", key), when, ask)
    return network


def _met(network: Row, criterion: Any, when: Moment, ask: Asking) -> Row:
    if criterion["kind"] == "document":
        return changed(network, "legal_acts", criterion["act_id"], act_date=when.day)
    if criterion["kind"] == "activity":
        return _with_windows(network, when, criterion["activity_id"])
    if criterion["kind"] == "measure":
        measure, value = criterion["measure_id"], criterion["threshold"]
        who = {
            each["organization_id"]
            for each in network["monitoring_records"]
            if each["measure_id"] == measure
            and each["program_id"] == PROGRAM
            and each["state"] == "accepted"
        }
        for each in who or {None}:
            network = recorded(network, when, each, measure, value)
        return network
    if criterion["operator"] == "lte":
        return _with_windows(network, when, None)
    code, threshold = criterion["indicator_code"], criterion["threshold"]
    others = [each for each in network["program"]["targets"] if each["code"] != code]
    mine = [each for each in network["program"]["targets"] if each["code"] == code]
    if threshold is not None:
        mine = [{"code": code, "operator": "gte", "value": threshold}]
    targets = network["program"] | {"targets": [*others, *mine]}
    for way in ask(network | {"program": targets}, code)["ways"]:
        network = made_true(network, way, when, ask)
    return network


def _with_windows(network: Row, when: Moment, activity: Any) -> Row:
    state = State(network, *when)
    for each in state.planned():
        if activity in {None, each["activity_id"]} and not state.done(each):
            network = completed(network, each["id"], None, when)
    return network


def named(network: Row, key: Any, _: Any, when: Moment, __: Asking) -> Row:
    network = added(network, "legal_acts", act_date=when.day)
    row, _point, level = str(key).removeprefix("q").partition(".")
    return added(
        network,
        "result_criteria",
        program_id=PROGRAM,
        row=int(row),
        level=level or None,
        kind="document",
        indicator_code=None,
        measure_id=None,
        activity_id=None,
        act_id=network["legal_acts"][-1]["id"],
        operator=None,
        threshold=None,
    )


DEEDS: dict[str, Callable[[Row, Any, list[Any], Moment], Row]] = {
    "sign_partnership": signed,
    "resume_partnership": resumed,
    "designate_leader": designated,
    "make_partnership": made,
    "lead_partnership": led,
    "take_part": took_part,
    "add_social_partner": joined,
    "add_basis": based,
    "complete_window": completed,
    "hold_event": used,
    "accept_report": reported,
    "remind_of_report": reported,
    "ask_for_report": reported,
    "reach_effective_mode": left,
    "fill_need": filled,
    "lend_resource": lent,
    "find_resource": lent,
    "add_documents": documented,
    "sign_contracts": contracted,
    "hold_initiative_event": carried,
    "start_initiative": carried,
}
BY_NUMBER: dict[str, Callable[[Row, Any, int, Moment], Row]] = {
    "cover_teachers": taught,
    "enter_learners": told,
    "invite_learners": invited,
    "enrol_learners": enrolled_more,
}
MEETING: dict[str, Callable[[Row, Any, list[Any], Moment, Asking], Row]] = {
    "meet_criteria": met,
    "name_criterion": named,
}
