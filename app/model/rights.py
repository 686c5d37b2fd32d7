"""Rights: what the serving role may do with the rows of each table on PostgreSQL.

A model declares them as `rights`; a kind of record inherits them. The role has no right to a table
whose model declares none, and may not change the schema.
"""

from typing import Literal

Right = Literal["SELECT", "INSERT", "UPDATE", "DELETE"]
Rights = tuple[Right, ...]

ROWS: Rights = ("SELECT", "INSERT", "UPDATE", "DELETE")
LASTING: Rights = ("SELECT", "INSERT", "UPDATE")
"""Rows that are never deleted."""
ADDED: Rights = ("SELECT", "INSERT")
"""Rows that never change."""
REPLACED: Rights = ("SELECT", "INSERT", "DELETE")
"""Rows that are deleted and inserted again."""
READ: Rights = ("SELECT",)
"""Rows that only the owner of the schema inserts."""
HEAD: Rights = ("SELECT", "UPDATE")
"""The one row, which the migration inserts."""
