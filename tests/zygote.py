"""Zygote: a program that has imported what reads workbooks, and forks for each workbook.

It is started by `tests/readers.py` as the service starts a child: with `-I`, and surroundings of
its own. Its argument is the descriptor of a socket; each message is the path of a workbook with
four descriptors: the child's input, its output, its spool, and a socket that tells how it ends.
"""

import os
import socket
import sys
from threading import Thread

from app.intake.sheets.child import main

DESCRIPTORS = 4
LONGEST = 4096


def serve(asked: socket.socket) -> None:
    """Fork for each message, until nobody can send any more."""
    while True:
        path, given, _, _ = socket.recv_fds(asked, LONGEST, DESCRIPTORS)
        if not path:
            return
        entered, printed, spool, ends = given
        pid = os.fork()
        if not pid:
            _read(path.decode(), entered, printed, spool)
        for each in (entered, printed, spool):
            os.close(each)
        Thread(target=_tell, args=(pid, socket.socket(fileno=ends)), daemon=True).start()


def _read(path: str, entered: int, printed: int, spool: int) -> None:
    """Be the child: what ends a Python with an error ends it too."""
    status = 1
    try:
        os.dup2(entered, 0)
        os.dup2(printed, 1)
        sys.argv = ["-c", path, str(spool)]
        main()
        status = 0
    finally:
        os._exit(status)


def _tell(pid: int, ends: socket.socket) -> None:
    """Tell the child's number and how it ended; keep the number while somebody could kill it."""
    with ends:
        ends.sendall(f"{pid}\n".encode())
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert ended
        is_killed = ended.si_code != os.CLD_EXITED
        ends.sendall(f"{-ended.si_status if is_killed else ended.si_status}\n".encode())
        ends.recv(1)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
