"""Keys: issued to a named owner, rotated, revoked; only a hash of the key is stored."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.access.roles import Role
from app.access.scopes import LIFETIME, OWNER, KeyWrite, home_of
from app.access.tokens import KID, hash_of, mint
from app.acts import Act, Ended
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.model.columns import Identifier, Instant, choice
from app.model.record import new_id
from app.model.rights import LASTING, Rights
from app.model.rule import Inquiry
from app.model.values import spoken_instant
from app.problems import Conflict, Invalid, NotFound, Unauthorized

NOT_AHEAD = fault(
    "not_ahead",
    "Время должно быть в будущем. Чтобы отключить ключ сразу, отзовите его.",
    "The time must lie in the future. To stop a key at once, revoke it.",
)
KEY_ENDED = fault(
    "key_ended",
    "Ключ уже не действует. Выпустите новый.",
    "The key is no longer valid. Issue a new one.",
)
TWO_ACTIVE = fault(
    "two_active_keys",
    "Уже действуют и прежний, и новый ключ. Сначала отзовите один или дождитесь его срока.",
    "Two keys of this chain are active already. Revoke one, or wait until it expires.",
)
LAST_ADMINISTRATOR = fault(
    "last_administrator",
    "Это последний действующий ключ администратора. Сначала выдайте другой, потом отзовите этот.",
    "This is the last active key of an administrator. Issue another one, then revoke this one.",
)


class ApiKey(SQLModel, table=True):
    """A key with its owner, role, scope and validity; rows are never deleted."""

    __tablename__ = "api_keys"
    rights: ClassVar[Rights] = LASTING
    __table_args__ = (
        sa.CheckConstraint(
            "(role = 'org') = (organization_id IS NOT NULL)", name="organization_of_org"
        ),
        sa.CheckConstraint("role = 'sync' OR source IS NULL", name="source_of_sync"),
        # The migration revoked older keys without a source and kept their rows.
        sa.CheckConstraint(
            "role <> 'sync' OR source IS NOT NULL OR revoked_at IS NOT NULL",
            name="source_for_sync",
        ),
        sa.CheckConstraint(
            "role NOT IN ('admin', 'auditor') OR municipality_id IS NULL", name="scope_of_role"
        ),
        sa.CheckConstraint(
            "organization_id IS NULL OR municipality_id IS NOT NULL", name="home_of_organization"
        ),
    )
    id: uuid.UUID = Field(primary_key=True, sa_type=Identifier)
    kid: str = Field(unique=True, sa_type=sa.String(KID))
    token_hash: str = Field(sa_type=sa.String(64))
    role: Role = choice("Роль", Role)
    owner: str = Field(sa_type=sa.String(OWNER))
    municipality_id: uuid.UUID | None = Field(
        sa_type=Identifier, foreign_key="municipalities.id", index=True
    )
    organization_id: uuid.UUID | None = Field(
        sa_type=Identifier, foreign_key="organizations.id", index=True
    )
    source: str | None = Field(sa_type=sa.String(128))
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(sa_type=Instant)
    rotated_from: uuid.UUID | None = Field(
        sa_type=Identifier, foreign_key="api_keys.id", index=True
    )

    def is_active(self, now: datetime) -> bool:
        """Whether the key is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at


KEYS = SQLModel.metadata.tables["api_keys"]


def issue(tx: Transaction, body: KeyWrite) -> tuple[ApiKey, str]:
    """Issue a key; returns its row and the token, which is not stored and shown only now.

    Raises:
        Invalid: the scope does not fit the role, or names a record that does not exist.

    """
    key, token = _made(
        tx,
        role=body.role,
        owner=body.owner,
        municipality_id=home_of(tx, body),
        organization_id=body.organization_id,
        source=body.source,
        expires_at=body.expires_at or tx.now + LIFETIME,
    )
    tx.acts.append(Act("issue_key", "keys", (str(key.id),), tuple(sorted(body.model_fields_set))))
    return key, token


