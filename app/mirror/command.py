"""The command `mirror`: its arguments and its exit status."""

import argparse
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from app.mirror.follower import Follower
from app.mirror.proof import differences
from app.mirror.replica import Replica
from app.mirror.service import Service
from app.remote import Refused

DESCRIPTION = (
    "Follow the change feed of a service and keep every record in an SQLite file, until stopped. "
    "Killed or stopped, it continues from there on the next run. It exits 1 if the service "
    "refuses, or if --verify finds a difference."
)
INTERRUPTED = 130


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--url", required=True, help="the service, such as http://127.0.0.1:8000")
    parser.add_argument(
        "--key", help="the key; better in SN_KEY, where the list of processes does not show it"
    )
    parser.add_argument("--into", type=Path, required=True, metavar="FILE", help="the SQLite file")
    parser.add_argument("--types", default="", help="only these, such as organizations,events")
    parser.add_argument("--limit", type=int, default=1000, help="changes on a page (default 1000)")
    parser.add_argument("--once", action="store_true", help="stop when the copy is complete")
    parser.add_argument(
        "--verify", action="store_true", help="catch up, compare with the lists, and stop"
    )


def run(args: argparse.Namespace) -> int:
    """Keep the copy; returns the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(args)
    except KeyboardInterrupt:
        # The open transaction is rolled back; the next run reads its page again.
        return INTERRUPTED if args.once or args.verify else 0
    except Refused as refused:
        print(refused, file=sys.stderr)
    except (OSError, sqlite3.Error) as error:
        print(f"{args.into}: {error}", file=sys.stderr)
    return 1


def _run(args: argparse.Namespace) -> int:
    key = args.key or os.environ.get("SN_KEY")
    if not key:
        raise Refused("A key is needed: set SN_KEY, or pass --key.")
    url, types = args.url.rstrip("/"), ",".join(sorted({*args.types.split(",")}))
    with closing(Service(url, key)) as service:
        follower = Follower(service, Replica(args.into, url, types), types, args.limit)
        try:
            if not (args.once or args.verify):
                follower.follow()
            follower.catch_up()
        finally:
            follower.tell()
        return _verified(follower, types) if args.verify else 0


def _verified(follower: Follower, types: str) -> int:
    differing = 0
    kinds = types.split(",") if types else follower.service.kinds()
    for line in differences(follower, kinds):
        print(line, flush=True)
        differing += 1
    if differing:
        print(f"The mirror differs from the service: {differing:,} records")
        return 1
    print(f"The mirror equals the service: {len(follower.replica):,} records")
    return 0
