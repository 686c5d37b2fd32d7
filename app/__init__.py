"""School Network: the register of a programme that helps weak schools through a network."""

import tomllib
from pathlib import Path

VERSION: str = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))[
    "project"
]["version"]
"""The release, as `--version`, `/live` and the OpenAPI document tell it."""
