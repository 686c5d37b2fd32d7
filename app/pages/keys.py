"""The pages of keys: who holds one, what it opens, until when; taking it back and replacing it."""

from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from starlette.responses import Response

from app.access import keys
from app.access.keys import ApiKey
from app.access.roles import Role
from app.database.transaction import Transaction
from app.findings import Finding
from app.model.columns import Choice
from app.model.faults import NOT_A_CHOICE
from app.model.grants import Verb
from app.model.text import fold
from app.pages import paging, sheets, words
from app.pages.called import WHO
from app.pages.marks import Shape
from app.pages.page import Context, Page
from app.pages.typed import Typed
from app.pages.visit import Visit
from app.problems import Invalid
from app.rest import queries
from app.rest.deps import service_of
from app.store.rows import Id

SECTION, SUBJECT = "Ключи", "api_keys"
SOON = timedelta(days=30)
"""How long before its end a key is said to end soon."""
MOST = 100
"""Keys on one page."""
HANDOVER = (1, 7, 30)
"""Days for which a replaced key may still be used."""


class State(Choice):
    """What a key is good for now."""

    ACTIVE = "active", "действует"
    ENDING = "ending", "скоро кончится"
    ENDED = "ended", "отключён или кончился"


CHIPS = ((State.ACTIVE, "Действуют"), (State.ENDING, "Скоро кончатся"), (State.ENDED, "Отключены"))


READERS: dict[str, queries.Reader] = {
    "state": queries.choice_of(State),
    "q": str,
    paging.PAGE: paging.read,
}


class Line(NamedTuple):
    """A key as it stands in the table."""

    key: ApiKey
    who: str
    sees: str
    state: State
    shape: Shape
    word: str


async def show(visit: Visit) -> Context:
    """The keys: those in force, or the others."""
    readers: dict[str, queries.Reader] = {
        "state": queries.choice_of(State),
        "q": str,
        paging.PAGE: paging.read,
    }
    queries.read(visit.request, readers)
    chosen = visit.query("state") or State.ACTIVE
    zone = service_of(visit.request).settings.zone
    every = await visit.read(lambda tx: _lines(tx, zone))
    lines = [line for line in every if _is_wanted(line, visit.query("q"))]
    kept = [line for line in lines if chosen in _states(line)]
    return {
        "chips": [
            (
                word,
                sum(code in _states(line) for line in lines),
                visit.same(state=code, page=""),
                code == chosen,
            )
            for code, word in CHIPS
        ],
        "shown": paging.cut(visit, kept, MOST),
        "has_any": bool(lines),
        "zone": zone,
    }


def _is_wanted(line: Line, said: str) -> bool:
    text = fold(f"{line.key.owner} {line.sees} {line.who} {line.key.kid}")
    return all(word in text for word in fold(said).split())


def _states(line: Line) -> set[State]:
    """A key that ends soon is in force too."""
    return {line.state, State.ACTIVE} if line.state == State.ENDING else {line.state}


def _lines(tx: Transaction, zone: tzinfo) -> list[Line]:
    """All keys, the newest first."""
    rows = keys.listed(tx)
    names = sheets.names_of(
        tx, "organizations", "short_name", (row.organization_id for row in rows)
    )
    places = sheets.names_of(tx, "municipalities", "name", (row.municipality_id for row in rows))
    return [
        Line(row, WHO[row.role], _sees(row, names, places), *_standing(row, tx.now, zone))
        for row in reversed(rows)
    ]


def _sees(key: ApiKey, names: dict[Id, str], places: dict[Id, str]) -> str:
    """What the holder of a key reaches, in words."""
    if key.role in {Role.ADMIN, Role.AUDITOR}:
        return "всё, что есть в сервисе" if key.role == Role.ADMIN else "журнал доступа"
    place = places.get(key.municipality_id, "") if key.municipality_id else "все муниципалитеты"
    if key.organization_id:
        return names.get(key.organization_id, "")
    return f"{place}, записи источника {key.source}" if key.source else place


def _standing(key: ApiKey, now: datetime, zone: tzinfo) -> tuple[State, Shape, str]:
    if key.revoked_at:
        return State.ENDED, Shape.OUT, "отключён"
    if key.expires_at <= now:
        return State.ENDED, Shape.OUT, "кончился"
    if key.expires_at - now <= SOON:
        last, today = (moment.astimezone(zone).date() for moment in (key.expires_at, now))
        left = (last - today).days
        when = f"через {words.counted(left, 'день', 'дня', 'дней')}" if left else "сегодня"
        return State.ENDING, Shape.LATE, f"кончается {when}"
    if key.last_used_at is None:
        return State.ACTIVE, Shape.PLAN, "не использован"
    return State.ACTIVE, Shape.OK, "действует"


async def one(visit: Visit) -> Context:
    """One key, to be taken back or replaced; or the sheet of its successor."""
    zone = service_of(visit.request).settings.zone
    lines = await visit.read(lambda tx: _lines(tx, zone))
    await visit.read(lambda tx: keys.one(tx, visit.id))
    line = next(each for each in lines if each.key.id == visit.id)
    return {"line": line, "handover": HANDOVER, "fields": {}}


async def revoke(visit: Visit, typed: Typed) -> Response:
    """Take a key back."""
    return await visit.write(
        typed, lambda tx: keys.revoke(tx, visit.id), then="/keys", message="Ключ отключён"
    )


async def rotate(visit: Visit, typed: Typed) -> None:
    """Issue a successor; the key before is valid for some days more."""

    def work(tx: Transaction) -> list[sheets.Issued]:
        for days in HANDOVER:
            if typed.text("days") == str(days):
                return [keys.rotate(tx, visit.id, tx.now + timedelta(days=days))]
        raise Invalid(Finding(NOT_A_CHOICE, pointer="/days", values={"allowed": HANDOVER}))

    await sheets.issue(visit, typed, work)


Page("/keys", SUBJECT, Verb.READ, "keys.html", show, section=SECTION)
Page(
    "/keys/{id}/revoke",
    SUBJECT,
    Verb.DELETE,
    "key_revoke.html",
    one,
    save=revoke,
    section=SECTION,
    about=SUBJECT,
)
Page(
    "/keys/{id}/rotation",
    SUBJECT,
    Verb.CHANGE,
    "key_rotation.html",
    one,
    save=rotate,
    section=SECTION,
    about=SUBJECT,
)
