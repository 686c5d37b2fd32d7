"""Source: what a program's documents are made of, read once from one state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from app.database.transaction import Transaction
from app.documents.wording import period
from app.indicators.asking import Asked
from app.indicators.reports import ProgramState
from app.indicators.state import state
from app.problems import NotFound
from app.program import assessed
from app.program.curricula import ProgramCurricula, curricula
from app.program.finance import ProgramFinance, finance
from app.program.frame import Frame, Framed, framed
from app.program.initiatives import ProgramInitiatives, initiatives
from app.program.premises import ProgramProperty, premises
from app.program.quality import Latest, latest
from app.program.resources import ProgramResources, resources
from app.program.results import ProgramResults, results
from app.registry.legal_acts import LegalAct, LegalActKind
from app.registry.organizations import Organization
from app.registry.program_parts import Officer, OfficerRole
from app.registry.programs import Program
from app.store.rows import Id, Kind


class ProgramTitle(NamedTuple):
    """What the heading of a program's document says of it."""

    id: Id
    municipality_id: Id
    title: str
    approved_by_id: Id | None
    appendix_no: str | None
    start_date: date
    end_date: date


class OfficerRow(NamedTuple):
    """An officer of a program."""

    role: OfficerRole
    person_name: str | None
    position: str | None
    organization_id: Id | None
    valid_from: date | None
    valid_to: date | None


class ActTitle(NamedTuple):
    """A document as others cite it."""

    id: Id
    kind: LegalActKind
    number: str
    act_date: date
    issuer_id: Id | None
    issuer_name: str | None


class OrganizationTitle(NamedTuple):
    """An organization's names."""

    id: Id
    short_name: str
    full_name: str


PROGRAMS = Kind(ProgramTitle, Program)
OFFICERS = Kind(OfficerRow, Officer)
ACTS = Kind(ActTitle, LegalAct)
ORGANIZATIONS = Kind(OrganizationTitle, Organization)


@dataclass(frozen=True)
class Source:
    """A program on a day, as it is shown to everybody: a document goes from hand to hand."""

    tx: Transaction
    program_id: Id
    asked: Asked

    @cached_property
    def framed(self) -> Framed:
        """The program on the day, read for its answers."""
        return framed(self.tx, self.program_id, self.asked)

    @property
    def frame(self) -> Frame | None:
        """The program on the day; None if it does not run then."""
        return self.framed.frame

    @property
    def names(self) -> Mapping[Id, str | None]:
        """Names by id, whatever the day is; None for an organization that is hidden."""
        return self.framed.facts.names

    @property
    def beside(self) -> list[str]:
        """What a heading says if the program does not run on the day; empty if it does."""
        if self.frame:
            return []
        days = period({"since": f"{self.program.start_date}", "until": f"{self.program.end_date}"})
        return [f"На {self.day:%d.%m.%Y} программа не действует: её срок {days}."]

    @cached_property
    def day(self) -> date:
        """The day of the state."""
        return date.fromisoformat(self.framed.head["as_of"])

    def has_begun(self, since: str) -> bool:
        """Whether what starts on a day has begun by the day of the state."""
        return since <= self.framed.head["as_of"]

    @cached_property
    def program(self) -> ProgramTitle:
        """The program.

        Raises:
            NotFound: the caller sees no such program.

        """
        table = PROGRAMS.table
        seen = self.tx.seen("programs", table)
        rows = PROGRAMS.where(self.tx, table.c.id == self.program_id, seen)
        if not rows:
            raise NotFound
        return rows[0]

    @cached_property
    def state(self) -> ProgramState:
        """Its plan and figures."""
        return state(self.tx, self.program_id, self.asked)

    @cached_property
    def resources(self) -> ProgramResources:
        """Needs and offers."""
        return resources(self.framed)

    @cached_property
    def curricula(self) -> ProgramCurricula:
        """Curricula with their groups."""
        return curricula(self.framed)

    @cached_property
    def finance(self) -> ProgramFinance:
        """Money."""
        return finance(self.framed)

    @cached_property
    def premises(self) -> ProgramProperty:
        """Uses of property."""
        return premises(self.framed)

    @cached_property
    def quality(self) -> Latest:
        """The latest results of assessments, as far as everybody may know them."""
        return latest(self.framed, assessed.NOBODY)

    @cached_property
    def results(self) -> ProgramResults:
        """Expected results with their states."""
        return results(self.framed)

    @cached_property
    def initiatives(self) -> ProgramInitiatives:
        """Communities, projects, camps and contests."""
        return initiatives(self.framed)

    def act(self, key: Id | None) -> ActTitle | None:
        """A document."""
        rows = ACTS.where(self.tx, ACTS.table.c.id == key) if key else []
        return rows[0] if rows else None

    def organization(self, key: Id | None) -> OrganizationTitle | None:
        """An organization."""
        table = ORGANIZATIONS.table
        rows = ORGANIZATIONS.where(self.tx, table.c.id == key) if key else []
        return rows[0] if rows else None

    def officer(self, role: OfficerRole) -> OfficerRow | None:
        """Who has a role on the day."""
        rows = OFFICERS.parts(self.tx, [self.program_id])
        return next((row for row in rows if row.role == role and _holds(row, self.day)), None)

    def cited(self, act: ActTitle) -> str:
        """A document as it is cited: «приказ МБУ «Отдел образования» от 17.04.2020 № 125»."""
        issuer = self.organization(act.issuer_id)
        name = issuer.short_name if issuer else act.issuer_name
        who = [act.kind.label, name] if name else [act.kind.label]
        return f"{' '.join(who)} от {act.act_date:%d.%m.%Y} № {act.number}"


def _holds(row: OfficerRow, day: date) -> bool:
    since, until = row.valid_from, row.valid_to
    return (since is None or since <= day) and (until is None or day <= until)
