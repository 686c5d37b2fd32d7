"""The command `import`: its arguments, what it sends, and its exit status."""

import argparse
import json
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from app.remote import Refused, Remote, declare_service, key_of, problem, read
from app.sender.account import account
from app.sender.parcels import Parcel, packed
from app.words import Words, grouped, trouble

DESCRIPTION = Words(
    "Отправить список в работающий сервис и показать отчёт. Пока в строках есть ошибки, ничего не "
    "записывается, если не задано --skip. Непринятые строки сохраняются в файле рядом со списком: "
    "исправьте их там и отправьте этот файл. Прерванную команду можно повторить: созданные записи "
    "остаются как есть. Код выхода 1, если есть непринятые строки.",
    "Send a list to a running service and print its report. Nothing is written while a row has "
    "errors, unless --skip. Refused rows are saved in a file beside the list: correct them there "
    "and send that file. Interrupted, it may be run again: records already created stay as they "
    "are. It exits 1 if rows were refused.",
)
NO_PAIR = Words(
    "Параметр пишут так: имя=значение, а не {text}.",
    "A parameter is written name=value, not {text}.",
)
PROGRESS = Words("{done} из {size} байт", "{done} of {size} bytes")
REJECTED = Words("Непринятые строки: {path}", "Refused rows: {path}")

PATIENCE = 300
"""Seconds that the service may spend on one piece."""

PIECE = 256 * 1024
"""Bytes between two updates of the progress bar."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "file",
        metavar=Words("ФАЙЛ", "FILE").said(),
        type=Path,
        help=Words("список", "the list").said(),
    )
    declare_service(parser)
    parser.add_argument(
        "--collection",
        metavar=Words("КОЛЛЕКЦИЯ", "COLLECTION").said(),
        default="participations",
        help=Words(
            "что в списке (иначе participations: участие)",
            "what it lists (default: participations)",
        ).said(),
    )
    _declare_handling(parser)
    _declare_reading(parser)


def _declare_handling(parser: argparse.ArgumentParser) -> None:
    """Declare what becomes of the list's rows."""
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help=Words("только проверить, ничего не записывать", "only check, write nothing").said(),
    )
    parser.add_argument(
        "--skip",
        action="store_true",
        help=Words("записать строки без ошибок", "write the rows without errors").said(),
    )
    parser.add_argument(
        "--basis",
        choices=["consent", "statutory_function", "contract"],
        help=Words(
            "основание обработки персональных данных; без него список людей не записать",
            "the legal basis for processing personal data; needed to write a list of persons",
        ).said(),
    )
    parser.add_argument(
        "--create-teachers",
        action="store_true",
        help=Words(
            "создать педагогов, которых нет в реестре", "create teachers whom the register lacks"
        ).said(),
    )


def _declare_reading(parser: argparse.ArgumentParser) -> None:
    """Declare how the list is read."""
    parser.add_argument(
        "--column",
        dest="columns",
        metavar=Words("ЗАГОЛОВОК=ПОЛЕ", "HEADING=FIELD").said(),
        action="append",
        default=[],
        help=Words(
            "поле для заголовка, который не распознан: ОУ=organization_id; без поля столбец "
            "пропускается",
            "the field of a heading that is not recognized, such as School=organization_id; "
            "without a field the column is left out",
        ).said(),
    )
    parser.add_argument(
        "--with",
        dest="parameters",
        metavar=Words("ИМЯ=ЗНАЧЕНИЕ", "NAME=VALUE").said(),
        action="append",
        default=[],
        help=Words(
            "параметр загрузки: program_id=… или participated_on=2026-10-15",
            "a parameter of the upload, such as program_id=… or participated_on=2026-10-15",
        ).said(),
    )


def run(args: argparse.Namespace) -> int:
    """Send a list; returns the exit status."""
    try:
        return _run(args)
    except Refused as refused:
        print(refused, file=sys.stderr)
    except OSError as error:
        print(trouble(error), file=sys.stderr)
    return 1


def _run(args: argparse.Namespace) -> int:
    remote = Remote(args.url, key_of(args), PATIENCE)
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
        raise Refused(NO_PAIR.said(text=text))
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
    told = PROGRESS.said(done=grouped(done), size=grouped(size))
    print(f"[{'█' * width:40}] {told}", end=end, file=sys.stderr, flush=True)


def _fetch(remote: Remote, report: Mapping[str, Any], file: Path, parcel: Parcel) -> None:
    """Save the refused rows in a file beside the list."""
    answer = remote.ask(lambda client: client.get(f"imports/{report['id']}/rejected"))
    if not answer.is_success:
        read(answer)
    number = f".{parcel.before + 1}" if parcel.before else ""
    path = file.with_name(f"{file.stem}.rejected{number}.{report['file']['format']}")
    path.write_bytes(answer.content)
    print(REJECTED.said(path=path), flush=True)
