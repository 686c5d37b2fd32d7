"""The first step of an upload: its file, the legal basis, and what is wrong with them."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.intake.receiving import Received
from app.intake.terms import Basis
from app.pages import drafting, fields
from app.pages.fields import Field
from app.pages.orders import Order
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import Invalid, NotFound, Problem
from app.store import drafts

NO_FILE = fault(
    "no_file_chosen",
    "Выберите файл со списком.",
    "Choose the file with the list.",
)
BASIS_UNKNOWN = fault(
    "basis_not_chosen",
    "Выберите, на каком основании обрабатываются персональные данные.",
    "Choose the legal basis for processing personal data.",
)

ABOUT_BASIS = {
    Basis.STATUTORY_FUNCTION: "школа или район исполняют свои обязанности: методическая работа, "
    "повышение квалификации",
    Basis.CONSENT: "каждый, кто назван в списке, дал его",
    Basis.CONTRACT: "заключён с каждым, кто назван в списке",
}
"""When each basis is the right one."""


def draft_of(tx: Transaction, visit: Visit, draft_id: uuid.UUID, order: Order) -> drafts.Kept:
    """The draft that a first step changes.

    Raises:
        NotFound: there is none, or it is of another kind of list or of another program.

    """
    draft = drafts.one(tx, draft_id, visit.session.id_hash)
    before = Order.of_json(draft.said)
    if before.collection != order.collection or _program(before) != _program(order):
        raise NotFound
    return draft


def _program(order: Order) -> uuid.UUID | None:
    return order.occasion.program_id if order.occasion else None


def basis_of(typed: Typed) -> Basis | None:
    """The basis that was chosen."""
    return next((each for each in Basis if each == typed.text("basis")), None)


def missing(
    visit: Visit, typed: Typed, draft: drafts.Kept | None, *, names_persons: bool
) -> list[Finding]:
    """What a list lacks: its file, or the basis."""
    found = []
    if not visit.file and not draft:
        found.append(Finding(NO_FILE, pointer="/file"))
    if names_persons and basis_of(typed) is None:
        found.append(Finding(BASIS_UNKNOWN, pointer="/basis"))
    return found


async def file_of(visit: Visit, draft: drafts.Kept | None) -> Received:
    """The file that came with the form, else that of the draft.

    Raises:
        Invalid: there is neither.

    """
    if visit.file:
        return visit.file
    if draft is None:
        raise Invalid(Finding(NO_FILE, pointer="/file"))
    return await drafting.file_of(visit, draft)


def carried_over(visit: Visit, order: Order, draft: drafts.Kept | None) -> Order:
    """The order with what was decided before; what columns mean holds for the same file only."""
    if draft is None:
        return order
    before = Order.of_json(draft.said)
    order = replace(order, cures=before.cures, aliases=before.aliases)
    if visit.file:
        return order
    return replace(order, columns=before.columns, header_row=before.header_row)


def drawn(visit: Visit, labels: Mapping[str, str]) -> dict[str, Field]:
    """Fields that are no field of a record, for the summary of what is wrong."""
    return {
        name: Field(
            name,
            label,
            "",
            "text",
            is_required=True,
            values=visit.typed.fields.get(name, ()) if visit.typed else (),
            error=fields.error_at(f"/{name}", visit.findings),
        )
        for name, label in labels.items()
    }


def at_its_place(problem: Problem, places: Mapping[str, str]) -> Problem:
    """A problem whose findings name fields of the form; `places` are those of other names."""
    is_of_file = problem.status in {
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    }
    # One without findings is about the form as a whole: it was sent before.
    if not problem.findings or not (isinstance(problem, Invalid) or is_of_file):
        return problem
    found: list[Finding] = []
    for finding in (_in_form(each, places) for each in problem.findings):
        # Several fields of a record may be one of the form: it is told once what is wrong with it.
        if finding not in found:
            found.append(finding)
    return Invalid(*found)


def _in_form(finding: Finding, places: Mapping[str, str]) -> Finding:
    if finding.parameter == "processing_basis":
        return replace(finding, pointer="/basis")
    pointer = finding.pointer or ""
    return replace(finding, pointer=places.get(pointer, pointer) if pointer else "/file")
