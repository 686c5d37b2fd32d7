"""The command `import`: its arguments, what it sends, and its exit status."""

import argparse
import json
import os
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from app.remote import Refused, Remote, problem, read
from app.sender.account import account
from app.sender.parcels import Parcel, packed

DESCRIPTION = (
    "Send a list to a running service and print its report. Nothing is written while a row has "
    "errors, unless --skip. Refused rows are saved in a file beside the list: correct them there "
    "and send that file. Interrupted, it may be run again: records already created stay as they "
    "are. It exits 1 if rows were refused."
)
PATIENCE = 300
"""Seconds that the service may spend on one piece."""

PIECE = 256 * 1024
"""Bytes between two updates of the progress bar."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the list")
    parser.add_argument("--url", required=True, help="the service, such as http://127.0.0.1:8000")
    parser.add_argument(
        "--key", help="the key; better in SN_KEY, where the list of processes does not show it"
    )
    parser.add_argument(
        "--collection", default="participations", help="what it lists (default: participations)"
    )
    parser.add_argument("--dry-run", action="store_true", help="only check, write nothing")
    parser.add_argument("--skip", action="store_true", help="write the rows without errors")
    parser.add_argument(
        "--basis",
        choices=["consent", "statutory_function", "contract"],
        help="the legal basis for processing personal data; needed to write a list of persons",
    )
    parser.add_argument(
        "--create-teachers", action="store_true", help="create teachers whom the register lacks"
    )
    parser.add_argument(
        "--column",
        dest="columns",
        metavar="HEADING=FIELD",
        action="append",
        default=[],
        help="the field of a heading that is not recognized, such as ОУ=organization_id; "
        "without a field the column is left out",
    )
    parser.add_argument(
        "--with",
        dest="parameters",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a parameter of the upload, such as program_id=… or participated_on=2026-10-15",
    )


def run(args: argparse.Namespace) -> int:
    """Send a list; returns the exit status."""
    try:
        return _run(args)
    except Refused as refused:
        print(refused, file=sys.stderr)
    except OSError as error:
        print(error, file=sys.stderr)
    return 1


def _run(args: argparse.Namespace) -> int:
    key = args.key or os.environ.get("SN_KEY")
    if not key:
        raise Refused("A key is needed: set SN_KEY, or pass --key.")
    remote = Remote(args.url, key, PATIENCE, language="ru")
    query, path = _query(args), f"imports/{args.collection.replace('_', '-')}"
    refused = 0
    for parcel in packed(args.file, int(query.get("header_row", 1))):
        report = _sent(remote, path, query, parcel)
        print("\n".join(account(report, parcel)), flush=True)
        refused += report["stats"]["rejected"]
        if report["stats"]["rejected"]:
            _fetch(remote, report, args.file, parcel)
    return 1 if refused else 0


def _query(args: argparse.Namespace) -> dict[str, str]:
    query = {"mode": "dry_run" if args.dry_run else "commit"}
    query |= {"on_error": "skip"} if args.skip else {}
    query |= {"processing_basis": args.basis} if args.basis else {}
    query |= {"create_teachers": "true"} if args.create_teachers else {}
    if args.columns:
        query["columns"] = json.dumps(dict(map(_pair, args.columns)), ensure_ascii=False)
    return query | dict(map(_pair, args.parameters))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Refused(f"A parameter is written name=value, not {text}.")
    return name, value


def _sent(remote: Remote, path: str, query: dict[str, str], parcel: Parcel) -> dict[str, Any]:
    """The report of a piece; the idempotency key makes a retry harmless."""
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(len(parcel.content)),
        "Idempotency-Key": uuid.uuid4().hex,
    }

    def send(client: httpx.Client) -> httpx.Response:
        return client.post(path, params=query, content=_pieces(parcel), headers=headers)

    answer = remote.ask(send)
    if report := problem(answer).get("report"):
        return dict(report)
    return read(answer)


def _pieces(parcel: Parcel) -> Iterator[bytes]:
    """The bytes of a piece; on a terminal the progress is shown."""
    size = len(parcel.content)
    for at in range(0, size, PIECE):
        yield parcel.content[at : at + PIECE]
        _show(min(at + PIECE, size), size)


def _show(done: int, size: int) -> None:
    if not sys.stderr.isatty():
        return
    width = 40 * done // size
    end = "\n" if done == size else "\r"
    print(f"[{'█' * width:40}] {done:,} of {size:,} bytes", end=end, file=sys.stderr, flush=True)


def _fetch(remote: Remote, report: Mapping[str, Any], file: Path, parcel: Parcel) -> None:
    """Save the refused rows in a file beside the list."""
    answer = remote.ask(lambda client: client.get(f"imports/{report['id']}/rejected"))
    if not answer.is_success:
        read(answer)
    number = f".{parcel.before + 1}" if parcel.before else ""
    path = file.with_name(f"{file.stem}.rejected{number}.{report['file']['format']}")
    path.write_bytes(answer.content)
    print(f"Непринятые строки: {path}", flush=True)
