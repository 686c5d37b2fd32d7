"""The page about clients: its blocks, and the documents that its commands are tried on."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.commands.exporting import exported_path
from tests.answers import REF
from tests.process import ROOT

TYPED = "http://127.0.0.1:8000"
"""The service's address on the page."""

_TEXT = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The page's block in a language; all its commands, if there are several."""
    found = re.findall(rf"^```{language}\n(.*?)^```", _TEXT, re.MULTILINE | re.DOTALL)
    assert found
    return "".join(found)


def command(program: str) -> list[str]:
    """The words of the page's command that begins so, as the shell would pass them."""
    (line,) = [each for each in block("sh").splitlines() if each.startswith(f"{program} ")]
    return line.split()


def generate(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a generator of the development environment as the page says, in a folder."""
    path, *words = command(program)
    return subprocess.run(
        [str(Path(sys.executable).with_name(path)), *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def prepared(folder: Path, document: Mapping[str, Any]) -> Path:
    """A folder in which the page's commands can run."""
    folder.mkdir(exist_ok=True)
    text = json.dumps(document, ensure_ascii=False)
    (folder / "openapi.json").write_text(text, encoding="utf-8")
    # The generator would lay out a thousand files that nobody reads.
    (folder / "client.yaml").write_text(f"{block('yaml')}post_hooks: []\n", encoding="utf-8")
    return folder


def document() -> dict[str, Any]:
    """A copy of the exported document."""
    exported: dict[str, Any] = json.loads(exported_path().read_text(encoding="utf-8"))
    return exported


def part(whole: Mapping[str, Any], *paths: str) -> dict[str, Any]:
    """The document of these paths alone, with the schemas that they reach."""
    schemas = whole["components"]["schemas"]
    kept = {path: whole["paths"][path] for path in paths}
    found: set[str] = set()
    ahead = [*_named(kept), *_named(whole["components"]["responses"])]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += _named(schemas[name])
    components = {**whole["components"], "schemas": {name: schemas[name] for name in sorted(found)}}
    return {**whole, "paths": kept, "components": components}


def without_name(whole: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The document in which a schema has no name: it is written out wherever it is meant."""
    schemas = dict(whole["components"]["schemas"])
    lost = {word: value for word, value in schemas.pop(name).items() if word != "title"}
    text = json.dumps({**whole, "components": {**whole["components"], "schemas": schemas}})
    spoilt: dict[str, Any] = json.loads(
        text.replace(json.dumps({"$ref": f"{REF}{name}"}), json.dumps(lost))
    )
    return spoilt


def _named(value: Any) -> Iterator[str]:
    for name in re.findall(rf'"{REF}(\w+)"', json.dumps(value)):
        yield str(name)
