"""The role that serves may change rows, and can neither drop nor alter a table (S25)."""

from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.postgres import Server
from tests.process import command, serving, signed


@pytest.fixture
def urls(server: Server) -> Iterator[tuple[str, str]]:
    """A database as its owner and as the role that serves know it."""
    role, password = f"serves_{token_hex(4)}", token_hex(8)
    with server.database() as owners, psycopg.connect(owners, autocommit=True) as owner:
        name = sql.Identifier(role)
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, password))
        place = urlsplit(owners).netloc.rpartition("@")[2]
        try:
            yield owners, urlsplit(owners)._replace(netloc=f"{role}:{password}@{place}").geturl()
        finally:
            owner.execute(sql.SQL("DROP OWNED BY {}").format(name))
            owner.execute(sql.SQL("DROP ROLE {}").format(name))


def test_who_serves_changes_rows_only(urls: tuple[str, str], tmp_path: Path) -> None:
    owners, serves = urls
    command(tmp_path, owners, "migrate", "--grant", urlsplit(serves).username or "")
    with serving(tmp_path, serves) as base:
        headers = signed(tmp_path, serves)
        programs = httpx.get(f"{base}/api/v1/programs", headers=headers).json()["items"]
        address = f"{base}/api/v1/programs/{programs[0]['id']}"
        changed = httpx.patch(
            address, json={"goal": "другая"}, headers={**headers, "If-Match": "*"}
        )
        assert changed.status_code == 200
    for forbidden in (
        "DROP TABLE programs",
        "ALTER TABLE programs ADD COLUMN more text",
        "TRUNCATE programs CASCADE",
        "CREATE TABLE more (id int)",
        "DROP TRIGGER audit_entries_no_change ON audit_entries",
        "UPDATE audit_entries SET owner = 'nobody'",
        "DELETE FROM audit_entries",
        "UPDATE alembic_version SET version_num = '0001'",
    ):
        with psycopg.connect(serves) as connection, pytest.raises(psycopg.Error) as refused:
            connection.execute(forbidden)
        assert refused.value.sqlstate == "42501", forbidden
