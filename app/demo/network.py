"""The network of the demo data: organizations, programs, designations and partnerships."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.demo.door import Door
from app.demo.words import inn, ogrn, village
from app.registry.activities import activities
from app.registry.designations import designations
from app.registry.legal_acts import legal_acts
from app.registry.organization_aliases import organization_aliases
from app.registry.organizations import organizations
from app.registry.partnerships import partnerships
from app.registry.program_parts import ProvisionCode, ResultLevel
from app.registry.programs import programs

START, END = date(2020, 4, 17), date(2021, 12, 31)
"""The first and last day of the source program and of the fictional ones."""

MIDDLE = date(2021, 8, 31)

_OTHERS = (
    ("additional_education", "Дом детского творчества", "Балалар иҗаты йорты"),
    ("additional_education", "Центр внешкольной работы", "Мәктәптән тыш эшләр үзәге"),
    ("additional_education", "Детская школа искусств", "Балалар сәнгать мәктәбе"),
    ("preschool", "Детский сад «Миләүшә»", "«Миләүшә» балалар бакчасы"),
    ("preschool", "Детский сад «Ромашка»", "«Ромашка» балалар бакчасы"),
    ("culture", "Районный дом культуры «Чишмә»", "«Чишмә» район мәдәният йорты"),
    ("sport", "Спортивный комплекс «Тулпар»", "«Тулпар» спорт комплексы"),
)


_EXPECTED = (
    (
        "Развитие сети школ муниципалитета",
        "Повышение качества образования в школах",
        "Рост учебных достижений",
    ),
    (
        "Эффективное использование общих ресурсов",
        "Современные условия обучения в каждой школе",
        "Доступ к занятиям в других школах сети",
    ),
)
"""What a fictional program expects: rows of municipal, institutional and learners' results."""


@dataclass(frozen=True)
class District:
    """How many records are made in one municipality."""

    organizations: int
    teachers: int
    events: int
    participations: int


class Basis(NamedTuple):
    """The authority, the act and the program that a municipality's network rests on."""

    authority: uuid.UUID
    act: uuid.UUID
    program: uuid.UUID


@dataclass(frozen=True)
class Places:
    """The organizations of a municipality by their kind."""

    authority: uuid.UUID | None
    schools: list[uuid.UUID]
    others: list[uuid.UUID]
    unit: uuid.UUID


def organize(door: Door, index: int, district: District) -> Places:
    """Create the organizations: schools, partners, a branch, and an authority if there is none."""
    count = district.organizations - len(_OTHERS) - 1 - (index > 0)
    bodies = {f"org-{n + 1:03}": _school(index, n) for n in range(count)}
    bodies |= {
        f"org-{count + n + 1:03}": _other(index, count + n) | _named(*names)
        for n, names in enumerate(_OTHERS)
    }
    if index:
        bodies["org-000"] = _other(index, 999) | {
            "kind": "education_authority",
            "full_name": "Управление образования (учебный пример)",
            "short_name": "Управление образования",
        }
    ids = door.put(organizations, bodies)
    schools = [ids[f"org-{n + 1:03}"] for n in range(count)]
    others = [ids[f"org-{count + n + 1:03}"] for n in range(len(_OTHERS))]
    unit = door.put(organizations, {"unit-001": _unit(bodies["org-001"], schools[0])})
    spoken = {
        f"alias-{n + 1:03}": {"organization_id": schools[n], "alias": f"{village(n)} школа"}
        for n in range(10)
    }
    door.put(organization_aliases, spoken)
    return Places(ids.get("org-000"), schools, others, unit["unit-001"])


def found(door: Door, places: Places) -> Basis:
    """Create the order and the program, with a short plan, in a municipality without them."""
    if places.authority is None:
        raise LookupError("No education authority")
    act = door.put(legal_acts, {"order": _order(places.authority)})["order"]
    program = door.put(programs, {"program": _program(places.authority, act)})["program"]
    rows = (
        ("regulatory", "Правовое оформление сети", "Октябрь-ноябрь 2020"),
        ("organizational", "Анализ ресурсного обеспечения", "Ежегодно (август)"),
        ("organizational", "Контроль качества сетевых программ", "Ежегодно (май-июнь)"),
        ("organizational", "Социальное партнёрство", "В течение всего периода"),
        ("financial", "Оценка ресурсов сети", "Ежегодно (июль-август)"),
    )
    parties = [{"organization_id": places.authority, "role": "responsible"}]
    plan = {
        f"row-{no}": {
            "program_id": program,
            "plan_no": str(no),
            "title": title,
            "direction": direction,
            "term_text": term,
            "parties": parties,
        }
        for no, (direction, title, term) in enumerate(rows, 1)
    }
    door.put(activities, plan)
    return Basis(places.authority, act, program)


def designate(door: Door, places: Places, basis: Basis) -> None:
    """Designate two leaders, schools of both weak categories, and one that left."""
    categories = [(0, "leader"), (1, "leader")]
    categories += [(n, "low_results") for n in (2, 3, 4, 5, 6, 9)]
    categories += [(n, "disadvantaged_conditions") for n in (5, 6, 7, 8)]
    bodies = {
        f"designation-{n + 1:03}-{category}": {
            "organization_id": places.schools[n],
            "category": category,
            "valid_from": START,
            "act_id": basis.act,
            "grounds": "Результаты мониторинга за 2019/2020 учебный год (учебный пример)",
            **_left(n),
        }
        for n, category in categories
    }
    door.put(designations, bodies)


