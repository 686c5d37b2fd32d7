"""Counting: the answers about programs as this process remembers, the database keeps or counts."""

import hashlib
import random
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request

import app
from app.database.revisions import head
from app.database.slicing import slices
from app.database.transaction import Transaction
from app.indicators.answer import indicators
from app.indicators.asking import Asked, moment_of
from app.indicators.facts import Moment
from app.indicators.standing import Standing, question, standings_of
from app.indicators.table import ProgramAnswer, answer_for
from app.problems import Counting, NotFound
from app.rest.crud import compute
from app.rest.deps import service_of
from app.rest.turns import turn
from app.store import figures
from app.store.figures import Counted

PATIENCE = 5.0
"""Seconds of counting in one request; what was counted so far is kept."""

AT_ONCE = 50
"""Programs of one municipality that are counted on one snapshot."""


class Answers(dict[str, ProgramAnswer]):
    """The answers by the ids of their programs."""


class Situation(NamedTuple):
    """A program with the day and the period for which it is asked."""

    standing: Standing
    day: date
    moment: Moment | None


def _release() -> str:
    """A hash of the program text and of the schema: others may count or spell an answer otherwise.

    It takes some 20 ms.
    """
    text = hashlib.blake2b(head().encode(), digest_size=16)
    for path in sorted(Path(app.__file__).parent.rglob("*.py")):
        text.update(path.read_bytes())
    return text.hexdigest()


RELEASE = _release()
"""Read at the start: later the files may be those of another release already."""


async def counted_programs(
    request: Request, asked: Asked, listed: Sequence[Standing]
) -> tuple[list[tuple[Standing, ProgramAnswer]], bool]:
    """The answers for programs, and whether all belong to the states that were listed.

    A program that was deleted meanwhile has none.

    Raises:
        Counting: too much has changed to be counted in one request; what was counted is kept.

    """
    answers = _remembered(request, asked, listed)
    if missing := [entry for entry in listed if entry.id not in answers]:
        answers |= await _kept(request, asked, missing)
    is_same = True
    if missing := [entry for entry in missing if entry.id not in answers]:
        counted, is_same = await _counted(request, asked, missing)
        answers |= counted
    return [(entry, answers[entry.id]) for entry in listed if entry.id in answers], is_same


async def counted_program(
    request: Request, standing: Standing, asked: Asked
) -> tuple[ProgramAnswer, figures.State]:
    """The answer for a program, and the state from which it was counted.

    Raises:
        NotFound: it was deleted meanwhile.

    """
    if before := _remembered(request, asked, [standing]):
        return before[standing.id], standing.state
    found = await compute(request, partial(_count, request, asked, [standing]))
    if not found:
        raise NotFound
    ((_, state, answer),) = found
    return answer, state


def _situations(asked: Asked, listed: Iterable[Standing]) -> Iterator[Situation]:
    # There are thousands of programs, but few different periods.
    moments: dict[tuple[date, date], tuple[date, Moment | None]] = {}
    for entry in listed:
        days = entry.start_date, entry.end_date
        if days not in moments:
            moments[days] = moment_of(entry, asked)
        yield Situation(entry, *moments[days])


def _remembered(request: Request, asked: Asked, listed: Iterable[Standing]) -> Answers:
    """The answers in memory for programs that have not changed since."""
    memory, answers = service_of(request).memory, Answers()
    for entry, day, moment in _situations(asked, listed):
        if found := memory.find(question(entry.id, day, moment, asked), entry.state):
            answers[entry.id] = found
    return answers


async def _kept(request: Request, asked: Asked, listed: Sequence[Standing]) -> Answers:
    """The answers in the database for programs that have not changed since."""
    if asked.has_period:
        return Answers()
    memory = service_of(request).memory
    wanted = {each.standing.id: each for each in _situations(asked, listed)}
    days = {each.day for each in wanted.values()}

    def read(tx: Transaction) -> list[Counted]:
        return [*figures.find(tx, [*wanted], days, RELEASE)]

    answers = Answers()
    for row in await compute(request, read):
        entry, day, moment = wanted[row.program_id]
        if (row.day, row.state) == (day, entry.state):
            answers[entry.id] = answer = ProgramAnswer(row.text, row.sums)
            memory.keep(question(entry.id, day, moment, asked), row.state, answer, len(row.text))
    return answers


async def _counted(
    request: Request, asked: Asked, listed: Sequence[Standing]
) -> tuple[Answers, bool]:
    """Count programs, those of a municipality together; whether their states are those listed."""
    ends = time.monotonic() + PATIENCE
    answers, is_same = Answers(), True
    for part in _parts(listed):
        left = max(0.0, ends - time.monotonic())
        async with turn(service_of(request).counting, left, Counting):
            # Whoever had the turn before may have counted the same.
            answers |= _remembered(request, asked, part)
            if not (missing := [entry for entry in part if entry.id not in answers]):
                continue
            if time.monotonic() > ends:
                raise Counting
            before = {entry.id: entry.state for entry in missing}
            found = await compute(request, partial(_count, request, asked, missing))
        is_same &= {entry.id: state for entry, state, _ in found} == before
        answers |= {entry.id: answer for entry, _, answer in found}
    return answers, is_same


def _parts(listed: Iterable[Standing]) -> Iterator[list[Standing]]:
    """Programs of one municipality each, in any order.

    So two processes count different ones, and each finds later what the other has kept.
    """
    by_home: dict[str, list[Standing]] = defaultdict(list)
    for entry in listed:
        by_home[entry.municipality_id].append(entry)
    parts = [part for each in by_home.values() for part in slices(each, AT_ONCE)]
    random.shuffle(parts)
    yield from parts


def _count(
    request: Request, asked: Asked, wanted: Sequence[Standing], tx: Transaction
) -> list[tuple[Standing, figures.State, ProgramAnswer]]:
    """Count programs of one municipality on a snapshot, with the states that they have there."""
    service, found = service_of(request), []
    now = _standing_now(tx, wanted)
    for entry, day, moment in _situations(asked, now):
        answer = answer_for(indicators(tx, uuid.UUID(entry.id), asked))
        what = question(entry.id, day, moment, asked)
        service.memory.keep(what, entry.state, answer, len(answer.text))
        if not asked.has_period:
            service.figures.add(Counted(entry.id, day, RELEASE, entry.state, *answer))
        found.append((entry, entry.state, answer))
    return found


def _standing_now(tx: Transaction, wanted: Sequence[Standing]) -> list[Standing]:
    """Programs of one municipality as they are on a snapshot."""
    if len(wanted) == 1:
        return standings_of(tx, one=True, id=wanted[0].id)
    ids = {entry.id for entry in wanted}
    there = standings_of(tx, one=False, municipality_id=wanted[0].municipality_id)
    return [entry for entry in there if entry.id in ids]
