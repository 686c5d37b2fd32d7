"""SBOM: completes what uv lists (CycloneDX 1.5) by licences, and by what lies in this repository.

`python packaging/sbom.py FILE` changes the file; `make release` calls it.
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

SPDX = re.compile(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*")
"""An expression of SPDX, as authors write it."""

UNCLEAR = {
    # Their metadata name no licence, or only a family of them; read in their own LICENSE files.
    "jinja2": "BSD-3-Clause",
    "pysqlite3": "Zlib",
    "segno": "BSD-3-Clause",
    "uvloop": "MIT OR Apache-2.0",
    # Installed on Windows only.
    "colorama": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
}

BUNDLED: list[dict[str, Any]] = [
    {
        "type": "library",
        "bom-ref": "bundled-swagger-ui",
        "name": "swagger-ui-dist",
        "description": "app/rest/static",
        "licenses": [{"expression": "Apache-2.0"}],
    },
    {
        "type": "data",
        "bom-ref": "bundled-tinos",
        "name": "Tinos",
        "description": "app/documents/fonts",
        "licenses": [{"expression": "OFL-1.1"}],
    },
]
"""What is copied into this repository."""


def completed(listed: dict[str, Any]) -> dict[str, Any]:
    """The list with a licence for each component.

    Raises:
        LookupError: the licence of one is not known.

    """
    components = [
        {**each, "licenses": [{"expression": licence(each["name"])}]}
        for each in listed["components"]
    ]
    own = {**listed["metadata"]["component"], "licenses": [{"expression": "MIT"}]}
    about = {**listed["metadata"], "component": own}
    return {**listed, "metadata": about, "components": [*components, *BUNDLED]}


def licence(name: str) -> str:
    """The licence of a package, as an expression of SPDX.

    Raises:
        LookupError: it is not known.

    """
    if name in UNCLEAR:
        return UNCLEAR[name]
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError as error:
        raise LookupError(f"{name} is not installed: name its licence in {__file__}") from error
    for field in ("License-Expression", "License"):
        said = told[field].strip() if field in told else ""
        if SPDX.fullmatch(said):
            return said
    raise LookupError(f"{name} tells no licence: read it and name it in {__file__}")


def main(path: Path) -> None:
    """Complete a file."""
    done = completed(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(done, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
