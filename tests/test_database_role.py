"""The rights of the role that serves: what each model declares, and nothing else (S25)."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from sqlmodel import SQLModel

from app.database import privileges
from app.database.schema import migrate
from app.journal.register import Register
from app.problems import Invalid
from tests.fixtures import Copies
from tests.postgres import Server


@pytest.fixture
def owner(copies: Copies, tmp_path: Path) -> Iterator[Register]:
    """A migrated database, as its owner knows it."""
    with copies("postgresql", tmp_path, migrate) as url:
        database = Register(url)
        yield database
        database.close()


@pytest.fixture
def role(server: Server, owner: Register) -> Iterator[str]:
    """A role of this database that was given nothing yet."""
    with server.serving(_address(owner)) as url:
        yield urlsplit(url).username or ""


def _address(database: Register) -> str:
    return database.url.render_as_string(hide_password=False)


def _run(database: Register, *statements: str) -> None:
    with database.engine.begin() as connection:
        for each in statements:
            connection.exec_driver_sql(each)


def _given(database: Register, role: str) -> dict[str, set[str]]:
    """What a role may do with each table, from whatever origin."""
    asked = (
        "SELECT relname, p FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE',"
        " 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p WHERE relnamespace = 'public'::regnamespace"
        " AND relkind = 'r' AND (has_table_privilege(%(role)s, pg_class.oid, p)"
        " OR p IN ('SELECT', 'INSERT', 'UPDATE')"
        " AND has_any_column_privilege(%(role)s, pg_class.oid, p))"
    )
    given: dict[str, set[str]] = {}
    with database.engine.begin() as connection:
        for table, right in connection.exec_driver_sql(asked, {"role": role}):
            given.setdefault(table, set()).add(right)
    return given


def test_every_table_says_what_the_service_may_do() -> None:
    declared = privileges.declared()
    assert declared.keys() == {*SQLModel.metadata.tables, "alembic_version"}
    assert [name for name, said in declared.items() if not said] == []


def test_who_serves_has_the_declared_rights_alone(owner: Register, role: str) -> None:
    # What an older release gave, and what somebody gave by hand, is taken back.
    _run(
        owner,
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT UPDATE (mac) ON audit_entries TO {role}",
        f"GRANT ALL ON SCHEMA public TO {role}",
        "CREATE TABLE unknown (id int)",
        f"GRANT ALL ON unknown TO {role}",
    )
    privileges.grant(owner, role)
    wanted = {name: set(said) for name, said in privileges.declared().items()}
    assert _given(owner, role) == wanted


def test_the_trail_is_only_added_to() -> None:
    declared = privileges.declared()
    assert declared["audit_entries"] == declared["audit_subjects"] == ("SELECT", "INSERT")
    assert declared["audit_heads"] == ("SELECT", "UPDATE")


@pytest.mark.parametrize(
    "made",
    ["ALTER ROLE {} SUPERUSER", "ALTER ROLE {} CREATEROLE", "GRANT pg_write_all_data TO {}"],
)
def test_a_role_that_rights_do_not_bind_is_refused(owner: Register, role: str, made: str) -> None:
    _run(owner, made.format(role))
    with pytest.raises(Invalid) as refused:
        privileges.grant(owner, role)
    assert refused.value.findings[0].fault == privileges.TOO_STRONG


def test_the_owner_is_not_who_serves(owner: Register) -> None:
    with pytest.raises(Invalid) as refused:
        privileges.grant(owner, owner.url.username or "")
    assert refused.value.findings[0].fault == privileges.TOO_STRONG


def test_a_role_that_is_not_there_is_refused(owner: Register) -> None:
    with pytest.raises(Invalid) as refused:
        privileges.grant(owner, "nobody; DROP TABLE programs")
    assert refused.value.findings[0].fault == privileges.NO_ROLE


def test_a_role_of_any_name_is_given_its_rights(server: Server, owner: Register) -> None:
    name = 'Служба "района"'
    with psycopg.connect(_address(owner), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
        try:
            privileges.grant(owner, name)
            assert "programs" in _given(owner, name)
        finally:
            connection.execute(sql.SQL("DROP OWNED BY {0}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
