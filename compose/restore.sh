#!/bin/sh
# Put a copy in the place of the register: sh compose/restore.sh [/backups/school-….zip]
# Without a name it takes the newest. The former database stays under another name; if the copy cannot be
# restored, it goes on serving.
set -eu
cd "$(dirname "$0")/.."
. compose/functions.sh

# A copy that is named after a later day than tomorrow was made while the clock was wrong: it counts as oldest.
# shellcheck disable=SC2016 # the inner shell expands it
copies=$(within sh -c 'ls /backups/school-*.zip \
    | awk -v limit="$(date -u -d tomorrow +/backups/school-%FT%H-%M-%SZ.zip)" "{print (\$0 <= limit), \$0}" \
    | sort | cut -c 3-' || true)
[ -n "${1:-$copies}" ] || { echo 'В /backups нет копий. There are no copies in /backups.' >&2; exit 1; }
copy=${1:-$(echo "$copies" | tail -n 1)}
# Before the service is stopped: a name may be misspelt.
# shellcheck disable=SC2016 # the inner shell expands it
if [ "$(within sh -c 'test -r "$1" && echo there' sh "$copy" || true)" != there ]; then
    echo "Такой копии нет, или она закрыта для учётной записи 10001: $copy" >&2
    echo "There is no such copy, or the account 10001 may not read it. These are there:" >&2
    echo "$copies" >&2
    exit 1
fi
echo "Копия / copy: $copy"
compose up --detach --wait database
# Whatever ends this script, the service comes back: on the former database, or on the restored one.
trap 'compose up --detach' EXIT
trap 'exit 1' HUP INT TERM
compose stop service backup
drop school_restored
create school_restored
if ! as_owner postgresql://owner@database/school_restored python -m app restore "$copy" --in-place; then
    drop school_restored
    echo 'Копия не восстановлена, в реестре ничего не изменилось. Nothing was changed.' >&2
    exit 1
fi
former=school_before_$(date -u +%Y%m%d_%H%M%S)
sql --dbname postgres --single-transaction --command "ALTER DATABASE school RENAME TO $former" \
    --command 'ALTER DATABASE school_restored RENAME TO school'
compose up --detach --wait
trap - EXIT
compose exec --no-TTY service python -m app audit verify </dev/null
echo "Готово. Прежняя база / the former database: $former"
