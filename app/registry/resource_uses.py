"""Resource uses: who uses what of whom, on what basis, from when to when."""

import uuid
from typing import Any

from app.access.rows import KEPT_BY_SCHOOLS
from app.findings import Words
from app.model.columns import Choice, choice, day, decimal, folded, line, parts, reference
from app.model.declaration import Titles
from app.model.record import (
    Part,
    Record,
    Tenant,
    Write,
    constraints,
    date_order,
    natural_key,
    owner,
)
from app.model.resource import Resource
from app.model.values import Day, Id, Line
from app.registry.act_rules import acts_are
from app.registry.booking_rules import its_bookings_are_clear, keeps_its_slots
from app.registry.breaks import BreakBody
from app.registry.legal_acts import LegalActKind
from app.registry.partnerships import PartnershipStatus
from app.registry.rules import agrees, meets_program, open_on
from app.registry.types import COUNTED, Quantity
from app.registry.usage_rules import holds_days_of
from app.registry.use_rules import (
    nobody_lends_to_itself,
    papers_are_there,
    provider_has_the_resource,
)


class UseBasis(Choice):
    """On what basis a resource is used."""

    JOINT_USE = "joint_use", "совместное пользование"
    FREE_USE = "free_use", "безвозмездное пользование"
    LEASE = "lease", "аренда"


class ResourceUseFields(Write):
    """What is said of a use itself."""

    program_id: Id = reference("programs", "Программа", index=False)
    partnership_id: Id | None = reference("partnerships", "Партнёрство", default=None)
    resource_id: Id = reference("shared_resources", "Ресурс")
    provider_id: Id = reference("organizations", "Кто предоставляет")
    user_id: Id = reference("organizations", "Кто пользуется")
    basis: UseBasis = choice("Основание пользования", UseBasis)
    act_id: Id | None = reference("legal_acts", "Договор или соглашение", default=None)
    assessment_act_id: Id | None = reference(
        "legal_acts", "Заключение об оценке последствий", default=None
    )
    consent_act_id: Id | None = reference("legal_acts", "Согласие собственника", default=None)
    quantity: Quantity = decimal("Количество в единицах вида ресурса", COUNTED, default=...)
    purpose: Line | None = line("Для чего", default=None)
    status: PartnershipStatus = choice("Состояние", PartnershipStatus)
    start_date: Day = day("Первый день")
    end_date: Day = day("Последний день")


class ResourceUseWrite(ResourceUseFields):
    """Пользование ресурсом другой организации."""

    breaks: list[BreakBody] = parts("Перерывы")


class ResourceUse(ResourceUseFields, Tenant, Record, table=True):
    """A row of resource_uses; resource, user and first day name one in a program."""

    __tablename__ = "resource_uses"
    __table_args__: Any = constraints(
        date_order("start_date", "end_date"),
        natural_key("program_id", "resource_id", "user_id", "start_date"),
    )

    search_key: str = folded("purpose")


class UseBreak(BreakBody, Part, table=True):
    """Days on which a use has no slots."""

    __tablename__ = "resource_use_breaks"
    __table_args__: Any = (date_order("valid_from", "valid_to"),)

    owner_id: uuid.UUID = owner("resource_uses")


resource_uses = Resource(
    name="resource_uses",
    titles=Titles(
        "Пользование ресурсами", "запись о пользовании ресурсом", "записей о пользовании ресурсами"
    ),
    row=ResourceUse,
    write=ResourceUseWrite,
    called=("{resource_id}: {user_id}, {start_date–end_date}",),
    access=KEPT_BY_SCHOOLS,
    owner="provider_id",
    period=("start_date", "end_date"),
    hangs_on=("program_id",),
    parts={"breaks": UseBreak},
    rules=(
        meets_program(),
        agrees("partnership_id", "program_id"),
        nobody_lends_to_itself,
        provider_has_the_resource,
        acts_are(
            "act_id",
            LegalActKind.FREE_USE_CONTRACT,
            LegalActKind.LEASE_CONTRACT,
            LegalActKind.SERVICE_CONTRACT,
            LegalActKind.AGREEMENT,
        ),
        acts_are("assessment_act_id", LegalActKind.CONCLUSION),
        acts_are("consent_act_id", LegalActKind.CONCLUSION, LegalActKind.ORDER, LegalActKind.OTHER),
        open_on("provider_id", "start_date"),
        open_on("user_id", "start_date"),
        keeps_its_slots("use_id", "provider_id"),
        holds_days_of(
            "schedule_slots.use_id",
            "valid_from",
            "valid_to",
            called=Words("занятия в расписании", "slots"),
        ),
    ),
    remarks=(papers_are_there, its_bookings_are_clear),
    immutable=("program_id",),
    sorts=("start_date", "end_date"),
    example={
        "program_id": "$program",
        "resource_id": "$hall",
        "provider_id": "$leader",
        "user_id": "$school",
        "basis": "joint_use",
        "act_id": "$agreement",
        "quantity": "2",
        "purpose": "Занятия секции волейбола",
        "status": "active",
        "start_date": "2020-09-01",
        "end_date": "2020-12-31",
        "breaks": [
            {"valid_from": "2020-11-02", "valid_to": "2020-11-08", "reason": "Осенние каникулы"}
        ],
    },
    change={"quantity": "3"},
)
