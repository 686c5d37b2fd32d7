"""What the twelve kinds of the network have in a municipality of `bench.country`.

In proportion to its 16 organizations, as the demo's generator makes them: two years of balances,
a curriculum for two schools, three groups for a curriculum.
"""

from collections.abc import Mapping
from typing import Protocol

TYPES = 10
BALANCES, RESOURCES, USES, CURRICULA, GROUPS = 320, 24, 32, 8, 24
SLOTS_OF_GROUP, SLOTS_OF_USE = 6, 3
IN_GROUPS = GROUPS * SLOTS_OF_GROUP
SLOTS = IN_GROUPS + USES * SLOTS_OF_USE
FUNDING, RESULTS, CRITERIA, INITIATIVES, MEMBERS = 200, 320, 6, 16, 160
EVENTS_WITH_MARKS = 4

AMOUNTS: Mapping[str, int] = {
    "resource_balances": BALANCES,
    "shared_resources": RESOURCES,
    "resource_uses": USES,
    "network_curricula": CURRICULA,
    "network_groups": GROUPS,
    "schedule_slots": SLOTS,
    "funding_entries": FUNDING,
    "assessment_results": RESULTS,
    "result_criteria": CRITERIA,
    "initiatives": INITIATIVES,
    "initiative_members": MEMBERS,
}
"""Rows of each kind in a municipality."""

PARTS: Mapping[str, tuple[str, int]] = {
    "program_provisions": ("programs", 4),
    "program_expected_results": ("programs", 6),
    "network_curriculum_parties": ("network_curricula", 2),
    "network_curriculum_components": ("network_curricula", 3),
    "network_group_learners": ("network_groups", 1),
    "initiative_events": ("initiatives", 1),
}
"""Tables of parts: the kind that has them, and how many each record has."""


class Ids(Protocol):
    """Writes ids and flags in SQL."""

    def id(self, table: str, number: str) -> str:
        """The id of a row of a table."""

    @property
    def true(self) -> str:
        """The flag that is set."""


def rest(number: str, by: int) -> str:
    """The remainder of a division, without `%`, which drivers take for a placeholder."""
    return f"(({number}) - {by} * (({number}) / {by}))"


def inside(each: int, of: int, place: str = "n") -> str:
    """The number of a row of another table in the same municipality, in turn.

    `each` rows of this table and `of` of the other are in a municipality.
    """
    return f"(n / {each}) * {of} + {rest(place, of)}"


def _one_of(number: str, *values: str) -> str:
    """One of some texts, in turn."""
    cases = "".join(f" WHEN {at} THEN '{value}'" for at, value in enumerate(values))
    return f"CASE {rest(number, len(values))}{cases} END"


