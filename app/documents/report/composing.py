"""Composing: a report of its requisites, its eleven sections and its signature."""

import sqlalchemy as sa

from app.database.transaction import Transaction
from app.documents.paper import (
    Freezing,
    Orientation,
    Paper,
    PaperKind,
    Requisites,
    Section,
    Signature,
)
from app.documents.report import figures, gaps, money, outcomes, participants, plan, sharing
from app.documents.report.source import OfficerRow, Source
from app.documents.wording import day
from app.model.record import DEMO
from app.registry.organizations import organizations
from app.registry.program_parts import OfficerRole
from app.store.rows import Id

_STANDS_STILL = "В этот день программа не действовала."


def report(source: Source, frozen: Freezing | None = None, *, named: bool = True) -> Paper:
    """The report of a program on a day; without a snapshot it is a working copy.

    With `named` it names the coordinator, if the caller sees persons.

    Raises:
        NotFound: the caller sees no such program.
        Invalid: the period ends after the day, or before it starts.

    """
    sections = [
        participants.section(source),
        plan.section(source),
        figures.section(source),
        sharing.resources(source),
        sharing.curricula(source),
        outcomes.quality(source),
        money.section(source),
        sharing.property_used(source),
        outcomes.initiatives(source),
        outcomes.results(source),
    ]
    sections = [explained(source, section) for section in sections]
    signature = _signature(source, named=named and frozen is None)
    return {
        "kind": PaperKind.REPORT,
        "orientation": Orientation.LANDSCAPE,
        "requisites": _requisites(source, frozen, signature),
        "sections": [*sections, gaps.section(source, sections)],
        "signatures": [signature],
    }


def _requisites(source: Source, frozen: Freezing | None, signature: Signature) -> Requisites:
    head, program = source.framed.head, source.program
    act = source.act(program.approved_by_id)
    issuer = source.organization(act.issuer_id) if act else None
    name = issuer.short_name if issuer else act.issuer_name if act else None
    return {
        "heading": "ОТЧЁТ",
        "subject": f"о реализации муниципальной программы{_period(source)}",
        "about": [program.title, *source.beside, *_state(source)],
        "organization": name,
        "place": None,
        "approval": {
            "heading": "УТВЕРЖДАЮ",
            "position": f"Руководитель {name}" if name else "Руководитель",
            "name": None,
        },
        "program_id": str(program.id),
        "subject_id": str(program.id),
        "as_of": head["as_of"],
        "state_version": head["state_version"],
        "numbered": True,
        "working": frozen is None,
        "frozen": frozen,
        "persons": signature["name"] is not None,
        "training": is_training(source.tx, program.municipality_id),
        "footer": None,
    }


def _period(source: Source) -> str:
    """The period of a report; on a day on which the program does not run there is none."""
    since, until = source.framed.head["period_start"], source.framed.head["period_end"]
    return f" за {day(since)} – {day(until)}" if source.frame and since and until else ""


def _state(source: Source) -> list[str]:
    """The day of the state, where the period ends before it."""
    until, on = source.framed.head["period_end"], source.framed.head["as_of"]
    return [f"Состояние на {day(on)}."] if source.frame and until != on else []


def explained(source: Source, section: Section) -> Section:
    """A section that says why it is empty, if the program does not run on the day."""
    if source.frame or section["rows"]:
        return section
    return {**section, "note": " ".join(filter(None, [_STANDS_STILL, section["note"]]))}


def is_training(tx: Transaction, municipality_id: Id) -> bool:
    """Whether a municipality has fictional data: its documents must not pass for real ones."""
    table = organizations.table
    found = sa.select(sa.literal(1)).where(
        table.c.municipality_id == municipality_id, table.c.source == DEMO
    )
    return tx.execute(found.limit(1)).first() is not None


def _signature(source: Source, *, named: bool) -> Signature:
    officer = source.officer(OfficerRole.COORDINATOR)
    position = officer.position if officer else None
    return {
        "side": None,
        "lines": [],
        "position": f"Координатор программы{f', {position}' if position else ''}",
        "name": _name(source, officer) if named else None,
    }


def _name(source: Source, officer: OfficerRow | None) -> str | None:
    """The name of an officer, for callers who see persons."""
    return officer.person_name if officer and source.tx.caller.view("programs").personal else None
