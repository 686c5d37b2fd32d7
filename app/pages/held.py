"""The form «Провели мероприятие»: an event, and the list of who took part in it."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from starlette.responses import Response

from app.database.transaction import Transaction
from app.findings import Finding
from app.intake.terms import Basis
from app.model.faults import MISSING
from app.model.grants import Verb
from app.model.values import read_day, read_id
from app.pages import drafting, fields, first_step, occasions, records
from app.pages.conflict import record_of
from app.pages.fields import Field
from app.pages.leftover import leftovers
from app.pages.offering import Offered, offered
from app.pages.orders import Occasion, Order
from app.pages.page import Context, Page
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import Invalid, NotFound, Problem
from app.registry.activities import activities
from app.registry.events import EventKind, EventStatus, events
from app.registry.interaction import InteractionForm
from app.registry.participations import participations
from app.registry.partnerships import partnerships
from app.registry.programs import programs
from app.rest import queries
from app.store import drafts
from app.store.register import Written

NAMES = ("title", "completed_on", "host_id", "form", "learner_count")
"""Fields of the event that are typed; its first and last day are the day on which it was held."""

PLACES = {
    "/activity_id": "/about",
    "/partnership_id": "/about",
    "/window_start": "/completed_on",
    "/window_end": "/completed_on",
    "/kind": "/about",
}
"""Where the form tells what is wrong with a field that it does not have."""

EVENT = ("event_id", "activity_id", "partnership_id")
FIRST_STEPS = {
    "activities": "добавьте мероприятие плана",
    "partnerships": "создайте партнёрство",
}
"""What an event is held for, in a program that has none of it yet."""

PREFILLED: dict[str, queries.Reader] = {
    **dict.fromkeys((*EVENT, "host_id", "draft"), read_id),
    "completed_on": read_day,
    "title": str,
    "form": queries.choice_of(InteractionForm),
}
"""What the address can fill in."""


async def show(visit: Visit) -> Context:
    """The form, with what the address or a draft fills in."""
    given = queries.read(visit.request, PREFILLED)
    seen = await visit.read(lambda tx: _seen(tx, visit, given))
    offer = await offered(visit, seen.program)
    return {
        "program": seen.program,
        "event": seen.event,
        "event_name": await _name_of(visit, seen.event),
        "draft": seen.draft,
        "leftovers": [] if seen.draft else await leftovers(visit),
        "offered": offer,
        "first_steps": [
            (word, visit.form(kind, {"program_id": str(visit.id)}))
            for kind, word in FIRST_STEPS.items()
        ],
        "fields": await _fields(visit, seen, offer),
        "bases": [*Basis],
        "about_basis": first_step.ABOUT_BASIS,
        "basis": _chosen(visit, seen, "basis", ""),
        "creates": _chosen(visit, seen, "create", "1"),
        "last": min(visit.today.isoformat(), str(seen.program["end_date"])),
    }


async def save(visit: Visit, typed: Typed) -> Response:
    """Check the list and keep it as a draft, or write the event without a list."""
    given = queries.read(visit.request, PREFILLED)
    seen = await visit.read(lambda tx: _seen(tx, visit, given))
    order = await _order(visit, typed, seen)
    try:
        if typed.pressed("no_list") is not None:
            return await _without_list(visit, typed, order)
        missing = [
            *_missing_of_event(typed, seen),
            *first_step.missing(visit, typed, seen.draft, names_persons=True),
        ]
        if missing:
            raise Invalid(*missing)
        file = await first_step.file_of(visit, seen.draft)
        old = seen.draft.id if seen.draft else None
        return await drafting.begin(visit, typed, order, file, instead_of=old)
    except Problem as problem:
        raise first_step.at_its_place(problem, PLACES) from problem


Page(
    address="/programs/{id}/events/new",
    subject="events",
    verb=Verb.CREATE,
    template="held.html",
    show=show,
    save=save,
    takes_file=True,
    section="Мероприятия",
    about="programs",
)


class Seen(NamedTuple):
    """The program, the event to which a list is added, and the draft that is changed."""

    program: dict[str, object]
    event: dict[str, object]
    """Empty for a new one."""
    draft: drafts.Kept | None
    said: dict[str, Any]
    """What fills the form in."""


def _seen(tx: Transaction, visit: Visit, given: Mapping[str, Any]) -> Seen:
    program = record_of(tx, programs, visit.id)
    draft, said = None, {name: str(value) for name, value in given.items() if value}
    if "draft" in given:
        of_list = Order(participations.name, occasion=Occasion(visit.id, {}))
        draft = first_step.draft_of(tx, visit, given["draft"], of_list)
        order = Order.of_json(draft.said)
        occasion = order.occasion or Occasion(visit.id, {})
        said = {name: str(value) for name, value in occasion.event.items() if value is not None}
        said |= {"basis": order.basis or "", "create": "1" if order.creates else ""}
        said |= {"event_id": str(occasion.event_id or "")}
    event = _event(tx, visit.id, uuid.UUID(said["event_id"])) if said.get("event_id") else {}
    return Seen(program, event, draft, said)


def _event(tx: Transaction, program_id: uuid.UUID, event_id: uuid.UUID) -> dict[str, object]:
    """An event of the program."""
    event = record_of(tx, events, event_id)
    parents = ((activities, event["activity_id"]), (partnerships, event["partnership_id"]))
    homes = {record_of(tx, kind, uuid.UUID(str(key)))["program_id"] for kind, key in parents if key}
    if homes != {str(program_id)}:
        raise NotFound
    return event


async def _name_of(visit: Visit, event: Mapping[str, object]) -> str:
    if not event:
        return ""
    names = await visit.called(events=[event["id"]])
    return names.get(str(event["id"]), "мероприятие")


async def _fields(visit: Visit, seen: Seen, offer: Offered) -> dict[str, Field]:
    """The fields of the event, and those beside it for the summary of what is wrong."""
    drawn = fields.drawn(events, NAMES, seen.said, visit.typed, visit.findings)
    host = drawn["host_id"].value
    if host and not offer.own:
        # A draft and an address name the organization by its id.
        name = (await visit.called(organizations=[host])).get(host, host)
        drawn["host_id"] = replace(drawn["host_id"], values=(name,))
    about = visit.typed.text("about") if visit.typed else _about(seen.said)
    labels = {
        "about": "К чему относится",
        "file": "Список участников",
        "basis": "Основание обработки персональных данных",
        "organization_id": "Школа всех участников",
    }
    drawn |= first_step.drawn(visit, labels)
    drawn["about"] = replace(drawn["about"], values=(about,))
    drawn["organization_id"] = replace(
        drawn["organization_id"], kind="reference", target="organizations"
    )
    return drawn


def _about(said: Mapping[str, str]) -> str:
    return next((f"{name}:{said[name]}" for name in EVENT[1:] if said.get(name)), "")


def _chosen(visit: Visit, seen: Seen, name: str, usual: str) -> str:
    return visit.typed.text(name) if visit.typed else seen.said.get(name, usual)


async def _order(visit: Visit, typed: Typed, seen: Seen) -> Order:
    """The order that the form gives.

    Raises:
        Invalid: a name fits no record, or several.

    """
    known = await records.resolved(visit, events, typed)
    given = await records.resolved(visit, participations, typed)
    of_all = given.text("organization_id")
    occasion = Occasion(
        visit.id,
        {} if seen.event else _body(known),
        uuid.UUID(str(seen.event["id"])) if seen.event else None,
    )
    order = Order(
        participations.name,
        first_step.basis_of(typed),
        creates=bool(typed.text("create")),
        occasion=occasion,
    ).placed(uuid.UUID(of_all) if of_all else None)
    return first_step.carried_over(visit, order, seen.draft)


def _body(typed: Typed) -> dict[str, Any]:
    """The event as a body of the API."""
    values = {
        name: fields.read(fields.heading_of(events, name), typed.texts(name)) for name in NAMES
    }
    name, _, key = typed.text("about").partition(":")
    day = values["completed_on"]
    body = {
        **values,
        "kind": EventKind.HELD,
        "status": EventStatus.COMPLETED,
        "window_start": day,
        "window_end": day,
        **({name: key} if name in EVENT else {}),
    }
    return {name: value for name, value in body.items() if value is not None}


def _missing_of_event(typed: Typed, seen: Seen) -> list[Finding]:
    if seen.event:
        return []
    names = ("about", "title", "completed_on")
    return [Finding(MISSING, pointer=f"/{name}") for name in names if not typed.text(name)]


async def _without_list(visit: Visit, typed: Typed, order: Order) -> Response:
    if missing := _missing_of_event(typed, Seen({}, {}, None, {})):
        raise Invalid(*missing)
    return await visit.write(
        typed,
        lambda tx: _write_event(tx, order),
        then=f"/programs/{visit.id}/plan",
        message=_told,
        of=events,
    )


def _told(done: Written | None) -> str:
    what = "Мероприятие записано" if done else "Такое мероприятие уже записано, в нём всё так же"
    return f"{what}. Список участников можно добавить позже"


def _write_event(tx: Transaction, order: Order) -> Written | None:
    if occasion := order.occasion:
        return occasions.write(tx, occasion, occasions.stored(tx, occasion))
    return None
