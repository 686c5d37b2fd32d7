"""The key ring: issuing a key to one named owner, replacing it in time, and taking it back."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import sqlalchemy as sa
from pydantic import AfterValidator, Field, WithJsonSchema

from app.access.keys import KEYS, ApiKey, hash_of, mint
from app.access.roles import Role
from app.problems import Conflict, Finding, Invalid, NotFound, fault
from app.store.columns import Identifier, labels
from app.store.faults import MISSING, OTHER_MUNICIPALITY, TOO_LONG, UNKNOWN_REFERENCE, refuse
from app.store.record import Strict, new_id
from app.store.trail import Act
from app.store.values import Id, Key, Line, Moment

if TYPE_CHECKING:
    from app.store.database import Transaction

LIFETIME = timedelta(days=365)
"""How long a key works when nothing is said, and at most."""

OWNER = 200
"""Characters of an owner's name."""

NOT_OF_THIS_ROLE = fault(
    "not_of_this_role",
    "Для роли {role} это поле не задаётся. Уберите его.",
    "A key of role {role} has no such field. Leave it out.",
)
NO_SUCH_EXPIRY = fault(
    "no_such_expiry",
    "Срок должен быть в будущем и не дальше чем через 365 дней.",
    "The end must lie in the future, at most 365 days ahead.",
)
NOT_AHEAD = fault(
    "not_ahead",
    "Время должно быть в будущем. Чтобы отключить ключ сразу, отзовите его.",
    "The time must lie in the future. To stop a key at once, revoke it.",
)
KEY_ENDED = fault(
    "key_ended",
    "Ключ уже не действует. Выпустите новый.",
    "The key does not work any more. Issue a new one.",
)
TWO_ACTIVE = fault(
    "two_active_keys",
    "Уже действуют два ключа этой пары. Сначала отзовите один или дождитесь его срока.",
    "Two keys of this chain work already. Revoke one, or wait until it ends.",
)

# Whose scope is checked here is kept above us (`registry`): known by name, not by import.
_MUNICIPALITIES = sa.table("municipalities", sa.column("id", Identifier()))
_ORGANIZATIONS = sa.table(
    "organizations", sa.column("id", Identifier()), sa.column("municipality_id", Identifier())
)


def _name(value: str) -> str:
    if len(value) > OWNER:
        refuse(TOO_LONG, limit=OWNER)
    return value


Owner = Annotated[
    Line,
    AfterValidator(_name),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": OWNER}),
]
"""The one person or system that answers for a key."""


class Wanted(Strict):
    """Ключ, который нужен: чей он, для чего, чем ограничен и до какого времени."""

    role: Role = Field(description=f"Роль. {labels(Role)}")
    owner: Owner = Field(description="Кто отвечает за ключ: один человек или одна система")
    municipality_id: Id | None = Field(
        None, description="Муниципалитет; без него ключ видит все. Не для admin и auditor"
    )
    organization_id: Id | None = Field(
        None, description="Организация; обязательна для роли org и только для неё"
    )
    source: Key | None = Field(
        None, description="Только для sync: чьи записи ключ ведёт; без него — любые"
    )
    expires_at: Moment | None = Field(
        None, description="До какого времени действует; по умолчанию 365 дней, это и предел"
    )


def issue(tx: "Transaction", wanted: Wanted) -> tuple[ApiKey, str]:
    """Make a key. The second of the pair is the key itself: nobody can show it again.

    Raises:
        Invalid: the scope does not fit the role, or names what does not exist.

    """
    findings = list(_misfits(wanted, tx.now))
    home = None if findings else _home(tx, wanted, findings)
    if findings:
        raise Invalid(*findings)
    key, token = _made(
        tx,
        role=wanted.role,
        owner=wanted.owner,
        municipality_id=home,
        organization_id=wanted.organization_id,
        source=wanted.source,
        expires_at=wanted.expires_at or tx.now + LIFETIME,
    )
    tx.acts.append(Act("issue_key", "keys", (str(key.id),), tuple(sorted(wanted.model_fields_set))))
    return key, token


def rotate(tx: "Transaction", key_id: uuid.UUID, old_valid_until: datetime) -> tuple[ApiKey, str]:
    """Replace a key by a new one of the same owner, role, scope and lifetime.

    The old one works until `old_valid_until`, at most until its own end.

    Raises:
        NotFound, Conflict, Invalid.

    """
    old = _locked(tx, key_id)
    if old_valid_until <= tx.now:
        raise Invalid(Finding(NOT_AHEAD, pointer="/old_valid_until"))
    if not old.is_active(tx.now):
        raise Conflict(Finding(KEY_ENDED))
    if _has_active_neighbour(tx, old):
        raise Conflict(Finding(TWO_ACTIVE))
    key, token = _made(
        tx,
        **old.model_dump(include={"role", "owner", "municipality_id", "organization_id", "source"}),
        expires_at=tx.now + min(LIFETIME, old.expires_at - old.created_at),
        rotated_from=old.id,
    )
    _change(tx, old.id, expires_at=min(old.expires_at, old_valid_until))
    ids = (str(old.id), str(key.id))
    tx.acts.append(Act("rotate_key", "keys", ids, ("expires_at", "old_valid_until")))
    return key, token


