"""Keys from the command line: issue, list, rotate, revoke."""

import argparse
import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from app.access import keys
from app.access.keys import ApiKey
from app.access.roles import Role
from app.access.scopes import LIFETIME, KeyWrite
from app.commands.loading import ready
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.model.values import spoken_instant
from app.problems import Invalid
from app.registry.municipalities import by_oktmo, municipalities
from app.settings import Settings
from app.store.validation import read

UNKNOWN_OKTMO = fault(
    "unknown_oktmo",
    "Муниципалитета с таким кодом ОКТМО нет. Загрузите его или исходную программу (seed).",
    "There is no municipality with this OKTMO code. Load it, or the source program (seed).",
)


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare `key issue`, `list`, `rotate` and `revoke`."""
    family = commands.add_parser(
        "key",
        help="issue, list, rotate and revoke keys",
        description="A key lets a person or a system in. It is shown once and never again.",
    )
    verbs = family.add_subparsers(dest="verb", required=True)
    _declare_issue(verbs)
    lists = verbs.add_parser(
        "list",
        help="show every key (not its secret), its owner, scope and end",
        description="Show every key, its owner, scope and end. The keys themselves are not kept.",
    )
    lists.set_defaults(run=show)
    rotates = verbs.add_parser(
        "rotate",
        help="replace a key; the old one works a while longer",
        description="Print a new key with the same owner, role and scope. The old one works for a "
        "while longer, so that its holder can switch.",
    )
    rotates.add_argument("id", type=uuid.UUID, help="the key's id, as `key list` shows it")
    rotates.add_argument(
        "--days-old",
        type=_days,
        default=7,
        metavar="N",
        help="days that the old key still works (default 7)",
    )
    rotates.set_defaults(run=rotate)
    revokes = verbs.add_parser(
        "revoke",
        help="revoke a key at once and for ever",
        description="Revoke a key. Within a second no request with it is answered any more.",
    )
    revokes.add_argument("id", type=uuid.UUID, help="the key's id, as `key list` shows it")
    revokes.set_defaults(run=revoke)


def _declare_issue(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser(
        "issue",
        help="make a key and print it, alone, on standard output",
        description="Make a key and print it, alone, on standard output. Without a municipality it "
        "reaches all of them. The role org needs an organization, the role sync a source.",
    )
    roles = [role.value for role in Role]
    parser.add_argument("--role", choices=roles, required=True, help="what the key is for")
    parser.add_argument(
        "--owner", required=True, help="the one person or system that answers for the key"
    )
    parser.add_argument("--municipality", metavar="OKTMO", help="only this municipality")
    parser.add_argument(
        "--organization", metavar="ID", help="the organization that holds the key (role org)"
    )
    parser.add_argument(
        "--source", metavar="S", help="the source whose records it writes (role sync)"
    )
    parser.add_argument(
        "--days", type=_days, default=LIFETIME.days, metavar="N", help="1 to 365 (default)"
    )
    parser.set_defaults(run=issue)


def issue(settings: Settings, args: argparse.Namespace) -> int:
    """Issue a key and print it."""

    def work(tx: Transaction) -> str:
        home = _municipality(tx, args.municipality) if args.municipality else None
        fields = {
            "role": args.role,
            "owner": args.owner,
            "municipality_id": home,
            "organization_id": args.organization,
            "source": args.source,
            "expires_at": spoken_instant(tx.now + timedelta(days=args.days)),
        }
        _, token = keys.issue(tx, read(KeyWrite, fields))
        return token

    with ready(settings) as database:
        print(database.write(work))
    return 0


def rotate(settings: Settings, args: argparse.Namespace) -> int:
    """Issue a successor of a key and print it; the old key expires later."""
    until = datetime.now(UTC) + timedelta(days=args.days_old)
    with ready(settings) as database:
        new, token = database.write(lambda tx: keys.rotate(tx, args.id, until))
        old = database.read(lambda tx: keys.one(tx, args.id))
    print(token)
    notice = f"The new key's id is {new.id}. The old one works until {_spoken(old.expires_at)}."
    print(notice, file=sys.stderr)
    return 0


def revoke(settings: Settings, args: argparse.Namespace) -> int:
    """Revoke a key."""
    with ready(settings) as database:
        database.write(lambda tx: keys.revoke(tx, args.id))
    return 0


def show(settings: Settings, _: argparse.Namespace) -> int:
    """Print a table of all keys."""
    with ready(settings) as database:
        rows = database.read(_rows)
    headings = ("id", "role", "owner", "scope", "state", "until", "last used")
    table = [headings, *rows]
    widths = [max(len(row[at]) for row in table) for at in range(len(headings))]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    return 0


def _rows(tx: Transaction) -> Sequence[tuple[str, ...]]:
    table = municipalities.table
    codes = {row.id: row.oktmo for row in tx.execute(sa.select(table.c.id, table.c.oktmo))}
    return [
        (
            str(key.id),
            key.role.value,
            key.owner,
            _scope(key, codes.get(key.municipality_id)),
            _state(key, tx.now),
            _spoken(key.expires_at),
            _spoken(key.last_used_at) if key.last_used_at else "never",
        )
        for key in keys.listed(tx)
    ]


def _scope(key: ApiKey, oktmo: str | None) -> str:
    parts = (
        ("municipality", oktmo),
        ("organization", key.organization_id),
        ("source", key.source),
    )
    return " ".join(f"{name}={value}" for name, value in parts if value) or "everything"


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at:
        return "revoked"
    return "works" if key.is_active(now) else "ended"


def _municipality(tx: Transaction, oktmo: str) -> str:
    if not (municipality := by_oktmo(tx, oktmo)):
        raise Invalid(Finding(UNKNOWN_OKTMO, pointer="/municipality"))
    return str(municipality)


def _spoken(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= LIFETIME.days:
        raise argparse.ArgumentTypeError(f"1 to {LIFETIME.days} days")
    return days
