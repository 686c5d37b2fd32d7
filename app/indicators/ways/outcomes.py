"""Outcomes: learners to enrol, provisions to carry out, results to confirm."""

from itertools import combinations, islice

from app.indicators.codes import NOT_COUNTED
from app.indicators.confirmation import states
from app.indicators.network import Network
from app.indicators.ways import changes
from app.indicators.ways.actions import Beside, Done, Question, Way, WayAction
from app.indicators.ways.criteria import Criteria
from app.network.results import Result, ResultState
from app.network.rows import CriterionRow, GroupRow
from app.registry.program_parts import ProvisionCode
from app.store.rows import Id

SHOWN = 5
TRIED = 200
"""How many lists of results are tried to find a shorter one."""


def enrolment(question: Question) -> list[Way]:
    """I18: groups by the applications that are not met; more than was asked for nobody enrols."""
    network = question.network
    day = network.moment.day
    groups = [
        row
        for row in network.facts.exchange.groups
        if row.start_date <= day <= row.end_date and _waiting(network, row.id)
    ]
    groups.sort(key=lambda row: (-_waiting(network, row.id), row.title, row.id))
    return [_enrolling(row) for row in groups]


def _waiting(network: Network, key: Id) -> int:
    rows = network.facts.exchange.learners.get(key, ())
    return sum(max(0, row.requested - row.enrolled) for row in rows)


def _enrolling(group: GroupRow) -> Way:
    def act(network: Network, gap: int) -> Done:
        rows, left = [], gap
        for row in network.facts.exchange.learners.get(group.id, ()):
            more = min(left, max(0, row.requested - row.enrolled))
            rows.append(row._replace(enrolled=row.enrolled + more))
            left -= more
        learners = {**network.facts.exchange.learners, group.id: rows}
        host = Beside("organizations", group.host_id)
        return Done(changes.exchanged(network.facts, learners=learners), (host,))

    return Way("network_groups", group.id, WayAction.ENROL_LEARNERS, "applications_left", act)


def provisions(question: Question) -> list[Way]:
    """I19: provisions that have an initiative, then those that have none yet."""
    reasons = {
        row.id: row.reason
        for row in question.measured(question.network).items
        if row.outcome == NOT_COUNTED
    }
    missing = [code for code in ProvisionCode if code.value in reasons]
    missing.sort(key=lambda code: reasons[code.value] == "no_initiative")
    return [_carrying(code, reasons[code.value]) for code in missing]


def _carrying(code: ProvisionCode, why: str) -> Way:
    def act(network: Network, _: int) -> Done:
        rows = [row for row in network.facts.exchange.initiatives if row.provision == code]
        rows.sort(key=lambda row: (row.start_date, row.title, row.id))
        first = rows[0].id if rows else None
        facts = changes.carried(network.facts, code, first, network.moment.end)
        return Done(facts, tuple(Beside("initiatives", row.id, row.title) for row in rows[:SHOWN]))

    is_begun = why == "nothing_held"
    action = WayAction.HOLD_INITIATIVE_EVENT if is_begun else WayAction.START_INITIATIVE
    return Way("provisions", code.value, action, why, act)


ORDER = (
    ResultState.PARTLY,
    ResultState.UNCONFIRMED,
    ResultState.UNMEASURED,
    ResultState.NO_CRITERIA,
)


def results(question: Question, criteria: Criteria) -> list[Way]:
    """I20: results by what they still need: the fewest criteria first, without any last."""
    found = []
    for result, state, rows in states(question.network, criteria.measuring):
        lacking = [row for row, holds in rows if not holds]
        if state != ResultState.CONFIRMED and criteria.can_meet(question.network, lacking):
            found.append((ORDER.index(state), len(lacking), result.code, result, lacking, state))
    found.sort(key=lambda each: each[:3])
    ways = [_confirming(criteria, result, rows, state) for *_, result, rows, state in found]
    return _fewest(question, _helping(question, ways))


def _confirming(
    criteria: Criteria, result: Result, lacking: list[CriterionRow], state: ResultState
) -> Way:
    def act(network: Network, _: int) -> Done:
        if state == ResultState.NO_CRITERIA:
            return Done(criteria.named(network, result))
        beside = tuple(
            Beside("result_criteria", row.id, criteria.name_of(network, row)) for row in lacking
        )
        return Done(criteria.met(network, lacking), beside)

    is_named = state != ResultState.NO_CRITERIA
    action = WayAction.MEET_CRITERIA if is_named else WayAction.NAME_CRITERION
    return Way("results", result.code, action, state.value, act)


def _lacking(question: Question, ways: tuple[Way, ...] | list[Way]) -> int:
    network = question.network
    for way in ways:
        network = Network(way.act(network, 1).facts, network.moment)
    return question.lacking(network)


def _helping(question: Question, ways: list[Way]) -> list[Way]:
    """Ways until the target is met, without those that add nothing after the ones before."""
    network, kept = question.network, []
    gap = question.lacking(network)
    for way in ways:
        after = Network(way.act(network, 1).facts, network.moment)
        left = question.lacking(after)
        if left < gap:
            network, gap = after, left
            kept.append(way)
        if not gap:
            break
    return kept


def _fewest(question: Question, ways: list[Way]) -> list[Way]:
    """A shorter list of the same ways, if there is one: what confirms one result may do for two."""
    if _lacking(question, ways):
        return ways
    lists = (some for size in range(1, len(ways)) for some in combinations(ways, size))
    return next((list(some) for some in islice(lists, TRIED) if not _lacking(question, some)), ways)
