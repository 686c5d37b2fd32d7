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

PEOPLE: Grants = {
    Role.SYNC: Grant(Reach.SCOPE, Reach.SOURCE),
    Role.ORG: Grant(Reach.OWN, Reach.OWN),
    Role.COORDINATOR: Grant(Reach.SCOPE, Reach.SCOPE),
}
"""For records of people's work, which identify persons: the reader role has no grant."""
