"""Database: engines, transactions, consistent reads and bulk writes for SQLite and PostgreSQL."""
