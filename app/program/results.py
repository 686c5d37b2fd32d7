"""Results: the program's expected results, by what each is confirmed, and how far."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.database.transaction import Transaction
from app.indicators.catalogue import measure
from app.indicators.codes import LABELS
from app.indicators.confirmation import states
from app.indicators.rows import MEASURES
from app.indicators.sheets import Line
from app.model.values import spoken_decimal
from app.network.results import Holds, Result, ResultState
from app.network.rows import CriterionRow
from app.program.frame import Answer, Frame, Framed, settled
from app.program.tables import Table
from app.registry.program_parts import ResultLevel
from app.registry.result_criteria import CriterionKind, CriterionOperator
from app.rest.answers import DecimalText, IdText
from app.store.rows import Id


class Criterion(TypedDict):
    """Чем подтверждается результат и выполнено ли это."""

    id: Annotated[IdText, Field(description="Критерий")]
    kind: CriterionKind
    name: Annotated[str | None, Field(description="Что сравнивают или чем подтверждают")]
    operator: CriterionOperator | None
    threshold: Annotated[DecimalText | None, Field(description="Порог")]
    holds: Annotated[bool | None, Field(description="null: данных ещё нет")]


class ResultLine(TypedDict):
    """Ожидаемый результат."""

    code: Annotated[str, Field(description="«1.municipal» — ячейка таблицы, «q1» — качественный")]
    row: Annotated[int, Field(description="Номер результата")]
    level: ResultLevel | None
    text: Annotated[str | None, Field(description="Чего ждут")]
    effect: Annotated[str | None, Field(description="Какого эффекта ждут")]
    state: ResultState
    criteria: list[Criterion]


class ProgramResults(Answer):
    """Ожидаемые результаты и их подтверждение."""

    items: list[ResultLine]


def results(framed: Framed) -> ProgramResults:
    """The expected results of a program with their states on a day."""
    head, frame = framed.head, framed.frame
    if frame is None:
        return {**head, "items": []}
    names = _names(framed.tx, frame)
    items = [
        _item(result, state, criteria, names)
        for result, state, criteria in states(frame.network, measure)
    ]
    return {**settled(head, items), "items": items}


def table(body: ProgramResults) -> Table:
    """The answer as a table: a line for each criterion, and for each result without one."""
    lines: list[Line] = []
    for row in body["items"]:
        head: Line = [
            row["row"],
            row["level"].label if row["level"] else "качественный",
            row["text"],
            row["state"].label,
        ]
        for criterion in row["criteria"]:
            sign = "не более" if criterion["operator"] == CriterionOperator.LTE else "не менее"
            threshold = criterion["threshold"]
            wanted = f"{sign} {threshold.replace('.', ',')}" if threshold else None
            lines.append([*head, criterion["name"], wanted, _HOLDS[criterion["holds"]]])
        if not row["criteria"]:
            lines.append([*head, None, None, None])
    headings = (
        "Строка",
        "Уровень",
        "Результат",
        "Состояние",
        "Чем подтверждается",
        "Порог",
        "Выполнено",
    )
    return Table("Результаты", headings, lines)


_HOLDS = {True: "да", False: "нет", None: "данных нет"}


def _item(
    result: Result,
    state: ResultState,
    criteria: list[tuple[CriterionRow, Holds]],
    names: dict[Id, str | None],
) -> ResultLine:
    return {
        "code": result.code,
        "row": result.row,
        "level": result.level,
        "text": result.text,
        "effect": result.effect,
        "state": state,
        "criteria": [
            {
                "id": str(row.id),
                "kind": row.kind,
                "name": _name(row, names),
                "operator": row.operator,
                "threshold": None if row.threshold is None else spoken_decimal(row.threshold),
                "holds": holds,
            }
            for row, holds in criteria
        ],
    }


def _name(row: CriterionRow, names: dict[Id, str | None]) -> str | None:
    if row.indicator_code:
        return LABELS[row.indicator_code]
    subject = row.measure_id or row.activity_id or row.act_id
    return names.get(subject) if subject else None


def _names(tx: Transaction, frame: Frame) -> dict[Id, str | None]:
    """The titles of measures, rows of the plan and documents that criteria name."""
    names: dict[Id, str | None] = {key: row.title for key, row in frame.facts.activities.items()}
    names |= {
        key: f"{act.kind.label} № {act.number} от {act.act_date:%d.%m.%Y}"
        for key, act in frame.exchange.acts.items()
    }
    wanted = {row.measure_id for row in frame.exchange.criteria if row.measure_id}
    rows = MEASURES.among(tx, "id", wanted)
    return names | {row.id: row.title for row in rows}
