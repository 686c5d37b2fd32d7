"""Curriculum rules: who may be a party, who teaches, and what of the contract is missing."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlmodel import SQLModel

from app.findings import Fault, Finding, fault
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.act_rules import wrong_act
from app.registry.legal_acts import LegalActKind, legal_acts
from app.registry.organizations import OrganizationKind, organizations
from app.registry.rules import ORGANIZATION_CLOSED, is_open, places_of, told
from app.store.lookups import column_of, columns_of

PARTY_TWICE = fault(
    "party_twice",
    "Эта организация уже указана стороной. Оставьте одну строку.",
    "The organization is a party already. Keep one row.",
)
NO_BASE = fault(
    "no_base",
    "Нужна хотя бы одна базовая организация. Добавьте её в стороны программы (parties).",
    "At least one base organization is needed: add it to parties.",
)
NOT_A_SCHOOL = fault(
    "not_a_school",
    "Базовой организацией и участником может быть школа, организация дополнительного образования "
    "или детский сад. Для других есть роль «организация, обладающая ресурсами» (resource_owner).",
    "A base or an educating party is a school, an organization of additional education or a "
    "preschool. Others have the role resource_owner.",
)
COMPONENT_TWICE = fault(
    "component_twice",
    "Часть с таким номером уже есть. Дайте частям разные номера.",
    "There is a component with this number already. Number them differently.",
)
NOT_A_TEACHING_PARTY = fault(
    "not_a_teaching_party",
    "Эта организация не учит в программе: укажите базовую организацию или участника из её сторон "
    "(parties). Обладатель ресурсов не ведёт занятий.",
    "The organization does not teach here: name a base or an educating party. A resource owner "
    "teaches nobody.",
)
FEWER_THAN_LEAST = fault(
    "fewer_than_least",
    "Наибольшее число меньше наименьшего. Исправьте одно из чисел.",
    "The most learners are fewer than the least. Correct one of the numbers.",
)
CONTRACT_OF_ANOTHER_BASE = fault(
    "contract_of_another_base",
    "Этот договор уже указан у другой базовой организации, а в договоре о сетевой форме она одна. "
    "Укажите у каждой её договор.",
    "The contract is named by another base already, and a contract on the network form has one. "
    "Name for each base a contract of its own.",
)
NO_PARTICIPANT = fault(
    "no_participant",
    "Кроме базовой организации никого нет. Добавьте участника или обладателя ресурсов.",
    "There is nobody besides the base. Add an educating party or a resource owner.",
)
CONTRACT_MISSING = fault(
    "contract_missing",
    "У базовой организации нет договора о сетевой форме (act_id). Внесите его в документы и "
    "укажите здесь.",
    "The base has no contract on the network form (act_id). Enter it as a legal act and name it "
    "here.",
)
CONTRACT_AFTER_START = fault(
    "contract_after_start",
    "Договор заключён позже, чем началась программа. Проверьте даты.",
    "The contract is dated after the start of the curriculum. Check the dates.",
)
PARTNERSHIP_ENDS_FIRST = fault(
    "partnership_ends_first",
    "Партнёрство заканчивается {last:%d.%m.%Y}, раньше сетевой программы. Продлите его или "
    "исправьте сроки программы.",
    "The partnership ends on {last}, before the curriculum. Prolong it, or change the dates.",
)
LICENCE_MISSING = fault(
    "licence_missing",
    "У участника нет лицензии (licence_no). Укажите её номер.",
    "The educating party has no licence (licence_no). Tell its number.",
)
LEVEL_MISSING = fault(
    "level_missing",
    "У основной программы нет уровня образования (level). Укажите его.",
    "The general curriculum has no level of education (level). Tell it.",
)

EDUCATING = frozenset(
    {
        OrganizationKind.GENERAL_SCHOOL,
        OrganizationKind.ADDITIONAL_EDUCATION,
        OrganizationKind.PRESCHOOL,
    }
)
TEACHING = frozenset({"base", "educating"})
"""Roles that teach and enrol (order 882/391, points 4 and 9)."""


def fewest_learners_come_first(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The least number of learners is not above the greatest."""
    for draft in drafts:
        least, most = draft.columns["learners_min"], draft.columns["learners_max"]
        if least is not None and most is not None and most < least:
            yield draft.finds(FEWER_THAN_LEAST, "/learners_max")


