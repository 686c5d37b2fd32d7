"""Staff: the new people of a list, created together with their employments.

They are created only for rows that are kept: their ids are assigned first, so that rows can refer
to them, and they are written just before their rows.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from app.database.transaction import Transaction
from app.findings import Finding
from app.intake.columns import PERSON
from app.intake.lines import Line, Remark
from app.intake.newcomers import SNILS, Claim, Person, contradicted, persons_of
from app.intake.people import Licence
from app.intake.person_faults import POSITION_GROUP_TAKEN, TEACHER_CREATED
from app.intake.places import Directory
from app.model.drafts import Draft, Stored
from app.model.resource import Resource
from app.problems import Invalid
from app.registry.employments import PositionGroup, employments
from app.registry.positions import group_of
from app.registry.teachers import teachers
from app.store.batch import Batch, Beside
from app.store.bodies import body_of
from app.store.validation import read_body
from app.store.verdict import Verdict

POSITION = "Должность"


class Party(NamedTuple):
    """Drafts to be judged, and how their rows take the verdict."""

    batch: Batch
    answer: Callable[[Verdict], None]


@dataclass
class Staff:
    """The people whom only the list knows, from its first slice to its last."""

    places: Directory
    home: uuid.UUID | None = None
    licence: Licence = field(default_factory=Licence)
    claimed: dict[uuid.UUID, str] = field(default_factory=dict)
    """СНИЛС hashes given by kept rows for teachers whose СНИЛС the register lacks."""
    has_news: bool = False
    """Whether the last slice created somebody."""
    _persons: dict[int, Person] = field(default_factory=dict)
    """Persons by row number of the slice."""
    _batches: list[Batch] = field(default_factory=list)
    """The newcomers of the slice as they were judged last."""
    _has_made: bool = False

    def meet(self, tx: Transaction, claims: Sequence[Claim]) -> None:
        """Take the claims of a slice, and give each newcomer an id that rows can refer to."""
        if not self.licence.registers:
            claims = [claim for claim in claims if claim.card or self._is_sound(claim.line)]
        self._persons = persons_of(claims)
        if self.licence.registers:
            return
        awaited = tx.awaited.setdefault(teachers.name, {})
        for claim in claims:
            if (person := self._persons.get(claim.line.number)) and person.is_new:
                claim.line.fields["teacher_id"] = person.id
                awaited[person.id] = self._home_of(claim.line)

    def id_of(self, line: Line) -> uuid.UUID | None:
        """The id of the new person that a row of a list of teachers describes, else None."""
        person = self._persons.get(line.number) if self.licence.registers else None
        return person.id if person and person.is_new else None

    def contradicting(self, lines: Sequence[Line]) -> dict[int, Remark]:
        """The rows, by number, that contradict earlier ones, with the fault."""
        if not self._persons:
            return {}
        # Whom the uploader calls somebody new contradicts nobody.
        pairs = [
            (line.number, person)
            for line in lines
            if not line.is_newcomer and (person := self._persons.get(line.number))
        ]
        wrong = contradicted(
            (person for _, person in pairs), namesakes_are_new=self.licence.namesakes_are_new
        )
        return {number: wrong[person] for number, person in pairs if person in wrong}

    def parties(self, lines: Sequence[Line]) -> Iterator[Party]:
        """The newcomers of rows, then their jobs; rows whose newcomers break a rule are refused."""
        self._batches = []
        groups = self._newcomers(lines)
        people = [self._teacher(person, rows) for person, rows in groups.items()]
        yield from self._party(teachers, people, list(groups.values()), self._refuse_all)
        groups = {person: rows for person, rows in groups.items() if rows[0].is_open}
        jobs = [self._employment(person, rows) for person, rows in groups.items()]
        yield from self._party(employments, jobs, list(groups.values()), self._refuse_first)

    def _party(
        self,
        resource: Resource,
        drafts: Sequence[Draft],
        groups: Sequence[Sequence[Line]],
        refuse: Callable[[Sequence[Line], Finding], None],
    ) -> Iterator[Party]:
        """The drafts with the rows that each one is made of; none if there are no drafts."""
        if not drafts:
            return
        batch = Batch(resource, drafts)
        self._batches.append(batch)

        def answer(verdict: Verdict) -> None:
            for finding in (*verdict.faults, *(finding for finding, _ in verdict.taken)):
                refuse(groups[finding.at], finding)

        yield Party(batch, answer)

    def _refuse_all(self, rows: Sequence[Line], finding: Finding) -> None:
        for line in rows:
            column = SNILS if finding.pointer == "/snils" else PERSON.title
            line.refuse(finding.fault, column, **finding.values)

    def _refuse_first(self, rows: Sequence[Line], finding: Finding) -> None:
        first = min(self._rows_there(rows), key=lambda line: line.fields["participated_on"])
        first.refuse(finding.fault, PERSON.title, **finding.values)

    def jobs_made(self, tx: Transaction, lines: Iterable[Line]) -> Beside | None:
        """The jobs that this list has made for the people of rows."""
        if not self._has_made:
            return None
        job = employments.table
        people = {line.fields.get("teacher_id") for line in lines}
        theirs = job.c.teacher_id.in_([key for key in people if isinstance(key, uuid.UUID)])
        return Beside(employments, theirs & (job.c.created_at == tx.now))

    def to_keep(self, lines: Sequence[Line], jobs: Sequence[Stored]) -> list[Batch]:
        """What has to be written before kept rows: newcomers, and earlier beginnings of jobs."""
        earlier = Batch(employments, self._begin_earlier(lines, jobs) if jobs else [])
        groups = self._newcomers(lines)
        for rows in groups.values():
            rows[0].infos += self._created(rows)
        self.has_news = bool(groups)
        self._has_made = self._has_made or self.has_news
        for line in lines:
            person = self._persons.get(line.number)
            if person and person.number and not person.is_new:
                self.claimed[person.id] = person.number
        return [*self._batches, earlier]

    def _created(self, rows: Sequence[Line]) -> tuple[Remark, ...]:
        """What is told of a newcomer."""
        made = Remark(TEACHER_CREATED, PERSON.title)
        group = group_of(self._position(rows))
        if group is PositionGroup.TEACHING:
            return (made,)
        return made, Remark(POSITION_GROUP_TAKEN, POSITION, {"group": group.words})

    def _newcomers(self, lines: Sequence[Line]) -> dict[Person, list[Line]]:
        """The newcomers of the rows, each with their rows; none in a list of teachers."""
        newcomers: dict[Person, list[Line]] = defaultdict(list)
        for line in lines if not self.licence.registers else ():
            if (person := self._persons.get(line.number)) and person.is_new:
                newcomers[person].append(line)
        return newcomers

    def _is_sound(self, line: Line) -> bool:
        """Whether the data of a newcomer is valid; if not, the row is refused."""
        checks: tuple[tuple[Resource, dict[str, object], str], ...] = (
            (teachers, self._named(line), PERSON.title),
            (employments, self._job(line, uuid.UUID(int=0)), POSITION),
        )
        for resource, body, column in checks:
            try:
                read_body(resource, body)
            except Invalid as problem:
                for finding in problem.findings:
                    line.refuse(finding.fault, column, **finding.values)
        return line.is_open

    def _home_of(self, line: Line) -> uuid.UUID:
        return self.home or self.places.by_id[line.fields["organization_id"]].home

    def _named(self, line: Line) -> dict[str, object]:
        name = line.fields["name"]
        return {
            "last_name": name.last,
            "first_name": name.first,
            "patronymic": name.patronymic,
            "municipality_id": str(self._home_of(line)),
            "snils": line.fields.get("snils"),
        }

    def _job(self, line: Line, teacher: uuid.UUID) -> dict[str, object]:
        return {
            "teacher_id": str(teacher),
            "organization_id": str(line.fields["organization_id"]),
            "position": line.fields.get("position"),
            "position_group": PositionGroup.TEACHING.value,
            "is_main_job": True,
            "valid_from": line.fields["participated_on"],
        }

    def _teacher(self, person: Person, rows: Sequence[Line]) -> Draft:
        """The person as in the first row; empty fields are filled from later rows."""
        body = self._named(rows[0])
        for line in rows:
            for name, value in self._named(line).items():
                body[name] = body[name] or value
        return Draft(read_body(teachers, body), id=person.id)

    def _employment(self, person: Person, rows: Sequence[Line]) -> Draft:
        body = self._job(rows[0], person.id)
        there = self._rows_there(rows)
        body["valid_from"] = min(line.fields["participated_on"] for line in there)
        body["position"] = self._position(rows)
        body["position_group"] = group_of(self._position(rows)).value
        return Draft(read_body(employments, body))

    def _position(self, rows: Sequence[Line]) -> str | None:
        """The first position that the rows of a newcomer's place of work name."""
        named = (line.fields.get("position") for line in self._rows_there(rows))
        return next(filter(None, named), None)

    def _rows_there(self, rows: Sequence[Line]) -> list[Line]:
        """The rows from the legal person of the first row."""
        return [line for line in rows if self._person_at(line) == self._person_at(rows[0])]

    def _person_at(self, line: Line) -> uuid.UUID | None:
        place_found = self.places.by_id.get(line.fields["organization_id"])
        return place_found.legal_person if place_found else None

    def _begin_earlier(self, lines: Sequence[Line], jobs: Iterable[Stored]) -> list[Draft]:
        """Employments made by this list begin earlier if later rows have an earlier day."""
        rows: dict[uuid.UUID, list[Line]] = defaultdict(list)
        for line in lines:
            rows[line.fields["teacher_id"]].append(line)
        drafts = []
        for stored in jobs:
            if change := self._earlier(stored.columns, rows[stored.columns["teacher_id"]]):
                body = body_of(employments, stored) | change
                drafts.append(Draft(read_body(employments, body), stored))
        return drafts

    def _earlier(self, job: Mapping[str, Any], rows: Iterable[Line]) -> dict[str, object]:
        """The changes of an employment that follow from rows."""
        home = self.places.by_id[job["organization_id"]].legal_person
        there = [line for line in rows if self._person_at(line) == home]
        change: dict[str, object] = {}
        days = [date.fromisoformat(line.fields["participated_on"]) for line in there]
        if days and min(days) < job["valid_from"]:
            change["valid_from"] = min(days).isoformat()
        positions_given = filter(None, (line.fields.get("position") for line in there))
        if job["position"] is None and (position := next(positions_given, None)):
            change["position"] = position
        return change
