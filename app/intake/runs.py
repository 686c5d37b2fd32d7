"""Runs: writes a list in one transaction, in slices of some thousand rows."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from functools import cached_property

from app.access import keys
from app.database.transaction import Transaction
from app.findings import Finding
from app.intake import links, twofold
from app.intake.attendance import Reader
from app.intake.cells import Cell, text
from app.intake.codes import RowOutcome
from app.intake.cures import Cures
from app.intake.deeds import deeds
from app.intake.duplicates import Duplicates
from app.intake.faults import UNMARKED_ABSENT
from app.intake.layout import Layout, lay_out, missing, understood
from app.intake.lines import Line
from app.intake.marks import ABSENCE, Marks
from app.intake.mentions import Mentions
from app.intake.narrowing import Known
from app.intake.occasions import calendar
from app.intake.parts import Records, close
from app.intake.people import Licence
from app.intake.places import Directory, directory
from app.intake.posting import post
from app.intake.quoting import quoting
from app.intake.report import Tally
from app.intake.rows import Rows
from app.intake.sections import Sections
from app.intake.sheets.shapes import Sheet
from app.intake.sheets.writing import RefusedRows
from app.intake.staff import Staff
from app.intake.terms import BASIS_MISSING, Terms
from app.intake.wording import Headings
from app.model.resource import Resource
from app.problems import Invalid
from app.registry.employments import employments
from app.registry.participations import participations
from app.registry.teachers import teachers

ADDED = ("Ошибка", "Подсказка")
"""Columns added to the file of refused rows."""

AT_ONCE = 5_000
"""Rows in memory at once."""

Watch = Callable[[int, int], None]
"""Is told how many rows were read so far, and how many records of them were added or changed.

