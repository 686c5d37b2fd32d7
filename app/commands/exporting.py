"""Exporting: writes the OpenAPI document into the repository."""

import argparse
import json
from pathlib import Path

from app.settings import Settings
from app.words import Words


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `openapi`."""
    parser.description = Words(
        "Записать openapi/openapi.json заново, по коду.",
        "Write openapi/openapi.json anew from the code.",
    ).said()
    parser.set_defaults(run=export)


def exported_path() -> Path:
    """Where the OpenAPI document is stored."""
    return Path(__file__).parents[2] / "openapi" / "openapi.json"


def export(settings: Settings, _: argparse.Namespace) -> int:
    """Write the document."""
    path = exported_path()
    path.parent.mkdir(exist_ok=True)
    path.write_text(text(settings), encoding="utf-8")
    return 0


def text(settings: Settings) -> str:
    """The document as it is kept."""
    # FastAPI takes a third of a second to import, which `--help` spares.
    from app.description import openapi  # noqa: PLC0415
    from app.main import create_app  # noqa: PLC0415

    return json.dumps(openapi(create_app(settings)), ensure_ascii=False, indent=1) + "\n"
