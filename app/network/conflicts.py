"""Conflicts: two groups or uses that have one exclusive resource at the same time."""

from app.network.exchange import Exchange
from app.registry.timetable import Meeting, Slot, Span, meetings
from app.store.rows import Id


def conflicts_of(exchange: Exchange, program_id: Id, span: Span) -> list[Meeting]:
    """The conflicts of a program: at least one of the two belongs to it, none is a draft."""
    taking = [slot for slot in exchange.slots if takes(exchange, slot)]
    return [
        meeting
        for meeting in meetings(taking, span)
        if program_id in {exchange.holders[key].program_id for key in meeting.holders}
    ]


def takes(exchange: Exchange, slot: Slot) -> bool:
    """Whether a slot keeps everybody else out of its resource; a draft does not."""
    resource = exchange.resources.get(slot.resource_id) if slot.resource_id else None
    is_draft = exchange.holders[slot.holder_id].is_draft
    return resource is not None and resource.exclusive and not is_draft
