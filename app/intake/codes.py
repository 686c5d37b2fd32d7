"""Codes: the closed lists of words that the report of an upload is written in."""

from app.model.columns import Choice


class ImportStatus(Choice):
    """What became of an upload."""

    RUNNING = "running", "выполняется"
    DRY_RUN = "dry_run", "проверен, ничего не записано"
    COMMITTED = "committed", "записан"
    REJECTED = "rejected", "не принят"
    PARTIAL = "partial", "записан частично"


class RowOutcome(Choice):
    """What became of a row of a list."""

    CREATED = "created", "создана"
    UPDATED = "updated", "изменена"
    UNCHANGED = "unchanged", "без изменений"
    DUPLICATE = "duplicate", "повтор"
    BLANK = "blank", "пустая"
    REJECTED = "rejected", "не принята"
