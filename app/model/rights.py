"""Rights: what the role that serves may do with the rows of each table of PostgreSQL.

A model declares them as `rights`, and a kind of record inherits them. The role has no right to a
table that no model declares, and none to change the schema.
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
"""Rows that are deleted and put in anew."""
READ: Rights = ("SELECT",)
"""Rows that the owner of the schema puts in."""
HEAD: Rights = ("SELECT", "UPDATE")
"""The one row that the migration has put in."""
