"""The pages of documents: what is printed and signed, as files, and reports that are kept."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.database.transaction import Transaction
from app.documents import doors
from app.documents.answering import Shown, Wanted, give
from app.documents.contract.parties import NAME_THE_BASE
from app.documents.formats import DOCX, PDF
from app.documents.snapshot_doors import frozen, wanted_frozen
from app.findings import Finding
from app.indicators import parameters, snapshots
from app.indicators.facts import program_of
from app.indicators.snapshot_doors import note_approvers, snapshot_shown
from app.model.faults import MISSING
from app.model.grants import Verb
from app.model.values import read_id
from app.pages import fields
from app.pages.days import days_of
from app.pages.fields import Field
from app.pages.page import Context, Page
from app.pages.records import candidates
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import Invalid
from app.registry import KINDS
from app.registry.network_curricula import CurriculumRole
from app.registry.programs import programs
from app.rest import media, queries
from app.rest.deps import id_of, service_of
from app.rest.showing import record_shown
from app.store.register import Written

SECTION = "Документы"

FILES: Mapping[str, tuple[str, str]] = {
    "pdf": ("PDF", PDF),
    "docx": ("Word", DOCX),
    "xlsx": ("Excel", media.XLSX),
}
"""The formats by the ending of an address: the word for each, and its media type."""

KEPT = 100
"""Kept reports on the page."""


UNCHOSEN = {MISSING, NAME_THE_BASE}
"""What is wrong with a request that does not say which of several documents is meant."""


def _nobody(_record: Mapping[str, Any]) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Document:
    """A kind of document, as the address of its files."""

    title: str
    address: str
    """Without the ending."""
    subject: str
    about: str
    wanted: Callable[[Request], Wanted]
    named_by: str = ""
    """The parameter that says which of several it is."""
    chosen_at: str = ""
    """Where one is led to choose among several."""
    those_of: Callable[[Mapping[str, Any]], Sequence[str]] = _nobody
    """The organizations of a record that have one each, if there are several."""

    def declare(self) -> None:
        """Declare a page for each format."""
        for ending, (_, kind) in FILES.items():
            Page(
                address=f"{self.address}.{ending}",
                subject=self.subject,
                verb=Verb.READ,
                template="",
                show=self._file(kind),
                about=self.about,
            )

    def _file(self, kind: str) -> Callable[[Visit], Awaitable[Response]]:
        async def file(visit: Visit) -> Response:
            try:
                wanted = self.wanted(visit.request)._replace(is_saved=True)
                return await give(visit.request, wanted, kind)
            except Invalid as problem:
                is_unchosen = any(each.fault in UNCHOSEN for each in problem.findings)
                if not (self.chosen_at and is_unchosen):
                    raise
            chosen_at = self.chosen_at.replace("{id}", str(visit.id))
            return RedirectResponse(chosen_at, HTTPStatus.SEE_OTHER)

        return file


def _kept(request: Request) -> Wanted:
    asked = queries.read(request, {"snapshot_id": read_id})
    program_id = id_of(request)
    if "snapshot_id" in asked:
        return wanted_frozen(program_id, asked["snapshot_id"])

    def unchosen(tx: Transaction) -> Shown:
        program_of(tx, program_id)
        raise Invalid(Finding(MISSING, parameter="snapshot_id"))

    return Wanted(doors.REPORT, unchosen)


def _bases(curriculum: Mapping[str, Any]) -> Sequence[str]:
    named = [
        party["organization_id"]
        for party in curriculum["parties"]
        if party["role"] == CurriculumRole.BASE
    ]
    return named if len(named) > 1 else ()


DOCUMENTS = (
    Document(
        "Отчёт о реализации программы",
        "/programs/{id}/report",
        "indicators",
        "programs",
        doors.wanted_report,
    ),
    Document(
        "Сохранённый отчёт",
        "/programs/{id}/kept-report",
        "snapshots",
        "programs",
        _kept,
        named_by="snapshot_id",
        chosen_at="/programs/{id}/documents",
    ),
    Document(
        "Паспорт партнёрства",
        "/partnerships/{id}/passport",
        "indicators",
        "partnerships",
        doors.wanted_passport,
    ),
    Document(
        "Договор о сетевой форме",
        "/network-curricula/{id}/contract",
        "indicators",
        "network_curricula",
        doors.wanted_contract,
        named_by="base",
        chosen_at="/data/network-curricula/{id}",
        those_of=_bases,
    ),
    Document(
        "Список участников для подписи",
        "/events/{id}/attendance-list",
        "attendance_lists",
        "events",
        doors.wanted_attendance_list,
    ),
)
for _document in DOCUMENTS:
    _document.declare()


def documents_of(
    visit: Visit, about: str, record: Mapping[str, Any], names: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The documents about a record that the caller may have: title, then word and address."""
    found = []
    for document in DOCUMENTS:
        if document.about != about or not visit.may(document.subject, Verb.READ):
            continue
        address = document.address.replace("{id}", str(record["id"]))
        those = [
            (f"{document.title}, {names.get(key, 'скрыто')}", f"?{document.named_by}={key}")
            for key in document.those_of(record)
        ]
        for title, query in those or [(document.title, "")]:
            found.append((title, list(_files(address, query))))
    return found


