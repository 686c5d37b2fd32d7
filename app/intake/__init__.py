"""Intake: turns spreadsheets that schools upload into records, with a report on every row."""
