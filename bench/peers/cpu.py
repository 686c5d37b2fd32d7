"""CPU time of processes, as Linux counts it in /proc: user and system together, in seconds."""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")
PARENT, SPENT = 1, slice(11, 15)
"""Fields after the name of the program: ppid; utime, stime and those of ended children."""


def of_tree(root: int) -> float:
    """Seconds of a process and of everything that it has started."""
    children: dict[int, list[int]] = defaultdict(list)
    found = {int(place.name): _fields(place) for place in Path("/proc").glob("[0-9]*")}
    for process, fields in found.items():
        if fields:
            children[int(fields[PARENT])].append(process)
    tree = [root]
    # The list grows while it is walked.
    for process in tree:
        tree += children[process]
    return sum(_seconds(found.get(process, [])) for process in tree)


def of_backends(url: str) -> Mapping[int, float]:
    """Seconds of each process that serves a database of PostgreSQL.

    Those of another machine are left out: their numbers mean something else here.
    """
    text = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
    with psycopg.connect(url) as connection:
        found = connection.execute(text, [connection.info.backend_pid]).fetchall()
    return {
        process: _seconds(_fields(Path(f"/proc/{process}")))
        for (process,) in found
        if _name(process) == "postgres"
    }


def more(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    """What some processes have spent meanwhile; those that ended meanwhile do not count.

    A side that is not measured closes connections that it does not use.
    """
    return sum(seconds - before.get(process, 0) for process, seconds in after.items())


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _fields(place: Path) -> list[str]:
    """The fields of a process after its name (proc_pid_stat(5)); none if it has ended."""
    try:
        return (place / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _seconds(fields: Sequence[str]) -> float:
    return sum(map(int, fields[SPENT])) / TICKS
