"""Journal: positions of changes, the audit trail, and what verifies it from outside."""
