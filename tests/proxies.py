"""Proxies: the Caddyfile of compose and the example for nginx, run in front of the service."""

import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.postgres import free_port
from tests.process import ROOT

SITE = "school.example.org"
"""The name in the example for nginx."""

KINDS = ("caddy", "nginx")

PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
"""Where nginx may keep what passes."""


class Proxy:
    """A proxy that runs, and how it is asked."""

    def __init__(self, folder: Path, kind: str, service: str) -> None:
        self.kind = kind
        self.folder = folder
        self.http, self.https = free_port(), free_port()
        self.certificate, self.key = folder / "site.pem", folder / "site.key"
        self.origin = f"https://{SITE}:{self.https}"
        self._service = service.removeprefix("http://")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pids(self) -> list[int]:
        """Its process, and those that this one started."""
        assert self._process
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [pid, *map(int, children.split())]

    @property
    def temporary(self) -> list[Path]:
        """Where it may keep what passes."""
        return [self.folder / each for each in PLACES]

    def client(self, **more: str) -> httpx.Client:
        """A client that asks by the name of the certificate, which it verifies."""
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.https}",
            headers={"Host": f"{SITE}:{self.https}", **more},
            verify=ssl.create_default_context(cafile=self.certificate),
            timeout=60,
            event_hooks={"request": [_named]},
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it; it listens when this returns."""
        self._certify()
        words, more = self._nginx() if self.kind == "nginx" else self._caddy()
        with (self.folder / "said").open("w") as said:
            process = subprocess.Popen(words, env=os.environ | more, stdout=said, stderr=said)
            self._process = process
        try:
            self._await(process)
            yield
        finally:
            process.terminate()
            process.wait()

    def _certify(self) -> None:
        words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
        words += ["ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", f"/CN={SITE}"]
        words += ["-addext", f"subjectAltName=DNS:{SITE}"]
        words += ["-keyout", str(self.key), "-out", str(self.certificate)]
        subprocess.run(words, check=True, capture_output=True)

    def _await(self, process: "subprocess.Popen[bytes]") -> None:
        with self.client() as client:
            while True:
                try:
                    client.get("/live")
                except httpx.ConnectError:
                    assert process.poll() is None, (self.folder / "said").read_text()
                    continue
                return

    def _caddy(self) -> tuple[list[str], Mapping[str, str]]:
        text = (ROOT / "compose/proxy/Caddyfile").read_text()
        file = self.folder / "Caddyfile"
        file.write_text(
            _replaced(
                text,
                {
                    "service:8000": self._service,
                    "root * /etc/caddy": f"root * {ROOT}/compose/proxy",
                    "127.0.0.1:2080": f"127.0.0.1:{free_port()}",
                },
            )
        )
        settings = {
            "SN_SITE": SITE,
            "SN_TLS": f"{self.certificate} {self.key}",
            "SN_HTTP_PORT": str(self.http),
            "SN_HTTPS_PORT": str(self.https),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }
        return [_program("caddy"), "run", "--adapter", "caddyfile", "--config", str(file)], settings

    def _nginx(self) -> tuple[list[str], Mapping[str, str]]:
        text = (ROOT / "packaging/nginx/school-network.conf").read_text()
        site = self.folder / "site.conf"
        site.write_text(
            _replaced(
                text,
                {
                    "listen 80;": f"listen 127.0.0.1:{self.http};",
                    "listen 443 ssl http2;": f"listen 127.0.0.1:{self.https} ssl http2;",
                    "    listen [::]:80;\n": "",
                    "    listen [::]:443 ssl http2;\n": "",
                    "/etc/ssl/school-network/": f"{self.folder}/",
                    "/opt/school-network": str(ROOT),
                    "127.0.0.1:8000": self._service,
                    "/var/log/nginx/school-network.log": str(self.folder / "errors"),
                },
            )
        )
        temporary = " ".join(f"{each}_temp_path {self.folder}/{each};" for each in PLACES)
        whole = self.folder / "nginx.conf"
        # As many processes and connections as Debian's own file says.
        whole.write_text(
            f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {self.folder}/pid;"
            " worker_processes auto; events { worker_connections 768; }"
            f" http {{ {temporary} include {site}; }}"
        )
        return [_program("nginx"), "-e", str(self.folder / "start"), "-c", str(whole)], {}


def _replaced(text: str, changes: Mapping[str, str]) -> str:
    for former, later in changes.items():
        assert former in text, former
        text = text.replace(former, later)
    return text


def _named(request: httpx.Request) -> None:
    request.extensions["sni_hostname"] = SITE


def _program(name: str) -> str:
    """The path of a program.

    Debian's nginx is where only root's shell looks.
    """
    for needed in (name, "openssl"):
        if not (found := shutil.which(needed, path=f"{os.environ['PATH']}:/usr/sbin")):
            pytest.skip(f"{needed} is not here (Debian: apt install {needed})")
        if needed == name:
            path = found
    return path
