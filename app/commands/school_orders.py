"""School orders: the options of `key issue` that make a sheet with a key for each school."""

import argparse
import sys
import uuid
from pathlib import Path

from app.commands import key_lines
from app.commands.opening import FILE, ready
from app.settings import Settings
from app.words import Words, trouble

NEEDED = Words("нужны параметры: {names}", "these options are needed: {names}")
UNFIT = Words("нельзя вместе с --for-all-schools: {names}", "not with --for-all-schools: {names}")
ONLY = Words("нужны вместе с --for-all-schools: {names}", "only with --for-all-schools: {names}")
ISSUED = Words(
    "Выдано ключей: {count}. Листы для печати: {path}. Раздайте их и удалите файл.",
    "Keys issued: {count}. The sheets to print: {path}. Hand them out and delete the file.",
)
LEFT = Words(
    "Ключ уже есть, новый не выдан (--with-key выдаёт и таким): {names}",
    "These have a key already and got none (--with-key issues one): {names}",
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group(
        Words("ключи для всех школ", "keys for all schools").said(),
        Words(
            "По ключу каждой действующей школе муниципалитета (--municipality), у которой его нет, "
            "и лист с ключом и QR-кодом для каждой. Выдаются все ключи или ни одного.",
            "A key for each open school of the municipality (--municipality) that has none, and a "
            "sheet with the key and a QR code for each. All keys are issued or none.",
        ).said(),
    )
    group.add_argument(
        "--for-all-schools",
        action="store_true",
        help=Words("выдать ключи школам", "issue keys to schools").said(),
    )
    group.add_argument(
        "--sheets",
        metavar=FILE.said(),
        type=Path,
        help=Words(
            "PDF с листами; такого файла ещё не должно быть",
            "the PDF with the sheets, which must not exist yet",
        ).said(),
    )
    group.add_argument(
        "--with-key",
        action="store_true",
        help=Words(
            "и тем школам, у которых ключ есть (прежний продолжает действовать)",
            "also to schools that have a key (which goes on working)",
        ).said(),
    )
    group.add_argument(
        "--address",
        metavar=Words("АДРЕС", "URL").said(),
        help=Words(
            "адрес сервиса, который напечатан на листах",
            "the address of the service, which the sheets tell",
        ).said(),
    )


def missing(args: argparse.Namespace) -> str:
    """What is wrong with the options together; empty if nothing is."""
    if args.for_all_schools:
        if names := _named(args, "role", "organization", "source"):
            return UNFIT.said(names=", ".join(names))
        absent = {"municipality", "sheets"} - {*_fields(args)}
    elif names := _named(args, "sheets", "with_key", "address"):
        return ONLY.said(names=", ".join(names))
    else:
        absent = {"role", "owner"} - {*_fields(args)}
    return NEEDED.said(names=", ".join(map(_option, sorted(absent)))) if absent else ""


def issue(settings: Settings, args: argparse.Namespace) -> int:
    """Issue the keys, and say whose they are."""
    # Pages and documents take a second to import, which other keys do not need.
    from app.commands import first_keys, school_keys  # noqa: PLC0415
    from app.pages.key_forms import RESPONSIBLE  # noqa: PLC0415

    with ready(settings, is_new=False) as database:
        order = school_keys.Order(
            uuid.UUID(database.read(lambda tx: key_lines.municipality(tx, args.municipality))),
            args.owner or RESPONSIBLE,
            args.days,
            args.sheets,
            args.address or first_keys.address(settings),
            with_key=args.with_key,
        )
        try:
            done = school_keys.issue(database, order)
        except OSError as error:
            print(trouble(error), file=sys.stderr)
            return 1
    print(ISSUED.said(count=len(done.issued), path=args.sheets))
    print(*(f"  {name}" for name in done.issued), sep="\n")
    if done.left:
        print(LEFT.said(names="; ".join(done.left)))
    return 0


def _fields(args: argparse.Namespace) -> list[str]:
    return [name for name, value in vars(args).items() if value]


def _named(args: argparse.Namespace, *names: str) -> list[str]:
    return [_option(name) for name in names if getattr(args, name)]


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