def pair(door: Door, places: Places, basis: Basis) -> list[uuid.UUID]:
    """Create the partnerships; returns those in which events are held."""
    school, others = places.schools, places.others
    agreed = {"agreement_no": "7/2020", "agreement_date": date(2020, 9, 1)}
    break_ = {"valid_from": date(2020, 11, 1), "valid_to": date(2020, 11, 30)}
    bodies: dict[str, dict[str, object]] = {
        "pair-1": _pair(basis, school[0], school[2:4]),
        "pair-2": _pair(basis, school[1], school[4:5]) | {"status": "draft"},
        "pair-3": _pair(basis, school[0], school[9:10]) | {"status": "ended", "end_date": MIDDLE},
        "pair-4": _pair(basis, school[1], school[5:6])
        | {"suspensions": [break_ | {"reason": "Карантин"}]},
        "pair-5": _pair(basis, None, [])
        | {
            "model": "horizontal",
            "members": _members("partner", school[6:8]) + _members("social_partner", others[5:7]),
        },
        "pair-6": _pair(basis, school[1], school[7:9])
        | {"basis": "agreement", "act_id": None, "act_clause": None, **agreed},
    }
    ids = door.put(partnerships, bodies)
    return [ids[key] for key in ("pair-1", "pair-4", "pair-5", "pair-6")]


def _school(index: int, number: int) -> dict[str, object]:
    kind = ("СОШ", "ООШ")[number % 3 == 2]  # noqa: PLR2004 - every third is a basic school
    name = f"«{village(number)} {kind}»"
    return {
        **_other(index, number),
        "kind": "general_school",
        "full_name": f"Муниципальное бюджетное общеобразовательное учреждение {name}",
        "short_name": f"МБОУ {name}",
        "address": f"Школьная ул., д. {number % 40 + 1}",
    }


def _other(index: int, number: int) -> dict[str, object]:
    """Fictional register numbers with valid check digits."""
    office = "1690" if index else "1633"
    serial = index * 1000 + number if index else 90_001 + number
    return {
        "inn": inn(f"{office}{serial:05}"),
        "kpp": f"{office}01001",
        "ogrn": ogrn(f"12016{90:02}{serial:05}"),
        "opened_on": date(2012, 1, 10),
    }


def _named(kind: str, name: str, tatar: str) -> dict[str, object]:
    return {"kind": kind, "full_name": f"МБУ {name}", "short_name": name, "name_tt": tatar}


def _unit(parent: Mapping[str, object], parent_id: uuid.UUID) -> dict[str, object]:
    return {
        "kind": "general_school",
        "full_name": f"Начальная школа – филиал {parent['short_name']}",
        "short_name": f"Филиал {parent['short_name']}",
        "inn": parent["inn"],
        "kpp": f"{str(parent['kpp'])[:4]}43001",
        "parent_id": parent_id,
    }


def _order(authority: uuid.UUID) -> dict[str, object]:
    return {
        "issuer_id": authority,
        "kind": "order",
        "number": "1-УП",
        "act_date": START,
        "title": "Об утверждении программы сетевого взаимодействия (учебный пример)",
        "clauses": [{"no": "1", "text": "Утвердить программу сетевого взаимодействия."}],
    }


def _program(authority: uuid.UUID, act: uuid.UUID) -> dict[str, object]:
    officer = {"position": "методист", "organization_id": authority}
    return {
        "title": "Программа сетевого взаимодействия на 2020-2021 годы (учебный пример)",
        "start_date": START,
        "end_date": END,
        "goal": "Повышение качества образовательных результатов",
        "approved_by_id": act,
        "forms": ["professional_development", "shared_facilities"],
        "modes": ["in_person", "remote"],
        "officers": [officer | {"role": role} for role in ("coordinator", "supervisor")],
        "targets": [{"code": "org_involvement_share", "value": "50"}],
        "provisions": [{"code": code} for code in ProvisionCode],
        "expected_results": [
            *(
                {"kind": "matrix", "row": row, "level": level, "text": text}
                for row, texts in enumerate(_EXPECTED, 1)
                for level, text in zip(ResultLevel, texts, strict=True)
            ),
            {"kind": "qualitative", "text": "Опыт лидеров доступен каждой школе сети"},
        ],
    }


def _left(number: int) -> dict[str, object]:
    return {"valid_to": MIDDLE, "exit_reason": "effective_mode"} if number == 9 else {}  # noqa: PLR2004 - the tenth school left


def _pair(basis: Basis, leader: uuid.UUID | None, helped: list[uuid.UUID]) -> dict[str, object]:
    return {
        "program_id": basis.program,
        "model": "vertical",
        "title": "Партнёрство школ (учебный пример)",
        "basis": "order",
        "act_id": basis.act,
        "act_clause": "3",
        "term_text": "постоянно",
        "status": "active",
        "start_date": START,
        "forms": ["professional_development", "joint_councils_and_events"],
        "modes": ["in_person", "remote"],
        "members": _members("leader", [leader] if leader else []) + _members("supported", helped),
    }


def _members(role: str, ids: list[uuid.UUID]) -> list[dict[str, object]]:
    return [{"organization_id": organization_id, "role": role} for organization_id in ids]
