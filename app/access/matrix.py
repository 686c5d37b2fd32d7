"""The matrix: which role may do what with which records; whatever is not said here is refused.

Kinds of records say it in their declarations, which the registry enters here. Doors that are no
collections say it below.
"""

from collections.abc import Iterable, Mapping

from app.access.roles import Role
from app.model.grants import NOTHING, Grant, Grants, Reach, Verb
from app.model.resource import Resource

_ADMIN_ACTS: Grants = {Role.ADMIN: Grant(write=Reach.ALL)}

DOORS: Mapping[str, Grants] = {
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
    "imports": {
        Role.SYNC: Grant(Reach.OWN),
        Role.ORG: Grant(Reach.OWN),
        Role.COORDINATOR: Grant(Reach.SCOPE),
        Role.ADMIN: Grant(Reach.SCOPE),
    },
    "rejected_rows": {
        Role.SYNC: Grant(Reach.OWN),
        Role.ORG: Grant(Reach.OWN),
        Role.COORDINATOR: Grant(Reach.SCOPE),
    },
    "plan_windows": {Role.COORDINATOR: Grant(write=Reach.SCOPE, verbs=frozenset({Verb.CREATE}))},
    "merges": {
        Role.COORDINATOR: Grant(write=Reach.SCOPE, verbs=frozenset({Verb.CREATE})),
        Role.ADMIN: Grant(write=Reach.ALL, verbs=frozenset({Verb.CREATE})),
    },
    "api_keys": {Role.ADMIN: Grant(Reach.ALL, Reach.ALL)},
    "audit": {Role.AUDITOR: Grant(Reach.ALL), Role.ADMIN: Grant(Reach.ALL)},
    "audit_chain": {Role.ADMIN: Grant(Reach.ALL)},
    "erasure": _ADMIN_ACTS,
    "access_report": {Role.ADMIN: Grant(Reach.ALL)},
    "retention": _ADMIN_ACTS,
}
"""What stands beside the collections."""

_KINDS: dict[str, Resource] = {}


def enter(resources: Iterable[Resource]) -> None:
    """Take up kinds of records with the grants of their declarations.

    Raises:
        ValueError: a grant is for no role that there is.

    """
    for resource in resources:
        if strangers := resource.access.keys() - {*Role}:
            message = f"{resource.name}: Grants for {sorted(strangers)}, which are no roles."
            raise ValueError(message)
        _KINDS[resource.name] = resource


def kind_of(subject: str) -> Resource | None:
    """The kind of record that a subject is; None for the doors beside them."""
    return _KINDS.get(subject)


def is_known(subject: str) -> bool:
    """Whether the matrix says anything of a subject."""
    return subject in _KINDS or subject in DOORS


def grant_of(role: Role, subject: str) -> Grant:
    """What a role may do with a subject; nothing with one that the matrix does not know."""
    kind = _KINDS.get(subject)
    return (kind.access if kind else DOORS.get(subject, {})).get(role, NOTHING)
