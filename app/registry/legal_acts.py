"""Legal acts: the orders, agreements and contracts that programs and partnerships rest on."""

import uuid

from app.access.rows import REGISTER
from app.findings import fault
from app.model import columns
from app.model.columns import Choice, choice, code, day, folded, line, parts, reference, text
from app.model.declaration import Titles
from app.model.record import Owned, Part, Record, Strict, constraints, owner
from app.model.resource import Resource
from app.model.values import Day, Id, Line, Link, Text
from app.registry.rules import either
from app.registry.types import Number
from app.registry.usage_rules import fixed_once_used

ONE_ISSUER = fault(
    "one_issuer",
    "Укажите, кто издал документ, один раз: либо организацию из реестра (issuer_id), либо "
    "название той, которой там нет (issuer_name).",
    "Name the issuer by either issuer_id or issuer_name, and not by both.",
)


ACT_IN_USE = fault(
    "act_in_use",
    "Этот документ указан у сетевой программы или пользования ресурсом, поэтому его вид не "
    "меняется. Сначала уберите его там или заведите новый документ.",
    "A curriculum or a use of a resource names this document, so its kind stays. Take it out there "
    "first, or make a new document.",
)


class LegalActKind(Choice):
    """What kind of document it is."""

    ORDER = "order", "приказ"
    AGREEMENT = "agreement", "соглашение"
    NETWORK_FORM_CONTRACT = "network_form_contract", "договор о сетевой форме"
    REGULATION = "regulation", "положение"
    FREE_USE_CONTRACT = "free_use_contract", "договор безвозмездного пользования"
    LEASE_CONTRACT = "lease_contract", "договор аренды"
    SERVICE_CONTRACT = "service_contract", "договор возмездного оказания услуг"
    CONCLUSION = "conclusion", "заключение"
    MINUTES = "minutes", "протокол"
    OTHER = "other", "другой документ"


class LegalActFields(Owned):
    """Columns that a legal act and its body share."""

    issuer_id: Id | None = reference(
        "organizations", "Кто издал: организация из реестра", heading="Кто издал", default=None
    )
    issuer_name: Line | None = line(
        "Кто издал, если организации нет в реестре",
        heading="Кто издал, если организации нет в реестре",
        default=None,
    )
    kind: LegalActKind = choice("Вид документа", LegalActKind)
    number: Number = code("Номер; знак № впереди отбрасывается", heading="Номер", length=500)
    act_date: Day = day("Дата документа")
    title: Line = line("Заголовок")
    purpose: Text | None = text("Преамбула: в каких целях издан", heading="Преамбула")
    signed_by: Line | None = line(
        "Кто подписал, как напечатано", heading="Кто подписал", default=None, personal=True
    )
    url: Link | None = line("Ссылка на текст", default=None)


class ClauseBody(Strict):
    """Пункт документа."""

    no: Number | None = line("Номер пункта", heading="номер", default=None, numeral=True)
    text: Text | None = columns.text("Текст пункта", heading="текст")


class Clause(ClauseBody, Part, table=True):
    """A clause of a legal act."""

    __tablename__ = "legal_act_clauses"

    owner_id: uuid.UUID = owner("legal_acts")


class LegalActWrite(LegalActFields):
    """Документ: приказ, соглашение, договор или положение."""

    clauses: list[ClauseBody] = parts("Пункты документа")


class LegalAct(LegalActFields, Record, table=True):
    """A row of legal_acts; issuer, kind, number and date name one in a municipality."""

    __tablename__ = "legal_acts"
    __table_args__ = constraints()

    natural_key: str = folded(
        "municipality_id", "issuer_id", "issuer_name", "kind", "number", "act_date", unique=True
    )
    number_key: str = folded("number")
    title_key: str = folded("title")
    search_key: str = folded("number", "title", "issuer_name")


legal_acts = Resource(
    name="legal_acts",
    titles=Titles("Документы", "документ", "документов"),
    row=LegalAct,
    write=LegalActWrite,
    called=("{kind} от {act_date} № {number}",),
    access=REGISTER,
    period=None,
    parts={"clauses": Clause},
    rules=(
        either("issuer_id", "issuer_name", otherwise=ONE_ISSUER),
        fixed_once_used(
            "kind",
            by=(
                "network_curriculum_parties.act_id",
                "resource_uses.act_id",
                "resource_uses.assessment_act_id",
                "resource_uses.consent_act_id",
            ),
            otherwise=ACT_IN_USE,
        ),
    ),
    sorts=("act_date", "number", "title"),
    example={
        "municipality_id": "$municipality",
        "issuer_id": "$authority",
        "kind": "order",
        "number": "212",
        "act_date": "2020-09-01",
        "title": "О плане сетевого взаимодействия на учебный год",
        "clauses": [{"no": "1", "text": "Утвердить план сетевого взаимодействия."}],
    },
    change={"purpose": "В целях проверки"},
)
