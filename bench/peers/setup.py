"""The peers' own dependencies, installed into folders that git ignores.

Versions are pinned in `requirements.txt` and `package-lock.json`. Where they come from is what pip
and npm of this machine are set to.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PYTHON = HERE / ".venv" / "bin" / "python"
PROGRAMS = HERE / "node_modules" / ".bin"
"""With a Node.js of their own: on 20, PostGraphile 5 answers every question with an error."""
NPM = ("npm", "ci", "--no-audit", "--no-fund", "--silent")


def python() -> str:
    """Install the peers of Python; returns what is missing, or nothing."""
    pip = (str(PYTHON), "-m", "pip", "install", "--quiet", "--requirement", "requirements.txt")
    venv = (sys.executable, "-m", "venv", "--clear", ".venv")
    return _installed("requirements.txt", ".venv", venv, pip)


def node() -> str:
    """Install the peers of Node.js; returns what is missing, or nothing."""
    if not shutil.which("npm"):
        return "npm is missing"
    return _installed("package-lock.json", "node_modules", NPM)


def _installed(versions: str, folder: str, *commands: tuple[str, ...]) -> str:
    """Run the commands, unless these very versions are there already."""
    wanted, complete = HERE / versions, HERE / folder / ".complete"
    if complete.exists() and complete.read_bytes() == wanted.read_bytes():
        return ""
    # What is set for the project's own environment must not reach the peers'.
    environment = {name: said for name, said in os.environ.items() if name != "PYTHONPATH"}
    for command in commands:
        done = subprocess.run(command, cwd=HERE, env=environment, check=False)  # noqa: S603 - our own
        if done.returncode:
            return f"{command[0].rpartition('/')[2]} cannot install it"
    shutil.copy(wanted, complete)
    return ""
