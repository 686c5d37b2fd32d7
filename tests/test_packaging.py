"""What is handed on: systemd's units as systemd reads them, the image's words, licences (S24)."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app import VERSION
from tests.process import ROOT

UNITS = ROOT / "packaging/systemd"
HARDENING = 2.0
"""systemd's own figure of what a unit leaves open: from 0 (nothing) to 10."""


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a program that this machine has."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not here")
    for unit in (*UNITS.glob("*.service"), *UNITS.glob("*.timer")):
        text = unit.read_text().replace("/opt/school-network/.venv/bin/python", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    return tmp_path


def test_systemd_understands_the_units(units: Path) -> None:
    files = sorted(map(str, units.iterdir()))
    assert len(files) == 3
    words = ["systemd-analyze", "verify", "--man=no", *files]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "school-network" in line]
    assert ours == []


def test_the_units_are_closed_to_what_they_do_not_need(units: Path) -> None:
    for unit in units.glob("*.service"):
        words = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        figure = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
        assert figure, done.stderr
        assert float(figure[1]) <= HARDENING


def test_the_copies_of_the_timer_are_those_of_the_service() -> None:
    """Both run in the same folder, with the same settings and as the same account."""
    service, backup = (
        {*(UNITS / f"school-network{name}.service").read_text().splitlines()}
        for name in ("", "-backup")
    )
    common = {"User=school", "WorkingDirectory=/opt/school-network"}
    common |= {"EnvironmentFile=/etc/school-network/environment"}
    common |= {"Environment=SN_DATA=/var/lib/school-network", "UMask=0077"}
    assert common <= service & backup


def test_the_administrators_settings_count_in_the_units() -> None:
    """A file of settings goes before `Environment`; an option would go before both."""
    unit = (UNITS / "school-network-backup.service").read_text()
    assert "Environment=SN_BACKUP_KEEP=30\n" in unit
    for each in UNITS.glob("*.service"):
        assert "--keep" not in each.read_text()


def test_the_scripts_are_understood_by_the_shell() -> None:
    for script in (*(ROOT / "compose").glob("*.sh"), UNITS / "school"):
        assert subprocess.run(["/bin/sh", "-n", str(script)], check=False).returncode == 0


def test_each_package_that_we_lock_has_a_licence() -> None:
    """For every machine: also what this one does not install."""
    place = importlib.util.spec_from_file_location("sbom", ROOT / "packaging/sbom.py")
    assert place
    assert place.loader
    sbom = importlib.util.module_from_spec(place)
    place.loader.exec_module(sbom)
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert len(locked) > 30
    named = [{"name": name, "type": "library"} for name in locked]
    told = sbom.completed({"components": named, "metadata": {"component": {"name": "ours"}}})
    assert len(told["components"]) == len(locked) + len(sbom.BUNDLED)
    for each in (*told["components"], told["metadata"]["component"]):
        assert sbom.SPDX.fullmatch(each["licenses"][0]["expression"])
    with pytest.raises(LookupError, match="is not installed"):
        sbom.licence("no-such-package")


def test_the_image_tells_its_version() -> None:
    labels = (ROOT / "Dockerfile").read_text()
    assert f'org.opencontainers.image.version="{VERSION}"' in labels


def test_every_container_is_limited() -> None:
    """What `docker-compose.yml` says of each, by itself or by what it shares with the service."""
    text = (ROOT / "docker-compose.yml").read_text()
    shared, _, rest = text.partition("\nservices:\n")
    containers = re.split(r"^  (\w+):\n", rest.partition("\nnetworks:\n")[0], flags=re.MULTILINE)[
        1:
    ]
    found = dict(zip(containers[::2], containers[1::2], strict=True))
    assert found.keys() == {"proxy", "service", "backup", "migrate", "database"}
    for name, said in found.items():
        whole = said + (shared if "<<: *service" in said else "")
        for limit in (
            "mem_limit:",
            "pids_limit:",
            "logging: *log",
            "no-new-privileges:true",
            "networks:",
        ):
            assert limit in whole, (name, limit)
        # PostgreSQL's own entry changes the owner of its files, and its account.
        assert name == "database" or {"cap_drop: [ALL]", "read_only: true"} <= {
            line.strip() for line in whole.splitlines()
        }
    assert [name for name, said in found.items() if "ports:" in said] == ["proxy"]
