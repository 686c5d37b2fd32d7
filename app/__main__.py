"""The command line: python -m app serve | key | import | backup | audit; see --help."""

import os
import signal
import sys
from importlib import import_module
from io import TextIOWrapper

from app import VERSION
from app.commands import COMMANDS, collect_rarely
from app.usage import Parser
from app.words import Words


def main(words: list[str] | None = None) -> int:
    """Run one command; returns its exit status: 1 if refused, 2 if its arguments are wrong."""
    # New files hold personal data, keys and secrets: only their owner may read them.
    os.umask(0o077)
    collect_rarely()
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Russian letters would else end a command that has done its work.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if words is None else words
    args = _parser(words[0] if words else None).parse_args(words)
    status: int = import_module("app.commands.running").run(args)
    return status


def _parser(chosen: str | None) -> Parser:
    """The parser; of all commands only the chosen one is loaded to declare its arguments."""
    parser = Parser(
        prog="python -m app", description=Words("Школьная сеть", "School Network").said()
    )
    parser.add_argument(
        "--version",
        action="version",
        version=VERSION,
        help=Words("показать версию и выйти", "show the version and exit").said(),
    )
    commands = parser.add_subparsers(required=True)
    for name, command in COMMANDS.items():
        declared = commands.add_parser(name, help=command.about.said())
        if name == chosen:
            import_module(f"app.commands.{command.module}").declare(declared)
    return parser


def _interrupted() -> None:
    """End as whoever pressed Ctrl-C expects; a shell script ends with us."""
    told = Words(
        "Прервано. Команду можно выполнить снова.", "Interrupted. The command may be run again."
    )
    print(told.said(), file=sys.stderr)
    sys.stdout.flush()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        _interrupted()
