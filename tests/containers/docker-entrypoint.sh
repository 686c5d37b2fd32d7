#!/usr/bin/env bash
# What the entry of the image postgres does, as far as compose uses it.
set -euo pipefail

if [ "$1" != postgres ]; then exec "$@"; fi
if [ "$(id --user)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown -R postgres:postgres "$PGDATA" /var/run/postgresql
    chmod 0700 "$PGDATA"
    exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # Since 18 the data lie in a folder named after the version, and those of 17 are not overlooked.
    if [ "$PGDATA" != /var/lib/postgresql/data ] && [ -s /var/lib/postgresql/PG_VERSION ]; then
        echo 'Error: in 18+, there appears to be PostgreSQL data in: /var/lib/postgresql' >&2
        exit 1
    fi
    user=${POSTGRES_USER:-postgres} database=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}
    POSTGRES_PASSWORD=${POSTGRES_PASSWORD:-$(<"$POSTGRES_PASSWORD_FILE")}
    initdb --username "$user" --pwfile <(printf '%s\n' "$POSTGRES_PASSWORD") \
        --auth-local trust --auth-host trust --locale C.UTF-8
    printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
    echo "unix_socket_directories = '/var/run/postgresql'" >>"$PGDATA/postgresql.conf"
    pg_ctl --wait --options "-c listen_addresses=''" start
    run() { psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$user" "$@"; }
    [ "$database" = postgres ] \
        || echo 'CREATE DATABASE :"db";' | run --dbname postgres --set "db=$database"
    for file in /docker-entrypoint-initdb.d/*.sql; do
        if [ -e "$file" ]; then run --dbname "$database" --file "$file"; fi
    done
    pg_ctl --mode fast --wait stop
fi
unset POSTGRES_PASSWORD
exec "$@"
