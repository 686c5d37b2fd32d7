"""The command: what it may be told, and how it ends."""

import argparse
import os
import signal
import sqlite3
import sys
from pathlib import Path

from app.mirror.follower import Follower
from app.mirror.proof import differences
from app.mirror.replica import Replica
from app.mirror.service import COLLECTIONS, Service
from app.remote import Refused

HELP = "keep a copy of a running service in an SQLite file"
DESCRIPTION = (
    "Follow the change feed of a service and keep every record in an SQLite file, until stopped. "
    "Killed or stopped, it goes on where it was. It exits 1 if the service refuses, or if --verify "
    "finds a difference."
)
INTERRUPTED = 130


def declare(parser: argparse.ArgumentParser) -> None:
    """Say what the command may be told."""
    parser.add_argument("--url", required=True, help="the service, such as http://127.0.0.1:8000")
    parser.add_argument(
        "--key", help="the key; better in SN_KEY, where the list of processes does not show it"
    )
    parser.add_argument("--into", type=Path, required=True, metavar="FILE", help="the SQLite file")
    parser.add_argument("--types", default="", help="only these, such as organizations,events")
    parser.add_argument("--limit", type=int, default=1000, help="changes on a page (default 1000)")
    parser.add_argument("--once", action="store_true", help="stop when everything is there")
    parser.add_argument(
        "--verify", action="store_true", help="catch up, compare with the lists, and stop"
    )


def run(said: argparse.Namespace) -> int:
    """Keep the copy, and return the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(said)
    except KeyboardInterrupt:
        # A transaction that was under way is undone: its page is read again the next time.
        return INTERRUPTED if said.once or said.verify else 0
    except Refused as refused:
        print(refused, file=sys.stderr)
    except (OSError, sqlite3.Error) as error:
        print(f"{said.into}: {error}", file=sys.stderr)
    return 1


def _run(said: argparse.Namespace) -> int:
    key = said.key or os.environ.get("SN_KEY")
    if not key:
        raise Refused("A key is needed: set SN_KEY, or say --key.")
    url, types = said.url.rstrip("/"), ",".join(sorted({*said.types.split(",")}))
    follower = Follower(Service(url, key), Replica(said.into, url, types), types, said.limit)
    try:
        if not (said.once or said.verify):
            follower.follow()
        follower.catch_up()
    finally:
        follower.tell()
    return _verified(follower, types) if said.verify else 0


def _verified(follower: Follower, types: str) -> int:
    found = 0
    for line in differences(follower, types.split(",") if types else COLLECTIONS):
        print(line, flush=True)
        found += 1
    if found:
        print(f"The mirror differs from the service: {found:,} records")
        return 1
    print(f"The mirror equals the service: {len(follower.replica):,} records")
    return 0
