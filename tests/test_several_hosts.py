"""One database on several servers, of which one takes writes and may be another one tomorrow."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa

from app.__main__ import main
from app.database.transaction import Transaction
from app.hosts import spread
from app.journal.register import Register
from app.problems import Unavailable
from app.settings import Settings
from tests.postgres import Postgres
from tests.process import Process, command, signed, started
from tests.remote import Patient

NAME = "SN_DATABASE_URL"


@pytest.mark.parametrize(
    ("hosts", "names", "ports"),
    [
        ("a:5432,b:5433", "a,b", "5432,5433"),
        ("a,b", "a,b", "5432,5432"),
        ("a,b:6432,c", "a,b,c", "5432,6432,5432"),
        ("[::1]:5433,second", "::1,second", "5433,5432"),
        ("first,[fe80::1]:7", "first,fe80::1", "5432,7"),
    ],
)
def test_several_hosts_are_read_as_libpq_reads_them(hosts: str, names: str, ports: str) -> None:
    url = sa.make_url(spread(NAME, f"postgresql://u:p%2C%40@{hosts}/db?sslmode=require", "any"))
    dialect = sa.create_engine(url.set(drivername="postgresql+psycopg")).dialect
    _, told = dialect.create_connect_args(url)
    del told["context"]
    known = {"user": "u", "password": "p,@", "dbname": "db", "sslmode": "require"}
    assert told == known | {"host": names, "port": ports, "target_session_attrs": "any"}


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:///a,b.db",
        "sqlite:////data/x.db",
        "postgresql://u@a:5432/db?sslmode=require",
        "postgresql://u@[::1]:5432/db",
        "postgresql:///db?host=/run/postgresql",
        "postgresql://u@/db?host=a,b&port=1,2",
    ],
)
def test_other_addresses_stay_as_they_are(address: str) -> None:
    assert spread(NAME, address, "read-write") == address


def test_who_says_which_server_is_wanted_is_heeded() -> None:
    address = "postgresql://a,b/db?target_session_attrs=primary"
    assert spread(NAME, address, "read-write").count("target_session_attrs") == 1


@pytest.mark.parametrize("hosts", ["a:port", "a,b:port", "a,,b", "a,", "[::1", "a:5432:1"])
def test_unreadable_hosts_are_told_in_a_sentence(
    hosts: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(NAME, f"postgresql://u:topsecret@{hosts}/db")
    assert main(["key", "list"]) == 2
    told = capsys.readouterr().err
    assert "SN_DATABASE_URL: cannot read which servers" in told
    assert len(told.splitlines()) == 1
    assert "topsecret" not in told


@pytest.fixture
def pair() -> Iterator[tuple[Postgres, Postgres]]:
    """A server and the one that follows it; what is confirmed by the first, both have."""
    with Postgres(leads=True) as first, Postgres(follows=first) as second:
        with psycopg.connect(first.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
            connection.execute("SELECT pg_reload_conf()")
        yield first, second


def address_of(database: str, *servers: Postgres) -> str:
    """The address of a database on several servers, with the login of the first."""
    places = [urlsplit(server.url(database)) for server in servers]
    login, _, _ = places[0].netloc.rpartition("@")
    hosts = ",".join(place.netloc.rpartition("@")[2] for place in places)
    return places[0]._replace(netloc=f"{login}@{hosts}").geturl()


@pytest.mark.long
@pytest.mark.parametrize("wanted", ["?target_session_attrs=read-write"])
def test_the_server_that_takes_writes_is_found_whichever_it_is(
    pair: tuple[Postgres, Postgres], tmp_path: Path, wanted: str
) -> None:
    """Migrated, served, written, read and copied; then the first server dies."""
    first, second = pair
    first.create("several")
    address = address_of("several", second, first)
    (tmp_path / "password").write_text(urlsplit(first.url("several")).password or "")
    process = Process(
        tmp_path,
        address.replace(f":{urlsplit(first.url('several')).password}@", "@") + wanted,
        database_password_file=str(tmp_path / "password"),
    )
    with started(process), Patient(process.base) as client:
        client.headers |= signed(tmp_path, Settings(database_url=address).url)
        _written(client, "Первая")
        command(tmp_path, address, "backup", str(tmp_path / "copy"))
        first.kill()
        second.promote()
        _written(client, "Вторая")
        assert "coordinator" in command(tmp_path, address, "key", "list")


@pytest.mark.long
def test_a_server_that_only_follows_is_no_database_to_write_to(
    pair: tuple[Postgres, Postgres],
) -> None:
    """Somebody in between (HAProxy) may lead to it for a moment: 503, and another connection."""
    first, second = pair
    with psycopg.connect(first.url("postgres")) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    register = Register(second.url("postgres"))
    connections = set()

    def keep(tx: Transaction) -> None:
        connections.add(tx.execute(sa.text("SELECT pg_backend_pid()")).scalar_one())
        tx.execute(sa.text("INSERT INTO kept VALUES (1)"))

    with closing(register):
        for _ in range(2):
            with pytest.raises(Unavailable):
                register.write(keep)
    assert len(connections) == 2


def _written(client: Patient, name: str) -> None:
    """Write a record and read it, until a server takes it."""
    home = client.get("/municipalities?limit=1").json()["items"][0]["id"]
    body = {"municipality_id": home, "kind": "culture", "full_name": name, "short_name": name}
    made = client.put(f"/organizations/by-key/hosts/{len(name)}{ord(name[0])}", json=body)
    assert made.is_success, made.text
    read = client.get(f"/organizations/{made.json()['id']}")
    assert read.json()["short_name"] == name
