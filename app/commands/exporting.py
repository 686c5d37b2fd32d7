"""Exporting: writes the OpenAPI document into the repository."""

import argparse
import json

from app.main import create_app, exported_path, openapi
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `openapi`."""
    parser.description = "Write openapi/openapi.json anew from the code."
    parser.set_defaults(run=export)


def export(settings: Settings, _: argparse.Namespace) -> int:
    """Write the document."""
    path = exported_path()
    path.parent.mkdir(exist_ok=True)
    path.write_text(text(settings), encoding="utf-8")
    return 0


def text(settings: Settings) -> str:
    """The document as it is kept."""
    return json.dumps(openapi(create_app(settings)), ensure_ascii=False, indent=1) + "\n"
