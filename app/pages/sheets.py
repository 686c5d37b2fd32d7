"""Sheets: a key on paper for whoever gets it, with a QR code; it is shown once and never stored."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, tzinfo
from typing import NamedTuple

import segno
import sqlalchemy as sa
from markupsafe import Markup
from sqlmodel import SQLModel
from starlette.responses import Response

from app.access.keys import ApiKey
from app.access.roles import Role
from app.database.transaction import Transaction
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import AnswerGone
from app.rest.deps import service_of
from app.rest.writing import Reply, write
from app.store.rows import Id

OPENS = {
    Role.ORG: "страница вашей организации: её партнёрства, отчёты и участие педагогов",
    Role.COORDINATOR: "состояние программы вашего района",
    Role.READER: "показатели программы, без имён",
    Role.SYNC: "записи, которые ведёт ваша система",
    Role.AUDITOR: "журнал доступа",
    Role.ADMIN: "ключи и все данные",
}
"""What opens with a key of a role."""


class Sheet(NamedTuple):
    """What stands on one sheet."""

    title: str
    place: str
    lines: tuple[str, ...]
    """The key, in pieces that can be typed one after another."""
    code: Markup
    opens: str
    until: date
    """The last day on which the key is valid."""


Issued = tuple[ApiKey, str]
"""A new key, and its text."""


async def issue(
    visit: Visit, typed: Typed, work: Callable[[Transaction], Iterable[Issued]]
) -> None:
    """Issue keys in one transaction, once for each form; the page then shows their sheets.

    The form that is sent again shows none, because nothing of a key is stored but its hash.
    """
    made: list[Sheet] = []
    zone = service_of(visit.request).settings.zone

    def run(tx: Transaction) -> Reply:
        made[:] = drawn_up(tx, work(tx), zone)
        return Reply(Response(), is_shown_once=True)

    try:
        await write(visit.request, run, typed.once)
    except AnswerGone:
        made.clear()
    visit.issued = made


def drawn_up(tx: Transaction, issued: Iterable[Issued], zone: tzinfo) -> Iterator[Sheet]:
    """The sheets of keys that were just issued."""
    pairs = list(issued)
    names = names_of(tx, "organizations", "short_name", (key.organization_id for key, _ in pairs))
    places = names_of(tx, "municipalities", "name", (key.municipality_id for key, _ in pairs))
    for key, text in pairs:
        yield Sheet(
            names[key.organization_id] if key.organization_id else key.owner,
            places.get(key.municipality_id, "") if key.municipality_id else "",
            _lines(text),
            drawn(text),
            OPENS[key.role],
            key.expires_at.astimezone(zone).date(),
        )


def _lines(key: str) -> tuple[str, ...]:
    """A key in its public part and two halves of the rest."""
    sign, kid, rest = key.split("_")
    middle = len(rest) // 2
    return f"{sign}_{kid}_", rest[:middle], rest[middle:]


def drawn(text: str) -> Markup:
    """The QR code of a text, as a drawing in the page."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704 - made of squares


def names_of(tx: Transaction, table: str, column: str, ids: Iterable[Id | None]) -> dict[Id, str]:
    """What records are called, by id."""
    rows = SQLModel.metadata.tables[table]
    wanted = {key for key in ids if key}
    if not wanted:
        return {}
    name = rows.c[column].label("name")
    found = tx.execute(sa.select(rows.c.id, name).where(rows.c.id.in_(wanted)))
    return {row.id: row.name for row in found}
