"""Made-up resources, uses, curricula, groups, timetables, initiatives and criteria."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.drawing import (
    ABROAD,
    DAYS,
    EARLY,
    HOME,
    OTHER,
    PROGRAM,
    Draw,
    Row,
    in_order,
    key,
    numbered,
    once,
    one,
    rows,
)

Keys = Sequence[uuid.UUID]

QUANTITIES = st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(2), Decimal(3), Decimal("4.25")])
LENT = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(2), Decimal("3.75")])
LAST = one(date(2021, 8, 31), date(2021, 8, 31), date(2020, 12, 31), date(2020, 10, 16))
# A balance of 31.08.2020 counts on 31.08.2021, one of the day before does not.
OBSERVED = DAYS | one(date(2020, 8, 31), date(2020, 8, 30), date(2020, 2, 29))
CLOCKS = one("08:00", "08:45", "09:00", "09:30", "10:15")
STATUSES = one("active", "active", "ended", "draft")
PROVISIONS = (
    "professional_communities",
    "partnership_projects",
    "additional_time_resources",
    "contest_support",
)
COMPARED = (
    "org_involvement_share",
    "teacher_coverage_share",
    "plan_completion_share",
    "overdue_windows",
    "resource_sufficiency_share",
    "conflicted_resources",
    "provision_coverage_share",
)


def parts_of_program(draw: Draw) -> Row:
    """Draw targets, provisions and expected results."""
    results = rows(
        draw,
        4,
        kind=one("matrix", "matrix", "qualitative"),
        row=st.integers(1, 2),
        level=one("municipal", "learner"),
    )
    for each in results:
        if each["kind"] == "qualitative":
            each["row"] = each["level"] = None
    matrix = [each for each in results if each["kind"] == "matrix"]
    quality = [each for each in results if each["kind"] == "qualitative"]
    targets = rows(draw, 2, code=st.sampled_from(COMPARED), value=one(Decimal(0), Decimal(50)))
    return {
        "provisions": [{"code": each} for each in PROVISIONS[: draw(st.integers(0, 4))]],
        "targets": once([each | {"operator": "gte"} for each in targets], "code"),
        "expected_results": [*quality, *once(matrix, "row", "level")],
    }


def legal_acts(draw: Draw) -> list[Row]:
    return numbered(20, rows(draw, 3, least=1, act_date=DAYS))


def resource_kinds(draw: Draw, ours: Keys) -> Row:
    """Draw two types, what organizations have of them, and what they share."""
    types = numbered(
        21,
        [
            {"code": "hall", "municipality_id": None},
            {"code": draw(one("hall", "laptop")), "municipality_id": HOME},
        ],
    )
    kind = st.sampled_from([each["id"] for each in types])
    balances = rows(
        draw,
        6,
        organization_id=st.sampled_from(ours),
        resource_type_id=kind,
        observed_on=OBSERVED,
        needed=QUANTITIES,
        available=QUANTITIES,
    )
    for each in balances:
        each["offered"] = min(each["available"], Decimal(1))
    resources = rows(
        draw,
        2,
        least=1,
        organization_id=st.sampled_from(ours),
        resource_type_id=kind,
        exclusive=st.sampled_from([True, True, False]),
        valid_from=EARLY,
    )
    names = ("organization_id", "resource_type_id", "observed_on")
    return {
        "resource_types": types,
        "resource_balances": numbered(22, once(balances, *names)),
        "shared_resources": numbered(23, resources),
    }


def resource_uses(
    draw: Draw, found: Row, homes: Mapping[uuid.UUID, uuid.UUID], least: int = 0
) -> list[Row]:
    acts = one(None, *(each["id"] for each in found["legal_acts"]))
    uses = rows(
        draw,
        4,
        least=least,
        program_id=one(PROGRAM, PROGRAM, OTHER),
        resource_id=st.sampled_from([each["id"] for each in found["shared_resources"]]),
        user_id=st.sampled_from(list(homes)),
        basis=one("joint_use", "free_use", "lease"),
        act_id=acts,
        assessment_act_id=acts,
        consent_act_id=acts,
        quantity=LENT,
        status=STATUSES,
        start_date=EARLY,
        end_date=LAST,
    )
    owners = {each["id"]: each["organization_id"] for each in found["shared_resources"]}
    for each in uses:
        in_order(each, "start_date", "end_date")
        each["provider_id"] = owners[each["resource_id"]]
        each["breaks"] = breaks(draw)
    return numbered(24, once(uses, "program_id", "resource_id", "user_id", "start_date"))


def breaks(draw: Draw) -> list[Row]:
    found = rows(draw, 1, valid_from=DAYS, valid_to=DAYS) if draw(st.booleans()) else []
    return [in_order(each, "valid_from", "valid_to") for each in found]


def curricula(draw: Draw, found: Row, ours: Keys) -> list[Row]:
    acts = one(None, *(each["id"] for each in found["legal_acts"]))
    drawn = rows(
        draw,
        3,
        least=1,
        program_id=one(PROGRAM, PROGRAM, OTHER),
        kind=one("general", "additional"),
        start_date=EARLY,
        end_date=LAST,
    )
    for each in drawn:
        in_order(each, "start_date", "end_date")
        place = st.sampled_from(ours)
        bases = rows(draw, 2, least=1, role=st.just("base"), organization_id=place, act_id=acts)
        roles = one("educating", "resource_owner")
        others = rows(draw, 1, role=roles, organization_id=place, act_id=acts)
        each["parties"] = once([*others, *bases], "organization_id")
        each["components"] = []
    return numbered(25, drawn)


def groups(draw: Draw, found: Row, ours: Keys, least: int = 0) -> list[Row]:
    dates = {each["id"]: each for each in found["network_curricula"]}
    where = {"curriculum_id": st.sampled_from(list(dates)), "host_id": st.sampled_from(ours)}
    drawn = rows(draw, 3, least, **where)
    for each in drawn:
        curriculum = dates[each["curriculum_id"]]
        each |= {"start_date": curriculum["start_date"], "end_date": curriculum["end_date"]}
        number = st.integers(0, 6)
        learners = rows(
            draw, 2, organization_id=st.sampled_from(ours), requested=number, enrolled=number
        )
        each["learners"] = once(learners, "organization_id")
        each["breaks"] = breaks(draw)
    return numbered(26, drawn)


def slots(draw: Draw, found: Row, least: int = 0) -> list[Row]:
    """Draw slots inside their groups and uses."""
    holders = [*found["network_groups"], *found["resource_uses"]]
    if not holders:
        return []
    places = [each["id"] for each in found["shared_resources"]]
    resources = one(None, *places, *places)
    drawn = rows(
        draw,
        6,
        least=least,
        holder=st.sampled_from(holders),
        resource_id=resources,
        weekday=st.integers(1, 2),
        starts=CLOCKS,
        ends=CLOCKS,
        parity=one("every", "every", "odd", "even"),
    )
    kept = []
    for each in drawn:
        holder = each.pop("holder")
        in_order(each, "starts", "ends")
        is_use = "user_id" in holder
        each |= {
            "group_id": None if is_use else holder["id"],
            "use_id": holder["id"] if is_use else None,
            "organization_id": holder["provider_id"] if is_use else holder["host_id"],
            "resource_id": None if is_use else each["resource_id"],
            "valid_from": holder["start_date"],
            "valid_to": holder["end_date"],
        }
        if each["starts"] < each["ends"]:
            kept.append(each)
    names = ("group_id", "use_id", "weekday", "starts", "parity")
    return numbered(27, once(kept, *names))


def initiatives(draw: Draw, found: Row) -> Row:
    events = rows(draw, 2, event_id=st.sampled_from([each["id"] for each in found["events"]]))
    drawn = rows(
        draw,
        3,
        program_id=one(PROGRAM, PROGRAM, OTHER),
        provision=st.sampled_from(PROVISIONS) | st.just("contest_support"),
        start_date=EARLY,
        end_date=one(None, *[date(2020, 10, 16), date(2021, 3, 1)] * 2),
    )
    for each in drawn:
        in_order(each, "start_date", "end_date")
        each["events"] = once(events, "event_id") if draw(st.booleans()) else []
    drawn = numbered(28, drawn)
    places = [each["id"] for each in found["organizations"]]
    members: list[Row] = (
        rows(
            draw,
            3,
            initiative_id=st.sampled_from([each["id"] for each in drawn]),
            organization_id=st.sampled_from(places),
            valid_from=EARLY,
        )
        if drawn
        else []
    )
    return {"initiatives": drawn, "initiative_members": numbered(29, members)}


def criteria(draw: Draw, found: Row) -> list[Row]:
    """Draw criteria of results that the program may expect or not."""
    kinds: Mapping[str, st.SearchStrategy[Any]] = {
        "indicator": st.sampled_from(COMPARED),
        "measure": st.sampled_from([key(11, 0), key(11, 1)]),
        "activity": st.sampled_from([each["id"] for each in found["activities"]]),
        "document": st.sampled_from([each["id"] for each in found["legal_acts"]]),
    }
    fields = dict(
        zip(kinds, ("indicator_code", "measure_id", "activity_id", "act_id"), strict=True)
    )
    drawn = rows(
        draw,
        5,
        program_id=one(PROGRAM, PROGRAM, PROGRAM, OTHER),
        row=st.integers(1, 2),
        level=one("municipal", "learner", None),
        kind=st.sampled_from(list(kinds)),
        operator=one(None, "gte", "lte"),
        threshold=one(Decimal(0), Decimal(1), Decimal(50)),
    )
    for each in drawn:
        each.update(dict.fromkeys(fields.values()))
        each[fields[each["kind"]]] = draw(kinds[each["kind"]])
        compared = each["kind"] in {"indicator", "measure"}
        bare = each["kind"] == "indicator" and draw(st.booleans())
        if not compared or bare:
            each["operator"] = each["threshold"] = None
    return numbered(30, once(drawn, "program_id", "row", "level", *fields.values()))


def network_kinds(draw: Draw, found: Row, homes: Mapping[uuid.UUID, uuid.UUID]) -> Row:
    """Draw what stands around the organizations, partnerships, events of a network."""
    ours = [each for each, home in homes.items() if home != ABROAD]
    drawn: Row = {"legal_acts": legal_acts(draw), **resource_kinds(draw, ours)}
    drawn["resource_uses"] = resource_uses(draw, drawn, homes)
    drawn["network_curricula"] = curricula(draw, drawn, ours)
    drawn["network_groups"] = groups(draw, drawn, ours)
    drawn["schedule_slots"] = slots(draw, drawn)
    return {
        **drawn,
        **initiatives(draw, found),
        "result_criteria": criteria(draw, {**found, **drawn}),
    }


@st.composite
def crowded(draw: Draw, networks: st.SearchStrategy[Row]) -> Row:
    """Draw a network with many slots on the Mondays of one resource."""
    found: Row = draw(networks)
    homes = {each["id"]: each["municipality_id"] for each in found["organizations"]}
    ours = [key for key, home in homes.items() if home != ABROAD]
    hall = found["shared_resources"][0]
    hall["exclusive"] = draw(st.integers(0, 4)) > 0
    found["shared_resources"] = [hall]
    found["resource_uses"] = resource_uses(draw, found, homes, least=3)
    found["network_groups"] = groups(draw, found, ours, least=1)
    found["schedule_slots"] = slots(draw, found, least=5)
    for each in found["schedule_slots"]:
        each["weekday"] = 1
    return found
