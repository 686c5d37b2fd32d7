"""The matrix: which role may do what with which records; whatever is not said here is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.access.roles import Role
from app.store.columns import Choice


class Verb(Choice):
    """What an operation does with its subject."""

    READ = "read", "чтение"
    CREATE = "create", "создание"
    CHANGE = "change", "изменение"
    DELETE = "delete", "удаление"


class Reach(Choice):
    """How far a grant goes: which records it speaks of."""

    ALL = "all", "все"
    SCOPE = "scope", "в области ключа"
    OPEN = "open", "общие и в области ключа"
    SHARED = "shared", "только общие"
    SOURCE = "source", "своего источника"
    OWN = "own", "своей организации"
    ACCEPTED = "accepted", "принятые, в области ключа"


WRITES = frozenset({Verb.CREATE, Verb.CHANGE, Verb.DELETE})
CONTACTS = frozenset({"address", "phone", "email"})
"""What an organization may say of itself."""


@dataclass(frozen=True)
class Grant:
    """What a role may do with one kind of record."""

    read: Reach | None = None
    write: Reach | None = None
    verbs: frozenset[Verb] = WRITES
    """Of the writing ones."""
    fields: frozenset[str] | None = None
    """The only fields that may change; None: every field."""
    persons: bool = True
    """Whether persons are named."""

    def allows(self, verb: Verb) -> bool:
        """Whether an operation is granted at all, whatever its record."""
        if verb == Verb.READ:
            return self.read is not None
        return self.write is not None and verb in self.verbs


Row = Mapping[Role, Grant]

_REGISTER: Row = {
    Role.SYNC: Grant(Reach.SCOPE, Reach.SOURCE),
    Role.ORG: Grant(Reach.SCOPE),
    Role.COORDINATOR: Grant(Reach.SCOPE, Reach.SCOPE),
    Role.READER: Grant(Reach.SCOPE, persons=False),
    Role.ADMIN: Grant(Reach.SCOPE),
}
_PEOPLE: Row = {
    Role.SYNC: Grant(Reach.SCOPE, Reach.SOURCE),
    Role.ORG: Grant(Reach.OWN, Reach.OWN),
    Role.COORDINATOR: Grant(Reach.SCOPE, Reach.SCOPE),
}
"""Where people work and were tells who they are, so a reader has no grant here."""
_ADMIN_ACTS: Row = {Role.ADMIN: Grant(write=Reach.ALL)}

MATRIX: Mapping[str, Row] = {
    "municipalities": dict.fromkeys(Role, Grant(Reach.ALL))
    | {Role.ADMIN: Grant(Reach.ALL, Reach.ALL)},
    "organizations": {
        **_REGISTER,
        Role.ORG: Grant(Reach.SCOPE, Reach.OWN, frozenset({Verb.CHANGE}), CONTACTS),
    },
    "organization_aliases": _REGISTER,
    "legal_acts": _REGISTER,
    "programs": _REGISTER,
    "designations": _REGISTER,
    "partnerships": _REGISTER,
    "activities": _REGISTER,
    "events": {**_REGISTER, Role.ORG: Grant(Reach.SCOPE, Reach.OWN)},
    "teachers": _PEOPLE,
    "employments": _PEOPLE,
    "headcounts": _PEOPLE,
    "participations": _PEOPLE,
    "measures": {
        Role.SYNC: Grant(Reach.OPEN, Reach.SOURCE),
        Role.ORG: Grant(Reach.OPEN),
        Role.COORDINATOR: Grant(Reach.OPEN, Reach.SCOPE),
        Role.READER: Grant(Reach.OPEN),
        Role.AUDITOR: Grant(Reach.SHARED),
        Role.ADMIN: Grant(Reach.OPEN, Reach.SHARED),
    },
    "monitoring_records": {
        Role.SYNC: Grant(Reach.SCOPE),
        Role.ORG: Grant(Reach.OWN, Reach.OWN),
        Role.COORDINATOR: Grant(Reach.SCOPE, Reach.SCOPE),
        Role.READER: Grant(Reach.ACCEPTED),
        Role.ADMIN: Grant(Reach.SCOPE),
    },
    "indicators": {
        Role.SYNC: Grant(Reach.SCOPE),
        Role.ORG: Grant(Reach.SCOPE),
        Role.COORDINATOR: Grant(Reach.SCOPE),
        Role.READER: Grant(Reach.SCOPE),
        Role.ADMIN: Grant(Reach.SCOPE),
    },
    "snapshots": {
        Role.SYNC: Grant(Reach.SCOPE),
        Role.ORG: Grant(Reach.SCOPE),
        Role.COORDINATOR: Grant(Reach.SCOPE, Reach.SCOPE, frozenset({Verb.CREATE})),
        Role.READER: Grant(Reach.SCOPE, persons=False),
        Role.ADMIN: Grant(Reach.SCOPE),
    },
    "changes": {
        Role.SYNC: Grant(Reach.SCOPE),
        Role.COORDINATOR: Grant(Reach.SCOPE),
        Role.READER: Grant(Reach.SCOPE, persons=False),
    },
    "imports": dict.fromkeys((Role.SYNC, Role.ORG), Grant(Reach.OWN))
    | dict.fromkeys((Role.COORDINATOR, Role.ADMIN), Grant(Reach.SCOPE)),
    "rejected_rows": dict.fromkeys((Role.SYNC, Role.ORG), Grant(Reach.OWN))
    | {Role.COORDINATOR: Grant(Reach.SCOPE)},
    "plan_windows": {Role.COORDINATOR: Grant(write=Reach.SCOPE, verbs=frozenset({Verb.CREATE}))},
    "api_keys": {Role.ADMIN: Grant(Reach.ALL, Reach.ALL)},
    "audit": {Role.AUDITOR: Grant(Reach.ALL), Role.ADMIN: Grant(Reach.ALL)},
    "audit_chain": {Role.ADMIN: Grant(Reach.ALL)},
    "erasure": _ADMIN_ACTS,
    "access_report": {Role.ADMIN: Grant(Reach.ALL)},
    "retention": _ADMIN_ACTS,
}
"""Collections by their names, and the doors beside them."""

NOTHING = Grant(persons=False)


def grant_of(role: Role, subject: str) -> Grant:
    """What a role may do with a subject."""
    return MATRIX[subject].get(role, NOTHING)
