"""Programs: a municipality's program of network interaction, with its officers and targets."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from app.access.rows import REGISTER
from app.findings import Finding, fault
from app.model.columns import (
    Choice,
    choice,
    choices,
    day,
    flag,
    folded,
    line,
    parts,
    reference,
    text,
)
from app.model.declaration import Titles
from app.model.derivation import Derivation
from app.model.drafts import Draft
from app.model.record import Owned, Record, constraints, date_order
from app.model.resource import Resource
from app.model.rule import Inquiry
from app.model.values import Day, Id, Line, Text
from app.registry.criterion_rules import criteria_keep_their_results
from app.registry.interaction import InteractionForm, InteractionMode
from app.registry.program_parts import (
    COUNTS,
    Directive,
    DirectiveBody,
    ExpectedResult,
    ExpectedResultBody,
    IndicatorCode,
    Officer,
    OfficerBody,
    OfficerRole,
    Provision,
    ProvisionBody,
    ResultKind,
    Target,
    TargetBody,
    Task,
    TaskBody,
)
from app.registry.terms import SILENT, term_kind
from app.registry.types import Number
from app.store.lookups import overlap

YEARS, PERCENT = 20, 100

PROGRAM_TOO_LONG = fault(
    "program_too_long",
    "Программа длится больше {years} лет. Проверьте годы в датах начала и окончания.",
    "The program lasts more than {years} years: check the years of its dates.",
)
ONE_OFFICER_A_DAY = fault(
    "one_officer_a_day",
    "В эти дни в этой роли уже есть другой человек. Укажите у него последний день (valid_to) или "
    "исправьте даты.",
    "Somebody else has this role on these days: end that first (valid_to) or change the dates.",
)
NO_COORDINATOR = fault(
    "no_coordinator",
    "У программы нет координатора. Добавьте его к координаторам и контролирующим (officers).",
    "The program has no coordinator. Add one to officers.",
)
NO_SUPERVISOR = fault(
    "no_supervisor",
    "Не указано, кто контролирует исполнение программы. Добавьте его к координаторам и "
    "контролирующим (officers).",
    "Nobody supervises the program. Add a supervisor to officers.",
)
TARGET_TWICE = fault(
    "target_twice",
    "У этого показателя уже есть целевое значение. Оставьте одно.",
    "The indicator has a target already. Keep one.",
)
NOT_A_PERCENTAGE = fault(
    "not_a_percentage",
    "Этот показатель измеряется в процентах: нужно число от 0 до 100.",
    "This indicator is a percentage: a number from 0 to 100 is expected.",
)
NOT_A_COUNT = fault(
    "not_a_count",
    "Этот показатель считается в штуках: нужно целое число от 0.",
    "This indicator is a count: a whole number from 0 is expected.",
)
TAKES_NO_TARGET = fault(
    "takes_no_target",
    "Для числа двойных броней цель не задаётся: цель — «не менее», а здесь чем меньше, тем лучше.",
    "The number of double bookings takes no target: a target is a least number, and here fewer "
    "are better.",
)
OUTSIDE_THE_MATRIX = fault(
    "outside_the_matrix",
    "У результата из таблицы укажите строку (row) и уровень (level), у качественного — ни их, ни "
    "эффект (effect).",
    "A result of the matrix has its row and level; a qualitative one has neither, nor an effect.",
)


class LeaderRule(Choice):
    """How leader schools stand in the population of the indicators."""

    EXCLUDED = "excluded", "лидеры не входят в совокупность"
    IN_POPULATION = "in_population", "лидеры входят, но не считаются вовлечёнными"
    INVOLVED = "involved", "лидеры входят и считаются вовлечёнными"


class ProgramFields(Owned):
    """Columns that a program and its body share."""

    title: Line = line("Название")
    start_date: Day = day("Первый день")
    end_date: Day = day("Последний день")
    goal: Text | None = text("Цель")
    goal_due: Day | None = day("К какому дню достигается цель", default=None)
    approved_by_id: Id | None = reference(
        "legal_acts",
        "Каким документом утверждена",
        default=None,
    )
    appendix_no: Number | None = line("Номер приложения", default=None, numeral=True)
    legal_basis: Text | None = text("Правовое основание")
    leader_rule: LeaderRule = choice(
        "Как учитываются школы-лидеры",
        LeaderRule,
        default=LeaderRule.EXCLUDED,
    )
    preschools_in_population: bool = flag(
        "Учитывать дошкольные организации",
        default=False,
    )
    forms: list[InteractionForm] = choices("Формы взаимодействия", InteractionForm)
    modes: list[InteractionMode] = choices("Режимы взаимодействия", InteractionMode)


class ProgramWrite(ProgramFields):
    """Муниципальная программа сетевого взаимодействия."""

    officers: list[OfficerBody] = parts("Координаторы и контролирующие")
    tasks: list[TaskBody] = parts("Задачи")
    directives: list[DirectiveBody] = parts("Поручения и рекомендации")
    provisions: list[ProvisionBody] = parts("Что предусмотрено")
    targets: list[TargetBody] = parts("Целевые значения показателей")
    expected_results: list[ExpectedResultBody] = parts("Ожидаемые результаты")


class Program(ProgramFields, Record, table=True):
    """A row of programs."""

    __tablename__ = "programs"
    __table_args__ = constraints(date_order("start_date", "end_date"))

    title_key: str = folded("title")
    search_key: str = folded("title", "goal")


def program_is_bounded(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A program lasts at most twenty years, so the windows of its plan stay few."""
    for draft in drafts:
        start, end = draft.columns["start_date"], draft.columns["end_date"]
        if (end.year - YEARS, end.month, end.day) >= (start.year, start.month, start.day):
            yield draft.finds(PROGRAM_TOO_LONG, "/end_date", years=YEARS)


