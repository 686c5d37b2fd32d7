"""Organizations: schools and their partners, with their numbers in state registers."""

from collections.abc import Iterator, Sequence

from app.access.roles import Role
from app.access.rows import REGISTER
from app.findings import Finding, fault
from app.model.columns import Choice, choice, code, day, folded, line, reference
from app.model.declaration import Titles
from app.model.drafts import Draft
from app.model.grants import Grant, Reach, Verb
from app.model.record import Owned, Record, constraints, date_order, natural_key
from app.model.resource import Resource
from app.model.rule import Inquiry
from app.model.values import Day, Id, Line
from app.registry.closing_rules import nothing_stays_open
from app.registry.identifiers import ogrn_looks_like_grn
from app.registry.rules import one_deep
from app.registry.types import Inn, Kpp, Ogrn

NO_UNITS_OF_UNITS = fault(
    "no_units_of_units",
    "Структурное подразделение не может входить в другое подразделение или в само себя.",
    "A structural unit cannot belong to another unit or to itself.",
)
OGRN_LOOKS_LIKE_GRN = fault(
    "ogrn_looks_like_grn",
    "ОГРН начинается не с 1 и не с 5: похоже на номер записи (ГРН). Сверьте с выпиской.",
    "The ОГРН begins with neither 1 nor 5: it looks like the number of an entry (ГРН).",
)
PAST_IS_COUNTED_ANEW = fault(
    "past_is_counted_anew",
    "Подразделение считается вместе со своим юридическим лицом, и за прошедшие дни тоже: прежние "
    "показатели изменятся. Если организацию присоединили или выделили теперь, оставьте запись, "
    "как была, закройте её последним днём (closed_on) с преемником (successor_id) и заведите "
    "новую.",
    "A structural unit is counted with its legal person, on past days too: earlier figures will "
    "change. If the organization was joined or separated now, leave the record as it was, close "
    "it on its last day (closed_on) with a successor (successor_id), and create a new one.",
)


class OrganizationKind(Choice):
    """What an organization does, as far as the program needs to know."""

    EDUCATION_AUTHORITY = "education_authority", "орган управления образованием"
    GENERAL_SCHOOL = "general_school", "общеобразовательная организация"
    ADDITIONAL_EDUCATION = "additional_education", "организация дополнительного образования"
    PRESCHOOL = "preschool", "дошкольная организация"
    CULTURE = "culture", "учреждение культуры"
    SPORT = "sport", "учреждение спорта"
    OTHER_SOCIAL_INSTITUTION = "other_social_institution", "другой социальный институт"
    OTHER = "other", "другая организация"


class OrganizationWrite(Owned):
    """Организация: школа, учреждение или орган управления."""

    kind: OrganizationKind = choice("Вид организации", OrganizationKind)
    full_name: Line = line("Полное наименование")
    short_name: Line = line("Краткое наименование")
    name_tt: Line | None = line("Наименование на татарском языке", default=None)
    inn: Inn | None = code("ИНН, 10 цифр", heading="ИНН", default=None, length=10)
    kpp: Kpp | None = code("КПП, 9 знаков", heading="КПП", default=None, length=9)
    ogrn: Ogrn | None = code("ОГРН, 13 цифр", heading="ОГРН", default=None, length=13)
    parent_id: Id | None = reference(
        "organizations",
        "Юридическое лицо, структурным подразделением которого это является (не учредитель)",
        heading="Юридическое лицо",
        default=None,
    )
    address: Line | None = line("Почтовый адрес", default=None)
    phone: Line | None = line("Телефон", default=None)
    email: Line | None = line("Электронная почта", default=None)
    opened_on: Day | None = day("Открыта", default=None)
    closed_on: Day | None = day("Закрыта: последний день работы", heading="Закрыта", default=None)
    successor_id: Id | None = reference("organizations", "Правопреемник", default=None, beyond=True)


class Organization(OrganizationWrite, Record, table=True):
    """A row of organizations."""

    __tablename__ = "organizations"
    __table_args__ = constraints(
        date_order("opened_on", "closed_on"),
        natural_key("municipality_id", "inn", "kpp", unless="parent_id"),
        natural_key("municipality_id", "ogrn", unless="parent_id"),
    )

    full_name_key: str = folded("full_name")
    short_name_key: str = folded("short_name")
    search_key: str = folded("full_name", "short_name", "name_tt", "inn", "ogrn", "address")


def ogrn_is_of_an_organization(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """An ОГРН begins with 1 or 5; the order's own letterhead carries another number."""
    for draft in drafts:
        if draft.columns["ogrn"] and ogrn_looks_like_grn(draft.columns["ogrn"]):
            yield draft.finds(OGRN_LOOKS_LIKE_GRN, "/ogrn")


def belongs_as_before(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Whose unit an organization is has no day, so another answer holds for the past too."""
    for draft in drafts:
        if draft.stored and draft.moves("parent_id"):
            yield draft.finds(PAST_IS_COUNTED_ANEW, "/parent_id")


CONTACTS = frozenset({"address", "phone", "email"})
"""The fields that an organization may change itself."""

organizations = Resource(
    name="organizations",
    titles=Titles("Организации", "организацию", "организаций"),
    row=Organization,
    write=OrganizationWrite,
    called=("{short_name}",),
    access={
        **REGISTER,
        Role.ORG: Grant(Reach.SCOPE, Reach.OWN, frozenset({Verb.CHANGE}), CONTACTS),
    },
    owner="id",
    period=("opened_on", "closed_on"),
    rules=(one_deep("parent_id", otherwise=NO_UNITS_OF_UNITS),),
    remarks=(ogrn_is_of_an_organization, nothing_stays_open, belongs_as_before),
    guards=("parent_id",),
    sorts=("short_name", "full_name", "opened_on", "closed_on"),
    example={
        "municipality_id": "$municipality",
        "kind": "general_school",
        "full_name": "МБОУ «Кряш-Сердинская СОШ»",
        "short_name": "Кряш-Сердинская СОШ",
        "phone": "(8-84367) 3-56-18",
    },
    change={"phone": "(8-84367) 3-00-00"},
)
