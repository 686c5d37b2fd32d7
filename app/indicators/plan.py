"""Plan: which windows were due, completed and overdue, and how many learners took part."""

from collections import defaultdict
from datetime import date

from app.indicators.codes import COUNTED, EXCLUDED, NOT_COUNTED
from app.indicators.documents import BreakdownEntry
from app.indicators.network import Item, Measure, Network
from app.indicators.rows import EventRow
from app.indicators.shares import entry
from app.registry.events import EventKind, EventStatus
from app.registry.interaction import InteractionForm


def plan_completion(network: Network) -> Measure:
    """I3: of the windows due by the day, those completed by it."""
    return Measure([_done(network, row) for row in _due(network)])


def plan_on_time(network: Network) -> Measure:
    """I4: of the windows due by the day, those completed within their window."""
    items = []
    for row in _due(network):
        item = _done(network, row)
        if item.outcome == COUNTED:
            in_time = is_by(row.completed_on, row.window_end)
            outcome = (COUNTED, "completed_on_time") if in_time else (NOT_COUNTED, "completed_late")
            item = Item("events", row.id, *outcome, group=item.group)
        items.append(item)
    return Measure(items)


def overdue_windows(network: Network) -> Measure:
    """I5: windows that ended before the day and were not completed by it."""
    day = network.moment.day
    items, late = [], defaultdict(list)
    for row in _due(network):
        item = _done(network, row)
        if item.reason == "overdue":
            items.append(Item("events", row.id, COUNTED, "overdue"))
            late[str(row.activity_id)].append((day - row.window_end).days)
        elif item.outcome == EXCLUDED:
            items.append(item)
    return Measure(items, [_late(key, late[key]) for key in sorted(late)])


def form_coverage(network: Network) -> Measure:
    """I8: of the five planned forms, those used by events completed in the period."""
    used = {row.form for row in _completed(network) if row.form}
    return Measure(
        [
            Item(
                "forms",
                form.value,
                *((COUNTED, "form_used") if form in used else (NOT_COUNTED, "form_not_used")),
                group=form.value,
            )
            for form in InteractionForm
        ]
    )


def learner_participation(network: Network) -> Measure:
    """I12: the learners of all events completed in the period."""
    return Measure(
        [
            Item(
                "events",
                row.id,
                COUNTED,
                "learners",
                weight=row.learner_count,
                group=row.form,
            )
            for row in _completed(network)
            if row.learner_count
        ]
    )


def _late(key: str, days: list[int]) -> BreakdownEntry:
    return {**entry(key, len(days), None), "days_late": max(days)}


def is_by(day: date | None, last: date) -> bool:
    """Whether something happened, and not after a day."""
    return day is not None and day <= last


def _due(network: Network) -> list[EventRow]:
    day = network.moment.day
    return [
        row
        for row in network.facts.events.values()
        if row.kind == EventKind.PLAN_WINDOW and row.window_end <= day
    ]


def _completed(network: Network) -> list[EventRow]:
    return [
        row
        for row in network.facts.events.values()
        if row.status == EventStatus.COMPLETED and network.moment.flows(row.completed_on)
    ]


def _done(network: Network, window: EventRow) -> Item:
    activity = network.facts.activities.get(window.activity_id) if window.activity_id else None
    group = activity.direction if activity else None
    if window.status == EventStatus.CANCELLED:
        return Item("events", window.id, EXCLUDED, "cancelled", group=group)
    is_completed = window.status == EventStatus.COMPLETED
    done = is_completed and is_by(window.completed_on, network.moment.day)
    late = "overdue" if window.window_end < network.moment.day else "not_completed"
    outcome = (COUNTED, "completed") if done else (NOT_COUNTED, late)
    return Item("events", window.id, *outcome, group=group)
