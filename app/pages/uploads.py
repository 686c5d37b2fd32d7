"""The check of a list: what it asks, once for all rows that say the same, and its end."""

from starlette.responses import RedirectResponse, Response

from app.intake.codes import ImportStatus
from app.intake.later import current, shown
from app.model.grants import Verb
from app.pages import drafting, questions
from app.pages.conflict import record_of
from app.pages.orders import Goal, Order
from app.pages.page import Context, Page
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.registry.programs import programs
from app.rest.deps import service_of
from app.store import drafts

REFRESH = "3"
"""Seconds after which the page of a running list is loaded again."""


async def show(visit: Visit) -> Context | Response:
    """The questions of the list; while it is being read, how far it is."""
    draft = await visit.read(lambda tx: drafts.one(tx, visit.id, visit.session.id_hash))
    order, problem = Order.of_json(draft.said), ""
    about = await _about(visit, draft, order)
    if draft.upload_id:
        upload = await current(visit.request, draft.upload_id)
        if upload.status in {ImportStatus.COMMITTED, ImportStatus.PARTIAL}:
            return RedirectResponse(f"/uploads/{draft.upload_id}/done", 303)
        report = shown(service_of(visit.request).database, draft.upload_id, upload)
        if upload.status == ImportStatus.RUNNING:
            visit.headers["Refresh"] = REFRESH
            return {**about, "progress": report.get("progress")}
        problem = report["problem"]["detail"] if "problem" in report else ""
    if draft.checked and "columns" in draft.checked:
        return {**about, **draft.checked, **await _columns(visit, order)}
    askings = await questions.askings(visit, draft, order)
    return {
        **about,
        "progress": None,
        "trouble": problem,
        "fields": {},
        "asked": draft.checked["asked"] if draft.checked else None,
        "file": draft.checked["file"] if draft.checked else None,
        "rows_told": questions.rows_told,
        "has_event": bool(draft.checked and draft.checked["event_id"]),
        "askings": askings,
        "places": await questions.places(visit) if askings else [],
        "decided": await questions.decided(visit, order, {each.key for each in askings}),
    }


async def save(visit: Visit, typed: Typed) -> Response:
    """Take the decisions, and check the list again or write it."""
    draft = await visit.read(lambda tx: drafts.one(tx, visit.id, visit.session.id_hash))
    if typed.pressed("leave") is not None:
        return await _leave(visit, typed, draft)
    order = questions.answered(visit, Order.of_json(draft.said), draft, typed)
    if draft.checked and "columns" in draft.checked:
        order = questions.read_as(order, draft.checked, typed)
    goal = Goal.CHECK
    if typed.pressed("write") is not None:
        goal = Goal.WRITE
    elif typed.pressed("skip") is not None:
        goal = Goal.SKIP
    return await drafting.proceed(visit, typed, draft, order, goal)


async def _leave(visit: Visit, typed: Typed, draft: drafts.Kept) -> Response:
    """Delete the draft: a list of people is kept no longer than somebody needs it."""
    return await visit.write(
        typed,
        lambda tx: drafts.drop(tx, draft.id),
        then=f"/programs/{draft.said['program_id']}/plan",
        message="Черновик удалён, ничего не записано",
    )


Page(
    address="/uploads/{id}",
    subject="participations",
    verb=Verb.CREATE,
    template="upload.html",
    show=show,
    save=save,
    section="Мероприятия",
    about="upload_drafts",
)


async def _columns(visit: Visit, order: Order) -> dict[str, object]:
    """What is needed to ask what the columns of a list mean."""
    return {
        "progress": None,
        "fields": {},
        "readings": questions.READINGS,
        "places": [] if visit.caller.own else await questions.places(visit),
        "place": str(order.organization_id or ""),
    }


async def _about(visit: Visit, draft: drafts.Kept, order: Order) -> dict[str, object]:
    """The event and the file, in words."""
    host = str(order.event.get("host_id", ""))
    event = str(order.event_id or "")
    names = await visit.called(organizations=[host], events=[event])
    program = await visit.read(lambda tx: record_of(tx, programs, order.program_id))
    return {
        "program": program,
        "event": order.event,
        "event_name": names.get(event, ""),
        "host": names.get(host, ""),
        "file_name": draft.name or "список без имени",
        "columns": [],
        "again": f"/programs/{order.program_id}/events/new?draft={draft.id}",
    }
