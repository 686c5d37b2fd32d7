"""Roles: what a key is for."""

from app.store.columns import Choice


class Role(Choice):
    """What the holder of a key does in the program."""

    SYNC = "sync", "информационная система региона"
    ORG = "org", "организация"
    COORDINATOR = "coordinator", "координатор района"
    READER = "reader", "читатель без персональных данных"
    AUDITOR = "auditor", "проверяющий журнал"
    ADMIN = "admin", "администратор"
