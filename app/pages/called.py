"""Called: what pages call the holders of keys."""

from app.access.roles import Role

WHO = {
    Role.SYNC: "Информационная система",
    Role.ORG: "Организация",
    Role.COORDINATOR: "Координатор",
    Role.READER: "Чтение",
    Role.AUDITOR: "Проверяющий",
    Role.ADMIN: "Администратор",
}
"""What the band calls the holder of a key."""
