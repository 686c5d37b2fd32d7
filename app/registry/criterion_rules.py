"""Criterion rules: which result a criterion confirms, and what it compares."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.slicing import slices
from app.findings import Finding, Words, fault
from app.model.declaration import table_of
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.measures import ValueKind, measures
from app.registry.program_parts import ExpectedResult, IndicatorCode, ResultKind, ResultLevel
from app.store.lookups import column_of

SUBJECT_OF_ITS_KIND = fault(
    "subject_of_its_kind",
    "Укажите одно: {field}. Какое, зависит от того, чем подтверждается результат (kind).",
    "Name {field} and nothing else: the kind of the criterion says so.",
)
THRESHOLD_MISSING = fault(
    "threshold_missing",
    "Для показателя мониторинга нужен порог (threshold). Укажите его.",
    "A measure of monitoring needs a threshold.",
)
NOTHING_TO_COMPARE = fault(
    "nothing_to_compare",
    "Порог и сравнение бывают только у показателей. Уберите их.",
    "Only indicators and measures are compared with a threshold. Leave it out.",
)
NO_SUCH_RESULT = fault(
    "no_such_result",
    "В программе нет такого ожидаемого результата. Проверьте строку и уровень.",
    "The program has no such expected result. Check row and level.",
)
MEASURE_IS_TEXT = fault(
    "measure_is_text",
    "Значения этого показателя мониторинга текстовые, с порогом их не сравнить. Укажите числовой "
    "показатель.",
    "The values of this measure are texts: no threshold applies. Name a measure with numbers.",
)
RESULT_IN_USE = fault(
    "result_in_use",
    "Для этого ожидаемого результата внесено, чем он подтверждается ({result}). Оставьте его на "
    "месте или сначала удалите эти записи подтверждения.",
    "Criteria name this expected result ({result}). Leave it in its place, or delete them first.",
)
CONFIRMS_ITSELF = fault(
    "confirms_itself",
    "Доля подтверждённых результатов не может подтверждать результат: она из них и посчитана.",
    "The share of confirmed results confirms none: it is counted from them.",
)

SUBJECTS = {
    "indicator": "indicator_code",
    "measure": "measure_id",
    "activity": "activity_id",
    "document": "act_id",
}
"""The field that each kind of criterion names."""


def criterion_has_its_subject(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A criterion names what its kind says, and nothing else."""
    for draft in drafts:
        own = SUBJECTS[draft.columns["kind"]]
        for name in SUBJECTS.values():
            if (draft.columns[name] is not None) != (name == own):
                yield draft.finds(SUBJECT_OF_ITS_KIND, f"/{name}", field=own)
        if draft.columns["indicator_code"] == IndicatorCode.RESULT_CONFIRMATION_SHARE:
            yield draft.finds(CONFIRMS_ITSELF, "/indicator_code")


def threshold_is_comparable(_: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A measure has a threshold, an indicator may have one, and nothing else has."""
    for draft in drafts:
        kind, threshold = draft.columns["kind"], draft.columns["threshold"]
        if kind == "measure" and threshold is None:
            yield draft.finds(THRESHOLD_MISSING, "/threshold")
        for name in ("operator", "threshold"):
            if kind in {"activity", "document"} and draft.columns[name] is not None:
                yield draft.finds(NOTHING_TO_COMPARE, f"/{name}")


def measure_is_a_number(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A threshold is compared with numbers, so the measure has them."""
    ids = (draft.columns["measure_id"] for draft in drafts)
    kinds = column_of(tx, measures.table, ids, "value_kind")
    for draft in drafts:
        if kinds.get(draft.columns["measure_id"]) == ValueKind.TEXT:
            yield draft.finds(MEASURE_IS_TEXT, "/measure_id")


def criteria_keep_their_results(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """A program keeps the expected results that criteria name: their cells, texts' order too.

    A qualitative result is named by its number, so one that a criterion names must not move.
    """
    moved = [
        draft
        for draft in drafts
        if draft.stored
        and draft.parts["expected_results"] != draft.stored.parts["expected_results"]
    ]
    # By name: the module of criteria imports this one.
    table = SQLModel.metadata.tables["result_criteria"]
    named: defaultdict[uuid.UUID, set[tuple[int, ResultLevel | None]]] = defaultdict(set)
    for some in slices(draft.id for draft in moved):
        columns = (table.c.program_id, table.c.row, table.c.level)
        for row in tx.execute(sa.select(*columns).where(table.c.program_id.in_(some))):
            named[row.program_id].add((row.row, row.level))
    for draft in moved:
        before = _spots(draft.stored.parts["expected_results"] if draft.stored else ())
        after = _spots(draft.parts["expected_results"])
        texts = {text: spot for spot, text in before.items() if spot[1] is None}
        for spot in sorted(named[draft.id], key=str):
            is_another = spot[1] is None and texts.get(after.get(spot), spot) != spot
            if spot not in after or is_another:
                yield draft.finds(RESULT_IN_USE, "/expected_results", result=_called(*spot))


Spots = dict[tuple[int, ResultLevel | None], str | None]
"""The text of each result by row and level, or by number and null for a qualitative one."""


def _spots(results: Iterable[Mapping[str, Any]]) -> Spots:
    spots: Spots = {}
    number = 0
    for result in results:
        if result["kind"] == ResultKind.QUALITATIVE:
            number += 1
            spots[number, None] = result["text"]
        else:
            spots[result["row"], result["level"]] = result["text"]
    return spots


def _called(row: int, level: ResultLevel | None) -> Words:
    if level is None:
        return Words(f"качественный результат {row}", f"the qualitative result {row}")
    return Words(f"строка {row}, уровень «{level.label}»", f"row {row}, level {level}")


def result_is_expected(tx: Inquiry, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """The program expects the result: a cell of its matrix, or its n-th qualitative result."""
    table = table_of(ExpectedResult)
    expected: set[tuple[object, ...]] = set()
    counts: dict[object, int] = {}
    for some in slices({draft.columns["program_id"] for draft in drafts}):
        for row in tx.execute(sa.select(table).where(table.c.owner_id.in_(some))):
            if row.kind == ResultKind.QUALITATIVE:
                counts[row.owner_id] = counts.get(row.owner_id, 0) + 1
                expected.add((row.owner_id, counts[row.owner_id], None))
            else:
                expected.add((row.owner_id, row.row, row.level))
    for draft in drafts:
        names = ("program_id", "row", "level")
        if tuple(draft.columns[name] for name in names) not in expected:
            yield draft.finds(NO_SUCH_RESULT, "/row")
