"""Settlement: decides which rows are written; of several about one record the first valid one.

Nothing is written here, so refused rows have no effects. Refusing a row may make another one valid
that conflicted with it, so rows are checked again until no further row is refused.
"""

import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from app.database.transaction import Transaction
from app.findings import Finding
from app.intake.documents import Candidate
from app.intake.duplicates import Identity
from app.intake.faults import KEY_TAKEN_ROW
from app.intake.lines import Line, Remark
from app.intake.staff import Party, Staff
from app.model.headings import titles
from app.model.resource import Resource
from app.store.batch import Batch, judge
from app.store.verdict import Verdict


@dataclass
class Contest:
    """Rows about one record in order; earlier rows than the front were refused."""

    identity: Identity
    rows: deque[Line]

    @property
    def front(self) -> Line:
        """The row that is kept if it is valid."""
        return self.rows[0]

    @property
    def others(self) -> list[Line]:
        """The rows after the front, duplicates of it if it is valid."""
        return list(self.rows)[1:]


@dataclass
class Settlement:
    """Applies the rules to the rows of a slice."""

    tx: Transaction
    resource: Resource
    staff: Staff
    faults: dict[int, list[Remark]]
    """Faults of rows that do not depend on other rows, by row number."""
    is_free: bool
    """Whether no record has the natural keys of new rows, except source keys."""

    def settle(self, rows: Sequence[tuple[Line, Identity]]) -> list[Contest]:
        """Refuse invalid rows; returns the contests whose front is valid."""
        grouped: dict[Identity, deque[Line]] = {}
        for line, identity in rows:
            grouped.setdefault(identity, deque()).append(line)
        contests = [Contest(*group) for group in grouped.items()]
        while True:
            # Ordered by fronts: a refused row must not decide before a later valid one.
            contests = sorted(
                _with_front(contests, self.faults), key=lambda contest: contest.front.number
            )
            fronts = [contest.front for contest in contests]
            contradicting = self.staff.contradicting(fronts)
            left = [line for line in fronts if line.number not in contradicting]
            self._hold(left)
            if all(line.is_open for line in left):
                break
        for contest in contests:
            if fault := contradicting.get(contest.front.number):
                for line in contest.rows:
                    line.refuse(fault.fault, fault.column)
        return [contest for contest in contests if contest.front.is_open]

    def _hold(self, lines: Sequence[Line]) -> None:
        """Check rows: first the people they need, then against one another and the store."""
        for party in self._parties(lines):
            party.answer(judge(self.tx, party.batch))

    def _parties(self, lines: Sequence[Line]) -> Iterator[Party]:
        yield from self.staff.parties(lines)
        left = [line for line in lines if line.is_open]
        drafts = [line.draft for line in left if line.draft]
        is_free = self.is_free and all(draft.is_new for draft in drafts)
        by_rules = bool(self.resource.guards)
        batch = Batch(self.resource, drafts, is_placed=True, by_rules=by_rules, is_free=is_free)
        yield Party(batch, partial(self._answer, left))

    def _answer(self, lines: Sequence[Line], verdict: Verdict) -> None:
        for finding in (*verdict.faults, *verdict.illegal):
            refuse(self.resource, lines[finding.at], [finding])
        for finding, holder in verdict.taken:
            self._refuse_taken(lines[finding.at], finding, holder)

    def _refuse_taken(self, line: Line, finding: Finding, holder: uuid.UUID | None) -> None:
        if holder is None:
            refuse(self.resource, line, [finding])
            return
        line.refuse(KEY_TAKEN_ROW, remark(self.resource, finding).column)
        line.candidates += (Candidate(id=str(holder)),)


def _with_front(contests: Iterable[Contest], faults: dict[int, list[Remark]]) -> list[Contest]:
    """Move each front past refused rows; drops contests without rows left."""
    remaining = []
    for contest in contests:
        refused: Line | None = None
        while contest.rows:
            line = contest.front
            remarks: Sequence[Remark] = faults.get(line.number, ())
            if line.is_open and refused and line.fields == refused.fields:
                # A row equal to the one before it has the same faults.
                remarks = refused.errors or remarks
            for reason in remarks:
                line.reject(reason)
            if line.is_open:
                remaining.append(contest)
                break
            refused = contest.rows.popleft()
    return remaining


def refuse(resource: Resource, line: Line, findings: Iterable[Finding]) -> None:
    """Refuse a row for the findings of its draft."""
    for finding in findings:
        line.reject(remark(resource, finding))


def remark(resource: Resource, finding: Finding) -> Remark:
    """A finding of a draft as a remark about its column."""
    name, *steps = (finding.pointer or "/").split("/")[1:]
    part = None
    if name in resource.parts and steps and steps[0].isdigit():
        part = (name, int(steps.pop(0)))
    if steps and name in (*resource.parts, *resource.embedded):
        name = f"{name}.{steps[0]}"
    return Remark(finding.fault, titles(resource).get(name), finding.values, part)
