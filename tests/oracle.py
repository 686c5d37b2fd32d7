"""The indicators once more, counted slowly and plainly from what their definition says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Rec = Mapping[str, Any]
Figures = tuple[int, int | None]

SCHOOLS = {"general_school", "additional_education"}
PRIORITY = {"low_results", "disadvantaged_conditions"}
FORMS = 5


def holds(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def valid(record: Rec, day: date) -> bool:
    return holds(day, record["valid_from"], record["valid_to"])


@dataclass
class State:
    """A network as it is asked about: the day and the period."""

    network: Mapping[str, Any]
    day: date
    start: date
    end: date

    def __post_init__(self) -> None:
        self.program: Rec = self.network["program"]
        self.organizations = {each["id"]: each for each in self.records("organizations")}
        self.events = {each["id"]: each for each in self.records("events") if self.ours(each)}

    def records(self, name: str) -> Sequence[Rec]:
        found: Sequence[Rec] = self.network[name]
        return found

    def ours(self, event: Rec) -> bool:
        homes = {each["id"]: each["program_id"] for each in self.records("activities")}
        homes |= {each["id"]: each["program_id"] for each in self.records("partnerships")}
        parents = (event["activity_id"], event["partnership_id"])
        return any(homes.get(each) == self.program["id"] for each in parents)

    def person(self, key: Any) -> Any:
        """The legal person behind an organization: a unit counts for its parent."""
        return self.organizations[key]["parent_id"] or key

    def person_or_none(self, key: Any) -> Any:
        return self.person(key) if key else None

    def in_period(self, day: date | None) -> bool:
        return day is not None and self.start <= day <= self.end

    # Organizations

    def designated(self, *categories: str) -> set[Any]:
        return {
            each["organization_id"]
            for each in self.records("designations")
            if each["category"] in categories and valid(each, self.day)
        }

    def at_home(self) -> set[Any]:
        """Organizations of the municipality, no units, open on the day."""
        return {
            key
            for key, each in self.organizations.items()
            if each["municipality_id"] == self.program["municipality_id"]
            and each["parent_id"] is None
            and holds(self.day, each["opened_on"], each["closed_on"])
        }

    def leaders(self) -> set[Any]:
        return self.at_home() & self.designated("leader")

    def population(self) -> set[Any]:
        kinds = SCHOOLS | ({"preschool"} if self.program["preschools_in_population"] else set())
        found = {key for key in self.at_home() if self.organizations[key]["kind"] in kinds}
        if self.program["leader_rule"] == "excluded":
            found -= self.designated("leader")
        return found

    # Partnerships

    def counting(self) -> list[Rec]:
        return [
            each
            for each in self.records("partnerships")
            if each["program_id"] == self.program["id"]
            and each["status"] in {"active", "ended"}
            and holds(self.day, each["start_date"], each["end_date"])
            and not any(valid(pause, self.day) for pause in each["suspensions"])
        ]

    def members(self, partnership: Rec, roles: Iterable[str]) -> set[Any]:
        return {
            self.person(each["organization_id"])
            for each in partnership["members"]
            if each["role"] in set(roles) and valid(each, self.day)
        }

    def valid_leaders(self, partnership: Rec) -> set[Any]:
        return self.members(partnership, ["leader"]) & self.designated("leader")

    def helped(self, partnership: Rec, roles: Iterable[str]) -> set[Any]:
        """Members of these roles that have another member as a valid leader."""
        leaders = self.valid_leaders(partnership)
        return {key for key in self.members(partnership, roles) if leaders - {key}}

    def involved(self) -> set[Any]:
        found: set[Any] = set()
        for each in self.counting():
            partners = ["partner"] if each["model"] in {"horizontal", "mixed"} else []
            found |= self.helped(each, ["supported", *partners])
            if self.program["leader_rule"] == "involved":
                found |= self.valid_leaders(each)
        if self.program["leader_rule"] == "in_population":
            found -= self.designated("leader")
        return found & self.population()

    def active(self) -> set[Any]:
        completed = {each["id"] for each in self.completed()}
        hosts = {each["host_id"] for each in self.completed()}
        guests = {
            self.person(each["organization_id"])
            for each in self.records("participations")
            if each["status"] == "attended" and each["event_id"] in completed
        }
        return hosts | guests

    # Events

    def completed(self) -> list[Rec]:
        return [
            each
            for each in self.events.values()
            if each["status"] != "cancelled" and self.in_period(each["completed_on"])
        ]

    def planned(self) -> list[Rec]:
        return [
            each
            for each in self.events.values()
            if each["kind"] == "plan_window"
            and each["status"] != "cancelled"
            and each["window_end"] <= self.day
        ]

    def done(self, event: Rec) -> bool:
        return event["completed_on"] is not None and event["completed_on"] <= self.day

    # Teachers

    def attendances(self) -> list[Rec]:
        return [
            each
            for each in self.records("participations")
            if each["status"] == "attended"
            and each["event_id"] in self.events
            and self.events[each["event_id"]]["status"] != "cancelled"
            and self.in_period(each["participated_on"])
        ]

    def rosters(self) -> dict[Any, set[Any]]:
        """The teachers of every organization of I2 that has a roster on the day."""
        found: dict[Any, set[Any]] = {}
        for each in self.records("employments"):
            where = self.person(each["organization_id"])
            counts = each["position_group"] == "teaching" and valid(each, self.day)
            if counts and where in self.population() | self.leaders():
                found.setdefault(where, set()).add(each["teacher_id"])
        return found

    def declared(self) -> dict[Any, int]:
        """The latest headcount of every organization of I2 without a roster."""
        found: dict[Any, int] = {}
        for each in sorted(self.records("headcounts"), key=lambda each: each["observed_on"]):
            where = each["organization_id"]
            wanted = where in (self.population() | self.leaders()) - set(self.rosters())
            if wanted and each["observed_on"] <= self.day:
                found[where] = each["teachers"]
        return found

    def named(self) -> dict[Any, Rec]:
        """The attendance that counts for each teacher off every roster, where a headcount is."""
        employed = set().union(*self.rosters().values())
        declared = self.declared()
        named: dict[Any, Rec] = {}
        for each in self.attendances():
            teacher, where = each["teacher_id"], self.person(each["organization_id"])
            if teacher in employed or where not in declared:
                continue
            best = named.get(teacher)
            if (
                best is None
                or each["participated_on"] > best["participated_on"]
                or (
                    each["participated_on"] == best["participated_on"]
                    and each["event_id"] < best["event_id"]
                )
            ):
                named[teacher] = each
        return named

    def teacher_coverage(self) -> Figures:
        employed = set().union(*self.rosters().values())
        attended = {each["teacher_id"] for each in self.attendances()}
        places = [self.person(each["organization_id"]) for each in self.named().values()]
        numerator, denominator = len(employed & attended), len(employed)
        for where, number in self.declared().items():
            counted = places.count(where)
            numerator += counted
            denominator += max(number, counted)
        return numerator, denominator

    # The first fourteen

    def monitored(self) -> set[Any]:
        return {
            each["organization_id"]
            for each in self.records("monitoring_records")
            if each["program_id"] == self.program["id"]
            and each["state"] == "accepted"
            and each["period_start"] <= self.end
            and each["period_end"] >= self.start
        }

    def transitions(self) -> Figures:
        opened = [
            each
            for each in self.records("designations")
            if each["category"] in PRIORITY
            and self.organizations[each["organization_id"]]["parent_id"] is None
            and self.organizations[each["organization_id"]]["municipality_id"]
            == self.program["municipality_id"]
            and valid(each, self.start)
        ]
        left = [
            each
            for each in opened
            if each["exit_reason"] == "effective_mode" and self.in_period(each["valid_to"])
        ]
        return len(left), len(opened)

    def figures(self) -> dict[str, Figures]:
        population, involved, counting = self.population(), self.involved(), self.counting()
        priority = population & self.designated(*PRIORITY)
        planned = self.planned()
        done = [each for each in planned if self.done(each)]
        on_time = [each for each in done if each["completed_on"] <= each["window_end"]]
        late = [each for each in planned if not self.done(each) and each["window_end"] < self.day]
        legal = [each for each in counting if each["act_id"] or each["agreement_no"]]
        partners = {key for each in counting for key in self.members(each, ["social_partner"])}
        supported = {key for each in counting for key in self.helped(each, ["supported"])}
        watched = population | self.leaders()
        return {
            "org_involvement_share": (len(involved), len(population)),
            "org_involvement_share_priority": (len(involved & priority), len(priority)),
            "org_active_involvement_share": (len(involved & self.active()), len(population)),
            "teacher_coverage_share": self.teacher_coverage(),
            "plan_completion_share": (len(done), len(planned)),
            "plan_on_time_share": (len(on_time), len(planned)),
            "overdue_windows": (len(late), None),
            "legal_coverage_share": (len(legal), len(counting)),
            "social_partner_count": (len(partners), None),
            "form_coverage_share": (
                len({each["form"] for each in self.completed()} - {None}),
                FORMS,
            ),
            "leader_load": (len(supported), None),
            "monitoring_completeness_share": (len(watched & self.monitored()), len(watched)),
            "effective_mode_transition_share": self.transitions(),
            "learner_participation_total": (
                sum(each["learner_count"] or 0 for each in self.completed()),
                None,
            ),
        }


def is_dated(state: State, key: Any) -> bool:
    """Whether an act is there and was made by the day."""
    return any(
        each["id"] == key and each["act_date"] <= state.day for each in state.records("legal_acts")
    )
