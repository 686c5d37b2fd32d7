"""The forms that issue keys: one of any role, or one for each school that has none."""

from collections.abc import Iterator
from datetime import date, datetime, time, tzinfo
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic_core import PydanticCustomError
from sqlmodel import SQLModel

from app.access import keys
from app.access.keys import KEYS
from app.access.roles import Role
from app.access.scopes import OWNER, KeyWrite
from app.database.transaction import Transaction
from app.findings import FAULTS, Finding
from app.indicators.facts import SCHOOLS
from app.model.grants import Verb
from app.model.values import read_id, spoken_instant
from app.pages import sheets
from app.pages.fields import iso
from app.pages.keys import SECTION, SUBJECT
from app.pages.page import Context, Page
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import Invalid
from app.rest import queries
from app.rest.deps import service_of
from app.store.rows import Id
from app.store.validation import read


class Labelled(NamedTuple):
    """A field of the form, for the list of what is wrong."""

    key: str
    label: str


FIELDS = {
    "role": Labelled("role", "Роль"),
    "owner": Labelled("owner", "Кто отвечает за ключ"),
    "organization_id": Labelled("org", "Организация"),
    "source": Labelled("source", "Источник"),
    "expires_at": Labelled("until", "Действует по"),
}
"""The fields of the form of one key."""

RESPONSIBLE = "Ответственный"
"""Who answers for a school's key, unless a name is given."""


class Place(NamedTuple):
    """A municipality, or an organization of it."""

    id: Id
    name: str


async def form(visit: Visit) -> Context:
    """The form of one key; organizations are those of the municipality that is chosen."""
    home = _home(visit)
    places, organizations = await visit.read(lambda tx: (_places(tx), _organizations(tx, home)))
    return {
        "roles": [(role.value, role.label) for role in Role],
        "places": places,
        "organizations": organizations,
        "home": str(home or ""),
        "fields": FIELDS,
        "errors": {
            (finding.pointer or "").strip("/"): finding.fault.words.fill("ru", finding.values)
            for finding in visit.findings
        },
        "most": OWNER,
    }


async def save(visit: Visit, typed: Typed) -> None:
    """Issue one key."""
    zone = service_of(visit.request).settings.zone

    def work(tx: Transaction) -> list[sheets.Issued]:
        body: dict[str, Any] = {
            name: typed.text(name) or None for name in KeyWrite.model_fields if name != "expires_at"
        }
        if last := typed.text("expires_at"):
            body["expires_at"] = spoken_instant(_end_of(last, zone))
        return [keys.issue(tx, read(KeyWrite, _without_nothing(body)))]

    await sheets.issue(visit, typed, work)


def _end_of(text: str, zone: tzinfo) -> datetime:
    """The end of a day that was typed: a key is valid to the end of its last day.

    Raises:
        Invalid: it is no day.

    """
    try:
        day = queries.day(iso(text))
    except PydanticCustomError as error:
        raise Invalid(Finding(FAULTS[error.type], pointer="/expires_at")) from None
    return datetime.combine(day, time.max, zone)


async def schools(visit: Visit) -> Context:
    """The schools of a municipality that have no key, to be chosen from."""
    home = _home(visit)
    today = visit.today
    places, found = await visit.read(
        lambda tx: (_places(tx), schools_of(tx, home, today)[0] if home else [])
    )
    if home is None and len(places) == 1:
        home = places[0].id
        found = await visit.read(lambda tx: schools_of(tx, places[0].id, today)[0])
    return {
        "places": places,
        "home": str(home or ""),
        "schools": found,
        "responsible": RESPONSIBLE,
        "fields": {},
        "most": OWNER,
    }


async def save_schools(visit: Visit, typed: Typed) -> None:
    """Issue a key for each school that is chosen, in one transaction."""

    def work(tx: Transaction) -> Iterator[sheets.Issued]:
        for key in typed.texts("school"):
            owner = typed.text(f"owner.{key}") or RESPONSIBLE
            body = {"role": Role.ORG, "organization_id": key, "owner": owner}
            yield keys.issue(tx, read(KeyWrite, body))

    await sheets.issue(visit, typed, work)


def _without_nothing(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _home(visit: Visit) -> Id | None:
    query = queries.read(visit.request, {"municipality_id": lambda text: text and read_id(text)})
    return Id(str(query["municipality_id"])) if query.get("municipality_id") else None


def _places(tx: Transaction) -> list[Place]:
    table = SQLModel.metadata.tables["municipalities"]
    rows = sa.select(table.c.id, table.c.name).order_by(table.c.name, table.c.id)
    return [Place(row.id, row.name) for row in tx.execute(rows)]


def _organizations(tx: Transaction, home: Id | None) -> list[Place]:
    table = SQLModel.metadata.tables["organizations"]
    rows = (
        sa.select(table.c.id, table.c.short_name)
        .where(table.c.municipality_id == home)
        .order_by(table.c.short_name, table.c.id)
    )
    return [Place(row.id, row.short_name) for row in tx.execute(rows)] if home else []


def schools_of(tx: Transaction, home: Id, today: date) -> tuple[list[Place], list[Place]]:
    """The open schools of a municipality: those without a key in force, and those with one.

    Units are left out: they have the key of their legal person.
    """
    table = SQLModel.metadata.tables["organizations"]
    is_in_force = KEYS.c.revoked_at.is_(None) & (KEYS.c.expires_at > tx.now)
    has_key = sa.exists().where(KEYS.c.organization_id == table.c.id, is_in_force)
    rows = (
        sa.select(table.c.id, table.c.short_name, has_key.label("has_key"))
        .where(
            table.c.municipality_id == home,
            table.c.kind.in_(SCHOOLS),
            table.c.parent_id.is_(None),
            table.c.closed_on.is_(None) | (table.c.closed_on >= today),
        )
        .order_by(table.c.short_name, table.c.id)
    )
    found: tuple[list[Place], list[Place]] = [], []
    for row in tx.execute(rows):
        found[bool(row.has_key)].append(Place(row.id, row.short_name))
    return found


Page("/keys/new", SUBJECT, Verb.CREATE, "key_new.html", form, save=save, section=SECTION)
Page(
    "/keys/schools",
    SUBJECT,
    Verb.CREATE,
    "key_schools.html",
    schools,
    save=save_schools,
    section=SECTION,
)
