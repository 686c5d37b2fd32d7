"""Who may: keys and their owners, and the roles that keys carry."""
