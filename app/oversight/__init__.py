"""Oversight: the audit trail, personal data and keys."""
