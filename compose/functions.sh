# shellcheck shell=sh
# What restore.sh and drill.sh share. COMPOSE names another command than `docker compose`.

compose() { ${COMPOSE:-docker compose} "$@"; }

# SQL as the superuser, whom only the database's own container lets in.
sql() {
    compose exec --no-TTY database psql --username postgres --quiet --no-align --tuples-only \
        --set ON_ERROR_STOP=1 "$@" </dev/null
}

# Run a command as the owner of the schema: `as_owner postgresql://owner@database/school WORD…`
# Success is a line of its own, because compose over podman loses the exit status of `run`.
as_owner() {
    url=$1
    shift
    # shellcheck disable=SC2016 # the inner shell expands it
    told=$(compose run --rm --no-deps --no-TTY --env "SN_DATABASE_URL=$url" migrate \
        sh -c '"$@" && echo done' sh "$@" </dev/null) || true
    echo "$told"
    echo "$told" | grep --quiet '^done$'
}

# A command of the program's container, which sees the copies.
within() { compose run --rm --no-deps --no-TTY migrate "$@" </dev/null; }

# A new, empty database with the rights of both roles.
create() {
    sql --dbname postgres --command "CREATE DATABASE $1"
    sql --dbname "$1" --file /docker-entrypoint-initdb.d/roles.sql
}

drop() {
    # That there is none is no news.
    sql --dbname postgres --command 'SET client_min_messages = warning' \
        --command "DROP DATABASE IF EXISTS $1 WITH (FORCE)"
}
