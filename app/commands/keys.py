"""Keys from the command line: issue, list, rotate, revoke."""

import argparse
import sys
import uuid
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from app.access import keys
from app.access.roles import Role
from app.access.scopes import LIFETIME, MUNICIPALITIES, KeyWrite
from app.commands import key_lines
from app.commands.key_lines import spoken
from app.commands.opening import ready
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.model.values import spoken_instant
from app.problems import Invalid
from app.settings import Settings
from app.store.validation import read

UNKNOWN_OKTMO = fault(
    "unknown_oktmo",
    "Муниципалитета с таким кодом ОКТМО нет. Загрузите его или исходную программу (seed).",
    "There is no municipality with this OKTMO code. Load it, or the source program (seed).",
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `key issue`, `list`, `rotate` and `revoke`."""
    parser.description = "A key lets a person or a system in. It is shown once and never again."
    verbs = parser.add_subparsers(dest="verb", required=True)
    _declare_issue(verbs)
    lists = verbs.add_parser(
        "list",
        help="show every key (not its secret), its owner, scope and end",
        description="Show every key, its owner, scope and end. The keys themselves are not kept.",
    )
    _name_key(lists, nargs="?")
    lists.set_defaults(run=show)
    rotates = verbs.add_parser(
        "rotate",
        help="replace a key; the old one works a while longer",
        description="Print a new key with the same owner, role and scope. The old one works for a "
        "while longer, so that its holder can switch.",
    )
    _name_key(rotates)
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
    _name_key(revokes)
    revokes.set_defaults(run=revoke)


def _name_key(parser: argparse.ArgumentParser, nargs: str | None = None) -> None:
    parser.add_argument(
        "id",
        type=key_lines.beginning,
        nargs=nargs,
        help="the key's id or its public part (sn_…), as `key list` shows them, or the beginning "
        "of either",
    )


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

    def work(tx: Transaction) -> tuple[str, str]:
        old = key_lines.named(tx, args.id)
        new, token = keys.rotate(tx, old.id, until)
        ends = keys.one(tx, old.id).expires_at
        told = f"Issued: {key_lines.sentence(tx, new)}. It works until {spoken(new.expires_at)}, "
        return token, told + f"the old key {old.id} until {spoken(ends)}."

    with ready(settings) as database:
        token, told = database.write(work)
    print(token)
    print(told, file=sys.stderr)
    return 0


def revoke(settings: Settings, args: argparse.Namespace) -> int:
    """Revoke a key, and say whose it was."""

    def work(tx: Transaction) -> str:
        key = key_lines.named(tx, args.id)
        keys.revoke(tx, key.id)
        told = key_lines.sentence(tx, key)
        if key.revoked_at:
            return f"Nothing to do: {told}, was revoked at {spoken(key.revoked_at)}."
        ends = "would have worked" if key.is_active(tx.now) else "worked"
        return f"Revoked: {told}. It {ends} until {spoken(key.expires_at)}."

    with ready(settings) as database:
        print(database.write(work))
    return 0


def show(settings: Settings, args: argparse.Namespace) -> int:
    """Print a table of all keys, or of those that are meant."""

    def work(tx: Transaction) -> list[str]:
        listed = key_lines.matching(tx, args.id) if args.id else keys.listed(tx)
        return list(key_lines.table(tx, listed))

    with ready(settings) as database:
        print("\n".join(database.read(work)))
    return 0


def _municipality(tx: Transaction, oktmo: str) -> str:
    rows = sa.select(MUNICIPALITIES.c.id).where(MUNICIPALITIES.c.oktmo == oktmo)
    municipality: uuid.UUID | None = tx.execute(rows).scalar()
    if not municipality:
        raise Invalid(Finding(UNKNOWN_OKTMO, pointer="/municipality"))
    return str(municipality)


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= LIFETIME.days:
        raise argparse.ArgumentTypeError(f"1 to {LIFETIME.days} days")
    return days
