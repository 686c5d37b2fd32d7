"""Backup: copies the register while it is in use, and restores a copy whole or not at all."""
