"""Forking: a program of ours as a process of its own, without importing it anew each time.

A server that has imported the application once forks for each process: the imports cost more than
a second of CPU and are no part of what is tested. `test_commands` starts programs as people do.
"""

import multiprocessing
import os
import pkgutil
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread

from app import commands

_context = multiprocessing.get_context("forkserver")
_COMMANDS = [f"{commands.__name__}.{each.name}" for each in pkgutil.iter_modules(commands.__path__)]
_context.set_forkserver_preload([*_COMMANDS, "tests.prepared"])


def fork(
    words: Sequence[str], environment: Mapping[str, str], output: Path = Path(os.devnull)
) -> BaseProcess:
    """Start `python -m` with these words, in a session of its own; what it prints is kept."""
    process = _context.Process(target=_become, args=(list(words), dict(environment), output))
    process.start()
    return process


def _become(words: list[str], environment: dict[str, str], output: Path) -> None:
    os.setsid()
    os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # Else uvicorn hands its workers the number of a descriptor that they do not inherit.
    sys.stdin = None
    Thread(target=_end_with_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    """Leave nothing behind a run of tests that was killed: it stops what it has started."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.killpg(0, signal.SIGKILL)
