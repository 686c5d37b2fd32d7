"""The end of an upload: what was written, what the list changed, and what came back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from anyio import to_thread
from starlette.responses import RedirectResponse, Response

from app.indicators.definitions import TITLES
from app.intake.cells import as_id
from app.intake.codes import ImportStatus
from app.intake.later import current
from app.intake.notes import Note
from app.intake.sheets.writing import written
from app.model.grants import Verb
from app.model.resource import Resource
from app.pages import papers, words
from app.pages.carrying import Alias
from app.pages.files import attached
from app.pages.page import Context, Page
from app.pages.questions import rows_told
from app.pages.remarks import of_report
from app.pages.speaking import troubles
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import NotFound
from app.registry import KINDS
from app.registry.organization_aliases import organization_aliases
from app.registry.program_parts import COUNTS
from app.store import drafts, register, uploads
from app.store.precondition import ANY

FORGOTTEN = "Написание забыто. Строки списка остались, как записаны"


async def show(visit: Visit) -> Context | Response:
    """What became of an upload; what it changed is known as long as its draft lasts."""
    upload = await current(visit.request, visit.id)
    draft = await visit.read(lambda tx: drafts.of_upload(tx, visit.id, visit.session.id_hash))
    if upload.status == ImportStatus.RUNNING and draft:
        return RedirectResponse(f"/uploads/{draft.id}", 303)
    kind = KINDS[upload.collection]
    result = draft.checked if draft else None
    event_id = result["event_id"] if result else ""
    names = await visit.called(events=[event_id])
    report: dict[str, Any] = json.loads(upload.report)
    occasion = draft.said["occasion"] if draft else None
    visit.section = "Мероприятия" if occasion else "Все данные"
    return {
        "kind": kind,
        "of_program": occasion["program_id"] if occasion else "",
        "may_upload": visit.may(kind.name, Verb.CREATE),
        "report": report,
        "trouble": troubles(kind, report["problem"]) if "problem" in report else [],
        "status": next(each for each in ImportStatus if each == upload.status),
        "has_refused": upload.refused is not None and visit.may("rejected_rows", Verb.READ),
        "result": result,
        "notes": _notes(result, report, kind),
        "warnings": result.get("warnings", []) if result else [],
        "rows_told": rows_told,
        "titles": {code: words.capital(text.ru) for code, text in TITLES.items()},
        "counts": COUNTS,
        "aliases": await _aliases(visit, result["aliases"] if result else []),
        "may_forget": visit.may(organization_aliases.name, Verb.DELETE),
        "event_id": event_id,
        "event_name": names.get(event_id or "", ""),
        "list_of_people": papers.documents_of(visit, "events", {"id": event_id}, names)
        if event_id
        else [],
        "fields": {},
    }


async def save(visit: Visit, typed: Typed) -> Response:
    """Forget a spelling that was stored with the list."""
    visit.demand(organization_aliases.name, Verb.DELETE)
    key = as_id(typed.pressed("forget."))
    draft = await visit.read(lambda tx: drafts.of_upload(tx, visit.id, visit.session.id_hash))
    made = draft.checked["aliases"] if draft and draft.checked else []
    if key is None or str(key) not in {each["id"] for each in made}:
        raise NotFound
    return await visit.write(
        typed,
        lambda tx: register.delete(tx, organization_aliases, key, ANY),
        then=f"/uploads/{visit.id}/done",
        message=FORGOTTEN,
    )


def _notes(result: Mapping[str, Any] | None, report: dict[str, Any], kind: Resource) -> list[Note]:
    """What is to be told about the list beside its counts; its draft knows it of every row."""
    known: list[Note] | None = result["asked"].get("notes") if result else None
    return of_report(kind, report) if known is None else known


async def _aliases(visit: Visit, made: Sequence[Alias]) -> list[tuple[Alias, str, bool]]:
    """The spellings that were stored: their organization by name, and whether they are still."""
    names = await visit.called(
        organizations=[each["organization_id"] for each in made],
        organization_aliases=[each["id"] for each in made],
    )
    return [(each, names.get(each["organization_id"], ""), each["id"] in names) for each in made]


async def refused(visit: Visit) -> Response:
    """The refused rows as a file, with the column «Ошибка»."""
    upload = await visit.read(lambda tx: uploads.one(tx, visit.id))
    if upload.refused is None:
        raise NotFound
    rows = json.loads(upload.refused)
    body, kind = await to_thread.run_sync(written, rows)
    return attached(body, kind, f"rejected-{visit.id}.{rows['format']}")


Page(
    address="/uploads/{id}/done",
    subject="imports",
    verb=Verb.READ,
    template="uploaded.html",
    show=show,
    save=save,
    after_session="/uploads/{id}/done",
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
