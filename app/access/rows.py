"""Rows of the matrix that several kinds of records share, some with one role changed."""

from app.access.roles import Role
from app.model.grants import Grant, Grants, Reach

REGISTER: Grants = {
    Role.SYNC: Grant(Reach.SCOPE, Reach.SOURCE),
    Role.ORG: Grant(Reach.SCOPE),
    Role.COORDINATOR: Grant(Reach.SCOPE, Reach.SCOPE),
    Role.READER: Grant(Reach.SCOPE, persons=False),
    Role.ADMIN: Grant(Reach.SCOPE),
}
"""For the programme's records: every role but the auditor reads them, the coordinator writes."""

KEPT_BY_SCHOOLS: Grants = {**REGISTER, Role.ORG: Grant(Reach.SCOPE, Reach.OWN)}
"""What every organization tells of itself: all read it, each keeps its own."""

SHARED: Grants = {
    Role.SYNC: Grant(Reach.OPEN, Reach.SOURCE),
    Role.ORG: Grant(Reach.OPEN),
    Role.COORDINATOR: Grant(Reach.OPEN, Reach.SCOPE),
    Role.READER: Grant(Reach.OPEN),
    Role.AUDITOR: Grant(Reach.SHARED),
    Role.ADMIN: Grant(Reach.OPEN, Reach.SHARED),
}
"""Lists of what is spoken of: the administrator keeps the shared ones, a municipality its own."""

PEOPLE: Grants = {
    Role.SYNC: Grant(Reach.SCOPE, Reach.SOURCE),
    Role.ORG: Grant(Reach.OWN, Reach.OWN),
    Role.COORDINATOR: Grant(Reach.SCOPE, Reach.SCOPE),
}
"""For records of people's work, which identify persons: the reader role has no grant."""
