"""Rows of the matrix that several kinds share: taken as they are, or with one role's changed."""

from app.access.roles import Role
from app.model.grants import Grant, Grants, Reach

REGISTER: Grants = {
    Role.SYNC: Grant(Reach.SCOPE, Reach.SOURCE),
    Role.ORG: Grant(Reach.SCOPE),
    Role.COORDINATOR: Grant(Reach.SCOPE, Reach.SCOPE),
    Role.READER: Grant(Reach.SCOPE, persons=False),
    Role.ADMIN: Grant(Reach.SCOPE),
}
"""What the programme consists of: everybody reads it, the coordinator keeps it."""

PEOPLE: Grants = {
    Role.SYNC: Grant(Reach.SCOPE, Reach.SOURCE),
    Role.ORG: Grant(Reach.OWN, Reach.OWN),
    Role.COORDINATOR: Grant(Reach.SCOPE, Reach.SCOPE),
}
"""Where people work and were tells who they are, so a reader has no grant here."""
