"""The administrator's commands: each module declares the arguments of one command and runs it."""

import gc
from typing import NamedTuple

from app.words import Words

COLLECTED = (100_000, 20, 20)
"""Objects between two looks for cycles. Neither imports nor batches make cycles, but many objects:
with Python's own 700, looking takes a tenth of a command's start and a quarter of an upload."""


def collect_rarely() -> None:
    """Let this process look for cycles rarely."""
    gc.set_threshold(*COLLECTED)


class Command(NamedTuple):
    """A command: the module that runs it, and what it does."""

    module: str
    about: Words


COMMANDS = {
    "serve": Command(
        "serving",
        Words(
            "обновить базу, наполнить пустую и запустить сервис",
            "migrate, load an empty database, and serve",
        ),
    ),
    "migrate": Command(
        "migrating", Words("обновить схему базы", "bring the database to the newest schema")
    ),
    "seed": Command(
        "loading",
        Words(
            "создать недостающие записи исходной программы",
            "create the missing records of the source program",
        ),
    ),
    "demo": Command(
        "trying",
        Words(
            "добавить к исходной программе вымышленные данные",
            "add fictional data of size S to the source program",
        ),
    ),
    "generate": Command(
        "generating",
        Words("добавить вымышленные данные для замеров", "add fictional data for measuring"),
    ),
    "key": Command(
        "keys",
        Words("выдать, показать, заменить и отозвать ключи", "issue, list, rotate and revoke keys"),
    ),
    "matrix": Command(
        "rights", Words("показать, какой роли что можно", "print which role may do what")
    ),
    "audit": Command(
        "auditing",
        Words("проверить журнал доступа и убрать старое в архив", "look after the audit trail"),
    ),
    "retention": Command(
        "retaining",
        Words(
            "уничтожить персональные данные, срок хранения которых истёк (SN_RETENTION_DAYS)",
            "destroy personal data whose retention period is over (SN_RETENTION_DAYS)",
        ),
    ),
    "backup": Command(
        "keeping",
        Words(
            "скопировать базу в файл, не останавливая сервис",
            "copy the register to a file while it serves",
        ),
    ),
    "restore": Command(
        "restoring",
        Words("восстановить копию в пустую базу", "restore a copy into an empty database"),
    ),
    "drill": Command(
        "drilling",
        Words(
            "проверить копию: восстановить её во временную базу",
            "try a copy: restore it into a throw-away database",
        ),
    ),
    "import": Command(
        "importing",
        Words(
            "загрузить список (CSV или XLSX) в работающий сервис",
            "load a list (CSV or XLSX) into a running service",
        ),
    ),
    "report": Command(
        "reporting",
        Words("записать отчёт о программе в файл", "write the report of a program to a file"),
    ),
    "mirror": Command(
        "mirroring",
        Words(
            "вести копию работающего сервиса в файле SQLite",
            "keep a copy of a running service in an SQLite file",
        ),
    ),
    "openapi": Command(
        "exporting", Words("записать openapi/openapi.json", "write openapi/openapi.json")
    ),
    "migration": Command(
        "drafting",
        Words(
            "написать миграцию, которой не хватает моделям",
            "write the migration that the models need",
        ),
    ),
    "docs": Command(
        "writing",
        Words(
            "записать документы, которые выводятся из кода",
            "write every document that is derived from the code",
        ),
    ),
}
"""In the order of `--help`, which imports none of the modules."""
