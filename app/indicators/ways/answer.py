"""Answer: the ways to a target, with the names that the caller may read."""

import uuid
from datetime import date
from typing import NamedTuple

from app.database.transaction import Transaction
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS, code_of, measure
from app.indicators.codes import ValueStatus
from app.indicators.documents import Figures
from app.indicators.facts import load, program_of
from app.indicators.figures import OUTSIDE, figures_of, target_of
from app.indicators.network import Network, network_on
from app.indicators.reasons import REASONS
from app.indicators.rows import MEASURES, RECORDS
from app.indicators.ways.actions import ACTIONS, Question
from app.indicators.ways.documents import IndicatorWay, IndicatorWays
from app.indicators.ways.finding import found
from app.indicators.ways.naming import Naming
from app.indicators.ways.walking import Taken, walked
from app.registry.monitoring import MonitoringState
from app.registry.program_parts import IndicatorCode
from app.store.rows import Id


def ways(
    tx: Transaction, program_id: uuid.UUID, name: str, asked: Asked, language: str
) -> IndicatorWays:
    """The fewest changes after which an indicator meets its target; nothing is written.

    Raises:
        NotFound: there is no such program or indicator.
        Invalid: the period ends after the day, or before it starts.

    """
    program = program_of(tx, program_id)
    code = code_of(name)
    day, moment = moment_of(program, asked)
    facts = load(tx, program, moment.start if moment else program.start_date)
    target = next((row for row in facts.targets if row.code == code), None)
    network = network_on(tx, program, moment) if moment else None
    figures = figures_of_day(network, code)
    has_population = figures["value_status"] == ValueStatus.OK
    question = None
    if network and target and has_population:
        question = Question(network, code, target.value, _waiting(tx, network, code))
    path = _path(tx, question, language) if question else NO_PATH
    return {
        "code": code,
        "as_of": day.isoformat(),
        "period_start": _text(moment.start if moment else asked.period_start),
        "period_end": _text(moment.end if moment else asked.period_end),
        "state_version": facts.state_version,
        "value_status": figures["value_status"],
        "target": target_of(target),
        "gap": path.gap,
        "ways": path.ways,
        "reaches": path.reaches,
    }


class _Path(NamedTuple):
    gap: int | None
    ways: list[IndicatorWay]
    reaches: bool | None


NO_PATH = _Path(None, [], None)
"""Without a target, or without anything to count, there is no way to it."""


def figures_of_day(network: Network | None, code: IndicatorCode) -> Figures:
    """The figures of an indicator; those of a day outside the program where it does not run."""
    return figures_of(measure(network, code), INDICATORS[code].unit) if network else OUTSIDE


def _path(tx: Transaction, question: Question, language: str) -> _Path:
    walk = walked(question, found(question, _titles(tx, question)))
    named = Naming(tx, question.network.facts, walk)
    shown = [_shown(named, taken, language) for taken in walk.taken]
    return _Path(question.lacking(question.network), shown, walk.reaches)


def _shown(named: Naming, taken: Taken, language: str) -> IndicatorWay:
    way = taken.way
    identity = named.item(way.type, way.id)
    action, why = ACTIONS[way.action], REASONS[way.why]
    return {
        "type": way.type,
        "id": identity["id"],
        "name": identity["name"],
        "action": way.action,
        "action_text": action.fill(language, {}),
        "with": [named.companion(row) for row in taken.beside],
        "adds": taken.adds,
        "brings": [named.item(row.type, row.id) for row in taken.brings],
        "why": way.why,
        "why_text": why.fill(language, {}),
    }


def _waiting(tx: Transaction, network: Network, code: IndicatorCode) -> dict[Id, MonitoringState]:
    """By organization: the most advanced of its records of the period that are not accepted.

    Whoever does not read the records of others learns nothing of them.
    """
    if code != IndicatorCode.MONITORING_COMPLETENESS_SHARE:
        return {}
    table, moment = RECORDS.table, network.moment
    rows = RECORDS.where(
        tx,
        table.c.program_id == network.facts.program.id,
        table.c.state != MonitoringState.ACCEPTED,
        table.c.period_start <= moment.end,
        table.c.period_end >= moment.start,
        tx.seen("monitoring_records", table),
    )
    states: dict[Id, MonitoringState] = {}
    for row in rows:
        if row.organization_id and states.get(row.organization_id) != MonitoringState.SUBMITTED:
            states[row.organization_id] = row.state
    return states


def _titles(tx: Transaction, question: Question) -> dict[Id, str]:
    """The titles of the measures that criteria look at."""
    wanted = {row.measure_id for row in question.network.facts.exchange.criteria if row.measure_id}
    if question.code != IndicatorCode.RESULT_CONFIRMATION_SHARE or not wanted:
        return {}
    return {row.id: row.title for row in MEASURES.among(tx, "id", wanted)}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
