"""The command `mirror`: its arguments and its exit status."""

import argparse
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from app.mirror.follower import Follower
from app.mirror.proof import differences
from app.mirror.replica import Replica
from app.mirror.service import Service
from app.remote import Refused, declare_service, key_of
from app.words import Words, grouped, trouble

DESCRIPTION = Words(
    "Читать ленту изменений сервиса и держать каждую запись в файле SQLite, пока не остановят. "
    "После остановки или сбоя новый запуск продолжает с того же места. Код выхода 1, "
    "если сервис отказал или --verify нашёл расхождение.",
    "Follow the change feed of a service and keep every record in an SQLite file, until stopped. "
    "Killed or stopped, it continues from there on the next run. It exits 1 if the service "
    "refuses, or if --verify finds a difference.",
)
DIFFERS = Words(
    "Копия расходится с сервисом, записей: {count}",
    "The mirror differs from the service, records: {count}",
)
EQUALS = Words(
    "Копия совпадает с сервисом, записей: {count}",
    "The mirror equals the service, records: {count}",
)
NOT_WRITTEN = Words("{path}: SQLite отказал ({why})", "{path}: SQLite refuses ({why})")
INTERRUPTED = 130


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_service(parser)
    parser.add_argument(
        "--into",
        type=Path,
        required=True,
        metavar=Words("ФАЙЛ", "FILE").said(),
        help=Words("файл SQLite", "the SQLite file").said(),
    )
    parser.add_argument(
        "--types",
        metavar=Words("ВИДЫ", "TYPES").said(),
        default="",
        help=Words(
            "только эти виды записей: organizations,events",
            "only these, such as organizations,events",
        ).said(),
    )
    parser.add_argument(
        "--limit",
        metavar=Words("ЧИСЛО", "NUMBER").said(),
        type=int,
        default=1000,
        help=Words("изменений на странице (иначе 1000)", "changes on a page (default 1000)").said(),
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help=Words("остановиться, когда копия полна", "stop when the copy is complete").said(),
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help=Words(
            "догнать, сравнить со списками и остановиться",
            "catch up, compare with the lists, and stop",
        ).said(),
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
    except OSError as error:
        print(trouble(error), file=sys.stderr)
    except sqlite3.Error as error:
        print(NOT_WRITTEN.said(path=args.into, why=error.sqlite_errorname), file=sys.stderr)
    return 1


def _run(args: argparse.Namespace) -> int:
    url, types = args.url.rstrip("/"), ",".join(sorted({*args.types.split(",")}))
    with closing(Service(url, key_of(args))) as service:
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
        print(DIFFERS.said(count=grouped(differing)))
        return 1
    print(EQUALS.said(count=grouped(len(follower.replica))))
    return 0