def officers_are_one_a_day(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """On a day there is one coordinator and one supervisor at most (points 2 and 4)."""
    for draft in drafts:
        since = [
            officer | {"valid_from": officer["valid_from"] or date.min}
            for officer in draft.parts["officers"]
        ]
        for (_first, one), (later, other) in combinations(enumerate(since), 2):
            if one["role"] == other["role"] and overlap(one, other):
                yield draft.finds(ONE_OFFICER_A_DAY, f"/officers/{later}/role")


def program_has_its_officers(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A program has a coordinator and a supervisor."""
    for draft in drafts:
        roles = {officer["role"] for officer in draft.parts["officers"]}
        if OfficerRole.COORDINATOR not in roles:
            yield draft.finds(NO_COORDINATOR, "/officers")
        if OfficerRole.SUPERVISOR not in roles:
            yield draft.finds(NO_SUPERVISOR, "/officers")


def targets_can_be_met(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """An indicator has at most one target: a percentage, or a whole number for a count."""
    for draft in drafts:
        seen = set()
        for place, target in enumerate(draft.parts["targets"]):
            code, value = target["code"], target["value"]
            if code in seen:
                yield draft.finds(TARGET_TWICE, f"/targets/{place}/code")
            seen.add(code)
            if code == IndicatorCode.CONFLICTED_RESOURCES:
                yield draft.finds(TAKES_NO_TARGET, f"/targets/{place}/code")
            if code in COUNTS and (value < 0 or value % 1):
                yield draft.finds(NOT_A_COUNT, f"/targets/{place}/value")
            if code not in COUNTS and not 0 <= value <= PERCENT:
                yield draft.finds(NOT_A_PERCENTAGE, f"/targets/{place}/value")


def results_stand_in_the_matrix(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A result of the matrix has row and level, a qualitative one neither, nor an effect."""
    for draft in drafts:
        for place, result in enumerate(draft.parts["expected_results"]):
            spots = [result["row"], result["level"]]
            if result["kind"] == ResultKind.MATRIX:
                wrong = None in spots
            else:
                wrong = any(value is not None for value in (*spots, result["effect"]))
            if wrong:
                yield draft.finds(OUTSIDE_THE_MATRIX, f"/expected_results/{place}/row")


programs = Resource(
    name="programs",
    titles=Titles("Программы", "программу", "программ"),
    row=Program,
    write=ProgramWrite,
    called=("{title}",),
    access=REGISTER,
    period=("start_date", "end_date"),
    parts={
        "officers": Officer,
        "tasks": Task,
        "directives": Directive,
        "provisions": Provision,
        "targets": Target,
        "expected_results": ExpectedResult,
    },
    rules=(
        program_is_bounded,
        officers_are_one_a_day,
        targets_can_be_met,
        results_stand_in_the_matrix,
        criteria_keep_their_results,
    ),
    remarks=(program_has_its_officers,),
    derived=(Derivation("term_text", ("term_kind",), term_kind, SILENT, part="directives"),),
    sorts=("title", "start_date", "end_date"),
    example={
        "municipality_id": "$municipality",
        "title": "Программа сетевого взаимодействия на 2020/2021 учебный год",
        "start_date": "2020-09-01",
        "end_date": "2021-08-31",
        "approved_by_id": "$act",
        "forms": ["professional_development", "shared_facilities"],
        "modes": ["in_person", "remote"],
        "officers": [
            {"role": "coordinator", "position": "методист", "organization_id": "$authority"},
            {"role": "supervisor", "position": "заместитель начальника"},
        ],
        "tasks": [{"no": "1", "text": "Определить участников сетевого взаимодействия"}],
        "directives": [
            {
                "no": "1",
                "addressee": "Руководители общеобразовательных организаций",
                "text": "Организовать исполнение мероприятий программы",
                "term_text": "постоянно",
                "obligation": "recommended",
            }
        ],
        "provisions": [{"code": "contest_support", "text": "Сопровождение участников конкурсов"}],
        "expected_results": [
            {
                "kind": "matrix",
                "row": 1,
                "level": "municipal",
                "text": "Развитие муниципальной системы общего образования",
                "effect": "Выпускник готов к выбранной профессии",
            }
        ],
        "targets": [{"code": "org_involvement_share", "operator": "gte", "value": "50"}],
    },
    change={"goal": "повышение качества"},
)
