"""Funding entries: what was planned, changed and paid of a program, in rubles."""

from typing import Any

from app.access.rows import REGISTER
from app.model.columns import (
    Choice,
    choice,
    code,
    day,
    decimal,
    folded,
    integer,
    line,
    reference,
    text,
)
from app.model.declaration import Titles
from app.model.record import Record, Tenant, Write, constraints
from app.model.resource import Resource
from app.model.values import Day, Id, Line, Text
from app.registry.funding_rules import (
    amount_has_its_sign,
    payments_keep_to_the_plan,
    year_is_the_programs,
)
from app.registry.rules import agrees, has_come
from app.registry.types import RUBLES, Money, Number


class EntryKind(Choice):
    """Whether money is planned, the plan changed, or money paid."""

    PLAN = "plan", "план"
    CHANGE = "change", "уточнение"
    PAYMENT = "payment", "кассовый расход"


class Fund(Choice):
    """Where money comes from."""

    FEDERAL_BUDGET = "federal_budget", "федеральный бюджет"
    REGIONAL_BUDGET = "regional_budget", "региональный бюджет"
    MUNICIPAL_BUDGET = "municipal_budget", "местный бюджет"
    OWN_INCOME = "own_income", "приносящая доход деятельность"
    DONATIONS = "donations", "безвозмездные поступления"
    OTHER = "other", "иное"


class FundingMechanism(Choice):
    """In what way money is given."""

    TASK_SUBSIDY = "task_subsidy", "субсидия на муниципальное задание"
    SPECIAL_SUBSIDY = "special_subsidy", "субсидия на иные цели"
    ESTIMATE = "estimate", "смета"
    SERVICE_CONTRACT = "service_contract", "договор возмездного оказания услуг"
    RESOURCE_PAYMENT = "resource_payment", "оплата ресурсов"
    OTHER = "other", "иное"


class FundingEntryWrite(Write):
    """Запись о деньгах программы: план, уточнение или кассовый расход."""

    program_id: Id = reference("programs", "Программа")
    entry: EntryKind = choice("Вид записи", EntryKind)
    entry_date: Day = day("Дата записи")
    year: int = integer("Финансовый год", 2000, 2100)
    amount: Money = decimal("Сумма, рублей", RUBLES, default=..., heading="Сумма")
    fund: Fund = choice("Источник", Fund)
    mechanism: FundingMechanism | None = choice("Механизм", FundingMechanism, default=None)
    payer_id: Id | None = reference("organizations", "Плательщик", default=None)
    recipient_id: Id = reference("organizations", "Получатель")
    activity_id: Id | None = reference("activities", "Мероприятие плана", default=None)
    partnership_id: Id | None = reference("partnerships", "Партнёрство", default=None)
    curriculum_id: Id | None = reference("network_curricula", "Сетевая программа", default=None)
    title: Line = line("Назначение")
    document_no: Number | None = code("Номер документа", default=None, length=500)
    act_id: Id | None = reference("legal_acts", "Документ-основание", default=None)
    note: Text | None = text("Причина отклонения")


class FundingEntry(FundingEntryWrite, Tenant, Record, table=True):
    """A row of funding_entries."""

    __tablename__ = "funding_entries"
    __table_args__: Any = constraints()

    natural_key: str = folded(
        "program_id",
        "entry",
        "entry_date",
        "year",
        "fund",
        "recipient_id",
        "activity_id",
        "title",
        "document_no",
        unique=True,
    )
    title_key: str = folded("title")
    search_key: str = folded("title", "document_no", "note")


funding_entries = Resource(
    name="funding_entries",
    titles=Titles("Финансирование", "запись о финансировании", "записей о финансировании"),
    row=FundingEntry,
    write=FundingEntryWrite,
    called=("{title}, {entry_date}",),
    access=REGISTER,
    period=None,
    hangs_on=("program_id",),
    rules=(
        amount_has_its_sign,
        year_is_the_programs,
        has_come("entry_date", entry=("payment",)),
        agrees("activity_id", "program_id"),
        agrees("partnership_id", "program_id"),
        agrees("curriculum_id", "program_id"),
    ),
    remarks=(payments_keep_to_the_plan,),
    guards=("program_id",),
    immutable=("program_id",),
    sorts=("entry_date", "year", "amount"),
    example={
        "program_id": "$program",
        "entry": "plan",
        "entry_date": "2020-09-01",
        "year": 2020,
        "amount": "120000",
        "fund": "municipal_budget",
        "mechanism": "special_subsidy",
        "recipient_id": "$school",
        "activity_id": "$activity",
        "title": "Оборудование кабинета физики",
        "document_no": "17",
    },
    change={"note": "Уточнено по итогам торгов"},
)