def rotate(tx: Transaction, key_id: uuid.UUID, old_valid_until: datetime) -> tuple[ApiKey, str]:
    """Issue a successor with the same owner, role, scope and lifetime.

    The old key works until `old_valid_until`, at most until its own expiry.

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


def revoke(tx: Transaction, key_id: uuid.UUID) -> None:
    """Revoke a key; revoking it again changes nothing.

    Raises:
        NotFound, Conflict.

    """
    # All administrators' keys before this one, in one order: of two administrators who revoke each
    # other's key at once, the second waits for the first and is then the last.
    others = _others_who_administer(tx, key_id)
    key = _locked(tx, key_id)
    if key.revoked_at is None:
        if key.role == Role.ADMIN and key.is_active(tx.now) and not others:
            raise Conflict(Finding(LAST_ADMINISTRATOR))
        _change(tx, key_id, revoked_at=tx.now)
        tx.acts.append(Act("revoke_key", "keys", (str(key_id),), ("revoked_at",)))


def listed(
    tx: Transaction, *, after: uuid.UUID | None = None, take: int | None = None
) -> Sequence[ApiKey]:
    """Keys in the order of issue, including those no longer valid."""
    rows = sa.select(KEYS).order_by(KEYS.c.id).limit(take)
    if after:
        rows = rows.where(KEYS.c.id > after)
    return _keys(tx, rows)


def one(tx: Transaction, key_id: uuid.UUID) -> ApiKey:
    """A key by its id.

    Raises:
        NotFound.

    """
    return _the(tx, sa.select(KEYS).where(KEYS.c.id == key_id))


def first_of(tx: Transaction, key_id: uuid.UUID) -> uuid.UUID:
    """The key that all keys of a chain have replaced, one after the other."""
    while before := one(tx, key_id).rotated_from:
        key_id = before
    return key_id


def demand_active(tx: Transaction, key_id: uuid.UUID) -> None:
    """Refuse to go on for a key that was revoked or has expired meanwhile.

    Raises:
        Unauthorized.

    """
    # Not the time of the transaction: it may have begun long ago.
    if not one(tx, key_id).is_active(datetime.now(UTC)):
        raise Unauthorized


def mark_used(tx: Transaction, used: Mapping[uuid.UUID, datetime]) -> None:
    """Store when keys were last used; an older time never replaces a newer one."""
    # A fixed order: two processes that update the same keys wait instead of deadlocking.
    for key_id, at in sorted(used.items()):
        last_used_at = KEYS.c.last_used_at
        tx.execute(
            sa.update(KEYS)
            .where(KEYS.c.id == key_id, sa.or_(last_used_at.is_(None), last_used_at < at))
            .values(last_used_at=at)
        )


def owners_of(tx: Inquiry, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The owners of these keys."""
    rows = sa.select(KEYS.c.id, KEYS.c.owner).where(KEYS.c.id.in_(set(ids)))
    return {row.id: row.owner for row in tx.execute(rows)}


def _has_active_neighbour(tx: Transaction, key: ApiKey) -> bool:
    """Whether the key that it replaced, or its successor, is still active.

    Older ones cannot be active: a key is rotated only when its neighbours are not.
    """
    near = KEYS.c.rotated_from == key.id
    if key.rotated_from:
        near |= KEYS.c.id == key.rotated_from
    return any(neighbour.is_active(tx.now) for neighbour in _keys(tx, sa.select(KEYS).where(near)))


def _others_who_administer(tx: Transaction, key_id: uuid.UUID) -> list[ApiKey]:
    """The other active keys of administrators; none if this key is of another role."""
    if one(tx, key_id).role != Role.ADMIN:
        return []
    rows = sa.select(KEYS).where(KEYS.c.role == Role.ADMIN, KEYS.c.revoked_at.is_(None))
    found = _keys(tx, rows.order_by(KEYS.c.id).with_for_update())
    return [key for key in found if key.id != key_id and key.is_active(tx.now)]


def _locked(tx: Transaction, key_id: uuid.UUID) -> ApiKey:
    # Of two rotations at once, the second waits here until it can see the first one's key.
    return _the(tx, sa.select(KEYS).where(KEYS.c.id == key_id).with_for_update())


def _the(tx: Transaction, rows: sa.Select[*tuple[object, ...]]) -> ApiKey:
    if not (keys := _keys(tx, rows)):
        raise NotFound
    return keys[0]


def _made(tx: Transaction, **values: Any) -> tuple[ApiKey, str]:
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


def ending(key_id: uuid.UUID, ends: Mapping[str, datetime]) -> Ended:
    """The end of a key, by `revoked_at` or `expires_at`, as it is told outside the database."""
    return {"id": str(key_id), **{name: spoken_instant(at) for name, at in ends.items()}}


def _change(tx: Transaction, key_id: uuid.UUID, **ends: datetime) -> None:
    tx.execute(sa.update(KEYS).where(KEYS.c.id == key_id).values(ends))
    tx.ended.append(ending(key_id, ends))


def _keys(tx: Transaction, rows: sa.Select[*tuple[object, ...]]) -> list[ApiKey]:
    return [ApiKey(**row) for row in tx.execute(rows).mappings()]
