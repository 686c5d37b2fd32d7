"""Questions: what a list asks its uploader, once for all rows that say the same.

They quote the cells of the list, so they are shown to whoever sent it and to nobody else.
"""

from dataclasses import dataclass, field

from typing_extensions import TypedDict

from app.intake.codes import RowOutcome
from app.intake.columns import PERSON, known
from app.intake.cures import LEFT_OUT, PLACE, Subject, Subjects, field_of
from app.intake.faults import RECORD_REFUSED
from app.intake.layout import Layout
from app.intake.lines import Line, Remark
from app.intake.person_faults import NAMESAKE_ELSEWHERE, TEACHER_CREATED, UNKNOWN_TEACHER
from app.intake.report import MOST_NUMBERS, as_json
from app.intake.runs import Run
from app.model.headings import ID, Heading

MOST = 100
"""Questions that are asked at once; the others come with the next check."""

LISTED = 200
"""Rows that are listed, of those that wait and of the others each."""


class Question(TypedDict):
    """One question, and the rows that wait for its answer."""

    field: str
    said: str
    beside: str
    title: str
    code: str
    detail: str
    hint: str
    rows: list[int]
    """The first hundred."""
    count: int
    among: list[str]
    """What the first of them are about: the cell of their first shown column."""
    candidates: list[str]
    """Records that may be meant, by id."""
    may_be_new: bool
    """Whether the answer can be that it is a new person."""


class Refusal(TypedDict):
    """What a page cannot mend: the rows come back in a file."""

    detail: str
    hint: str
    rows: list[int]
    count: int


class ListedRow(TypedDict):
    """A row of the list."""

    row: int
    said: list[str]
    """Its cells in the columns that are shown."""
    is_new: bool
    """Whether its person is new."""
    outcome: str
    told: str


class Asked(TypedDict):
    """What became of the rows of a list, and what it asks."""

    questions: list[Question]
    more: int
    """Questions that are not asked yet."""
    refusals: list[Refusal]
    columns: list[str]
    """The headings of the columns that are shown."""
    rows: list[ListedRow]
    ready: int
    """Rows that become a record or change one."""
    unchanged: int
    waiting: int
    """Rows that wait for an answer."""
    returned: int
    """Rows that cannot be mended here."""
    left_out: int
    repeated: int
    blank: int
    newcomers: list[str]
    """New people, as their rows name them."""


