"""Granting: the rights of the role that serves, to every table."""

import app.commands.tables  # noqa: F401 - a table that is not imported would get no rights
from app.database import privileges
from app.journal.register import Register


def grant(database: Register, role: str) -> None:
    """Give a role the rights that every model declares, and no others.

    Raises:
        Invalid: the role does not exist, or has rights from elsewhere.

    """
    privileges.grant(database, role)
