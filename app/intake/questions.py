"""Questions: what a list asks its uploader, once for all rows that say the same.

They quote the cells of the list, so they are shown to whoever sent it and to nobody else.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.intake.asked import Asked, ListedRow, Question, Refusal
from app.intake.codes import RowOutcome
from app.intake.columns import PERSON, known
from app.intake.cures import LEFT_OUT, PLACE, Subject, Subjects, field_of
from app.intake.documents import ImportRemark
from app.intake.faults import RECORD_REFUSED
from app.intake.layout import Layout
from app.intake.lines import Line, Remark
from app.intake.notes import Notes, whole
from app.intake.person_faults import NAMESAKE_ELSEWHERE, TEACHER_CREATED, UNKNOWN_TEACHER
from app.intake.report import MOST_NUMBERS, as_json
from app.intake.runs import Run
from app.model.headings import ID, Heading

MOST = 100
"""Questions that are asked at once; the others come with the next check."""

LISTED = 200
"""Rows that are listed, of those that are refused, those with remarks and the others each."""

Say = Callable[[Remark], ImportRemark]
"""Puts a remark into words."""


@dataclass
class Questions:
    """Gathers the questions of a run; `heed` is told its rows."""

    run: Run
    say: Say = as_json
    _asked: dict[tuple[Subject, str], Question] = field(default_factory=dict)
    _refusals: dict[str, Refusal] = field(default_factory=dict)
    _waiting: list[ListedRow] = field(default_factory=list)
    _noted: list[ListedRow] = field(default_factory=list)
    """Rows with remarks."""
    _others: list[ListedRow] = field(default_factory=list)
    _notes: Notes = field(default_factory=Notes)
    _is_cut: bool = False
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
        rows = [*self._waiting, *self._noted, *self._others]
        counts = self._counts
        return {
            "questions": questions[:MOST],
            "more": max(len(questions) - MOST, 0),
            "refusals": sorted(self._refusals.values(), key=lambda each: -each["count"]),
            "columns": [*self._shown.values()],
            "rows": sorted(rows, key=lambda each: each["row"]),
            "is_cut": self._is_cut,
            "notes": self._notes.told,
            "ready": counts.get(RowOutcome.CREATED, 0) + counts.get(RowOutcome.UPDATED, 0),
            "unchanged": counts.get(RowOutcome.UNCHANGED, 0),
            "waiting": counts.get("waiting", 0),
            "returned": counts.get("returned", 0),
            "left_out": counts.get("left_out", 0),
            "repeated": counts.get(RowOutcome.DUPLICATE, 0),
            "blank": counts.get(RowOutcome.BLANK, 0),
            "newcomers": list(self._newcomers),
            "newcomer_count": counts.get("newcomers", 0),
        }

    def _taken(self, line: Line) -> None:
        outcome = line.outcome or RowOutcome.BLANK
        self._count(outcome)
        self._note(line)
        if outcome == RowOutcome.BLANK and not line.infos:
            return
        row = self._listed(line)
        if any(info.fault is TEACHER_CREATED for info in line.infos):
            row["is_new"] = True
            self._count("newcomers")
            if len(self._newcomers) < LISTED:
                self._newcomers[self._said(line, PERSON.name)] = None
        self._list(self._noted if row["remarks"] else self._others, row)

    def _note(self, line: Line) -> None:
        """Take what is said about a row that is not refused."""
        name = self._said(line, next(iter(self._shown), ""))
        for remark in (*line.warnings, *line.infos):
            is_warning = remark in line.warnings
            self._notes.add(self._spoken(remark), [line.number], name, is_warning=is_warning)

    def _spoken(self, remark: Remark) -> ImportRemark:
        """A remark in words, its column under the heading that it has in the list."""
        said = self.say(remark)
        return {**said, "column": self.run.tally.titles.get(remark.column or "", remark.column)}

    def _list(self, rows: list[ListedRow], row: ListedRow) -> None:
        if len(rows) < LISTED:
            rows.append(row)
        else:
            self._is_cut = True

    def _refused(self, line: Line) -> None:
        if any(error.fault is LEFT_OUT for error in line.errors):
            self._count("left_out")
            self._is_cut = True
            return
        self._list(self._waiting, self._listed(line))
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
            else:
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
        told = self.say(error)
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
        told = self.say(error)
        refusal = self._refusals.setdefault(
            told["detail"],
            {"detail": told["detail"], "hint": told["hint"], "rows": [], "count": 0},
        )
        refusal["count"] += 1
        if len(refusal["rows"]) < MOST_NUMBERS:
            refusal["rows"].append(number)

    def _listed(self, line: Line) -> ListedRow:
        # That a person is new is told with the outcome.
        remarks = (
            each for each in (*line.warnings, *line.infos) if each.fault is not TEACHER_CREATED
        )
        return {
            "row": line.number,
            "said": [self._said(line, name) for name in self._shown],
            "is_new": False,
            "outcome": str(line.outcome or RowOutcome.BLANK),
            "told": " ".join(dict.fromkeys(self.say(error)["detail"] for error in line.errors)),
            "remarks": [whole(self.say(each)) for each in remarks],
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
