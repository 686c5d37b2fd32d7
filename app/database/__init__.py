"""SQLite and PostgreSQL: engines, transactions, consistent reading and rows in bulk."""
