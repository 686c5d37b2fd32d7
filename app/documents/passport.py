"""The passport of a partnership: its parties, its basis, its road map and what it shares."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from app.database.transaction import Transaction
from app.documents.paper import (
    Cell,
    ColumnKind,
    Days,
    Orientation,
    Paper,
    PaperKind,
    Row,
    Section,
    Signature,
    column,
    row,
    table,
)
from app.documents.report import participants, sharing
from app.documents.report.composing import explained, is_training
from app.documents.report.source import Source
from app.indicators.rows import MEMBERS, SUSPENSIONS, MemberRow
from app.network.money import budgets, rubles
from app.network.rows import FUNDING
from app.problems import NotFound
from app.registry.events import Event, EventStatus
from app.registry.funding_entries import Fund
from app.registry.interaction import InteractionForm, InteractionMode
from app.registry.partnerships import (
    MemberRole,
    Partnership,
    PartnershipBasis,
    PartnershipModel,
    PartnershipStatus,
)
from app.store.rows import Id, Kind
from app.words import in_guillemets


class Agreement(NamedTuple):
    """A partnership with what its passport says of it."""

    id: Id
    program_id: Id
    title: str | None
    model: PartnershipModel
    basis: PartnershipBasis
    act_id: Id | None
    act_clause: str | None
    agreement_no: str | None
    agreement_date: date | None
    support_program: str | None
    term_text: str | None
    status: PartnershipStatus
    start_date: date
    end_date: date | None
    forms: list[InteractionForm]
    modes: list[InteractionMode]


class Step(NamedTuple):
    """An event of a partnership."""

    id: Id
    activity_id: Id | None
    title: str | None
    host_id: Id | None
    window_start: date
    window_end: date
    status: EventStatus
    completed_on: date | None
    result: str | None


AGREEMENTS = Kind(Agreement, Partnership)
STEPS = Kind(Step, Event)


def agreement_of(tx: Transaction, partnership_id: Id) -> Agreement:
    """A partnership.

    Raises:
        NotFound: the caller sees no such partnership.

    """
    table_ = AGREEMENTS.table
    seen = tx.seen("partnerships", table_)
    rows = AGREEMENTS.where(tx, table_.c.id == partnership_id, seen)
    if not rows:
        raise NotFound
    return rows[0]


def passport(source: Source, agreement: Agreement) -> Paper:
    """The passport of a partnership on a day.

    Raises:
        NotFound: the caller does not see its program.
        Invalid: the period ends after the day, or before it starts.

    """
    members = MEMBERS.parts(source.tx, [agreement.id])
    head = source.framed.head
    return {
        "kind": PaperKind.PASSPORT,
        "orientation": Orientation.PORTRAIT,
        "requisites": {
            "heading": "ПАСПОРТ ПАРТНЁРСТВА",
            "subject": _title(source, agreement, members),
            "about": [source.program.title, *source.beside],
            "organization": None,
            "place": None,
            "approval": None,
            "program_id": str(agreement.program_id),
            "subject_id": str(agreement.id),
            "as_of": head["as_of"],
            "state_version": head["state_version"],
            "numbered": False,
            "working": False,
            "frozen": None,
            "persons": False,
            "training": is_training(source.tx, source.program.municipality_id),
            "footer": None,
        },
        "sections": [
            _parties(source, agreement, members),
            _basis(source, agreement),
            _road_map(source, agreement),
            explained(source, _curricula(source, agreement)),
            explained(source, _uses(source, agreement)),
            _money(source, agreement),
        ],
        "signatures": [_signature(source, member) for member in members],
    }


def _title(source: Source, agreement: Agreement, members: Iterable[MemberRow]) -> str:
    if agreement.title:
        return in_guillemets(agreement.title)
    sides = (
        ", ".join(
            _name(source, each) for each in members if (each.role == MemberRole.LEADER) is side
        )
        for side in (True, False)
    )
    return " – ".join(filter(None, sides))


def _name(source: Source, member: MemberRow) -> str:
    return participants.called(source.names, member.organization_id)


def _parties(source: Source, agreement: Agreement, members: Iterable[MemberRow]) -> Section:
    columns = [
        column("Организация", 3),
        column("Категория", 1.2),
        column("Роль", 1.8),
        column("Срок", 1.8, ColumnKind.PERIOD),
    ]
    rows = [
        row(
            _name(source, member),
            participants.category_of(source.frame, member.organization_id)
            if source.frame
            else None,
            participants.ROLES[member.role],
            _days(member.valid_from or agreement.start_date, member.valid_to or agreement.end_date),
        )
        for member in members
    ]
    return table("1", "Стороны", columns, rows)


def _basis(source: Source, agreement: Agreement) -> Section:
    rows = [row(*pair) for pair in _facts(source, agreement) if pair[1]]
    return table("2", "Основание и формы", [column("Что", 1.4), column("Сведения", 3)], rows)


def _facts(source: Source, agreement: Agreement) -> Iterator[tuple[str, Cell]]:
    act = source.act(agreement.act_id)
    clause = agreement.act_clause
    yield "Модель взаимодействия", agreement.model.label
    yield "Основание", agreement.basis.label
    yield "Документ", act and f"{source.cited(act)}{f', пункт {clause}' if clause else ''}"
    yield "Соглашение (договор)", _contract(agreement)
    yield "Адресная программа поддержки", agreement.support_program
    yield "Срок", agreement.term_text
    yield "Действует", _days(agreement.start_date, agreement.end_date)
    yield "Состояние", agreement.status.label
    yield "Формы взаимодействия", _labels(InteractionForm, agreement.forms)
    yield "Режимы взаимодействия", _labels(InteractionMode, agreement.modes)
    for pause in SUSPENSIONS.parts(source.tx, [agreement.id]):
        yield "Приостановка", _days(pause.valid_from, pause.valid_to)


def _contract(agreement: Agreement) -> str | None:
    parts = [
        f"№ {agreement.agreement_no}" if agreement.agreement_no else "",
        f"от {agreement.agreement_date:%d.%m.%Y}" if agreement.agreement_date else "",
    ]
    return " ".join(filter(None, parts)) or None


def _labels(
    kind: type[InteractionForm] | type[InteractionMode], chosen: Iterable[str]
) -> str | None:
    values = set(chosen)
    return "; ".join(each.label for each in kind if each.value in values) or None


def _road_map(source: Source, agreement: Agreement) -> Section:
    columns = [
        column("№", 0.5, ColumnKind.INDEX),
        column("Мероприятие", 3.4),
        column("Срок", 1.7, ColumnKind.PERIOD),
        column("Ответственный", 2.2),
        column("Результат", 2.6),
        column("Факт", 1.4, ColumnKind.DATE),
    ]
    table_ = STEPS.table
    ours = table_.c.partnership_id == agreement.id, table_.c.status != EventStatus.CANCELLED
    steps = sorted(STEPS.where(source.tx, *ours), key=lambda step: (step.window_start, step.id))
    rows = [_step(source, number, step) for number, step in enumerate(steps, 1)]
    return table("3", "Дорожная карта", columns, rows)


def _step(source: Source, number: int, step: Step) -> Row:
    """An event; what happened after the day of the passport is left out."""
    names = source.names
    is_done = step.completed_on is not None and step.completed_on <= source.day
    return row(
        str(number),
        step.title or names.get(step.id),
        _days(step.window_start, step.window_end),
        names.get(step.host_id) if step.host_id else None,
        step.result if is_done else None,
        step.completed_on.isoformat() if is_done and step.completed_on else None,
    )


def _curricula(source: Source, agreement: Agreement) -> Section:
    exchange = source.frame.exchange if source.frame else None
    ours = (
        {str(each.id) for each in exchange.curricula if each.partnership_id == agreement.id}
        if exchange
        else set()
    )
    return {**sharing.curricula(source, ours), "no": "4", "title": "Сетевые программы"}


def _uses(source: Source, agreement: Agreement) -> Section:
    uses = source.frame.exchange.stock.uses if source.frame else ()
    ours = {str(use.id) for use in uses if use.partnership_id == agreement.id}
    return {**sharing.property_used(source, ours), "no": "5", "title": "Имущество"}


def _money(source: Source, agreement: Agreement) -> Section:
    money = ColumnKind.MONEY
    columns = [
        column("Источник", 2.6),
        column("План", 1.6, money),
        column("Уточнённый план", 1.6, money),
        column("Исполнено", 1.6, money),
    ]
    table_ = FUNDING.table
    entries = FUNDING.where(
        source.tx, table_.c.partnership_id == agreement.id, table_.c.entry_date <= source.day
    )
    labels = {fund.value: fund.label for fund in Fund}
    rows = [
        row(labels[key or ""], rubles(sums.planned), rubles(sums.approved), rubles(sums.paid))
        for key, sums in budgets(entries, lambda entry: entry.fund.value)
    ]
    return table("6", "Финансирование, руб.", columns, rows)


def _signature(source: Source, member: MemberRow) -> Signature:
    return {
        "side": None,
        "lines": [],
        "position": f"Руководитель: {_name(source, member)}",
        "name": None,
    }


def _days(since: date | None, until: date | None) -> Days:
    return {
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
    }
