"""The administrator's commands, one family a file; each declares its words and what they do."""
