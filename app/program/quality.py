"""Quality: results of common assessments, exact for whoever reads the rows and rough for others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from app.database.transaction import Transaction
from app.findings import Words
from app.indicators.sheets import Line, amount
from app.model.text import alphabetical
from app.network import marks
from app.network.marks import Marks
from app.network.rows import RESULTS
from app.program.assessed import Days, Part, QualityPair, Result, Test, Viewer, pairs
from app.program.frame import Answer, Frame, Framed, Named, settled
from app.program.tables import Table, day
from app.registry.assessment_results import AssessmentStage
from app.registry.events import EventStatus
from app.rest.answers import DayText, IdText
from app.rest.mentions import Labelled
from app.store.rows import Id

Flag = Literal["small_group", "edge"]

_FLAGS = {
    "small_group": Words("меньше пяти отметок", "fewer than five marks"),
    "edge": Words("доля не показана у края", "the share is not shown near its end"),
}

PARTS: dict[str, Words] = {
    "supported": Words("поддерживаемая", "supported"),
    "leader": Words("лидер", "leader"),
    "other": Words("другая", "other"),
}


class Shares(TypedDict):
    """Доли; у тех, кто не видит записей, — целые проценты и примерная численность."""

    n: Annotated[int | None, Field(description="Отметок; null: показана только полоса")]
    band: Annotated[str | None, Field(description="Сколько отметок примерно: 10-19, 20-49, 50+")]
    success: Annotated[str | None, Field(description="Успеваемость, процент")]
    quality: Annotated[str | None, Field(description="Качество, процент")]
    mean: Annotated[str | None, Field(description="Средняя отметка")]
    flags: Annotated[
        list[Annotated[Flag, Labelled(_FLAGS)]],
        Field(description="`small_group`: меньше пяти отметок; `edge`: доля не показана у края"),
    ]


class QualityRow(Shares):
    """Результаты одной организации в одной работе."""

    event_id: Annotated[IdText, Field(description="Событие: работа, которую писали")]
    completed_on: Annotated[DayText, Field(description="Когда её писали")]
    organization: Named
    role: Annotated[Part, Field(description="Роль организации в сети в этот день"), Labelled(PARTS)]
    subject: Annotated[str, Field(description="Предмет")]
    grade: Annotated[int, Field(description="Класс")]
    stage: AssessmentStage


class QualityTotal(Shares):
    """Результаты всех организаций вместе, без малых групп."""

    subject: Annotated[str, Field(description="Предмет")]
    grade: Annotated[int, Field(description="Класс")]
    stage: AssessmentStage
    organizations: Annotated[int, Field(description="Сколько организаций")]


class ProgramQuality(Answer):
    """Результаты единых работ."""

    items: list[QualityRow]
    totals: list[QualityTotal]
    pairs: list[QualityPair]


def quality(framed: Framed, viewer: Viewer) -> ProgramQuality:
    """The results of a program's common assessments, as far as a caller may see them."""
    head, frame = framed.head, framed.frame
    if frame is None:
        return {**head, "items": [], "totals": [], "pairs": []}
    results = _results(framed.tx, frame)
    days = Days(frame)
    return {
        **settled(head, results),
        "items": list(_rows(frame, results, days, viewer)),
        "totals": list(_totals(results, viewer)),
        "pairs": list(pairs(frame, results, days, viewer)),
    }


class Latest(NamedTuple):
    """The latest work of each organization in each stage, and the totals of the same works."""

    items: list[QualityRow]
    totals: list[QualityTotal]


def latest(framed: Framed, viewer: Viewer) -> Latest:
    """What a table with one cell a stage shows: its totals are those of the rows above them."""
    frame = framed.frame
    if frame is None:
        return Latest([], [])
    results = _latest(_results(framed.tx, frame), viewer)
    return Latest(list(_rows(frame, results, Days(frame), viewer)), list(_totals(results, viewer)))