@dataclass
class Questions:
    """Gathers the questions of a run; `heed` is told its rows."""

    run: Run
    _asked: dict[tuple[Subject, str], Question] = field(default_factory=dict)
    _refusals: dict[str, Refusal] = field(default_factory=dict)
    _waiting: list[ListedRow] = field(default_factory=list)
    _others: list[ListedRow] = field(default_factory=list)
    _newcomers: dict[str, None] = field(default_factory=dict)
    _following: list[tuple[int, Remark]] = field(default_factory=list)
    """Rows that are refused only because another row of their record is."""
    _open_rows: set[int] = field(default_factory=set)
    """Rows that wait for an answer."""
    _counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._subjects = Subjects(self.run.resource, self.run.layout)
        self._headings = {heading.title: heading for heading in known(self.run.resource).values()}
        self._shown = _shown_of(self.run.layout)

    def heed(self, line: Line) -> None:
        """Take a row whose outcome is known."""
        if line.outcome == RowOutcome.REJECTED:
            self._refused(line)
        else:
            self._taken(line)

    @property
    def asked(self) -> Asked:
        """What the list asks, the questions about most rows first."""
        for number, remark in self._following:
            self._follow(number, remark)
        self._following.clear()
        questions = sorted(self._asked.values(), key=lambda each: (-each["count"], each["rows"]))
        rows = [*self._waiting, *self._others]
        counts = self._counts
        return {
            "questions": questions[:MOST],
            "more": max(len(questions) - MOST, 0),
            "refusals": sorted(self._refusals.values(), key=lambda each: -each["count"]),
            "columns": [*self._shown.values()],
            "rows": sorted(rows, key=lambda each: each["row"]),
            "ready": counts.get(RowOutcome.CREATED, 0) + counts.get(RowOutcome.UPDATED, 0),
            "unchanged": counts.get(RowOutcome.UNCHANGED, 0),
            "waiting": counts.get("waiting", 0),
            "returned": counts.get("returned", 0),
            "left_out": counts.get("left_out", 0),
            "repeated": counts.get(RowOutcome.DUPLICATE, 0),
            "blank": counts.get(RowOutcome.BLANK, 0),
            "newcomers": list(self._newcomers),
        }

    def _taken(self, line: Line) -> None:
        outcome = line.outcome or RowOutcome.BLANK
        self._count(outcome)
        if outcome == RowOutcome.BLANK:
            return
        row = self._listed(line, "")
        if any(info.fault is TEACHER_CREATED for info in line.infos):
            row["is_new"] = True
            if len(self._newcomers) < LISTED:
                self._newcomers[self._said(line, PERSON.name)] = None
        if len(self._others) < LISTED:
            self._others.append(row)

    def _refused(self, line: Line) -> None:
        if any(error.fault is LEFT_OUT for error in line.errors):
            self._count("left_out")
            return
        if len(self._waiting) < LISTED:
            self._waiting.append(self._listed(line, as_json(line.errors[0])["detail"]))
        if all(error.fault is RECORD_REFUSED for error in line.errors):
            self._following.append((line.number, line.errors[0]))
            return
        asked = [(error, self._heading(line, error)) for error in line.errors]
        is_open = all(heading for _, heading in asked)
        self._count("waiting" if is_open else "returned")
        if is_open:
            self._open_rows.add(line.number)
        for error, heading in asked:
            if is_open and heading:
                self._ask(line, error, heading)
            elif not heading:
                self._return(line.number, error)

    def _heading(self, line: Line, error: Remark) -> Heading | None:
        """The column that a question can be about; None for what is not mended by an answer."""
        heading = self._headings.get(error.column or "")
        # Nobody types the id of a record: it can only be chosen.
        return None if heading is ID and not line.candidates else heading

    def _follow(self, number: int, remark: Remark) -> None:
        """Count a row that another one of its record keeps back: it waits as long as that."""
        if remark.values["row"] in self._open_rows:
            self._count("waiting")
        else:
            self._count("returned")
            self._return(number, remark)

    def _ask(self, line: Line, error: Remark, heading: Heading) -> None:
        subject = self._subjects.of(line.cells, field_of(heading))
        told = as_json(error)
        key = subject, told["code"]
        if not (question := self._asked.get(key)):
            question = self._asked[key] = {
                **subject._asdict(),  # type: ignore[typeddict-item]
                "title": heading.title,
                "code": told["code"],
                "detail": told["detail"],
                "hint": told["hint"],
                "rows": [],
                "count": 0,
                "among": [],
                "candidates": [candidate["id"] for candidate in line.candidates],
                "may_be_new": error.fault in {NAMESAKE_ELSEWHERE, UNKNOWN_TEACHER},
            }
        question["count"] += 1
        if len(question["rows"]) < MOST_NUMBERS:
            question["rows"].append(line.number)
        first = next(iter(self._shown), "")
        among = question["among"]
        about = self._said(line, first) if first != subject.field else ""
        if about and about not in among and len(among) < _NAMED:
            among.append(about)

    def _return(self, number: int, error: Remark) -> None:
        told = as_json(error)
        refusal = self._refusals.setdefault(
            told["detail"],
            {"detail": told["detail"], "hint": told["hint"], "rows": [], "count": 0},
        )
        refusal["count"] += 1
        if len(refusal["rows"]) < MOST_NUMBERS:
            refusal["rows"].append(number)

    def _listed(self, line: Line, told: str) -> ListedRow:
        return {
            "row": line.number,
            "said": [self._said(line, name) for name in self._shown],
            "is_new": False,
            "outcome": str(line.outcome),
            "told": told,
        }

    def _said(self, line: Line, name: str) -> str:
        return self._subjects.named(line.cells, name)[:_SHOWN]

    def _count(self, what: str) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1


def _shown_of(layout: Layout) -> dict[str, str]:
    """The columns by which people know the rows of a list: fields with their headings."""
    titles = {PERSON.name: PERSON.title}
    listed = [heading for heading in layout.columns if heading]
    fields = {
        field_of(heading): titles.get(field_of(heading), heading.base.title) for heading in listed
    }
    first = [name for name in (PERSON.name, PLACE) if name in fields]
    parts = [field_of(heading) for heading in listed if heading.part][:1]
    others = [name for name in fields if name not in {*first, *parts, *_UNSPOKEN}]
    # A row that adds a part to a record has nothing else.
    shown = [*first, *others][: _COLUMNS - len(parts)] + parts
    return {name: fields[name] for name in shown}


_UNSPOKEN = (ID.name, "source", "source_key")

_COLUMNS = 3
"""Columns that are shown of each row."""

_NAMED = 3
"""Rows that a question names."""

_SHOWN = 200
"""Characters of a cell that are shown."""
