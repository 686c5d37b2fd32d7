"""Criterion rules: which result a criterion confirms, and what it compares."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from app.database.slicing import slices
from app.findings import Finding, fault
from app.model.declaration import table_of
from app.model.drafts import Draft
from app.model.rule import Inquiry
from app.registry.program_parts import ExpectedResult, IndicatorCode, ResultKind

SUBJECT_OF_ITS_KIND = fault(
    "subject_of_its_kind",
    "Укажите одно: {field}. Так велит вид подтверждения.",
    "Name {field} and nothing else: the kind of the criterion says so.",
)
THRESHOLD_MISSING = fault(
    "threshold_missing",
    "Для показателя мониторинга нужен порог (threshold).",
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
CONFIRMS_ITSELF = fault(
    "confirms_itself",
    "Доля подтверждённых результатов не подтверждает результат: она сама из них посчитана.",
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
