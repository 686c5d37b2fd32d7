"""The mirror as a program of its own, without the service."""

import sys

from app.mirror import command
from app.usage import Parser

if __name__ == "__main__":
    parser = Parser(prog="python -m app.mirror", description=command.DESCRIPTION.said())
    command.declare(parser)
    sys.exit(command.run(parser.parse_args()))