def _files(address: str, query: str = "") -> Iterator[tuple[str, str]]:
    for ending, (word, _) in FILES.items():
        yield word, f"{address}.{ending}{query}"


async def show(visit: Visit) -> Context:
    """The documents of a program: the report as it would be now, and the kept ones."""
    asked = parameters.asked_when(visit.request)
    may_read_kept = visit.may("snapshots", Verb.READ)

    def work(tx: Transaction) -> tuple[Mapping[str, object], list[snapshots.Report]]:
        program = program_of(tx, visit.id)
        days = {"start_date": program.start_date, "end_date": program.end_date}
        if not may_read_kept:
            return days, []
        return days, snapshots.listed(tx, visit.id, after=None, take=KEPT)

    days, kept = await visit.read(work)
    record_shown(visit.request, programs, [str(visit.id)])
    reports = [snapshot_shown(visit.request, report) for report in reversed(kept)]
    note_approvers(visit.request, reports)
    chosen = asked.as_of or min(asked.today, date.fromisoformat(str(days["end_date"])))
    about = days_of(visit, days, chosen.isoformat())
    here = f"/programs/{visit.id}"
    return {
        "days": about,
        "now": list(_files(f"{here}/report", about.as_of)),
        "kept": [
            (report, list(_files(f"{here}/kept-report", f"?snapshot_id={report.id}")))
            for report in reports
        ],
        "may_keep": visit.may("snapshots", Verb.CREATE),
    }


Page(
    address="/programs/{id}/documents",
    subject="indicators",
    verb=Verb.READ,
    template="documents.html",
    show=show,
    section=SECTION,
    about="programs",
)


async def form(visit: Visit) -> Context:
    """The form in which a report is kept."""
    asked = queries.read(visit.request, {"as_of": str})
    program = await visit.read(lambda tx: program_of(tx, visit.id))
    day = min(service_of(visit.request).today(), program.end_date)
    acts = await candidates(visit, KINDS["legal_acts"], "")
    given = {"as_of": asked.get("as_of", day.isoformat())}
    return {
        "fields": {
            each.name: replace(
                each,
                values=visit.typed.fields.get(each.name, ())
                if visit.typed
                else fields.texts(given.get(each.name)),
                error=fields.error_at(f"/{each.name}", visit.findings),
            )
            for each in _fields(acts)
        }
    }


def _fields(acts: Mapping[str, str]) -> Iterator[Field]:
    """The fields of the form; `acts` are the documents of the register by id."""
    yield Field("title", "Название", "например, «Отчёт за 2020 год»", "text", is_required=True)
    yield Field("as_of", "На какой день", "не позже сегодняшнего", "day", is_required=True)
    yield Field("approved_by", "Кто утвердил", "должность и фамилия", "text", is_required=False)
    yield Field(
        "act_id", "Документ, которым утверждён", "", "choice", is_required=False, options=acts
    )
    yield Field("note", "Примечание", "", "area", is_required=False)


async def keep(visit: Visit, typed: Typed) -> Response:
    """Keep the report of a day with its indicators and lists: it never changes again."""
    program_id, today = visit.id, service_of(visit.request).today()
    body = {
        name: fields.iso(text) if name == "as_of" else text
        for name in ("title", "as_of", "approved_by", "act_id", "note")
        if (text := typed.text(name).strip())
    }

    def work(tx: Transaction) -> Written | None:
        frozen(tx, program_id, body, today)
        return None

    return await visit.write(
        typed,
        work,
        then=f"/programs/{program_id}/documents",
        message="Отчёт сохранён. Он больше не изменится, его можно скачать и проверить",
    )


Page(
    address="/programs/{id}/documents/new",
    subject="snapshots",
    verb=Verb.CREATE,
    template="keep.html",
    show=form,
    save=keep,
    section=SECTION,
    about="programs",
)
