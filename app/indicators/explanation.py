"""Explanations: what stands behind an indicator, item by item, each with its reason."""

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS
from app.indicators.facts import Facts, Id, load, names_of_teachers, program_of
from app.indicators.figures import figures
from app.indicators.network import Item, Network
from app.indicators.reasons import REASONS
from app.problems import NotFound
from app.store.cursors import seal, unseal
from app.store.database import Transaction


class Wanted(NamedTuple):
    """Which items of an explanation, how many at most, and where the page before ended."""

    outcome: str | None
    limit: int
    language: str
    cursor: str | None = None


def explain(
    tx: Transaction, program_id: uuid.UUID, code: str, asked: Asked, wanted: Wanted
) -> dict[str, Any]:
    """What stands behind an indicator, in one order on all pages of one state.

    Raises:
        NotFound: there is no such program or indicator.
        Invalid: the period ends after the day, or before it starts.
        InvalidCursor: the cursor is damaged, or of another question.

    """
    program = program_of(tx, program_id)
    if code not in INDICATORS:
        raise NotFound
    day, moment = moment_of(program, asked)
    head: dict[str, Any] = {"code": code, "as_of": day.isoformat()}
    question = (str(program_id), code, str(day), str(moment))
    facts = load(tx, program, moment.start if moment else program.start_date)
    head["state_version"] = facts.state_version
    if moment is None:
        return head | {"numerator": None, "denominator": None, "items": [], "next": None}
    measure = INDICATORS[code].measure(Network(facts, moment))
    numerator, denominator = figures(measure, INDICATORS[code].unit)
    page, following = paged(in_order(measure.items), wanted, question, tx.secret)
    return head | {
        "numerator": numerator,
        "denominator": denominator,
        "items": shown(tx, facts, page, wanted.language),
        "next": following,
    }


def paged(
    items: Sequence[Item], wanted: Wanted, question: Sequence[str], secret: bytes
) -> tuple[list[Item], str | None]:
    """A page of items, and the cursor of the next one.

    Raises:
        InvalidCursor: the cursor is damaged, or of another question.

    """
    shape = json.dumps(["explain", *question, wanted.outcome]).encode()
    (after,) = unseal(wanted.cursor, shape, secret) if wanted.cursor is not None else (0,)
    chosen = [item for item in items if wanted.outcome in {None, item.outcome}]
    last = after + wanted.limit
    return chosen[after:last], seal([last], shape, secret) if len(chosen) > last else None


def in_order(items: Iterable[Item]) -> list[Item]:
    """Items in the order in which they are told."""
    return sorted(items, key=lambda item: (item.outcome, str(item.id or "~"), item.reason))


def shown(
    tx: Transaction, facts: Facts, items: Sequence[Item], language: str
) -> list[dict[str, Any]]:
    """Items as they are told, those of records that are gone too.

    A teacher whom the caller does not see counts without id and name.
    """
    named = Names(tx, facts, items)
    return [
        {
            **named.of(item),
            "outcome": item.outcome,
            "reason": item.reason,
            "reason_text": REASONS[item.reason].fill(language, {}),
            **_details(facts, item),
        }
        for item in items
    ]


class Names:
    """What a caller may call some items by."""

    def __init__(self, tx: Transaction, facts: Facts, items: Sequence[Item]) -> None:
        self._names = facts.names
        ids = {item.id for item in items if item.type == "teachers" and isinstance(item.id, Id)}
        self._teachers = names_of_teachers(tx, ids)

    def of(self, item: Item) -> dict[str, str | None]:
        """The type, the id and the name of an item; what is not visible has neither."""
        key: Id | str | None = item.id
        name = None
        if item.type == "teachers":
            key = key if key in self._teachers else None
            name = self._teachers[key] if isinstance(key, Id) else None
        elif isinstance(key, Id):
            name = self._names.get(key)
        return {"type": item.type, "id": None if key is None else str(key), "name": name}


def _details(facts: Facts, item: Item) -> dict[str, Any]:
    """What is told of some items besides: learners, and how long a category was had."""
    if item.reason == "learners":
        return {"number": item.weight}
    if item.type != "designations":
        return {}
    found = next((each for each in facts.designations if each.id == item.id), None)
    if found is None:
        return {}
    return {
        "organization_id": str(found.organization_id),
        "category": str(found.category),
        "act_id": found.act_id and str(found.act_id),
        "valid_from": found.valid_from.isoformat(),
        "valid_to": found.valid_to and found.valid_to.isoformat(),
        "days": found.valid_to and (found.valid_to - found.valid_from).days + 1,
    }
