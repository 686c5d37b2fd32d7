"""Privileges: the rights of the serving role to each table, as the models declare them.

The role has no rights to undeclared tables, and none to change the schema.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel.main import default_registry

from app.database import outages
from app.database.database import Database
from app.database.engines import postgresql_engine
from app.findings import Finding, fault
from app.model.rights import READ, Rights
from app.problems import Invalid

MAINTAIN_SINCE = (17,)
"""Since this PostgreSQL somebody other than the owner may be allowed VACUUM (`reserve`)."""

NO_ROLE = fault("no_role", "В базе нет роли {role}.", "The database has no role {role}.")
NOT_LET_IN = fault(
    "role_not_let_in",
    "База не пускает роль {role} с её паролем, и сервис работать не сможет. Причина: {why}. Дайте "
    "роли этот пароль: ALTER ROLE {role} PASSWORD '…'; в Docker это делает roles.sql "
    "(docs/containers.md).",
    "The database does not let the role {role} in with its password, so the service could not "
    "work. The reason: {why}. Give the role this password: ALTER ROLE {role} PASSWORD '…'; in "
    "Docker roles.sql does it (docs/containers.md).",
)
TOO_STRONG = fault(
    "role_too_strong",
    "Роль {role} может больше, чем ей дают: она суперпользователь, создаёт роли, владеет схемой "
    "или входит в другую роль. Для работы сервиса создайте отдельную роль: CREATE ROLE … LOGIN.",
    "The role {role} has more rights than the service needs: it is a superuser, creates roles, "
    "owns the schema or belongs to another role. Create a separate role: CREATE ROLE … LOGIN.",
)


def declared() -> dict[str, Rights]:
    """The rights to each table, as its model declares them."""
    models = [mapper.class_ for mapper in default_registry.mappers]
    rights: dict[str, Rights] = {
        model.__tablename__: getattr(model, "rights", ()) for model in models
    }
    return rights | {"alembic_version": READ}


def grant(database: Database, role: str) -> None:
    """Grant a PostgreSQL role the declared rights, and revoke all others.

    Raises:
        Invalid: the role does not exist, or has rights from elsewhere.

    """
    name = database.engine.dialect.identifier_preparer.quote_identifier(role)
    with database.engine.begin() as connection:
        _demand_small(connection, role)
        for statement in _statements(name):
            connection.exec_driver_sql(statement)
        if (connection.dialect.server_version_info or ()) >= MAINTAIN_SINCE:
            tables = ", ".join(sorted(declared()))
            connection.exec_driver_sql(f"GRANT MAINTAIN ON {tables} TO {name}")


def demand_entry(database: Database, role: str, password: str) -> None:
    """Refuse a role that cannot come in with this password.

    Raises:
        Invalid: the role does not exist, or the database does not let it in.

    """
    with database.engine.connect() as connection:
        _demand_small(connection, role)
    engine = postgresql_engine(database.url.set(username=role, password=password))
    try:
        engine.connect().close()
    except DBAPIError as error:
        told = {"role": role, "why": outages.told(error)}
        raise Invalid(Finding(NOT_LET_IN, values=told)) from error
    finally:
        engine.dispose()


def _statements(role: str) -> Iterator[str]:
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
    yield f"REVOKE ALL ON SCHEMA public FROM {role}"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    for table, rights in sorted(declared().items()):
        if rights:
            yield f"GRANT {', '.join(rights)} ON {table} TO {role}"


def _demand_small(connection: sa.Connection, role: str) -> None:
    is_strong = connection.execute(_IS_STRONG, {"role": role}).scalar()
    if is_strong is not False:
        why = NO_ROLE if is_strong is None else TOO_STRONG
        raise Invalid(Finding(why, values={"role": role}))


_IS_STRONG = sa.text("""
    SELECT rolsuper OR rolcreaterole OR rolname = current_user
        OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)
    FROM pg_roles WHERE rolname = :role
""")
