"""The page of quality: results at the beginning and in the end, and the gap to the leader."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from app.model.text import alphabetical, fold
from app.pages import paging
from app.pages.page import Context
from app.pages.summaries.summary import Summary
from app.pages.visit import Visit
from app.program.assessed import QualityPair, viewer_of
from app.program.doors import QUALITY
from app.program.frame import Framed, Named
from app.program.quality import PARTS, ProgramQuality, QualityRow, Shares, latest
from app.registry.assessment_results import AssessmentStage


class Work(NamedTuple):
    """What was tested, and all results of it together."""

    subject: str
    grade: int
    totals: dict[AssessmentStage, Shares]


@dataclass
class Line:
    """An organization in one subject and grade."""

    organization: Named
    role: str
    baseline: QualityRow | None = None
    final: QualityRow | None = None
    pairs: list[QualityPair] = field(default_factory=list)
    """Its gaps to its leaders."""


def told(visit: Visit, seen: Framed, body: ProgramQuality) -> Context:
    """What the page shows."""
    shown = latest(seen, viewer_of(seen.tx.caller))
    groups = groupby(shown.items, key=lambda row: (fold(row["subject"]), row["grade"]))
    totals: dict[tuple[str, int], dict[AssessmentStage, Shares]] = {}
    for total in shown.totals:
        key = fold(total["subject"]), total["grade"]
        totals.setdefault(key, {})[total["stage"]] = total
    every = [
        (Work(*_titled(rows), totals.get(key, {})), line)
        for key, rows in ((key, list(found)) for key, found in groups)
        for line in _lines(rows, body["pairs"])
    ]
    lines = paging.cut(visit, every)
    return {
        "shown": lines,
        "groups": [
            (work, [line for _, line in found])
            for work, found in groupby(lines.items, key=itemgetter(0))
        ],
        "form": visit.form("assessment_results", {}),
    }


Summary(QUALITY, told).declare()


def _titled(rows: list[QualityRow]) -> tuple[str, int]:
    return rows[0]["subject"], rows[0]["grade"]


def _lines(rows: list[QualityRow], pairs: Iterable[QualityPair]) -> list[Line]:
    """One line for each organization, of its latest work of each stage."""
    subject, grade = _titled(rows)
    lines: dict[str, Line] = {}
    for row in rows:
        who = row["organization"]
        line = lines.setdefault(who["id"], Line(who, PARTS[row["role"]].ru))
        line.role = PARTS[row["role"]].ru
        if row["stage"] == AssessmentStage.BASELINE:
            line.baseline = row
        elif row["stage"] == AssessmentStage.FINAL:
            line.final = row
    for pair in pairs:
        is_same = fold(pair["subject"]) == fold(subject) and pair["grade"] == grade
        if is_same and (found := lines.get(pair["supported"]["id"])):
            found.pairs.append(pair)
    return sorted(
        lines.values(),
        key=lambda line: (alphabetical(line.organization["name"]), line.organization["id"]),
    )
