"""Roles: the kinds of work that keys are issued for."""

from app.model.columns import Choice


class Role(Choice):
    """What the holder of a key is there for; what each may do stands in the matrix."""

    SYNC = "sync", "внешняя система, которая ведёт свои записи"
    ORG = "org", "организация"
    COORDINATOR = "coordinator", "координатор муниципалитета"
    READER = "reader", "чтение без персональных данных"
    AUDITOR = "auditor", "чтение журнала доступа"
    ADMIN = "admin", "администратор сервиса"
