"""Plan: windows to complete, forms to use, learners to invite."""

from dataclasses import replace

from app.indicators.codes import NOT_COUNTED
from app.indicators.network import Network
from app.indicators.rows import EventRow
from app.indicators.ways import changes
from app.indicators.ways.actions import Beside, Done, Question, Way, WayAction
from app.registry.events import EventStatus
from app.registry.interaction import InteractionForm
from app.store.rows import Id

MOST_LEARNERS = 1_000_000
"""Learners of one event, at most."""

MOST_EVENTS = 200
"""New events that a list names, at most: a target beyond them is not reached."""

SHOWN = 5


def windows(question: Question) -> list[Way]:
    """I3: windows that are due, those overdue for longest first."""
    return [_completing(row, why) for row, why in _missing(question)]


def windows_in_time(question: Question) -> list[Way]:
    """I4: windows that end on the day; what is late cannot be mended any more."""
    return [_completing(row, why) for row, why in _missing(question) if why == "not_completed"]


def nothing(_: Question) -> list[Way]:
    """I5: nobody brings about that more is overdue."""
    return []


def _missing(question: Question) -> list[tuple[EventRow, str]]:
    events = question.network.facts.events
    found = [
        (events[row.id], row.reason)
        for row in question.measured(question.network).items
        if row.outcome == NOT_COUNTED and isinstance(row.id, Id)
    ]
    return sorted(found, key=lambda each: (each[0].window_end, each[0].window_start, each[0].id))


def _completing(window: EventRow, why: str) -> Way:
    def act(network: Network, _: int) -> Done:
        return Done(changes.completed(network.facts, window.id, network.moment.day))

    return Way("events", window.id, WayAction.COMPLETE_WINDOW, why, act)


def forms(question: Question) -> list[Way]:
    """I8: forms that were not used, first those of which an event is planned."""
    missing = {
        row.id for row in question.measured(question.network).items if row.outcome == NOT_COUNTED
    }
    unused = [form for form in InteractionForm if form.value in missing]
    unused.sort(key=lambda form: not _planned_as(question.network, form))
    return [_using(form) for form in unused]


def _using(form: InteractionForm) -> Way:
    def act(network: Network, _: int) -> Done:
        planned, day = _planned_as(network, form), network.moment.end
        if not planned:
            return Done(changes.held(network.facts, day, form=form)[0])
        facts = changes.completed(network.facts, planned[0].id, day)
        return Done(facts, tuple(Beside("events", row.id) for row in planned[:SHOWN]))

    return Way("forms", form.value, WayAction.HOLD_EVENT, "form_not_used", act)


def _planned_as(network: Network, form: InteractionForm) -> list[EventRow]:
    return [row for row in planned_by(network) if row.form == form]


def planned_by(network: Network) -> list[EventRow]:
    """Events that are planned and have begun by the end of the period, the most urgent first."""
    rows = [
        row
        for row in network.facts.events.values()
        if row.status == EventStatus.PLANNED and row.window_start <= network.moment.end
    ]
    return sorted(rows, key=lambda row: (row.window_end, row.id))


def learners(question: Question) -> list[Way]:
    """I12: completed events without a number of learners, then planned ones, then new ones.

    An event is expected to have no more learners than the largest of the period.
    """
    network = question.network
    held = [
        row
        for row in network.facts.events.values()
        if row.status == EventStatus.COMPLETED and network.moment.flows(row.completed_on)
    ]
    most = max((row.learner_count or 0 for row in held), default=0) or MOST_LEARNERS
    untold = [row for row in held if row.learner_count is None]
    untold.sort(key=lambda row: (row.completed_on or row.window_end, row.id))
    new = -(-question.lacking(network) // most)
    return [
        *(_telling(row, most) for row in untold),
        *(_inviting(row, most) for row in planned_by(network)),
        *(_holding(most) for _ in range(min(new, MOST_EVENTS))),
    ]


def _telling(event: EventRow, most: int) -> Way:
    def act(network: Network, gap: int) -> Done:
        events = network.facts.events
        row = events[event.id]._replace(learner_count=min(gap, most))
        return Done(replace(network.facts, events={**events, row.id: row}))

    return Way("events", event.id, WayAction.ENTER_LEARNERS, "learners_unknown", act)


def _inviting(event: EventRow, most: int) -> Way:
    def act(network: Network, gap: int) -> Done:
        number, day = min(gap, most), network.moment.end
        return Done(changes.completed(network.facts, event.id, day, learner_count=number))

    return Way("events", event.id, WayAction.INVITE_LEARNERS, "event_planned", act)


def _holding(most: int) -> Way:
    def act(network: Network, gap: int) -> Done:
        number, day = min(gap, most), network.moment.end
        return Done(changes.held(network.facts, day, learner_count=number)[0])

    return Way("events", None, WayAction.INVITE_LEARNERS, "no_event", act)
