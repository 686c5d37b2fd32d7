"""The check of a list: what it asks, once for all rows that say the same, and its end.

A draft is that of a session, whatever kind its list is of. Whoever opens it needs the right to
create records of this kind too.
"""

from starlette.responses import RedirectResponse, Response

from app.intake.codes import ImportStatus
from app.intake.cures import PLACE
from app.intake.later import current, shown
from app.model.grants import Verb
from app.pages import decisions, drafting, fields, meanings, questions, records
from app.pages.lists import required_columns
from app.pages.orders import Goal, Order
from app.pages.page import Context, Page
from app.pages.speaking import troubles
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.registry.events import events
from app.rest.deps import service_of
from app.store import drafts

REFRESH = "3"
"""Seconds after which the page of a running list is loaded again."""


async def show(visit: Visit) -> Context | Response:
    """The questions of the list; while it is being read, how far it is."""
    draft, order = await _opened(visit)
    trouble: list[str] = []
    about = await _about(visit, draft, order)
    if draft.upload_id:
        upload = await current(visit.request, draft.upload_id)
        if upload.status in {ImportStatus.COMMITTED, ImportStatus.PARTIAL}:
            return RedirectResponse(f"/uploads/{draft.upload_id}/done", 303)
        report = shown(service_of(visit.request).database, draft.upload_id, upload)
        if upload.status == ImportStatus.RUNNING:
            visit.headers["Refresh"] = REFRESH
            return {**about, "progress": report.get("progress")}
        if "problem" in report:
            trouble = troubles(events if order.occasion else order.resource, report["problem"])
    if draft.checked and "columns" in draft.checked:
        return {**about, **draft.checked, **await _columns(visit, order)}
    askings = await questions.askings(visit, draft, order)
    return {
        **about,
        "progress": None,
        "trouble": trouble,
        "fields": {},
        "asked": draft.checked["asked"] if draft.checked else None,
        "file": draft.checked["file"] if draft.checked else None,
        "warnings": draft.checked.get("warnings", []) if draft.checked else [],
        "rows_told": questions.rows_told,
        "has_event": bool(draft.checked and draft.checked["event_id"]),
        "askings": askings,
        "places": await questions.places(visit) if questions.ask_for_place(askings) else [],
        "offered": await questions.offered(visit, askings),
        "decided": await decisions.decided(visit, order, {each.key for each in askings}),
    }


async def save(visit: Visit, typed: Typed) -> Response:
    """Take the decisions, and check the list again or write it."""
    draft, order = await _opened(visit)
    if typed.pressed("leave") is not None:
        return await _leave(visit, typed, draft, order)
    order = await decisions.still_there(visit, questions.answered(visit, order, draft, typed))
    if draft.checked and "columns" in draft.checked:
        order = meanings.read_as(order, draft.checked, typed)
    goal = Goal.CHECK
    if typed.pressed("write") is not None:
        goal = Goal.WRITE
    elif typed.pressed("skip") is not None:
        goal = Goal.SKIP
    return await drafting.proceed(visit, typed, draft, order, goal)


async def _opened(visit: Visit) -> tuple[drafts.Kept, Order]:
    """The draft in the address.

    Raises:
        NotFound: this session has none.
        Forbidden: its holder may not create records of the list's kind any more.

    """
    draft = await visit.read(lambda tx: drafts.one(tx, visit.id, visit.session.id_hash))
    order = Order.of_json(draft.said)
    visit.demand(order.collection, Verb.CREATE)
    visit.section = "Мероприятия" if order.occasion else "Все данные"
    return draft, order


async def _leave(visit: Visit, typed: Typed, draft: drafts.Kept, order: Order) -> Response:
    """Delete the draft: a list is kept no longer than somebody needs it."""
    occasion = order.occasion
    plan = f"/programs/{occasion.program_id}/plan" if occasion else ""
    return await visit.write(
        typed,
        lambda tx: drafts.drop(tx, draft.id),
        then=plan or f"/data/{order.resource.path}",
        message="Черновик удалён, ничего не записано",
    )


Page(
    address="/uploads/{id}",
    subject="upload_drafts",
    verb=Verb.CREATE,
    template="upload.html",
    show=show,
    save=save,
    after_session="",
    about="upload_drafts",
)


async def _columns(visit: Visit, order: Order) -> dict[str, object]:
    """What is needed to ask what the columns of a list mean."""
    may_say_place = meanings.is_placed(order.resource) and not visit.caller.own
    return {
        "progress": None,
        "fields": {},
        "readings": meanings.readings(order.resource),
        "required": required_columns(visit, order.resource),
        "places": await questions.places(visit) if may_say_place else [],
        "place": str(order.standing.get(PLACE, "")),
    }


async def _about(visit: Visit, draft: drafts.Kept, order: Order) -> dict[str, object]:
    """The list in words, and the event that is written with it."""
    given: dict[str, str] = {name: str(key) for name, key in order.standing.items()}
    called = await records.names_of(visit, order.resource, [given])
    about: dict[str, object] = {
        "kind": order.resource,
        "standing": [
            (fields.heading_of(order.resource, name).title, called.get(key, "скрыто"))
            for name, key in given.items()
        ],
        "event": None,
        "file_name": draft.name or "список без имени",
        "columns": [],
        "again": f"/data/{order.resource.path}/upload?draft={draft.id}",
    }
    if not order.occasion:
        return about
    program_id, event, event_id = order.occasion
    host = str(event.get("host_id", ""))
    names = await visit.called(organizations=[host], events=[event_id])
    return about | {
        "event": event,
        "event_name": names.get(str(event_id), ""),
        "host": names.get(host, ""),
        "again": f"/programs/{program_id}/events/new?draft={draft.id}",
    }