Whatever it raises ends the run.
"""


def unwatched(_read: int, _written: int) -> None:
    """Let a run go on that nobody watches."""


Heed = Callable[[Line], None]
"""Is told every row when its outcome is known."""


def unheeded(_line: Line) -> None:
    """Let rows pass that nobody asks about."""


@dataclass
class Run:
    """One list that is being written."""

    resource: Resource
    terms: Terms
    sheet: Sheet
    layout: Layout
    zone: tzinfo
    """Decides the day of an instant."""
    tally: Tally
    duplicates: Duplicates = field(default_factory=Duplicates)
    watch: Watch = unwatched
    cures: Cures = field(default_factory=dict)
    """What the uploader decided about cells."""
    heed: Heed = unheeded

    def carry_out(self, tx: Transaction, home: uuid.UUID | None) -> None:
        """Write the rows; the caller decides whether to commit.

        Raises:
            Unauthorized: the key was revoked or has expired meanwhile.

        """
        places = directory(tx, home)
        staff = Staff(places, home, self._licence)
        if sections := self._sections(places):
            self.sheet.infos += sections.begin(self.sheet.above)
        reader = None
        if self.resource is participations:
            plan = calendar(tx, home, self.terms.program_id)
            reader = Reader(self.terms, home, places, plan, staff, self._marks)
        for lines in self._slices():
            self.watch(self.tally.counts.total() + len(lines), self.tally.written)
            self._demand_basis(lines)
            if sections:
                sections.check(lines)
            self._carry(tx, lines, staff, reader)
            for line in lines:
                self.tally.add(line, is_dry=self.terms.is_dry)
                self.heed(line)
            self.watch(self.tally.counts.total(), self.tally.written)
            # Whoever holds a stolen key must not write on after it was revoked.
            if key_id := tx.caller.actor.key_id:
                keys.demand_active(tx, key_id)
        if reader and (count := reader.marks.missing):
            self.sheet.infos.append(Finding(UNMARKED_ABSENT, values={"count": count}))

    def _demand_basis(self, lines: Sequence[Line]) -> None:
        """Refuse to write persons without a legal basis, in whichever row they are."""
        if self.terms.lacks_basis and any(map(self._names_a_person, lines)):
            raise Invalid(Finding(BASIS_MISSING, parameter="processing_basis"))

    def _names_a_person(self, line: Line) -> bool:
        columns = enumerate(self.layout.columns)
        personal = [at for at, heading in columns if heading and heading.is_personal]
        is_read = line.outcome != RowOutcome.BLANK
        return is_read and any(str(line.cells[at] or "").strip() for at in personal)

    def infos(self) -> list[Finding]:
        """Findings about the whole list, after it was carried out."""
        done = deeds(
            self.resource, self.terms, self.layout, self.sheet.headings, self._rows.merged.filled
        )
        return [*self.sheet.infos, *(done if self.tally.counts else ())]

    def refused(self) -> RefusedRows | None:
        """The refused rows, with the format in which the list came."""
        if not self.tally.refused:
            return None
        facts = self.sheet.facts
        return {
            "format": facts.format,
            "encoding": facts.encoding,
            "delimiter": facts.delimiter,
            "headings": [*self.sheet.headings, *ADDED],
            "rows": list(self._refused_rows()),
        }

    def _refused_rows(self) -> Iterator[list[str | int | float | bool | None]]:
        """The refused rows; an empty one keeps a row from what it did not stand below."""
        for row in self.tally.refused:
            if self._rows.merged.is_empty(row.cells):
                yield [None] * (len(self.sheet.headings) + len(ADDED))
            yield [*map(_kept, self._marked(row.cells)), row.error, row.hint]

    def _marked(self, cells: Sequence[Cell]) -> list[Cell]:
        """The cells with a mark of absence: in a file without any mark, a row means attendance."""
        marked = list(cells)
        if self.resource is participations and self._marks.are_made:
            columns = [
                (at, heading.name) for at, heading in enumerate(self.layout.columns) if heading
            ]
            places = {at: ABSENCE[name] for at, name in columns if name in ABSENCE}
            if all(marked[at] is None or not str(marked[at]).strip() for at in places):
                at, word = next(iter(places.items()))
                marked[at] = word
        return marked

    def _carry(
        self, tx: Transaction, lines: Sequence[Line], staff: Staff, reader: Reader | None
    ) -> None:
        told = [line for line in lines if line.outcome != RowOutcome.BLANK]
        understood = [line for line in told if line.head is None]
        known = Known(staff.places, staff.home, self.zone, self.terms.standing)
        twofold.drop_own_names(tx, understood)
        if reader:
            links.understand_events(tx, understood, known)
            reader.understand(tx, understood)
        else:
            links.understand(tx, self.resource, understood, staff, known)
        links.check_percents(tx, self.resource, told, known)
        links.understand_parts(tx, self.resource, told, known)
        twofold.check(tx, self.resource, told, known)
        self._records.fold(understood)
        given = self._given(tx)
        for line in understood if given else ():
            line.fields = given | line.fields
        post(tx, self.resource, understood, self.duplicates, staff)
        for line in understood:
            if line.rows:
                close(line)

    @property
    def _licence(self) -> Licence:
        return Licence(
            creates=self.terms.create_teachers or self.resource is teachers,
            employs=self.resource is employments,
            registers=self.resource is teachers,
            namesakes_are_new=self.terms.namesakes == "new" or self.resource is teachers,
        )

    def _given(self, tx: Transaction) -> dict[str, object]:
        """Values for every row: parameters, and the only source that the caller may write."""
        fields = self.resource.write.model_fields
        standing = self.terms.standing.items()
        values: dict[str, object] = {name: value for name, value in standing if name in fields}
        if tx.caller.source and "source_key" in self.layout.names:
            values["source"] = tx.caller.source
        return values

    def _slices(self) -> Iterator[list[Line]]:
        lines: list[Line] = []
        for record in self._records.together(self._looked_at):
            lines += record
            if len(lines) >= AT_ONCE:
                yield lines
                lines = []
        if lines:
            yield lines

    @cached_property
    def _marks(self) -> Marks:
        """Marks of the list; it is searched up to the first mark."""
        return Marks(self._rows.have(self.sheet.rows, ABSENCE))

    def _looked_at(self) -> Iterator[Line]:
        """The rows as lines; each pass counts the filled cells anew."""
        self._rows.merged.filled.clear()
        yield from self._rows.lines(self.sheet.rows)

    @cached_property
    def _records(self) -> Records:
        return Records(self.resource, self.layout, frozenset(self.terms.standing))

    def _sections(self, places: Directory) -> Sections | None:
        """The sections of a list whose organization is given for the whole list."""
        given = self.terms.organization_id
        if given is None or "organization_id" in self.layout.names:
            return None
        return Sections(self.layout, Mentions(places, given))

    @cached_property
    def _rows(self) -> Rows:
        sheet = self.sheet
        return Rows(self.resource, self.terms, self.layout, sheet.headings, self.zone, self.cures)


def _kept(cell: Cell) -> str | int | float | bool | None:
    """A cell as JSON; a day in a form that is read again."""
    return text(cell) if isinstance(cell, date) else cell


def begun(resource: Resource, terms: Terms, sheet: Sheet, zone: tzinfo) -> Run:
    """A run over a sheet, with the columns assigned to fields.

    Raises:
        Invalid: two columns have the same field, or a required column is missing.

    """
    names = Headings(resource, terms.columns)
    layout = lay_out(names, sheet.headings, terms.columns)
    if asked := [*layout.asked, *missing(resource, terms, layout)]:
        raise Invalid(
            *(replace(finding, values=quoting(finding.values)) for finding in asked),
            understood(layout, sheet.headings),
        )
    # A template has a column for what is said once for all rows.
    layout = layout.without_empty(sheet.rows, terms.standing)
    sheet.infos += layout.infos
    pairs = zip(layout.columns, sheet.headings, strict=True)
    told = [(heading, title) for heading, title in pairs if heading]
    # What is wrong with a field is told of its column of names, if the list has one.
    titles = {heading.base.title: title for heading, title in told}
    titles |= {heading.title: title for heading, title in told}
    return Run(
        resource,
        terms,
        sheet,
        layout,
        zone,
        Tally(titles=titles, has_names="last_name" in layout.names),
    )
