"""Explanations: the items of an indicator, each with its outcome and its reason."""

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.database.transaction import Transaction
from app.indicators.asking import Asked, moment_of
from app.indicators.catalogue import INDICATORS, code_of, measure
from app.indicators.codes import ItemOutcome, ItemType
from app.indicators.documents import ExplainedItem, IndicatorExplanation, NamedItem
from app.indicators.facts import Facts, hidden_among, load, names_of_teachers, program_of
from app.indicators.figures import counts
from app.indicators.network import Item, network_on
from app.indicators.reasons import REASONS
from app.store.cursors import seal, unseal
from app.store.rows import Id

LEARNERS = frozenset({"learners", "enrolled"})
"""Reasons of the items that stand for several learners each."""


class ItemQuery(NamedTuple):
    """Which items of an explanation, how many at most, and the cursor of the page."""

    outcome: ItemOutcome | None
    limit: int
    language: str
    cursor: str | None = None


def explain(
    tx: Transaction, program_id: uuid.UUID, name: str, asked: Asked, query: ItemQuery
) -> IndicatorExplanation:
    """A page of the items of an indicator; the order is the same on all pages of one state.

    Raises:
        NotFound: there is no such program or indicator.
        Invalid: the period ends after the day, or before it starts.
        InvalidCursor: the cursor is damaged, or belongs to another question.

    """
    program = program_of(tx, program_id)
    code = code_of(name)
    day, moment = moment_of(program, asked)
    question = (str(program_id), code, str(day), str(moment))
    facts = load(tx, program, moment.start if moment else program.start_date)
    answer: IndicatorExplanation = {
        "code": code,
        "as_of": day.isoformat(),
        "state_version": facts.state_version,
        "numerator": None,
        "denominator": None,
        "items": [],
        "next": None,
    }
    if moment:
        counted = measure(network_on(tx, program, moment), code)
        answer["numerator"], answer["denominator"] = counts(counted, INDICATORS[code].unit)
        page, answer["next"] = paged(in_order(counted.items), query, question, tx.secret)
        answer["items"] = shown(tx, facts, page, query.language)
    return answer


def paged(
    items: Sequence[Item], query: ItemQuery, question: Sequence[str], secret: bytes
) -> tuple[list[Item], str | None]:
    """One page of items, and the cursor of the next page.

    Raises:
        InvalidCursor: the cursor is damaged, or belongs to another question.

    """
    shape = json.dumps(["explain", *question, query.outcome]).encode()
    (after,) = unseal(query.cursor, shape, secret) if query.cursor is not None else (0,)
    chosen = [item for item in items if query.outcome in {None, item.outcome}]
    last = after + query.limit
    return chosen[after:last], seal([last], shape, secret) if len(chosen) > last else None


def in_order(items: Iterable[Item]) -> list[Item]:
    """Items in the order of answers: by outcome, id and reason."""
    return sorted(items, key=lambda item: (item.outcome, str(item.id or "~"), item.reason))


def shown(
    tx: Transaction, facts: Facts, items: Sequence[Item], language: str
) -> list[ExplainedItem]:
    """Items as answers show them, also those whose records are deleted.

    A teacher or an organization that the caller does not see appears without id and name.
    """
    names = Names(tx, facts, items)
    return [_shown(facts, item, names, language) for item in items]


def _shown(facts: Facts, item: Item, names: "Names", language: str) -> ExplainedItem:
    """One item; with its learners, or with the days of a category."""
    identity = names.of(item)
    answer: ExplainedItem = {
        "type": identity["type"],
        "id": identity["id"],
        "name": identity["name"],
        "outcome": item.outcome,
        "reason": item.reason,
        "reason_text": REASONS[item.reason].fill(language, {}),
    }
    if item.reason in LEARNERS:
        answer["number"] = item.weight
    if item.type == "designations":
        _add_designation(facts, item, answer)
    return answer


class Names:
    """The names of items, as far as the caller may see them."""

    def __init__(self, tx: Transaction, facts: Facts, items: Sequence[Item]) -> None:
        self._names = facts.names
        self._teachers = names_of_teachers(tx, _ids(items, "teachers"))
        # Those of a snapshot may have left the program since.
        strangers = _ids(items, "organizations") - facts.organizations.keys()
        self._hidden = facts.hidden | hidden_among(tx, strangers)

    def of(self, item: Item) -> NamedItem:
        """The type, the id and the name of an item; id and name are null if it is not visible."""
        key: Id | str | None = item.id
        name = None
        if item.type == "teachers":
            key = key if key in self._teachers else None
            name = self._teachers[key] if isinstance(key, Id) else None
        elif key in self._hidden:
            key = None
        elif isinstance(key, Id):
            name = self._names.get(key)
        return {"type": item.type, "id": None if key is None else str(key), "name": name}


def _ids(items: Iterable[Item], kind: ItemType) -> set[Id]:
    """The ids of the items that are records of a kind."""
    return {item.id for item in items if item.type == kind and isinstance(item.id, Id)}


def _add_designation(facts: Facts, item: Item, answer: ExplainedItem) -> None:
    row = next((entry for entry in facts.designations if entry.id == item.id), None)
    if row is None:
        return
    answer["organization_id"] = str(row.organization_id)
    answer["category"] = row.category
    answer["act_id"] = str(row.act_id) if row.act_id else None
    answer["valid_from"] = row.valid_from.isoformat()
    answer["valid_to"] = row.valid_to.isoformat() if row.valid_to else None
    answer["days"] = (row.valid_to - row.valid_from).days + 1 if row.valid_to else None
