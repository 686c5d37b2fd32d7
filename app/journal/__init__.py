"""What happened: the positions of changes, the audit trail and what proves it outside."""
