"""The end of an upload: what was written, what the list changed, and what came back."""

import json
from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from starlette.responses import RedirectResponse, Response

from app.indicators.definitions import TITLES
from app.intake.codes import ImportStatus
from app.intake.later import current
from app.intake.sheets.writing import written
from app.intake.templates import template
from app.model.grants import Verb
from app.pages import words
from app.pages.page import Context, Page
from app.pages.visit import Visit
from app.problems import NotFound
from app.registry import RESOURCES
from app.registry.participations import participations
from app.registry.program_parts import COUNTS
from app.rest import media
from app.store import drafts, uploads

KINDS = {kind.name: kind for kind in RESOURCES}


async def show(visit: Visit) -> Context | Response:
    """What became of an upload; what it changed is known as long as its draft lasts."""
    upload = await current(visit.request, visit.id)
    draft = await visit.read(lambda tx: drafts.of_upload(tx, visit.id, visit.session.id_hash))
    if upload.status == ImportStatus.RUNNING and draft:
        return RedirectResponse(f"/uploads/{draft.id}", 303)
    result = draft.checked if draft else None
    said = draft.said if draft else None
    event_id = result["event_id"] if result else ""
    names = await visit.called(events=[event_id])
    report: dict[str, Any] = json.loads(upload.report)
    return {
        "report": report,
        "status": next(each for each in ImportStatus if each == upload.status),
        "has_refused": upload.refused is not None and visit.may("rejected_rows", Verb.READ),
        "result": result,
        "figures": result["figures"] if result else [],
        "titles": {code: words.capital(text.ru) for code, text in TITLES.items()},
        "counts": COUNTS,
        "aliases": await _aliases(visit, said["aliases"] if said else {}),
        "program_id": said["program_id"] if said else "",
        "event_id": event_id,
        "event_name": names.get(event_id or "", ""),
    }


async def _aliases(visit: Visit, aliases: Mapping[str, str]) -> list[tuple[str, str]]:
    names = await visit.called(organizations=aliases.values())
    return [(alias, names.get(place, "")) for alias, place in aliases.items()]


async def refused(visit: Visit) -> Response:
    """The refused rows as a file, with the column «Ошибка»."""
    upload = await visit.read(lambda tx: uploads.one(tx, visit.id))
    if upload.refused is None:
        raise NotFound
    rows = json.loads(upload.refused)
    body, kind = await to_thread.run_sync(written, rows)
    return _file(body, kind, f"rejected-{visit.id}.{rows['format']}")


async def sample(_: Visit) -> Response:
    """An empty list of participants with an example."""
    body = await to_thread.run_sync(template, participations)
    return _file(body, media.XLSX, "participants.xlsx")


def _file(body: bytes, kind: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(body, headers=headers, media_type=kind)


Page(
    address="/uploads/{id}/done",
    subject="imports",
    verb=Verb.READ,
    template="uploaded.html",
    show=show,
    section="Мероприятия",
    about="imports",
    is_of_record=True,
)
Page(
    address="/uploads/{id}/refused",
    subject="rejected_rows",
    verb=Verb.READ,
    template="",
    show=refused,
    about="imports",
)
Page(
    address="/samples/participations.xlsx",
    subject="participations",
    verb=Verb.CREATE,
    template="",
    show=sample,
)