def parties_are_fit(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """An organization is a party once, one is the base, and who teaches is a school.

    A party's act is a contract on the network form, and a contract has one base (order 882/391,
    point 4).
    """
    placed = [
        (draft, at, party) for draft in drafts for at, party in enumerate(draft.parts["parties"])
    ]
    kinds = columns_of(tx, organizations.table, _ids(placed, "organization_id"), "kind")
    acts = columns_of(tx, legal_acts.table, _ids(placed, "act_id"), "kind")
    for draft in drafts:
        yield from _repeated(draft, "parties", "organization_id", PARTY_TWICE)
        if all(party["role"] != "base" for party in draft.parts["parties"]):
            yield draft.finds(NO_BASE, "/parties")
        yield from _contracts_of_two_bases(draft)
    for draft, at, party in placed:
        kind, act = kinds.get(party["organization_id"]), acts.get(party["act_id"])
        if party["role"] in TEACHING and kind and kind.kind not in EDUCATING:
            yield draft.finds(NOT_A_SCHOOL, f"/parties/{at}/role")
        if act and act.kind != LegalActKind.NETWORK_FORM_CONTRACT:
            expected = (LegalActKind.NETWORK_FORM_CONTRACT,)
            yield wrong_act(draft, f"/parties/{at}/act_id", act.kind, expected)


def components_are_taught_by_parties(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A component has a number of its own, and a base or an educating party teaches it."""
    for draft in drafts:
        yield from _repeated(draft, "components", "no", COMPONENT_TWICE)
        teaching = {
            party["organization_id"]
            for party in draft.parts["parties"]
            if party["role"] in TEACHING
        }
        for at, component in enumerate(draft.parts["components"]):
            if component["organization_id"] not in teaching:
                yield draft.finds(NOT_A_TEACHING_PARTY, f"/components/{at}/organization_id")


def participants_are_named(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Somebody but the base takes part, with a licence; a general curriculum has a level."""
    for draft in drafts:
        roles = {party["role"] for party in draft.parts["parties"]}
        if not roles - {"base"}:
            yield draft.finds(NO_PARTICIPANT, "/parties")
        for at, party in enumerate(draft.parts["parties"]):
            if party["role"] == "educating" and party["licence_no"] is None:
                yield draft.finds(LICENCE_MISSING, f"/parties/{at}/licence_no")
        if draft.columns["kind"] == "general" and draft.columns["level"] is None:
            yield draft.finds(LEVEL_MISSING, "/level")


def contract_is_in_order(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """Every base has a contract that is dated by the first day."""
    bases = [
        (draft, at, party)
        for draft in drafts
        for at, party in enumerate(draft.parts["parties"])
        if party["role"] == "base"
    ]
    acts = columns_of(tx, legal_acts.table, _ids(bases, "act_id"), "act_date")
    for draft, at, party in bases:
        act = acts.get(party["act_id"])
        if party["act_id"] is None:
            yield draft.finds(CONTRACT_MISSING, f"/parties/{at}/act_id")
        elif act and act.act_date > draft.columns["start_date"]:
            yield draft.finds(CONTRACT_AFTER_START, f"/parties/{at}/act_id")


def term_is_covered(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The partnership that a curriculum rests on does not end before it."""
    table = SQLModel.metadata.tables["partnerships"]
    ends = column_of(tx, table, (draft.columns["partnership_id"] for draft in drafts), "end_date")
    for draft in drafts:
        last = ends.get(draft.columns["partnership_id"])
        if last and last < draft.columns["end_date"]:
            yield draft.finds(PARTNERSHIP_ENDS_FIRST, "/end_date", last=last)


def parties_are_open(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A party that enters a curriculum is open on its first day."""
    entering = [
        (draft, at, party)
        for draft in drafts
        for at, party in enumerate(draft.parts["parties"])
        if draft.moves("start_date")
        or not (draft.stored and party in draft.stored.parts["parties"])
    ]
    places = places_of(tx, _ids(entering, "organization_id"))
    for draft, at, party in entering:
        place, first = places.get(party["organization_id"]), draft.columns["start_date"]
        if place and not is_open(place, first):
            pointer = f"/parties/{at}/organization_id"
            yield draft.finds(ORGANIZATION_CLOSED, pointer, **told(draft, places, place, first))


def _contracts_of_two_bases(draft: Draft) -> Iterator[Finding]:
    seen: set[uuid.UUID] = set()
    for at, party in enumerate(draft.parts["parties"]):
        if party["role"] == "base" and (act := party["act_id"]):
            if act in seen:
                yield draft.finds(CONTRACT_OF_ANOTHER_BASE, f"/parties/{at}/act_id")
            seen.add(act)


def _ids(placed: Iterable[tuple[Draft, int, dict[str, Any]]], name: str) -> Iterator[Any]:
    return (part[name] for *_, part in placed)


def _repeated(draft: Draft, parts: str, name: str, otherwise: Fault) -> Iterator[Finding]:
    """The parts that have the same value as one before them."""
    values = [part[name] for part in draft.parts[parts]]
    for at, value in enumerate(values):
        if value in values[:at]:
            yield draft.finds(otherwise, f"/{parts}/{at}/{name}")
