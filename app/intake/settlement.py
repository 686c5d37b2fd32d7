"""Settlement: which rows are in; of several rows about one record it is the first that is right.

Nothing is written here, so that a refused row can act on nothing. Refusing a row may let in
another one that was held against it: rows are looked at again until none is refused any more.
"""

import uuid
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.database.transaction import Transaction
from app.findings import Finding
from app.intake.bodies import said_of, spoken
from app.intake.documents import Candidate
from app.intake.duplicates import Identity
from app.intake.faults import KEY_TAKEN_ROW, NOT_YOURS_ROW
from app.intake.lines import Line, Remark
from app.intake.matching import is_new
from app.intake.staff import Staff
from app.model.drafts import Draft
from app.model.headings import headings
from app.model.resource import Resource
from app.store import checking


@dataclass
class Contest:
    """Rows about one record, in their order; those before the front were refused."""

    identity: Identity
    rows: deque[Line]

    @property
    def front(self) -> Line:
        """The row that is kept if it is right."""
        return self.rows[0]

    @property
    def others(self) -> list[Line]:
        """The rows behind the front, which repeat it if it is right."""
        return list(self.rows)[1:]


@dataclass
class Settlement:
    """The rules that the rows of a slice are held against."""

    tx: Transaction
    resource: Resource
    staff: Staff
    is_free: bool
    """Whether nobody has the natural keys of new rows, but for their foreign pairs."""

    def settle(self, rows: Sequence[tuple[Line, Identity]]) -> list[Contest]:
        """Refuse the rows that are not right; the contests whose front is right come back."""
        grouped: dict[Identity, deque[Line]] = {}
        for line, identity in rows:
            grouped.setdefault(identity, deque()).append(line)
        contests = [Contest(*each) for each in grouped.items()]
        faults = self._faults_of_each([line for line, _ in rows])
        while True:
            # By their fronts: a refused row does not speak before a later one that is right.
            contests = sorted(_with_front(contests, faults), key=lambda each: each.front.number)
            fronts = [each.front for each in contests]
            contradicting = self.staff.contradicting(fronts)
            left = [line for line in fronts if line.number not in contradicting]
            self._hold(left)
            if all(line.is_open for line in left):
                break
        for each in contests:
            if fault := contradicting.get(each.front.number):
                for line in each.rows:
                    line.refuse(fault.fault, fault.column)
        return [each for each in contests if each.front.is_open]

    def _faults_of_each(self, lines: Sequence[Line]) -> dict[int, list[Remark]]:
        """What is wrong with rows whatever other rows say, by their numbers."""
        faults: dict[int, list[Remark]] = {}
        for line in lines:
            if line.draft and line.draft.stored and not self._is_allowed(line, line.draft):
                faults[line.number] = [Remark(NOT_YOURS_ROW)]
        if not self.resource.guards:
            verdict = checking.hold_to_rules(self.tx, self.resource, numbered(lines))
            for finding in (*verdict.faults, *verdict.illegal):
                found = faults.setdefault(lines[finding.at].number, [])
                found.append(remark(self.resource, finding))
        return faults

    def _is_allowed(self, line: Line, draft: Draft) -> bool:
        """Whether the uploader may change a stored record in the way that a row says."""
        stored, caller = draft.stored, self.tx.caller
        if stored is None or not draft.is_changed:
            return True
        said = {name: said_of(value) for name, value in line.said.items()}
        return caller.may_touch(self.resource, stored.columns) and not any(
            caller.overreach(self.resource, lambda: spoken(self.resource, stored), said)
        )

    def _hold(self, lines: Sequence[Line]) -> None:
        """Hold rows against those who follow from them, against one another and the store."""
        self.staff.check(self.tx, lines)
        left = [line for line in lines if line.is_open]
        verdict = checking.judge(
            self.tx,
            self.resource,
            numbered(left),
            by_rules=bool(self.resource.guards),
            is_free=self.is_free and all(map(is_new, left)),
        )
        for finding in (*verdict.faults, *verdict.illegal):
            refuse(self.resource, left[finding.at], [finding])
        for finding, holder in verdict.taken:
            self._refuse_taken(left[finding.at], finding, holder)

    def _refuse_taken(self, line: Line, finding: Finding, holder: uuid.UUID | None) -> None:
        if holder is None:
            refuse(self.resource, line, [finding])
            return
        line.refuse(KEY_TAKEN_ROW, remark(self.resource, finding).column)
        line.candidates += (Candidate(id=str(holder)),)


def _with_front(contests: Iterable[Contest], faults: dict[int, list[Remark]]) -> list[Contest]:
    """Move fronts behind the rows that are refused; contests without any row left are over."""
    found = []
    for each in contests:
        refused: Line | None = None
        while each.rows:
            line = each.front
            remarks: Sequence[Remark] = faults.get(line.number, ())
            if line.is_open and refused and line.said == refused.said:
                # Word for word the row before: so is what is wrong with it.
                remarks = refused.errors
            for every in remarks:
                line.refuse(every.fault, every.column, **every.values)
            if line.is_open:
                found.append(each)
                break
            refused = each.rows.popleft()
    return found


def numbered(lines: Sequence[Line]) -> list[Draft]:
    """The drafts of rows, each with its place among them."""
    drafts = [line.draft for line in lines if line.draft]
    for at, draft in enumerate(drafts):
        draft.at = at
    return drafts


def refuse(resource: Resource, line: Line, findings: Iterable[Finding]) -> None:
    """Give a row up for what was found in its draft."""
    for finding in findings:
        found = remark(resource, finding)
        line.refuse(found.fault, found.column, **found.values)


def remark(resource: Resource, finding: Finding) -> Remark:
    """What was found in a draft, in the column where it stands."""
    name = (finding.pointer or "").split("/")[1:2]
    titles = {each.name: each.title for each in headings(resource)}
    return Remark(finding.fault, titles.get(name[0]) if name else None, finding.values)
