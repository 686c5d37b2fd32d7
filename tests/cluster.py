"""A cluster for the tests: PostgreSQL under Patroni, with etcd and HAProxy, all on this machine.

The programs are Debian's; a test that needs them is skipped where one is missing.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from tests.postgres import free_port

T = TypeVar("T")

NEEDED = {"patroni": "patroni", "etcd": "etcd-server", "haproxy": "haproxy"}
"""Programs, and the packages that have them."""

BINARIES = Path("/usr/lib/postgresql")
COMES = 120
"""Seconds in which a cluster becomes whole."""

NODE = """
scope: school
name: {name}
etcd3: {{hosts: "127.0.0.1:{etcd}"}}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
bootstrap:
  dcs:
    # Whoever leads says so every 2 s; 8 s after its last word another one leads.
    ttl: 8
    loop_wait: 2
    retry_timeout: 3
    # Nothing is confirmed that only one server has.
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql:
      use_pg_rewind: true
      parameters: {{max_connections: 200, wal_log_hints: "on", wal_keep_size: 256MB}}
  initdb: [{{encoding: UTF8}}, {{locale: C}}]
postgresql:
  listen: "127.0.0.1:{port}"
  connect_address: "127.0.0.1:{port}"
  bin_dir: {binaries}
  data_dir: {folder}/data
  pgpass: {folder}/pgpass
  remove_data_directory_on_rewind_failure: true
  remove_data_directory_on_diverged_timelines: true
  authentication:
    superuser: {{username: school, password: {password}}}
    replication: {{username: follower, password: {password}}}
  parameters: {{unix_socket_directories: {folder}, tcp_user_timeout: 5000}}
  pg_hba:
    - local all all trust
    - host all all 127.0.0.1/32 scram-sha-256
    - host replication all 127.0.0.1/32 scram-sha-256
"""

PROXY = """
defaults
  mode tcp
  timeout connect 2s
  timeout client 30m
  timeout server 30m
listen writing
  bind 127.0.0.1:{writing}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 1s fastinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""


@dataclass
class Node:
    """A server with its Patroni."""

    name: str
    folder: Path
    rest: int
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def leads(self) -> bool:
        """Whether it takes writes."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.rest}/primary", timeout=2).is_success
        except httpx.HTTPError:
            return False

    def members(self) -> list[dict[str, Any]]:
        """The servers as it knows them; none while it does not answer."""
        try:
            told = httpx.get(f"http://127.0.0.1:{self.rest}/cluster", timeout=2).json()
        except httpx.HTTPError:
            return []
        members: list[dict[str, Any]] = told["members"]
        return members

    def kill(self) -> None:
        """End the server and its Patroni without a word to them, as a lost machine would."""
        server = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        assert self.process
        for pid in (self.process.pid, server):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Ask both to end, and wait until they have."""
        _end(self.process)


@dataclass
class Cluster:
    """Three servers, of which one takes writes, and a proxy that leads to it."""

    nodes: Sequence[Node]
    proxy: int
    password: str
    start: Callable[[Node], None]

    def url(self, database: str) -> str:
        """The address of a database by the proxy."""
        return f"postgresql://school:{self.password}@127.0.0.1:{self.proxy}/{database}"

    def hosts(self, database: str) -> str:
        """The same by all servers; the one that takes writes is found."""
        places = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://school:{self.password}@{places}/{database}"

    def leader(self) -> Node:
        """The server that takes writes."""
        (leading,) = self._await(lambda: [node for node in self.nodes if node.leads][:1])
        return leading

    def await_whole(self) -> None:
        """Wait until two servers follow the first, one of them for every commit."""
        self._await(self._is_whole)

    def _is_whole(self) -> bool:
        members = self.leader().members()
        following = [each for each in members if each["state"] in {"running", "streaming"}]
        roles = [each["role"] for each in following]
        return len(following) == len(self.nodes) and "sync_standby" in roles

    def _await(self, look: Callable[[], T]) -> T:
        deadline = time.monotonic() + COMES
        while not (found := look()):
            if time.monotonic() > deadline:
                logs = [(node.folder / "log").read_text()[-1500:] for node in self.nodes]
                raise AssertionError("\n\n".join(logs))
            time.sleep(0.1)
        return found


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a cluster of three in a folder of its own."""
    for program, package in NEEDED.items():
        if not shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin"):
            pytest.skip(f"{program} is not here (Debian: apt install {package})")
    versions = sorted(BINARIES.glob("*/bin/postgres"))
    if not versions:
        pytest.skip("PostgreSQL of Debian is not here (apt install postgresql)")
    account = pwd.getpwnam("nobody") if not os.geteuid() else None
    folder = Path(tempfile.mkdtemp(prefix="cluster-", dir="/tmp"))
    etcd, peers, proxy = free_port(), free_port(), free_port()
    nodes = [
        Node(name, folder / name, free_port(), free_port()) for name in ("one", "two", "three")
    ]
    password = secrets.token_hex(16)
    for node in nodes:
        node.folder.mkdir()
        values = vars(node) | {"etcd": etcd, "password": password}
        (node.folder / "patroni.yml").write_text(
            NODE.format(**values, binaries=versions[-1].parent)
        )
    servers = [
        f"  server {each.name} 127.0.0.1:{each.port} check port {each.rest}" for each in nodes
    ]
    (folder / "haproxy.cfg").write_text(PROXY.format(writing=proxy, servers="\n".join(servers)))
    if account:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)

    def run(log: Path, *words: str) -> "subprocess.Popen[bytes]":
        with log.open("ab") as output:
            return subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={"PATH": f"{os.defpath}:/usr/sbin", "LC_ALL": "C.UTF-8", "HOME": str(folder)},
                start_new_session=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )

    def start(node: Node) -> None:
        node.process = run(node.folder / "log", "patroni", str(node.folder / "patroni.yml"))

    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        client = f"http://127.0.0.1:{etcd}"
        peer = f"http://127.0.0.1:{peers}"
        keeper = run(
            folder / "etcd.log",
            *("etcd", f"--data-dir={folder}/etcd", "--name=one", "--unsafe-no-fsync"),
            *(f"--listen-client-urls={client}", f"--advertise-client-urls={client}"),
            *(f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"),
            f"--initial-cluster=one={peer}",
        )
        stack.callback(_end, keeper)
        before = run(folder / "haproxy.log", "haproxy", "-f", str(folder / "haproxy.cfg"), "-db")
        stack.callback(_end, before)
        for node in nodes:
            stack.callback(node.end)
            start(node)
        whole = Cluster(nodes, proxy, password, start)
        whole.await_whole()
        yield whole


def _end(process: "subprocess.Popen[bytes] | None") -> None:
    """Ask a program to end, and wait until it has."""
    if process:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