def more(some: Ids, schools: int, events: int) -> dict[str, dict[str, str]]:
    """What the rows of each kind have beside their municipality."""
    at_school = {
        name: {"organization_id": some.id("organizations", inside(each, schools))}
        for name, each in AMOUNTS.items()
    }
    of_program = {
        name: {"program_id": some.id("programs", f"n / {each}")} for name, each in AMOUNTS.items()
    }
    year = {"start_date": "'2020-09-01'", "end_date": "'2021-12-31'"}
    return {
        "resource_balances": {
            "organization_id": some.id("organizations", inside(BALANCES, schools, f"n / {TYPES}")),
            "resource_type_id": some.id("resource_types", rest("n", TYPES)),
            "observed_on": _one_of(f"n / {BALANCES // 2}", "2020-08-25", "2021-08-25"),
            "needed": "1000",
            "available": f"500 + 100 * {rest('n', 11)}",
            "offered": f"CASE {rest('n', 11)} WHEN 10 THEN 400 ELSE 0 END",
        },
        "shared_resources": at_school["shared_resources"]
        | {
            "resource_type_id": some.id("resource_types", rest("n", TYPES)),
            "exclusive": some.true,
        },
        "resource_uses": of_program["resource_uses"]
        | year
        | {
            "resource_id": some.id("shared_resources", inside(USES, RESOURCES)),
            "provider_id": some.id(
                "organizations", inside(USES, schools, rest(f"n - n / {USES} * {USES}", RESOURCES))
            ),
            "user_id": some.id("organizations", inside(USES, schools, "n + 5")),
            "status": "'active'",
            "quantity": "300",
        },
        "network_curricula": of_program["network_curricula"] | year,
        "network_groups": year
        | {
            "curriculum_id": some.id("network_curricula", f"n / {GROUPS // CURRICULA}"),
            "host_id": some.id("organizations", inside(GROUPS, schools)),
            "academic_year": "'2020/2021'",
        },
        "schedule_slots": _slots(some, schools),
        "funding_entries": of_program["funding_entries"]
        | {
            "recipient_id": some.id("organizations", inside(FUNDING, schools)),
            "entry": _one_of("n", "plan", "change", "payment", "payment", "payment", "payment"),
            "amount": "1000000",
            "year": "2021",
        },
        "assessment_results": at_school["assessment_results"]
        | {
            "event_id": some.id(
                "events",
                f"(n / {RESULTS}) * {events} + {rest('n / ' + str(schools), EVENTS_WITH_MARKS)}",
            ),
            "listed": "20",
            "mark_3": "9",
            "mark_4": "7",
        },
        "result_criteria": of_program["result_criteria"]
        | {
            "row": f"1 + {rest('n', CRITERIA)}",
            "indicator_code": "'network_learners'",
            "threshold": "100",
        },
        "initiatives": of_program["initiatives"] | {"start_date": "'2020-10-01'"},
        "initiative_members": at_school["initiative_members"]
        | {"initiative_id": some.id("initiatives", f"n / {MEMBERS // INITIATIVES}")},
    }


def _slots(some: Ids, schools: int) -> dict[str, str]:
    """Six lessons a week of each group, three hours of each use; none of them meet."""
    within = rest("n", SLOTS)
    group = f"(n / {SLOTS}) * {GROUPS} + {within} / {SLOTS_OF_GROUP}"
    use = f"(n / {SLOTS}) * {USES} + ({within} - {IN_GROUPS}) / {SLOTS_OF_USE}"
    hour = f"10 + {rest(use, 10)}"
    return {
        "organization_id": some.id("organizations", inside(SLOTS, schools)),
        "group_id": f"CASE WHEN {within} < {IN_GROUPS} THEN {some.id('network_groups', group)} END",
        "use_id": f"CASE WHEN {within} >= {IN_GROUPS} THEN {some.id('resource_uses', use)} END",
        "weekday": f"1 + {rest('n', SLOTS_OF_GROUP)}",
        "starts": f"({hour}) || ':00'",
        "ends": f"({hour}) || ':45'",
        "valid_from": "'2020-09-01'",
        "valid_to": "'2021-12-31'",
    }


def parts(some: Ids, schools: int, events: int) -> dict[str, dict[str, str]]:
    """What parts have beside their owner and their place."""
    of_curriculum = CURRICULA * PARTS["network_curriculum_parties"][1]
    party = some.id("organizations", inside(of_curriculum, schools))
    return {
        "program_provisions": {
            "code": _one_of(
                "n",
                "professional_communities",
                "partnership_projects",
                "additional_time_resources",
                "contest_support",
            )
        },
        "program_expected_results": {"row": f"1 + {rest('n', CRITERIA)}", "level": "'municipal'"},
        "network_curriculum_parties": {
            "organization_id": party,
            "role": _one_of("n", "base", "educating"),
        },
        "network_curriculum_components": {
            "no": f"1 + {rest('n', 3)}",
            "hours": "3400",
            "organization_id": some.id("organizations", f"(n / {3 * CURRICULA}) * {schools}"),
        },
        "network_group_learners": {
            "organization_id": some.id("organizations", inside(GROUPS, schools)),
            "requested": "14",
            "enrolled": "12",
        },
        "initiative_events": {
            "event_id": some.id(
                "events", f"(n / {INITIATIVES}) * {events} + {rest('n', INITIATIVES)}"
            )
        },
    }
