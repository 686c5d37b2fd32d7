"""The administrator's commands: each module declares the arguments of one command and runs it."""

import gc
from typing import NamedTuple

COLLECTED = (100_000, 20, 20)
"""Objects between two looks for cycles. Neither imports nor batches make cycles, but many objects:
with Python's own 700, looking takes a tenth of a command's start and a quarter of an upload."""


def collect_rarely() -> None:
    """Let this process look for cycles rarely."""
    gc.set_threshold(*COLLECTED)


class Command(NamedTuple):
    """A command: the module that runs it, and what it does."""

    module: str
    about: str


COMMANDS = {
    "serve": Command("serving", "migrate, load an empty database, and serve"),
    "migrate": Command("migrating", "bring the database to the newest schema"),
    "seed": Command("loading", "create the missing records of the source program"),
    "demo": Command("trying", "add fictional data of size S to the source program"),
    "generate": Command("generating", "add fictional data for measuring"),
    "key": Command("keys", "issue, list, rotate and revoke keys"),
    "matrix": Command("rights", "print which role may do what"),
    "audit": Command("auditing", "look after the audit trail"),
    "retention": Command(
        "retaining", "destroy personal data whose retention period is over (SN_RETENTION_DAYS)"
    ),
    "backup": Command("keeping", "copy the register to a file while it serves"),
    "restore": Command("restoring", "restore a copy into an empty database"),
    "import": Command("importing", "load a list (CSV or XLSX) into a running service"),
    "report": Command("reporting", "write the report of a program to a file"),
    "mirror": Command("mirroring", "keep a copy of a running service in an SQLite file"),
    "openapi": Command("exporting", "write openapi/openapi.json"),
    "migration": Command("drafting", "write the migration that the models need"),
    "docs": Command("writing", "write every document that is derived from the code"),
}
"""In the order of `--help`, which imports none of the modules."""