def table(body: ProgramQuality) -> Table:
    """The answer as a table."""
    lines: list[Line] = [
        [
            row["subject"],
            row["grade"],
            row["stage"].label,
            row["organization"]["name"],
            PARTS[row["role"]].ru,
            row["band"],
            amount(row["success"]),
            amount(row["quality"]),
            day(row["completed_on"]),
        ]
        for row in body["items"]
    ]
    lines += [
        [
            total["subject"],
            total["grade"],
            total["stage"].label,
            f"Все, организаций: {total['organizations']}",
            None,
            total["band"],
            amount(total["success"]),
            amount(total["quality"]),
            None,
        ]
        for total in body["totals"]
    ]
    headings = (
        "Предмет",
        "Класс",
        "Этап",
        "Организация",
        "Роль",
        "Отметок",
        "Успеваемость, %",
        "Качество, %",
        "Дата работы",
    )
    return Table("Качество", headings, lines)


def _results(tx: Transaction, frame: Frame) -> list[Result]:
    """The results of events completed in the period; units count nowhere."""
    done = {
        key: row.completed_on
        for key, row in frame.facts.events.items()
        if row.status == EventStatus.COMPLETED
        and row.completed_on
        and frame.moment.flows(row.completed_on)
    }
    table, home = RESULTS.table, frame.program.municipality_id
    of_events = table.c.municipality_id == home, table.c.event_id.in_(done)
    question = _results, frame.program.id, frame.moment
    rows = tx.once(question, lambda: RESULTS.where(tx, *of_events))
    results = [
        Result(row, done[row.event_id])
        for row in rows
        if frame.facts.root(row.organization_id) == row.organization_id
    ]
    order = {stage: at for at, stage in enumerate(AssessmentStage)}
    return sorted(
        results,
        key=lambda each: (
            each.test,
            order[each.row.stage],
            each.completed_on,
            alphabetical(frame.names.get(each.row.organization_id)),
            each.row.id,
        ),
    )


def _latest(results: Iterable[Result], viewer: Viewer) -> list[Result]:
    """Of the results that a caller is shown, each organization's last in each stage of a test."""
    found: dict[tuple[Test, AssessmentStage, Id], Result] = {}
    for each in results:
        if _is_shown(each, viewer):
            found[each.test, each.row.stage, each.row.organization_id] = each
    return list(found.values())


def _is_shown(each: Result, viewer: Viewer) -> bool:
    return viewer.reads(each.row.organization_id) or each.marks.number >= marks.SHOWN


def _rows(
    frame: Frame, results: Iterable[Result], days: Days, viewer: Viewer
) -> Iterator[QualityRow]:
    for each in results:
        row = each.row
        if not _is_shown(each, viewer):
            continue
        yield {
            "event_id": str(row.event_id),
            "completed_on": each.completed_on.isoformat(),
            "organization": frame.named(row.organization_id),
            "role": days.part(row.organization_id, each.completed_on),
            "subject": row.subject,
            "grade": row.grade,
            "stage": row.stage,
            **(_exact if viewer.reads(row.organization_id) else _rough)(each.marks),
        }


def _totals(results: Iterable[Result], viewer: Viewer) -> Iterator[QualityTotal]:
    """Totals by subject, grade and stage; for who does not read all rows, of what all may see.

    A total with a row of fewer marks would give that row away, less the others or less the same
    total of another period.
    """
    least = marks.FEWEST if viewer.reads_all else marks.SHOWN
    groups: dict[tuple[Test, AssessmentStage], list[Result]] = defaultdict(list)
    for each in results:
        if each.marks.number >= least:
            groups[each.test, each.row.stage].append(each)
    for (_, stage), some in groups.items():
        organizations = {each.row.organization_id for each in some}
        if not viewer.reads_all and not marks.may_total(organizations, viewer.own):
            continue
        total = marks.total(each.marks for each in some)
        yield {
            "subject": some[0].row.subject,
            "grade": some[0].row.grade,
            "stage": stage,
            "organizations": len(organizations),
            **(_exact(total) if viewer.reads_all else _rough(total)),
        }


def _exact(found: Marks) -> Shares:
    return {
        "n": found.number,
        "band": marks.band(found.number),
        "success": marks.percents(marks.share(found.passed, found.number)),
        "quality": marks.percents(marks.share(found.good, found.number)),
        "mean": marks.mean(found),
        "flags": ["small_group"] if found.is_small else [],
    }


def _rough(found: Marks) -> Shares:
    success = marks.rough(found.passed, found.number)
    good = marks.rough(found.good, found.number)
    return {
        "n": None,
        "band": marks.band(found.number),
        "success": success,
        "quality": good,
        "mean": None,
        "flags": ["edge"] if None in {success, good} else [],
    }
