"""The command line: python -m app serve | key | import | backup | audit; see --help."""

import argparse
import os
import sys
from importlib import import_module

from app import VERSION
from app.commands import COMMANDS, collect_rarely


def main(words: list[str] | None = None) -> int:
    """Run one command; returns its exit status: 1 if refused, 2 if its arguments are wrong."""
    # New files hold personal data, keys and secrets: only their owner may read them.
    os.umask(0o077)
    collect_rarely()
    words = sys.argv[1:] if words is None else words
    args = _parser(words[0] if words else None).parse_args(words)
    status: int = import_module("app.commands.running").run(args)
    return status


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser; of all commands only the chosen one is loaded to declare its arguments."""
    parser = argparse.ArgumentParser(prog="python -m app", description="School Network")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        declared = commands.add_parser(name, help=command.about)
        if name == chosen:
            import_module(f"app.commands.{command.module}").declare(declared)
    return parser


if __name__ == "__main__":
    sys.exit(main())
