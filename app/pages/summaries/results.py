"""The page of expected results: the order's matrix, and by what each result is confirmed."""

from typing import NamedTuple

from markupsafe import Markup

from app.network.results import ResultState
from app.pages import marks, words
from app.pages.page import Context
from app.pages.summaries.summary import Summary
from app.pages.visit import Visit
from app.program.doors import RESULTS
from app.program.frame import Framed
from app.program.results import Criterion, ProgramResults, ResultLine
from app.registry.program_parts import IndicatorCode, ResultLevel
from app.registry.result_criteria import CriterionOperator

SHAPES = {
    ResultState.CONFIRMED: marks.Shape.OK,
    ResultState.PARTLY: marks.Shape.LATE,
    ResultState.UNCONFIRMED: marks.Shape.BAD,
    ResultState.UNMEASURED: marks.Shape.OPEN,
    ResultState.NO_CRITERIA: marks.Shape.PLAN,
}
HOLDS = {True: "выполнено", False: "не выполнено", None: "данных ещё нет"}


class Cell(NamedTuple):
    """A result with its state and its criteria in words."""

    row: ResultLine
    state: Markup
    criteria: list[tuple[str, str | None]]
    """What is said of each, and the address of its record."""
    form: str
    """The address of the form of one more criterion; empty without the right."""


class Row(NamedTuple):
    """A row of the matrix."""

    number: int
    cells: dict[ResultLevel, Cell]
    effect: str | None


def told(visit: Visit, _: Framed, body: ProgramResults) -> Context:
    """What the page shows."""
    rows: dict[int, Row] = {}
    qualitative = []
    for line in body["items"]:
        if line["level"] is None:
            qualitative.append(_cell(visit, line))
            continue
        row = rows.setdefault(line["row"], Row(line["row"], {}, None))
        row.cells[line["level"]] = _cell(visit, line)
        if line["effect"]:
            rows[line["row"]] = row._replace(effect=line["effect"])
    return {
        "levels": list(ResultLevel),
        "rows": [rows[number] for number in sorted(rows)],
        "qualitative": qualitative,
        "without": sum(line["state"] == ResultState.NO_CRITERIA for line in body["items"]),
    }


Summary(RESULTS, told, (IndicatorCode.RESULT_CONFIRMATION_SHARE,)).declare()


def _cell(visit: Visit, line: ResultLine) -> Cell:
    given = {"program_id": str(visit.id), "row": str(line["row"])}
    if line["level"]:
        given["level"] = line["level"].value
    return Cell(
        line,
        marks.mark(SHAPES[line["state"]], line["state"].label),
        [
            (_told(criterion), visit.link("result_criteria", criterion["id"]))
            for criterion in line["criteria"]
        ],
        visit.form("result_criteria", given),
    )


def _told(criterion: Criterion) -> str:
    """«Качество знаний: не менее 60 – не выполнено»."""
    wanted = ""
    if criterion["threshold"] is not None:
        operator = criterion["operator"] or CriterionOperator.GTE
        wanted = f": {operator.label} {words.number(criterion['threshold'])}"
    name = words.capital(criterion["name"] or criterion["kind"].label)
    return f"{name}{wanted} – {HOLDS[criterion['holds']]}"
