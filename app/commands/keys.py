"""Keys from the command line: issue, list, rotate, revoke."""

import argparse
import sys
from datetime import UTC, datetime, timedelta

from app.access import keys
from app.access.roles import Role
from app.access.scopes import LIFETIME, KeyWrite
from app.commands import key_lines, school_orders
from app.commands.key_lines import spoken
from app.commands.opening import ready
from app.database.transaction import Transaction
from app.model.values import spoken_instant
from app.settings import Settings
from app.store.validation import read
from app.words import Words

ISSUED = Words(
    "Выдан {key}. Он действует до {until}, прежний ключ {old} — до {ends}.",
    "Issued: {key}. It works until {until}, the old key {old} until {ends}.",
)
REVOKED = Words(
    "Отозван {key}. Он действовал бы до {until}.",
    "Revoked: {key}. It would have worked until {until}.",
)
REVOKED_LATE = Words(
    "Отозван {key}. Его срок истёк {until}.", "Revoked: {key}. It worked until {until}."
)
REVOKED_BEFORE = Words(
    "Делать нечего: {key}, уже отозван {at}.", "Nothing to do: {key}, was revoked at {at}."
)
DAYS = Words(
    "нужно целое число дней, от 1 до {most}", "a whole number of days is needed, 1 to {most}"
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `key issue`, `list`, `rotate` and `revoke`."""
    parser.description = Words(
        "Ключ впускает человека или систему. Его показывают один раз.",
        "A key lets a person or a system in. It is shown once and never again.",
    ).said()
    verbs = parser.add_subparsers(required=True)
    for declare_verb in (_declare_issue, _declare_list, _declare_rotate, _declare_revoke):
        declare_verb(verbs)


def _declare_list(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    lists = verbs.add_parser(
        "list",
        help=Words(
            "показать все ключи (без секрета), владельцев, области и сроки",
            "show every key (not its secret), its owner, scope and end",
        ).said(),
        description=Words(
            "Показать все ключи, их владельцев, области и сроки. Сами ключи не хранятся.",
            "Show every key, its owner, scope and end. The keys themselves are not kept.",
        ).said(),
    )
    _name_key(lists, nargs="?")
    lists.set_defaults(run=show)


def _declare_rotate(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    rotates = verbs.add_parser(
        "rotate",
        help=Words(
            "заменить ключ; прежний ещё поработает",
            "replace a key; the old one works a while longer",
        ).said(),
        description=Words(
            "Показать новый ключ с тем же владельцем, ролью и областью. Прежний ещё поработает, "
            "чтобы владелец успел перейти на новый.",
            "Print a new key with the same owner, role and scope. The old one works for a while "
            "longer, so that its holder can switch.",
        ).said(),
    )
    _name_key(rotates)
    rotates.add_argument(
        "--days-old",
        type=_days,
        default=7,
        metavar=Words("ДНЕЙ", "DAYS").said(),
        help=Words(
            "сколько дней ещё действует прежний ключ (иначе 7)",
            "days that the old key still works (default 7)",
        ).said(),
    )
    rotates.set_defaults(run=rotate)


def _declare_revoke(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    revokes = verbs.add_parser(
        "revoke",
        help=Words("отозвать ключ сразу и навсегда", "revoke a key at once and for ever").said(),
        description=Words(
            "Отозвать ключ. Через секунду запросы с ним уже не принимаются.",
            "Revoke a key. Within a second no request with it is answered any more.",
        ).said(),
    )
    _name_key(revokes)
    revokes.set_defaults(run=revoke)


def _name_key(parser: argparse.ArgumentParser, nargs: str | None = None) -> None:
    parser.add_argument(
        "id",
        type=key_lines.beginning,
        nargs=nargs,
        help=Words(
            "id ключа или его открытая часть (sn_…), как их показывает key list, или их начало",
            "the key's id or its public part (sn_…), as `key list` shows them, or the beginning "
            "of either",
        ).said(),
    )


def _declare_issue(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser(
        "issue",
        help=Words(
            "выдать ключ и показать его", "make a key and print it, alone, on standard output"
        ).said(),
        description=Words(
            "Выдать ключ и показать его, один, в стандартном выводе. Без муниципалитета ключ "
            "действует во всех. Роли org нужна организация, роли sync — источник.",
            "Make a key and print it, alone, on standard output. Without a municipality it reaches "
            "all of them. The role org needs an organization, the role sync a source.",
        ).said(),
    )
    roles = [role.value for role in Role]
    parser.add_argument(
        "--role",
        choices=roles,
        help=Words("для чего ключ", "what the key is for").said(),
    )
    parser.add_argument(
        "--owner",
        metavar=Words("КТО", "WHO").said(),
        help=Words(
            "человек или система, которые отвечают за ключ",
            "the one person or system that answers for the key",
        ).said(),
    )
    _declare_scope(parser)
    parser.add_argument(
        "--days",
        type=_days,
        default=LIFETIME.days,
        metavar=Words("ДНЕЙ", "DAYS").said(),
        help=Words(
            "сколько дней действует, от 1 до 365 (иначе 365)",
            "days that it works, 1 to 365 (default)",
        ).said(),
    )
    school_orders.declare(parser)
    parser.set_defaults(run=issue, refuse=parser.error)


def _declare_scope(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--municipality",
        metavar=Words("ОКТМО", "OKTMO").said(),
        help=Words("только этот муниципалитет", "only this municipality").said(),
    )
    parser.add_argument(
        "--organization",
        metavar="ID",
        help=Words(
            "организация, которой выдан ключ (роль org)",
            "the organization that holds the key (role org)",
        ).said(),
    )
    parser.add_argument(
        "--source",
        metavar=Words("ИСТОЧНИК", "SOURCE").said(),
        help=Words(
            "источник, записи которого он ведёт (роль sync)",
            "the source whose records it writes (role sync)",
        ).said(),
    )


def issue(settings: Settings, args: argparse.Namespace) -> int:
    """Issue a key and print it; or one for each school, on sheets."""
    if missing := school_orders.missing(args):
        args.refuse(missing)
    if args.for_all_schools:
        return school_orders.issue(settings, args)

    def work(tx: Transaction) -> str:
        home = key_lines.municipality(tx, args.municipality) if args.municipality else None
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
        until_both = {"until": spoken(new.expires_at), "old": old.id, "ends": spoken(ends)}
        return token, ISSUED.said(key=key_lines.sentence(tx, new), **until_both)

    with ready(settings, is_new=False) as database:
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
            return REVOKED_BEFORE.said(key=told, at=spoken(key.revoked_at))
        done = REVOKED if key.is_active(tx.now) else REVOKED_LATE
        return done.said(key=told, until=spoken(key.expires_at))

    with ready(settings, is_new=False) as database:
        print(database.write(work))
    return 0


def show(settings: Settings, args: argparse.Namespace) -> int:
    """Print a table of all keys, or of those that are meant."""

    def work(tx: Transaction) -> list[str]:
        listed = key_lines.matching(tx, args.id) if args.id else keys.listed(tx)
        return list(key_lines.table(tx, listed))

    with ready(settings, is_new=False) as database:
        print("\n".join(database.read(work)))
    return 0


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LIFETIME.days:
        raise argparse.ArgumentTypeError(DAYS.said(most=LIFETIME.days))
    return int(text)
