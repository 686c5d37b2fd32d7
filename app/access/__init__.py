"""Who may: keys, roles and scopes."""
