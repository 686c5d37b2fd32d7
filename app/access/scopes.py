"""Scopes: the body of a new key, and whether its scope fits its role."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

import sqlalchemy as sa
from pydantic import AfterValidator, Field, WithJsonSchema

from app.access.roles import Role
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.model.columns import Identifier, labels
from app.model.faults import (
    MISSING,
    OTHER_MUNICIPALITY,
    TOO_LONG,
    UNKNOWN_REFERENCE,
    characters,
    refuse,
)
from app.model.record import Strict
from app.model.values import Id, Key, Line, Moment
from app.problems import Invalid

LIFETIME = timedelta(days=365)
"""How long a key is valid by default, and at most."""

OWNER = 200
"""Characters of an owner's name at most."""

NOT_OF_THIS_ROLE = fault(
    "not_of_this_role",
    "Для роли {role} это поле не задаётся. Уберите его.",
    "A key of role {role} must not have this field. Leave it out.",
)
SOURCE_REQUIRED = fault(
    "source_required",
    "Ключу роли sync нужен источник (source): такой ключ ведёт записи только этого источника.",
    "A key of role sync needs a source: it writes the records of this source only.",
)
NO_SUCH_EXPIRY = fault(
    "no_such_expiry",
    "Срок должен быть в будущем и не дальше чем через 365 дней.",
    "The end must lie in the future, at most 365 days ahead.",
)

# The registry stands above this room, so its tables are named here, not imported.
MUNICIPALITIES = sa.table(
    "municipalities", sa.column("id", Identifier()), sa.column("oktmo", sa.String())
)
_ORGANIZATIONS = sa.table(
    "organizations", sa.column("id", Identifier()), sa.column("municipality_id", Identifier())
)


def _name(value: str) -> str:
    if len(value) > OWNER:
        refuse(TOO_LONG, limit=characters(OWNER))
    return value


Owner = Annotated[
    Line,
    AfterValidator(_name),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": OWNER}),
]
"""The one person or system that answers for a key."""


class KeyWrite(Strict):
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
        None,
        description="Источник, записи которого ведёт ключ; обязателен для роли sync и только "
        "для неё",
    )
    expires_at: Moment | None = Field(
        None, description="До какого времени действует; по умолчанию 365 дней, это и предел"
    )


def home_of(tx: Transaction, body: KeyWrite) -> uuid.UUID | None:
    """The municipality of the new key; an organization's key gets the organization's.

    Raises:
        Invalid: the scope does not fit the role, or names a record that does not exist.

    """
    findings = list(_misfits(body, tx.now))
    home = None if findings else _home(tx, body, findings)
    if findings:
        raise Invalid(*findings)
    return home


def _misfits(body: KeyWrite, now: datetime) -> Iterable[Finding]:
    """Fields that do not fit the role."""
    foreign = {
        "organization_id": body.role is not Role.ORG,
        "source": body.role is not Role.SYNC,
        "municipality_id": body.role in {Role.ADMIN, Role.AUDITOR},
    }
    for name, is_foreign in foreign.items():
        if is_foreign and getattr(body, name) is not None:
            yield Finding(NOT_OF_THIS_ROLE, pointer=f"/{name}", values={"role": body.role.value})
    if body.role is Role.ORG and body.organization_id is None:
        yield Finding(MISSING, pointer="/organization_id")
    if body.role is Role.SYNC and body.source is None:
        yield Finding(SOURCE_REQUIRED, pointer="/source")
    if body.expires_at and not now < body.expires_at <= now + LIFETIME:
        yield Finding(NO_SUCH_EXPIRY, pointer="/expires_at")


def _home(tx: Transaction, body: KeyWrite, findings: list[Finding]) -> uuid.UUID | None:
    """The municipality of the scope, derived from the organization if there is one."""
    municipality_id = body.municipality_id
    if body.organization_id is None:
        if municipality_id and not _knows(tx, MUNICIPALITIES.c.id, municipality_id):
            findings.append(Finding(UNKNOWN_REFERENCE, pointer="/municipality_id"))
        return municipality_id
    home = _knows(tx, _ORGANIZATIONS.c.id, body.organization_id, _ORGANIZATIONS.c.municipality_id)
    if home is None:
        findings.append(Finding(UNKNOWN_REFERENCE, pointer="/organization_id"))
    elif municipality_id not in {None, home}:
        findings.append(Finding(OTHER_MUNICIPALITY, pointer="/municipality_id"))
    return home


def _knows(
    tx: Transaction,
    column: sa.ColumnElement[object],
    value: uuid.UUID,
    returned: sa.ColumnElement[object] | None = None,
) -> uuid.UUID | None:
    statement = sa.select(column if returned is None else returned).where(column == value)
    # A share lock: deleting the record waits for this transaction and then finds the key.
    matched: uuid.UUID | None = tx.execute(
        statement.with_for_update(key_share=True, read=True)
    ).scalar()
    return matched
