"""Assessed: results that can be compared, whose rows a caller reads, and pairs with leaders."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from app.indicators.facts import Moment
from app.indicators.network import Network
from app.model.caller import Caller
from app.model.text import fold
from app.network import marks
from app.network.marks import Marks
from app.network.rows import ResultRow
from app.program.frame import Frame, Named
from app.registry.assessment_results import AssessmentStage, assessment_results
from app.registry.partnerships import MemberRole
from app.store.rows import Id

Part = Literal["supported", "leader", "other"]
"""What an organization is in the network on the day of an assessment."""


class Viewer(NamedTuple):
    """Whose rows a caller reads: all, or those of some organizations."""

    reads_all: bool
    own: frozenset[Id] = frozenset()

    def reads(self, organization_id: Id) -> bool:
        """Whether the caller reads the marks of an organization."""
        return self.reads_all or organization_id in self.own


NOBODY = Viewer(reads_all=False)
"""Whoever gets a file: it goes from hand to hand."""


def viewer_of(caller: Caller) -> Viewer:
    """Whose rows a caller reads."""
    key = caller.organization_id
    own = frozenset({key} if key and caller.sees(assessment_results, _row_of(key)) else ())
    return Viewer(caller.sees(assessment_results, _row_of(None)), own)


def _row_of(organization_id: Id | None) -> dict[str, Id | None]:
    return {"organization_id": organization_id}


class Test(NamedTuple):
    """What can be compared: one subject of one grade."""

    subject: str
    grade: int


@dataclass(frozen=True)
class Result:
    """A row that counts: of a legal person, at an event completed in the period."""

    row: ResultRow
    completed_on: date

    @cached_property
    def marks(self) -> Marks:
        """Its marks."""
        return Marks.of(self.row)

    @cached_property
    def test(self) -> Test:
        """What it can be compared with: subjects are one however they are written."""
        return Test(fold(self.row.subject), self.row.grade)


class Days:
    """The network on the days of the assessments."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._networks: dict[date, Network] = {}

    def on(self, day: date) -> Network:
        """The network on a day; it is counted once."""
        if day not in self._networks:
            moment = Moment(day, self._frame.moment.start, self._frame.moment.end)
            self._networks[day] = Network(self._frame.facts, moment)
        return self._networks[day]

    def part(self, key: Id, day: date) -> Part:
        """What an organization is in the network on a day."""
        network = self.on(day)
        if any(key in supported for supported in network.supported.values()):
            return "supported"
        return "leader" if key in network.leading else "other"


class QualityPair(TypedDict):
    """Поддерживаемая организация и её лидер: разрыв качества в начале и в конце."""

    supported: Named
    leader: Named
    subject: Annotated[str, Field(description="Предмет")]
    grade: Annotated[int, Field(description="Класс")]
    baseline_gap: Annotated[str | None, Field(description="Разрыв на входе, процентных пунктов")]
    final_gap: Annotated[str | None, Field(description="Разрыв в итоге, процентных пунктов")]
    closed: Annotated[str | None, Field(description="На сколько разрыв сократился")]


def pairs(
    frame: Frame, results: Iterable[Result], days: Days, viewer: Viewer
) -> Iterator[QualityPair]:
    """Supported organizations beside their leaders, at the latest event that both wrote."""
    for (test, supported, leader), stages in sorted(_by_pair(results, days).items()):
        if not _may_see(days, stages, viewer):
            continue
        gaps = _exact(stages) if viewer.reads_all else _rough(stages)
        some = next(iter(stages.values()))[0].row
        yield {
            "supported": frame.named(supported),
            "leader": frame.named(leader),
            "subject": some.subject,
            "grade": test.grade,
            "baseline_gap": gaps.first,
            "final_gap": gaps.last,
            "closed": gaps.closed,
        }


Both = tuple[Result, Result]
"""The results of a leader and of whom it supports, at one event."""

Stages = dict[AssessmentStage, Both]


def _by_pair(results: Iterable[Result], days: Days) -> dict[tuple[Test, Id, Id], Stages]:
    """By subject and grade, supported and leader: the latest event of each stage."""
    events: dict[tuple[Id, Test, AssessmentStage], dict[Id, Result]] = defaultdict(dict)
    for each in results:
        events[each.row.event_id, each.test, each.row.stage][each.row.organization_id] = each
    pairs: dict[tuple[Test, Id, Id], Stages] = defaultdict(dict)
    for (_, test, stage), there in events.items():
        for leader, supported in _led(there, days):
            both = there[leader], there[supported]
            before = pairs[test, supported, leader].get(stage)
            if before is None or before[0].completed_on <= both[0].completed_on:
                pairs[test, supported, leader][stage] = both
    return pairs


def _led(there: dict[Id, Result], days: Days) -> Iterator[tuple[Id, Id]]:
    day = next(iter(there.values())).completed_on
    for leader, supported in days.on(day).supported.items():
        if leader in there:
            yield from ((leader, key) for key in supported if key in there)


def _may_see(days: Days, stages: Stages, viewer: Viewer) -> bool:
    """Whether a caller reads all rows, or is a member of a partnership of the two."""
    if viewer.reads_all:
        return True
    for leader, supported in stages.values():
        network = days.on(leader.completed_on)
        for row in network.counting:
            members = network.members(row, *MemberRole)
            pair = {leader.row.organization_id, supported.row.organization_id}
            if pair <= members and members & viewer.own:
                return True
    return False


class Gaps(NamedTuple):
    """The gap at the beginning and in the end, and by how much it has become smaller."""

    first: str | None
    last: str | None
    closed: str | None


def _exact(stages: Stages) -> Gaps:
    """Gaps from the marks; of small groups none is told to anybody."""
    first, last = (_sides(stages.get(stage), marks.FEWEST) for stage in _ENDS)
    return Gaps(
        marks.percents(marks.gap(*first)) if first else None,
        marks.percents(marks.gap(*last)) if last else None,
        marks.percents(marks.closed(first, last)) if first and last else None,
    )


def _rough(stages: Stages) -> Gaps:
    """Gaps from the shares that everybody sees: they tell no more than those do."""
    first, last = (_points(_sides(stages.get(stage), marks.SHOWN)) for stage in _ENDS)
    closed = None if first is None or last is None else first - last
    return Gaps(*(None if points is None else str(points) for points in (first, last, closed)))


_ENDS = AssessmentStage.BASELINE, AssessmentStage.FINAL


def _sides(both: Both | None, least: int) -> tuple[Marks, Marks] | None:
    """The marks of both, if each has enough of them."""
    if both is None or any(each.marks.number < least for each in both):
        return None
    return both[0].marks, both[1].marks


def _points(sides: tuple[Marks, Marks] | None) -> int | None:
    """The gap in whole points; null if a share is not shown."""
    shares = [marks.rough(each.good, each.number) for each in sides or ()]
    if not shares or None in shares:
        return None
    leader, supported = map(int, filter(None, shares))
    return leader - supported
