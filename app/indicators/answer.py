"""Answers: every indicator of a program from one state, and what stands behind each."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from app.indicators import network, people, plan
from app.indicators.facts import Facts, Id, Moment, load, names_of_teachers, program_of
from app.indicators.network import COUNTED, EXCLUDED, NOT_COUNTED, Item, Measure, Network
from app.indicators.reasons import REASONS
from app.problems import Finding, Invalid, NotFound, fault
from app.store.database import Transaction
from app.store.faults import ENDS_BEFORE_START
from app.store.values import spoken_decimal

DEFINITION = 1
"""Version of the definitions; it grows when what is counted changes."""

MILLION = 10**6
"""A target's smallest unit."""

PERIOD_TOO_LATE = fault(
    "period_after_day",
    "Период кончается позже даты, на которую считается показатель (as_of).",
    "The period ends after the day that is asked for (as_of).",
)


class Asked(NamedTuple):
    """The day and the period of a question; what is not said is the program's own."""

    today: date
    as_of: date | None = None
    period_start: date | None = None
    period_end: date | None = None


class Wanted(NamedTuple):
    """Which items of an explanation; `after` is how many were shown before."""

    outcome: str | None
    limit: int
    after: int
    language: str


class Indicator(NamedTuple):
    """An indicator: its Russian label, its unit, and how it is measured."""

    label: str
    unit: str
    measure: Callable[[Network], Measure]


INDICATORS: dict[str, Indicator] = {
    "org_involvement_share": Indicator(
        "доля организаций в сети с лидерами", "percent", network.involvement
    ),
    "org_involvement_share_priority": Indicator(
        "то же среди ШНОР и ШНСУ", "percent", network.priority_involvement
    ),
    "org_active_involvement_share": Indicator(
        "доля организаций, участвующих на деле", "percent", network.active_involvement
    ),
    "teacher_coverage_share": Indicator(
        "доля педагогов, охваченных мероприятиями", "percent", people.teacher_coverage
    ),
    "plan_completion_share": Indicator(
        "доля выполненных сроков плана", "percent", plan.plan_completion
    ),
    "plan_on_time_share": Indicator(
        "доля сроков, выполненных вовремя", "percent", plan.plan_on_time
    ),
    "overdue_windows": Indicator("просроченные сроки плана", "count", plan.overdue_windows),
    "legal_coverage_share": Indicator(
        "доля партнёрств с актом или договором", "percent", network.legal_coverage
    ),
    "social_partner_count": Indicator("социальные партнёры", "count", network.social_partners),
    "form_coverage_share": Indicator(
        "доля использованных форм взаимодействия", "percent", plan.form_coverage
    ),
    "leader_load": Indicator("поддерживаемые организации", "count", network.leader_load),
    "monitoring_completeness_share": Indicator(
        "полнота мониторинга", "percent", network.monitoring_completeness
    ),
    "effective_mode_transition_share": Indicator(
        "доля вышедших в эффективный режим", "percent", network.effective_mode_transition
    ),
    "learner_participation_total": Indicator(
        "участие обучающихся", "count", plan.learner_participation
    ),
}

LABELS = {code: each.label for code, each in INDICATORS.items()}


def indicators(tx: Transaction, program_id: uuid.UUID, asked: Asked) -> dict[str, Any]:
    """Every indicator of a program.

    Raises:
        NotFound: there is no such program.
        Invalid: the period ends after the day, or before it starts.

    """
    program = program_of(tx, program_id)
    day, moment = _moment(program, asked)
    facts = load(tx, program)
    on_day = Network(facts, moment) if moment else None
    priority = network.priority_involvement(on_day).items if on_day else []
    uncovered = sorted(
        item.id for item in priority if item.outcome == NOT_COUNTED and isinstance(item.id, Id)
    )
    return {
        "program_id": str(program_id),
        "as_of": day.isoformat(),
        "period_start": _spoken(moment.start if moment else asked.period_start),
        "period_end": _spoken(moment.end if moment else asked.period_end),
        "state_version": facts.state_version,
        "items": [_indicator(facts, on_day, code) for code in INDICATORS],
        "uncovered_priority": [{"id": str(key), "name": _name(facts, key)} for key in uncovered],
    }


def explain(
    tx: Transaction, program_id: uuid.UUID, code: str, asked: Asked, wanted: Wanted
) -> dict[str, Any]:
    """What stands behind an indicator, item by item.

    Raises:
        NotFound: there is no such program or indicator.
        Invalid: as for `indicators`.

    """
    program = program_of(tx, program_id)
    if code not in INDICATORS:
        raise NotFound
    day, moment = _moment(program, asked)
    head: dict[str, Any] = {"code": code, "as_of": day.isoformat()}
    if moment is None:
        return head | {"numerator": None, "denominator": None, "items": [], "next": None}
    facts = load(tx, program)
    measure = INDICATORS[code].measure(Network(facts, moment))
    numerator, denominator = _figures(measure, INDICATORS[code].unit)
    listed = sorted(
        (item for item in measure.items if wanted.outcome in {None, item.outcome}),
        key=lambda item: (item.outcome, str(item.id or "~"), item.reason),
    )
    last = wanted.after + wanted.limit
    shown = listed[wanted.after : last]
    teachers = {item.id for item in shown if item.type == "teachers" and isinstance(item.id, Id)}
    names = names_of_teachers(tx, teachers)
    follows = str(last) if len(listed) > last else None
    return head | {
        "numerator": numerator,
        "denominator": denominator,
        "items": [_explained(facts, item, names, wanted.language) for item in shown],
        "next": follows,
    }