def revoke(tx: "Transaction", key_id: uuid.UUID) -> None:
    """Take a key back; again is as good as once.

    Raises:
        NotFound.

    """
    if _locked(tx, key_id).revoked_at is None:
        _change(tx, key_id, revoked_at=tx.now)
        tx.acts.append(Act("revoke_key", "keys", (str(key_id),), ("revoked_at",)))


def listed(
    tx: "Transaction", *, after: uuid.UUID | None = None, take: int | None = None
) -> Sequence[ApiKey]:
    """Keys in the order of their making, those that ended too."""
    rows = sa.select(KEYS).order_by(KEYS.c.id).limit(take)
    if after:
        rows = rows.where(KEYS.c.id > after)
    return _found(tx, rows)


def one(tx: "Transaction", key_id: uuid.UUID) -> ApiKey:
    """One key.

    Raises:
        NotFound.

    """
    return _the(tx, sa.select(KEYS).where(KEYS.c.id == key_id))


def mark_used(tx: "Transaction", used: Mapping[uuid.UUID, datetime]) -> None:
    """Note when keys were last used; whoever notes late never sets the clock back."""
    # In one order, so that two who note the same keys wait for each other and do not lock up.
    for key_id, at in sorted(used.items()):
        known = KEYS.c.last_used_at
        tx.execute(
            sa.update(KEYS)
            .where(KEYS.c.id == key_id, sa.or_(known.is_(None), known < at))
            .values(last_used_at=at)
        )


def _misfits(wanted: Wanted, now: datetime) -> Iterable[Finding]:
    """What the role does not go with."""
    foreign = {
        "organization_id": wanted.role is not Role.ORG,
        "source": wanted.role is not Role.SYNC,
        "municipality_id": wanted.role in {Role.ADMIN, Role.AUDITOR},
    }
    for name, is_foreign in foreign.items():
        if is_foreign and getattr(wanted, name) is not None:
            yield Finding(NOT_OF_THIS_ROLE, pointer=f"/{name}", values={"role": wanted.role.value})
    if wanted.role is Role.ORG and wanted.organization_id is None:
        yield Finding(MISSING, pointer="/organization_id")
    if wanted.expires_at and not now < wanted.expires_at <= now + LIFETIME:
        yield Finding(NO_SUCH_EXPIRY, pointer="/expires_at")


def _home(tx: "Transaction", wanted: Wanted, findings: list[Finding]) -> uuid.UUID | None:
    """The municipality of the scope: an organization's is derived."""
    said = wanted.municipality_id
    if wanted.organization_id is None:
        if said and not _knows(tx, _MUNICIPALITIES.c.id, said):
            findings.append(Finding(UNKNOWN_REFERENCE, pointer="/municipality_id"))
        return said
    home = _knows(tx, _ORGANIZATIONS.c.id, wanted.organization_id, _ORGANIZATIONS.c.municipality_id)
    if home is None:
        findings.append(Finding(UNKNOWN_REFERENCE, pointer="/organization_id"))
    elif said not in {None, home}:
        findings.append(Finding(OTHER_MUNICIPALITY, pointer="/municipality_id"))
    return home


def _knows(
    tx: "Transaction",
    column: sa.ColumnElement[Any],
    value: uuid.UUID,
    wanted: sa.ColumnElement[Any] | None = None,
) -> uuid.UUID | None:
    statement = sa.select(column if wanted is None else wanted).where(column == value)
    # A share of the row: whoever deletes it meanwhile waits, and then finds the key.
    found: uuid.UUID | None = tx.execute(
        statement.with_for_update(key_share=True, read=True)
    ).scalar()
    return found


def _has_active_neighbour(tx: "Transaction", key: ApiKey) -> bool:
    """Whether the key that it replaced, or one that replaced it, still works.

    No others can: a key is replaced only while its neighbours are at their end.
    """
    near = KEYS.c.rotated_from == key.id
    if key.rotated_from:
        near |= KEYS.c.id == key.rotated_from
    return any(each.is_active(tx.now) for each in _found(tx, sa.select(KEYS).where(near)))


def _locked(tx: "Transaction", key_id: uuid.UUID) -> ApiKey:
    # Two rotations at once: the second waits here, and then sees the key that the first made.
    return _the(tx, sa.select(KEYS).where(KEYS.c.id == key_id).with_for_update())


def _the(tx: "Transaction", rows: sa.Select[Any]) -> ApiKey:
    if not (found := _found(tx, rows)):
        raise NotFound
    return found[0]


def _made(tx: "Transaction", **values: Any) -> tuple[ApiKey, str]:
    token, kid = mint()
    empty = dict.fromkeys(("revoked_at", "last_used_at", "rotated_from"))
    key = ApiKey(
        **{**empty, **values},
        id=new_id(),
        kid=kid,
        token_hash=hash_of(token),
        created_at=tx.now,
    )
    tx.execute(sa.insert(KEYS).values(key.model_dump()))
    return key, token


def _change(tx: "Transaction", key_id: uuid.UUID, **values: Any) -> None:
    tx.execute(sa.update(KEYS).where(KEYS.c.id == key_id).values(values))


def _found(tx: "Transaction", rows: sa.Select[Any]) -> list[ApiKey]:
    return [ApiKey(**each) for each in tx.execute(rows).mappings()]
