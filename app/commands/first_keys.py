"""The first keys: made and shown once, when the service starts on an empty database."""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

import sqlalchemy as sa

from app import seeding
from app.access import keys
from app.access.roles import Role
from app.access.scopes import KeyWrite
from app.database.database import Database
from app.database.transaction import Transaction
from app.journal import positions
from app.model.record import DEMO
from app.registry.employments import employments
from app.registry.municipalities import by_oktmo
from app.registry.organizations import organizations
from app.settings import Settings
from app.words import Words

OWNER = "Первый запуск, {role}"
"""Whose a key is: two roles are two persons, as nobody accepts what they sent themselves."""

SHOWN_ONCE = Words(
    "\nКлючи доступа. Они показаны один раз, сохраните их:\n",
    "\nAccess keys. They are shown once, keep them:\n",
)
IN_A_FILE = Words(
    "\nКлючи доступа записаны в файл {path}. Сохраните их у себя и удалите файл.",
    "\nThe access keys are in the file {path}. Keep them elsewhere and delete the file.",
)
HOW_TO_SIGN_IN = Words(
    "\nКак войти: откройте в браузере {address}/\n"
    "и вставьте ключ координатора целиком. Описание API для программ: {address}/docs",
    "\nHow to sign in: open {address}/\n"
    "in a browser and paste the key of the coordinator whole. The API: {address}/docs",
)
MORE = Words(
    "Ещё ключи: python -m app key issue --help\n", "More keys: python -m app key issue --help\n"
)
A_SCHOOL = Words("школа этого муниципалитета", "a school of this municipality")
A_SOURCE = Words("записи источника {source}", "records of the source {source}")
HOME = Words("ОКТМО {oktmo}", "OKTMO {oktmo}")


@dataclass(frozen=True)
class Shown:
    """A new key, to be shown once."""

    role: Role
    reach: str
    token: str


def make(database: Database, *, with_demo: bool, into: Path | None = None) -> list[Shown]:
    """Issue keys if the database has none; returns an empty list if it has some.

    With `into`, they are written to that file before the commit: no key exists unread.

    Raises:
        OSError: the file cannot be written.

    """

    def work(tx: Transaction) -> list[Shown]:
        made = _make(tx, with_demo=with_demo)
        if made and into:
            _write(made, into)
        return made

    return database.write(work)


def show(made: list[Shown], settings: Settings, into: Path | None = None) -> None:
    """Print the keys, or the file that holds them, and how to use them in the browser."""
    if not made:
        return
    lines = [SHOWN_ONCE.said(), *_lines(made)] if into is None else [IN_A_FILE.said(path=into)]
    print(
        *lines,
        HOW_TO_SIGN_IN.said(address=address(settings)),
        MORE.said(),
        sep="\n",
        flush=True,
    )


def address(settings: Settings) -> str:
    """The URL at which a browser reaches the service; behind a proxy, that of the first name."""
    name, *_ = settings.hosts.split(",")
    if settings.proxies and name.strip():
        return f"https://{name.strip()}"
    host = "localhost" if settings.host in {"0.0.0.0", "::", ""} else settings.host  # noqa: S104 - compared, not listened on
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _make(tx: Transaction, *, with_demo: bool) -> list[Shown]:
    # The row lock makes a second instance wait here until it can see the first one's keys.
    tx.execute(sa.select(positions.HEADS.c.position).with_for_update())
    if keys.listed(tx, take=1):
        return []
    made = [_issued(tx, Role.ADMIN)]
    if home := by_oktmo(tx, seeding.OKTMO):
        made.append(_issued(tx, Role.COORDINATOR, municipality_id=home))
    if with_demo and home:
        made.append(_issued(tx, Role.SYNC, municipality_id=home, source=DEMO))
        made.append(_issued(tx, Role.READER, municipality_id=home))
    if with_demo and (school := _school(tx)):
        made.append(_issued(tx, Role.ORG, organization_id=school))
    if with_demo:
        made.append(_issued(tx, Role.AUDITOR))
    return made


def _write(made: list[Shown], into: Path) -> None:
    """Write a new file readable by its owner alone; replaces an older one."""
    into.unlink(missing_ok=True)
    file = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as text:
        text.writelines(f"{line}\n" for line in _lines(made))


def _lines(made: list[Shown]) -> list[str]:
    return [f"  {key.role.value:<12} {key.token}  {_about(key)}" for key in made]


class _Scope(TypedDict, total=False):
    municipality_id: uuid.UUID
    organization_id: uuid.UUID
    source: str


def _issued(tx: Transaction, role: Role, **scope: Unpack[_Scope]) -> Shown:
    owner = OWNER.format(role=role.label)
    key, token = keys.issue(tx, KeyWrite(role=role, owner=owner, **scope))
    return Shown(role, _reach(key), token)


def _reach(key: keys.ApiKey) -> str:
    if key.organization_id:
        return A_SCHOOL.said()
    if key.source:
        return A_SOURCE.said(source=key.source)
    return HOME.said(oktmo=seeding.OKTMO) if key.municipality_id else ""


def _about(shown: Shown) -> str:
    label = shown.role.words.said()
    return f"{label}; {shown.reach}" if shown.reach else label


def _school(tx: Transaction) -> uuid.UUID | None:
    """The organization with the most employments; without any, a school of the seed."""
    jobs, table = employments.table, organizations.table
    busiest = sa.select(jobs.c.organization_id).group_by(jobs.c.organization_id)
    busiest = busiest.order_by(sa.func.count().desc(), jobs.c.organization_id)
    seeded = (table.c.source == seeding.SOURCE) & (table.c.source_key == "otar-dubrovskaya")
    school: uuid.UUID | None = tx.execute(busiest.limit(1)).scalar()
    return school or tx.execute(sa.select(table.c.id).where(seeded)).scalar()
