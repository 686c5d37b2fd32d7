"""Codes: the closed lists of words that the report of an upload is written in."""

from enum import StrEnum


class ImportStatus(StrEnum):
    """What became of an upload."""

    DRY_RUN = "dry_run"
    COMMITTED = "committed"
    REJECTED = "rejected"
    PARTIAL = "partial"


class RowOutcome(StrEnum):
    """What became of a row of a list."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    BLANK = "blank"
    REJECTED = "rejected"
