"""Pooling: what a pooler in front of PostgreSQL (`SN_POOLER`) cannot do for the service.

It drops what a connection is told, so the role has to have the settings; and a migration takes a
lock and settings of its own session.
"""

from app.database.dialects import POSTGRESQL
from app.database.engines import LOCKED, SPOKEN, SWIFT
from app.database.transaction import Transaction
from app.findings import Finding, fault
from app.journal.register import Register
from app.problems import Invalid

NOT_DIRECT = fault(
    "connection_not_direct",
    "Между сервисом и PostgreSQL стоит посредник (например, PgBouncer), который не передаёт "
    "настройки соединений: без них писатели ждут друг друга без срока. Задайте SN_POOLER=plain, "
    "а если это PgBouncer 1.21 или новее с max_prepared_statements, то SN_POOLER=prepared. Или "
    "укажите в SN_DATABASE_URL сам PostgreSQL: сервис и так держит свои соединения открытыми.",
    "Between the service and PostgreSQL stands a pooler (PgBouncer, for example) that drops the "
    "settings of connections: without them writers wait for each other without end. Set "
    "SN_POOLER=plain, or SN_POOLER=prepared if it is PgBouncer 1.21 or newer with "
    "max_prepared_statements. Or name PostgreSQL itself in SN_DATABASE_URL: the service keeps "
    "connections of its own open anyway.",
)

ROLE_NOT_SET = fault(
    "role_not_set",
    "Через посредника (SN_POOLER) настройки соединений не передать, поэтому их даёт роль. "
    "Выполните на самом PostgreSQL: {statements}. Затем перезапустите посредника, чтобы он открыл "
    "соединения заново.",
    "Settings of connections cannot be sent through a pooler (SN_POOLER), so the role has to have "
    "them. Run in PostgreSQL itself: {statements}. Then restart the pooler, so that it opens its "
    "connections anew.",
)

OLD_BEHIND_POOLER = fault(
    "old_behind_pooler",
    "Схема базы старше программы, а через посредника (SN_POOLER) её не обновить. Выполните "
    "python -m app migrate без SN_POOLER и с адресом самого PostgreSQL в SN_DATABASE_URL.",
    "The schema is older than the program, and is not migrated through a pooler (SN_POOLER). Run "
    "python -m app migrate without SN_POOLER and with PostgreSQL itself in SN_DATABASE_URL.",
)

SETTINGS = {
    **SPOKEN,
    "lock_timeout": LOCKED,
    "statement_timeout": "1min",
    "client_connection_check_interval": "1s",
    **SWIFT,
}
"""What the role has to have where a pooler stands in between, as PostgreSQL shows it."""


def demand_settings(database: Register) -> None:
    """Refuse a database whose connections have not the settings that they need.

    Raises:
        Invalid.

    """
    if database.dialect is not POSTGRESQL:
        return
    if not database.pooler:
        if database.read(lambda tx: _shown(tx, "lock_timeout")) != LOCKED:
            raise Invalid(Finding(NOT_DIRECT))
    elif lacking := database.read(_lacking):
        raise Invalid(Finding(ROLE_NOT_SET, values={"statements": "; ".join(lacking)}))


def demand_direct(database: Register) -> None:
    """Refuse to migrate through a pooler.

    Raises:
        Invalid.

    """
    if database.pooler:
        raise Invalid(Finding(OLD_BEHIND_POOLER))


def _lacking(tx: Transaction) -> list[str]:
    """The statements that give the role the settings that it lacks."""
    role, name = tx.connection.exec_driver_sql("SELECT current_user, current_database()").one()
    quote = tx.connection.dialect.identifier_preparer.quote_identifier
    whose = f"ALTER ROLE {quote(role)} IN DATABASE {quote(name)}"
    lacking = {each: value for each, value in SETTINGS.items() if not _has(tx, each, value)}
    return [f"{whose} SET {each} = '{value}'" for each, value in lacking.items()]


def _has(tx: Transaction, name: str, value: str) -> bool:
    # datestyle shows the order in which it reads days too: "ISO, DMY".
    return value == _shown(tx, name).partition(",")[0]


def _shown(tx: Transaction, name: str) -> str:
    return str(tx.connection.exec_driver_sql(f"SHOW {name}").scalar_one())
