"""The matrix: what each role may do; anything not granted is refused.

Kinds of records declare their grants, and the registry enters them here. The grants of endpoints
that are not collections stand below.
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
    "vocabulary": dict.fromkeys(Role, Grant(Reach.ALL)),
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
    "upload_drafts": {
        Role.SYNC: Grant(Reach.OWN, Reach.OWN),
        Role.ORG: Grant(Reach.OWN, Reach.OWN),
        Role.COORDINATOR: Grant(Reach.OWN, Reach.OWN),
        Role.ADMIN: Grant(Reach.OWN, Reach.OWN),
    },
    "exchange": {Role.COORDINATOR: Grant(Reach.SCOPE), Role.ADMIN: Grant(Reach.SCOPE)},
    "attendance_lists": {
        Role.SYNC: Grant(Reach.SCOPE),
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
"""Grants for endpoints that are not collections."""

SUBJECTS: Mapping[str, str] = {
    "indicators": "Показатели и их объяснение",
    "vocabulary": "Словарь имён и кодов",
    "changes": "Лента изменений",
    "imports": "Загруженные списки и отчёты",
    "rejected_rows": "Непринятые строки списков",
    "upload_drafts": "Списки на проверке перед записью",
    "exchange": "Обмен с другими системами",
    "snapshots": "Срезы показателей",
    "attendance_lists": "Списки участников событий для подписи",
    "plan_windows": "События по срокам плана",
    "merges": "Объединение карточек педагогов",
    "api_keys": "Ключи",
    "audit": "Журнал доступа",
    "audit_chain": "Проверка журнала",
    "erasure": "Уничтожение персональных данных",
    "access_report": "Отчёт об обращениях к данным человека",
    "retention": "Сроки хранения",
}
"""How people call what the matrix covers beside the collections."""

_KINDS: dict[str, Resource] = {}


def enter(resources: Iterable[Resource]) -> None:
    """Add kinds of records with their declared grants.

    Raises:
        ValueError: a grant is for an unknown role.

    """
    for resource in resources:
        if unknown := resource.access.keys() - {*Role}:
            message = f"{resource.name}: Grants for unknown roles: {sorted(unknown)}."
            raise ValueError(message)
        _KINDS[resource.name] = resource


def kind_of(subject: str) -> Resource | None:
    """The kind of record with this name; None for endpoints that are not collections."""
    return _KINDS.get(subject)


def is_known(subject: str) -> bool:
    """Whether the matrix has an entry for a subject."""
    return subject in _KINDS or subject in DOORS


def grant_of(role: Role, subject: str) -> Grant:
    """The role's grant for a subject; an empty one for an unknown subject."""
    kind = _KINDS.get(subject)
    return (kind.access if kind else DOORS.get(subject, {})).get(role, NOTHING)
