"""Partnerships: which organizations support which, on what basis and on which days."""

import uuid
from typing import Self

from pydantic import model_validator

from app.access.rows import REGISTER
from app.model.columns import (
    Choice,
    choice,
    choices,
    code,
    day,
    folded,
    line,
    parts,
    reference,
)
from app.model.declaration import Titles
from app.model.derivation import Derivation
from app.model.record import (
    Part,
    Record,
    Strict,
    Tenant,
    Write,
    constraints,
    date_order,
    owner,
)
from app.model.resource import Resource
from app.model.values import Day, Id, Line
from app.registry.interaction import InteractionForm, InteractionMode
from app.registry.partnership_rules import (
    active_vertical_has_both_sides,
    end_is_known,
    leaders_are_designated,
    members_are_at_home,
    members_are_open,
    members_stand_once,
    nobody_supports_itself,
)
from app.registry.rules import keeps_to_text
from app.registry.terms import SILENT, TermKind, parse_term, term_kind
from app.registry.types import Number


class PartnershipModel(Choice):
    """How a partnership is built."""

    VERTICAL = "vertical", "вертикальная: лидер поддерживает"
    HORIZONTAL = "horizontal", "горизонтальная: равные партнёры"
    MIXED = "mixed", "смешанная"


class PartnershipBasis(Choice):
    """What a partnership is based on; a contract is never mandatory."""

    ORDER = "order", "приказ"
    AGREEMENT = "agreement", "соглашение"
    NETWORK_FORM_CONTRACT = "network_form_contract", "договор о сетевой форме"
    PLAN = "plan", "план"


class PartnershipStatus(Choice):
    """Where a partnership stands."""

    DRAFT = "draft", "черновик"
    ACTIVE = "active", "действует"
    ENDED = "ended", "завершено"


class MemberRole(Choice):
    """What a member does in a partnership."""

    LEADER = "leader", "лидер (ресурсная школа)"
    SUPPORTED = "supported", "поддерживаемая организация"
    SOCIAL_PARTNER = "social_partner", "социальный партнёр"
    PARTNER = "partner", "партнёр"


class PartnershipFields(Write):
    """Columns that a partnership and its body share."""

    program_id: Id = reference("programs", "Программа")
    model: PartnershipModel = choice("Модель взаимодействия", PartnershipModel)
    title: Line | None = line("Название", default=None)
    basis: PartnershipBasis = choice("Основание", PartnershipBasis)
    act_id: Id | None = reference("legal_acts", "Документ-основание", default=None)
    act_clause: Number | None = line("Пункт документа", default=None, numeral=True)
    agreement_no: Number | None = code(
        "Номер соглашения или договора",
        default=None,
        length=500,
    )
    agreement_date: Day | None = day("Дата соглашения или договора", default=None)
    support_program: Line | None = line("Адресная программа поддержки", default=None)
    term_text: Line | None = line("Срок, как напечатан", heading="Срок", default=None)
    term_kind: TermKind | None = choice(
        "Вид срока; если не указан, определяется по тексту",
        TermKind,
        heading="Вид срока",
        default=None,
    )
    status: PartnershipStatus = choice("Состояние", PartnershipStatus)
    start_date: Day = day("Первый день")
    end_date: Day | None = day("Последний день", default=None)
    forms: list[InteractionForm] = choices("Формы взаимодействия", InteractionForm)
    modes: list[InteractionMode] = choices("Режимы взаимодействия", InteractionMode)


class MemberBody(Strict):
    """Участник партнёрства."""

    organization_id: Id = reference(
        "organizations", "Организация", heading="организация", beyond=True
    )
    role: MemberRole = choice("Роль", MemberRole, heading="роль")
    valid_from: Day | None = day(
        "Первый день; null: с начала партнёрства", heading="первый день", default=None
    )
    valid_to: Day | None = day(
        "Последний день; null: до конца партнёрства", heading="последний день", default=None
    )
    representative: Line | None = line(
        "Представитель, в именительном падеже: фамилия и инициалы",
        heading="представитель",
        default=None,
        personal=True,
    )


class SuspensionBody(Strict):
    """Приостановка партнёрства."""

    valid_from: Day = day("Первый день", heading="первый день")
    valid_to: Day | None = day("Последний день", heading="последний день", default=None)
    reason: Line | None = line("Причина", heading="причина", default=None)


class PartnershipWrite(PartnershipFields):
    """Партнёрство: кто кого поддерживает, на каком основании и в какие сроки."""

    members: list[MemberBody] = parts("Участники")
    suspensions: list[SuspensionBody] = parts("Приостановки")

    @model_validator(mode="after")
    def _term_is_read(self) -> Self:
        if self.term_kind is None and self.term_text:
            self.term_kind = parse_term(self.term_text).kind
        return self


class Partnership(PartnershipFields, Tenant, Record, table=True):
    """A row of partnerships."""

    __tablename__ = "partnerships"
    __table_args__ = constraints(date_order("start_date", "end_date"))

    title_key: str = folded("title")
    search_key: str = folded("title", "agreement_no", "support_program")


class Member(MemberBody, Part, table=True):
    """A member of a partnership in one role, from one day to another."""

    __tablename__ = "partnership_members"
    __table_args__ = (date_order("valid_from", "valid_to"),)

    owner_id: uuid.UUID = owner("partnerships")


class Suspension(SuspensionBody, Part, table=True):
    """Days on which a partnership is suspended."""

    __tablename__ = "partnership_suspensions"
    __table_args__ = (date_order("valid_from", "valid_to"),)

    owner_id: uuid.UUID = owner("partnerships")


TERM = Derivation("term_text", ("term_kind",), term_kind, SILENT)

partnerships = Resource(
    name="partnerships",
    titles=Titles("Партнёрства", "партнёрство", "партнёрств"),
    row=Partnership,
    write=PartnershipWrite,
    called=("{title}", "Партнёрство, с {start_date}"),
    access=REGISTER,
    period=("start_date", "end_date"),
    hangs_on=("program_id",),
    parts={"members": Member, "suspensions": Suspension},
    rules=(
        end_is_known,
        active_vertical_has_both_sides,
        nobody_supports_itself,
        members_stand_once,
        members_are_at_home,
        members_are_open,
    ),
    remarks=(leaders_are_designated, keeps_to_text(TERM, "/term_kind")),
    derived=(TERM,),
    immutable=("program_id",),
    sorts=("start_date", "end_date", "title"),
    example={
        "program_id": "$program",
        "model": "vertical",
        "title": "Наставничество учителей математики",
        "basis": "order",
        "act_id": "$act",
        "act_clause": "3",
        "term_text": "постоянно",
        "status": "active",
        "start_date": "2020-09-01",
        "forms": ["professional_development"],
        "modes": ["in_person"],
        "members": [
            {"organization_id": "$leader", "role": "leader"},
            {"organization_id": "$school", "role": "supported"},
        ],
        "suspensions": [
            {"valid_from": "2020-11-01", "valid_to": "2020-11-08", "reason": "Карантин в школе"}
        ],
    },
    change={"title": "Другое название"},
)