def target_status(
    numerator: int, denominator: int | None, target: int | None
) -> tuple[str, int | None]:
    """Whether a target (in millionths) is met, in exact integers, and how many are missing."""
    if target is None or denominator == 0:
        return "not_applicable", None
    wanted = target * (1 if denominator is None else denominator)
    unit = MILLION if denominator is None else 100 * MILLION
    gap = max(0, -(-wanted // unit) - numerator)
    return ("met" if numerator * unit >= wanted else "not_met"), gap


def percent(numerator: int, denominator: int) -> str:
    """A share in percent with two places, half up."""
    hundredths = (numerator * 20_000 + denominator) // (2 * denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _moment(program: Any, asked: Asked) -> tuple[date, Moment | None]:
    """The day and the period; no period where the day lies outside the program."""
    day = asked.as_of or min(asked.today, program.end_date)
    start, end = asked.period_start or program.start_date, asked.period_end or day
    outside = not program.start_date <= day <= program.end_date
    if asked.period_end and asked.period_end > day:
        raise Invalid(Finding(PERIOD_TOO_LATE, parameter="period_end"))
    is_asked = bool(asked.period_start or asked.period_end)
    if end < start and (is_asked or not outside):
        place = "period_end" if asked.period_end else "period_start"
        raise Invalid(Finding(ENDS_BEFORE_START, parameter=place))
    return day, None if outside else Moment(day, start, end)


def _indicator(facts: Facts, on_day: Network | None, code: str) -> dict[str, Any]:
    unit = INDICATORS[code].unit
    targets = {str(each.code): each for each in facts.targets}
    target = targets.get(code)
    head = {"code": code, "unit": unit, "definition_version": DEFINITION}
    shown = (
        {"operator": str(target.operator), "value": spoken_decimal(target.value)}
        if target
        else None
    )
    measure = INDICATORS[code].measure(on_day) if on_day else Measure([], [])
    numerator, denominator = _figures(measure, unit)
    if on_day is None:
        figures = dict.fromkeys(("numerator", "denominator", "value"))
        status, target_state, gap = "outside_program_period", "not_applicable", None
    else:
        scaled = int(target.value * MILLION) if target else None
        status = "no_population" if denominator == 0 else "ok"
        target_state, gap = target_status(numerator, denominator, scaled)
        value = _value(numerator, denominator)
        figures = {"numerator": numerator, "denominator": denominator, "value": value}
    answer = head | figures
    answer |= {"value_status": status, "target": shown, "target_status": target_state}
    answer |= {"target_gap": gap, "breakdown": _breakdown(measure, unit)}
    answer["excluded_count"] = measure.sum(EXCLUDED)
    answer["data_quality"] = {
        "no_roster": [{"id": str(key), "name": _name(facts, key)} for key in measure.no_roster],
        "flags": [{"code": flag, "id": str(key)} for flag, key in measure.flags],
    }
    return answer | ({"additive": False} if code == "teacher_coverage_share" else {})


def _figures(measure: Measure, unit: str) -> tuple[int, int | None]:
    denominator = measure.sum(COUNTED, NOT_COUNTED) if unit == "percent" else None
    return measure.sum(COUNTED), denominator


def _value(numerator: int, denominator: int | None) -> str | None:
    if denominator is None:
        return str(numerator)
    return percent(numerator, denominator) if denominator else None


def _breakdown(measure: Measure, unit: str) -> list[dict[str, Any]]:
    if measure.breakdown is not None:
        return [
            each
            if "value" in each
            else each | {"value": _value(each["numerator"], each["denominator"])}
            for each in measure.breakdown
        ]
    entries = []
    inside = [item for item in measure.items if item.outcome != EXCLUDED]
    for key in sorted({item.group for item in inside}, key=lambda key: key or "~"):
        group = Measure([item for item in inside if item.group == key])
        numerator, denominator = _figures(group, unit)
        value = _value(numerator, denominator)
        entry = {"key": key, "numerator": numerator, "denominator": denominator, "value": value}
        entries.append(entry)
    return entries


def _explained(
    facts: Facts, item: Item, teachers: dict[Id, str | None], language: str
) -> dict[str, Any]:
    """One item; a teacher whom the caller does not see counts without id and name."""
    key, name = item.id, None
    if item.type == "teachers":
        key = key if key in teachers else None
        name = teachers[key] if isinstance(key, Id) else None
    elif isinstance(key, Id):
        name = _name(facts, key)
    explained = {
        "type": item.type,
        "id": None if key is None else str(key),
        "name": name,
        "outcome": item.outcome,
        "reason": item.reason,
        "reason_text": REASONS[item.reason].fill(language, {}),
    }
    return explained | ({"number": item.weight} if item.reason == "learners" else {})


def _name(facts: Facts, key: Id) -> str | None:
    if key in facts.organizations:
        return str(facts.organizations[key].short_name)
    if key in facts.events:
        title: str | None = facts.events[key].title
        return title
    titles = {each.id: each.title for each in facts.partnerships}
    owners = {each.id: each.organization_id for each in facts.designations}
    return titles.get(key) or (_name(facts, owners[key]) if key in owners else None)


def _spoken(day: date | None) -> str | None:
    return day.isoformat() if day else None
