"""Key lines: how the terminal names a key, and which key the beginning of an id means."""

import argparse
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa

from app.access import keys
from app.access.keys import ApiKey
from app.access.scopes import MUNICIPALITIES
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.model.columns import Identifier
from app.problems import Invalid
from app.words import Words

LEAST = 4
"""Characters that a beginning must have, so that a slip of the hand names no key."""

NO_SUCH_KEY = fault(
    "no_such_key",
    "Нет ключа, который начинается с {beginning}. Все ключи показывает key list.",
    "No key begins with {beginning}. `key list` shows every key.",
)
SEVERAL_KEYS = fault(
    "several_keys",
    "С {beginning} начинаются несколько ключей. Ничего не сделано; назовите один полнее:\n{lines}",
    "Several keys begin with {beginning}. Nothing was done; name one of them in full:\n{lines}",
)

UNKNOWN_OKTMO = fault(
    "unknown_oktmo",
    "Муниципалитета с таким кодом ОКТМО нет. Загрузите его или исходную программу (seed).",
    "There is no municipality with this OKTMO code. Load it, or the source program (seed).",
)
# The registry stands beside this room; of an organization its name alone is needed.
_ORGANIZATIONS = sa.table(
    "organizations", sa.column("id", Identifier()), sa.column("short_name", sa.String())
)

HEADINGS = (
    Words("id", "id"),
    Words("ключ", "key"),
    Words("роль", "role"),
    Words("владелец", "owner"),
    Words("область", "scope"),
    Words("состояние", "state"),
    Words("до", "until"),
    Words("последний раз", "last used"),
)
TOO_SHORT = Words(
    "нужно не меньше {least} знаков id или открытой части ключа",
    "at least {least} characters of the key's id or public part",
)
SENTENCE = Words(
    "ключ {id}, владелец {owner}, роль {role}, область: {scope}",
    "the key {id} of {owner}, role {role}, scope {scope}",
)
NEVER = Words("никогда", "never")
EVERYTHING = Words("всё", "everything")
MUNICIPALITY, ORGANIZATION, SOURCE = (
    Words("муниципалитет", "municipality"),
    Words("организация", "organization"),
    Words("источник", "source"),
)
REVOKED, WORKS, ENDED = (
    Words("отозван", "revoked"),
    Words("действует", "works"),
    Words("истёк", "ended"),
)


def beginning(text: str) -> str:
    """The argument that names a key.

    Raises:
        argparse.ArgumentTypeError: it is too short.

    """
    if len(_public_part(text).replace("-", "")) < LEAST:
        raise argparse.ArgumentTypeError(TOO_SHORT.said(least=LEAST))
    return text


def named(tx: Transaction, text: str) -> ApiKey:
    """The one key whose id or public part begins with a text.

    Raises:
        Invalid: there is none, or there are several, which it lists.

    """
    key, *others = matching(tx, text)
    if others:
        lines = "\n".join(table(tx, [key, *others]))
        raise Invalid(Finding(SEVERAL_KEYS, values={"beginning": text, "lines": lines}))
    return key


def matching(tx: Transaction, text: str) -> list[ApiKey]:
    """The keys whose id or public part begins with a text; a whole key begins with its own.

    Raises:
        Invalid: there are none.

    """
    digits, public = text.replace("-", "").lower(), _public_part(text)
    found = [
        key
        for key in keys.listed(tx)
        if key.id.hex.startswith(digits) or key.kid.startswith(public)
    ]
    if not found:
        raise Invalid(Finding(NO_SUCH_KEY, values={"beginning": text}))
    return found


def municipality(tx: Transaction, oktmo: str) -> str:
    """The id of a municipality.

    Raises:
        Invalid: there is none with this code.

    """
    rows = sa.select(MUNICIPALITIES.c.id).where(MUNICIPALITIES.c.oktmo == oktmo)
    found: uuid.UUID | None = tx.execute(rows).scalar()
    if not found:
        raise Invalid(Finding(UNKNOWN_OKTMO, pointer="/municipality"))
    return str(found)


def table(tx: Transaction, listed: Iterable[ApiKey]) -> Iterator[str]:
    """Keys in columns, under headings."""
    places = _places(tx)
    rows = [
        tuple(each.said() for each in HEADINGS),
        *(_cells(key, places, tx.now) for key in listed),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def sentence(tx: Transaction, key: ApiKey) -> str:
    """A key in words: which, whose, and for what."""
    scope = _scope(key, _places(tx))
    return SENTENCE.said(id=key.id, owner=key.owner, role=key.role.value, scope=scope)


def spoken(at: datetime) -> str:
    """A moment, to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _public_part(text: str) -> str:
    return text.removeprefix("sn_").partition("_")[0]


def _cells(key: ApiKey, places: Mapping[object, str], now: datetime) -> tuple[str, ...]:
    return (
        str(key.id),
        f"sn_{key.kid}_…",
        key.role.value,
        key.owner,
        _scope(key, places),
        _state(key, now),
        spoken(key.expires_at),
        spoken(key.last_used_at) if key.last_used_at else NEVER.said(),
    )


def _places(tx: Transaction) -> dict[object, str]:
    """The OKTMO codes of all municipalities and the names of organizations with keys, by id."""
    municipalities, organizations = MUNICIPALITIES.c, _ORGANIZATIONS.c
    codes = sa.select(municipalities.id, municipalities.oktmo)
    names = sa.select(organizations.id, organizations.short_name).where(
        organizations.id.in_(sa.select(keys.KEYS.c.organization_id))
    )
    found: dict[object, str] = {row.id: row.oktmo for row in tx.execute(codes)}
    return found | {row.id: row.short_name for row in tx.execute(names)}


def _scope(key: ApiKey, places: Mapping[object, str]) -> str:
    parts = (
        (MUNICIPALITY, places.get(key.municipality_id)),
        (ORGANIZATION, places.get(key.organization_id)),
        (SOURCE, key.source),
    )
    return " ".join(f"{name.said()}={value}" for name, value in parts if value) or EVERYTHING.said()


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at:
        return REVOKED.said()
    return (WORKS if key.is_active(now) else ENDED).said()
