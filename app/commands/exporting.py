"""Exporting: writes the OpenAPI document into the repository."""

import argparse
import json
import sys

from app.main import create_app, exported_path, openapi
from app.settings import Settings


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare `openapi`."""
    parser = commands.add_parser(
        "openapi",
        help="write openapi/openapi.json",
        description="Write openapi/openapi.json anew from the code.",
    )
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.set_defaults(run=export)


def export(settings: Settings, args: argparse.Namespace) -> int:
    """Write the document, or with --check return 1 if the stored one is out of date."""
    document = openapi(create_app(settings))
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    path = exported_path()
    if not args.check:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return 0
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    print("openapi/openapi.json is not current: run python -m app openapi", file=sys.stderr)
    return 1
