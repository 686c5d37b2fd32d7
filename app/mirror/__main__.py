"""The mirror as a program of its own, without the service."""

import argparse
import sys

from app.mirror import command

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m app.mirror", description=command.DESCRIPTION)
    command.declare(parser)
    sys.exit(command.run(parser.parse_args()))
