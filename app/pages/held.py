"""The form «Провели мероприятие»: an event, and the list of who took part in it."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, NamedTuple

from starlette.responses import Response

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.intake.receiving import Received
from app.intake.terms import Basis
from app.model.faults import MISSING
from app.model.grants import Verb
from app.model.values import read_day, read_id
from app.pages import drafting, fields, records
from app.pages.conflict import record_of
from app.pages.fields import Field
from app.pages.offering import Offered, offered
from app.pages.orders import Order, write_event
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
PREFILLED: dict[str, queries.Reader] = {
    **dict.fromkeys((*EVENT, "host_id", "draft"), read_id),
    "completed_on": read_day,
    "title": str,
    "form": queries.choice_of(InteractionForm),
}
"""What the address can fill in."""

NO_FILE = fault(
    "no_file_chosen",
    "Выберите файл со списком.",
    "Choose the file with the list.",
)
BASIS_UNKNOWN = fault(
    "basis_not_chosen",
    "Выберите, на каком основании обрабатываются данные участников.",
    "Choose the legal basis for processing the data of the participants.",
)


ABOUT_BASIS = {
    Basis.STATUTORY_FUNCTION: "школа или район исполняют свои обязанности: методическая работа, "
    "повышение квалификации",
    Basis.CONSENT: "каждый участник дал его",
    Basis.CONTRACT: "заключён с каждым участником",
}
"""When each basis is the right one."""


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
        "offered": offer,
        "fields": await _fields(visit, seen, offer),
        "bases": [*Basis],
        "about_basis": ABOUT_BASIS,
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
        _demand_whole(visit, typed, seen)
        file = visit.file or await _file_of(visit, seen)
        old = seen.draft.id if seen.draft else None
        return await drafting.begin(visit, typed, order, file, instead_of=old)
    except Problem as problem:
        raise _at_its_place(problem) from problem


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
        draft = drafts.one(tx, given["draft"], visit.session.id_hash)
        order = draft.said
        if order["program_id"] != str(visit.id):
            raise NotFound
        said = {name: str(value) for name, value in order["event"].items() if value is not None}
        said |= {"basis": order["basis"], "create": "1" if order["creates"] else ""}
        said |= {"event_id": order["event_id"] or ""}
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
    more = {
        "about": ("К чему относится", (about,)),
        "file": ("Список участников", ()),
        "basis": ("Основание обработки персональных данных", ()),
        "organization_id": (
            "Школа всех участников",
            visit.typed.fields.get("organization_id", ()) if visit.typed else (),
        ),
    }
    for name, (label, values) in more.items():
        error = fields.error_at(f"/{name}", visit.findings)
        drawn[name] = Field(name, label, "", "text", is_required=True, values=values, error=error)
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
    basis = next((each for each in Basis if each == typed.text("basis")), Basis.CONSENT)
    known = await records.resolved(visit, events, typed)
    given = await records.resolved(visit, participations, typed)
    of_all = given.text("organization_id")
    before = Order.of_json(seen.draft.said) if seen.draft else None
    return Order(
        visit.id,
        basis,
        creates=bool(typed.text("create")),
        event={} if seen.event else _body(known),
        event_id=uuid.UUID(str(seen.event["id"])) if seen.event else None,
        organization_id=uuid.UUID(of_all) if of_all else None,
        cures=before.cures if before else {},
        aliases=before.aliases if before else {},
        columns=before.columns if before and not visit.file else {},
        header_row=before.header_row if before and not visit.file else None,
    )


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


def _demand_whole(visit: Visit, typed: Typed, seen: Seen) -> None:
    """Refuse a form that lacks what every list needs.

    Raises:
        Invalid.

    """
    missing = [*_missing_of_event(typed, seen)]
    if not visit.file and not seen.draft:
        missing.append(Finding(NO_FILE, pointer="/file"))
    if not any(each == typed.text("basis") for each in Basis):
        missing.append(Finding(BASIS_UNKNOWN, pointer="/basis"))
    if missing:
        raise Invalid(*missing)


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
        lambda tx: _nothing(write_event(tx, order)),
        then=f"/programs/{visit.id}/plan",
        message="Мероприятие записано. Список участников можно добавить позже",
        of=events,
    )


def _nothing(_: uuid.UUID) -> None:
    return None


async def _file_of(visit: Visit, seen: Seen) -> Received:
    """The file of the draft that is changed."""
    assert seen.draft  # noqa: S101 - a form without file and draft is refused
    return await drafting.file_of(visit, seen.draft)


def _at_its_place(problem: Problem) -> Problem:
    """A problem whose findings name fields of the form."""
    is_of_file = problem.status in {
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    }
    if not isinstance(problem, Invalid) and not (is_of_file and problem.findings):
        return problem
    return Invalid(*map(_in_form, problem.findings))


def _in_form(finding: Finding) -> Finding:
    pointer = finding.pointer
    if pointer in {None, ""}:
        return replace(finding, pointer="/file")
    return replace(finding, pointer=PLACES.get(pointer or "", pointer))
