"""Records: reports to accept or to ask for, and categories to leave."""

from dataclasses import replace

from app.indicators.codes import NOT_COUNTED
from app.indicators.facts import PRIORITY
from app.indicators.network import Network
from app.indicators.rows import AcceptedRow, DesignationRow
from app.indicators.ways import changes
from app.indicators.ways.actions import Beside, Done, Question, Way, WayAction
from app.registry.designations import ExitReason
from app.registry.monitoring import MonitoringState
from app.store.rows import Id


def reports(question: Question) -> list[Way]:
    """I10: reports that wait to be accepted, then those that were begun, then the others."""
    network = question.network
    missing = [
        row.id
        for row in question.measured(network).items
        if row.outcome == NOT_COUNTED and isinstance(row.id, Id)
    ]
    order = list(WayAction)

    def wish(key: Id) -> tuple[object, ...]:
        is_priority = bool(PRIORITY & network.categories.get(key, set()))
        turn = order.index(_asking(question, key))
        return turn, not is_priority, network.facts.names.get(key) or "", key

    return [_reporting(question, key) for key in sorted(missing, key=wish)]


def _asking(question: Question, key: Id) -> WayAction:
    match question.waiting.get(key):
        case None:
            return WayAction.ASK_FOR_REPORT
        case MonitoringState.SUBMITTED:
            return WayAction.ACCEPT_REPORT
    return WayAction.REMIND_OF_REPORT


def _reporting(question: Question, key: Id) -> Way:
    def act(network: Network, _: int) -> Done:
        moment = network.moment
        new = changes.new_id("record", key)
        row = AcceptedRow(new, new, key, moment.start, moment.end, moment.day, None)
        return Done(replace(network.facts, records=[*network.facts.records, row]))

    return Way("organizations", key, _asking(question, key), "not_reported", act)


def transitions(question: Question) -> list[Way]:
    """I11: categories that last, the longest first; what ended otherwise is over."""
    network = question.network
    lasting = {
        row.id for row in question.measured(network).items if row.reason == "still_designated"
    }
    rows = [row for row in network.facts.designations if row.id in lasting]
    rows.sort(key=lambda row: (row.valid_from, network.facts.names.get(row.id) or "", row.id))
    return [_leaving(row) for row in rows]


def _leaving(designation: DesignationRow) -> Way:
    def act(network: Network, _: int) -> Done:
        left = designation._replace(
            valid_to=network.moment.end, exit_reason=ExitReason.EFFECTIVE_MODE
        )
        rows = [left if row.id == left.id else row for row in network.facts.designations]
        helping = [
            Beside("organizations", leader, load=len(supported))
            for leader, supported in sorted(network.supported.items())
            if designation.organization_id in supported
        ]
        return Done(replace(network.facts, designations=rows), tuple(helping))

    action = WayAction.REACH_EFFECTIVE_MODE
    return Way("designations", designation.id, action, "still_designated", act)
