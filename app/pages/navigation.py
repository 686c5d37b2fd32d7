"""Navigation: the sections of the pages, as far as there are pages and the caller may open them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.database.transaction import Transaction
from app.pages.called import WHO
from app.pages.page import PAGES, Page
from app.pages.running import nearest
from app.pages.visit import Visit
from app.rest.deps import service_of


class Section(NamedTuple):
    """An entry of the navigation."""

    title: str
    address: str
    """Of the page that it opens; `{id}` is the program that is looked at."""


ORGANIZATIONS = "/organizations"
"""To an organization it shows itself, before everything else."""

REGION = "/region"
"""Offered to those who look beyond one municipality; to others it shows their own."""

SECTIONS = (
    Section("Состояние", "/programs/{id}"),
    Section("План", "/programs/{id}/plan"),
    Section("Сеть", "/programs/{id}/network"),
    Section("Мероприятия", "/programs/{id}/events/new"),
    Section("Мониторинг", "/programs/{id}/monitoring"),
    Section("Ресурсы и итоги", "/programs/{id}/resources"),
    Section("Документы", "/programs/{id}/documents"),
    Section("Организации", ORGANIZATIONS),
    Section("Регион", REGION),
    Section("Ключи", "/keys"),
    Section("Обмен", "/exchange"),
    Section("Журнал", "/audit"),
    Section("Все данные", "/data"),
)
"""In the order in which they stand; a section without a page is left out."""

INSIDE: dict[str, tuple[Section, ...]] = {
    "Ресурсы и итоги": (
        Section("Ресурсы", "/programs/{id}/resources"),
        Section("Сетевые программы", "/programs/{id}/curricula"),
        Section("Расписание", "/programs/{id}/timetable"),
        Section("Финансирование", "/programs/{id}/finance"),
        Section("Имущество", "/programs/{id}/property"),
        Section("Качество", "/programs/{id}/quality"),
        Section("Ожидаемые результаты", "/programs/{id}/results"),
        Section("Инициативы", "/programs/{id}/initiatives"),
    ),
}
"""The second row of the navigation, by section."""


class Link(NamedTuple):
    """A link of the navigation."""

    title: str
    address: str
    is_current: bool


class Program(NamedTuple):
    """A program that the caller sees."""

    id: uuid.UUID
    title: str
    municipality: str
    municipality_id: uuid.UUID
    start_date: date
    end_date: date


@dataclass(frozen=True)
class Frame:
    """What stands around every page."""

    place: str
    """The municipality."""
    who: str
    owner: str
    sections: list[Link]
    inside: list[Link]
    program: Program | None
    programs: list[Program]
    has_docs: bool
    """Whether the description of the API is served."""

    @property
    def others(self) -> list[Program]:
        """The other programs of the municipality of the one that is shown."""
        shown = self.program
        return [
            each
            for each in self.programs
            if shown and each.municipality_id == shown.municipality_id and each.id != shown.id
        ]


MOST = 100
"""Programs that are offered at most."""


def framed(tx: Transaction, visit: Visit, page: Page) -> Frame:
    """What stands around a page for its caller."""
    asked = _asked(visit, page)
    programs = _programs(tx, asked)
    home = visit.caller.home
    shown = next(
        (
            each
            for each in programs
            if (each.id == asked if asked else each.municipality_id == home)
        ),
        None,
    )
    place = shown.municipality if shown else _home(tx, visit)
    return Frame(
        place,
        WHO[visit.caller.role],
        visit.caller.actor.owner or "",
        sorted(
            _links(SECTIONS, visit, page, shown),
            key=lambda link: not (visit.caller.organization_id and link.address == ORGANIZATIONS),
        ),
        list(_links(INSIDE.get(visit.section or page.section, ()), visit, page, shown)),
        shown,
        programs,
        service_of(visit.request).settings.docs,
    )


def _links(
    sections: tuple[Section, ...], visit: Visit, page: Page, program: Program | None
) -> Iterator[Link]:
    pages = {each.address: each for each in PAGES}
    for section in sections:
        opened = pages.get(section.address)
        if opened is None or not visit.may(opened.subject, opened.verb):
            continue
        if "{id}" in section.address and program is None:
            continue
        if section.address == REGION and visit.caller.home:
            continue
        address = section.address.replace("{id}", str(program.id) if program else "")
        marked = visit.section or page.section
        is_current = marked == section.title or page.address == section.address
        is_own = section.address == ORGANIZATIONS and visit.caller.organization_id
        yield Link("Моя школа" if is_own else section.title, address, is_current)


def _asked(visit: Visit, page: Page) -> uuid.UUID | None:
    """The program that the page is about; None where it is about none."""
    is_of_program = page.about == "programs" and page.address.startswith("/programs/")
    return visit.id if is_of_program else None


def _programs(tx: Transaction, asked: uuid.UUID | None) -> list[Program]:
    """The programs that the caller sees: the one that is looked at, then those that run."""
    programs, places = (SQLModel.metadata.tables[name] for name in ("programs", "municipalities"))
    rows = (
        sa.select(
            *(programs.c[name] for name in ("id", "title", "municipality_id")),
            *(programs.c[name] for name in ("start_date", "end_date")),
            places.c.name,
        )
        .join(places, places.c.id == programs.c.municipality_id)
        .where(tx.seen("programs", programs))
        .order_by(sa.case((programs.c.id == asked, 0), else_=1), *nearest(tx.today))
        .limit(MOST)
    )
    return [
        Program(row.id, row.title, row.name, row.municipality_id, row.start_date, row.end_date)
        for row in tx.execute(rows)
    ]


def _home(tx: Transaction, visit: Visit) -> str:
    places = SQLModel.metadata.tables["municipalities"]
    rows = sa.select(places.c.name).where(places.c.id == visit.caller.home)
    return tx.execute(rows).scalar() or "" if visit.caller.home else ""
