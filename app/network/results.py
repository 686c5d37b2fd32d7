"""Results: whether each expected result of a program is confirmed by its criteria."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from app.model.columns import Choice
from app.network.rows import CriterionRow, ExpectedRow
from app.registry.program_parts import ResultKind, ResultLevel

Holds = bool | None
"""Whether a criterion holds; None: there is nothing to measure it by."""


Place = tuple[int, ResultLevel | None]
"""Row and level of a result."""


class ResultState(Choice):
    """How far an expected result is confirmed."""

    NO_CRITERIA = "no_criteria", "не указано, чем подтверждается"
    UNMEASURED = "unmeasured", "данных ещё нет"
    UNCONFIRMED = "unconfirmed", "не подтверждён"
    PARTLY = "partly", "подтверждён частично"
    CONFIRMED = "confirmed", "подтверждён"


class Result(NamedTuple):
    """An expected result: a cell of the matrix, or the n-th qualitative one."""

    row: int
    level: ResultLevel | None
    text: str | None
    effect: str | None

    @property
    def code(self) -> str:
        """How items name it: "1.municipal", "q1"."""
        return f"{self.row}.{self.level.value}" if self.level else f"q{self.row}"


def expected(parts: Iterable[ExpectedRow]) -> list[Result]:
    """The results that a program expects, in its order."""
    results, qualitative = [], 0
    for part in parts:
        if part.kind == ResultKind.QUALITATIVE:
            qualitative += 1
            results.append(Result(qualitative, None, part.text, part.effect))
        else:
            results.append(Result(part.row or 0, part.level, part.text, part.effect))
    return results


def by_result(
    rows: Iterable[CriterionRow],
) -> Mapping[tuple[int, ResultLevel | None], list[CriterionRow]]:
    """Criteria by the result that they confirm."""
    groups: dict[tuple[int, ResultLevel | None], list[CriterionRow]] = {}
    for row in sorted(rows, key=lambda each: each.id):
        groups.setdefault((row.row, row.level), []).append(row)
    return groups


def state_of(
    criteria: Sequence[CriterionRow], holds: Callable[[CriterionRow], Holds]
) -> ResultState:
    """The state of a result by its criteria."""
    if not criteria:
        return ResultState.NO_CRITERIA
    answers = [holds(criterion) for criterion in criteria]
    if all(answers):
        return ResultState.CONFIRMED
    if all(answer is None for answer in answers):
        return ResultState.UNMEASURED
    if True not in answers:
        return ResultState.UNCONFIRMED
    return ResultState.PARTLY
