"""Access: keys, their owners and their roles, and what each role may do."""
