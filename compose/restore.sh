#!/bin/sh
# Put a copy in the place of the register: sh compose/restore.sh [/backups/school-….zip]
# Without a name it takes the newest. The former database stays under another name; if the copy cannot be
# restored, it goes on serving.
set -eu
cd "$(dirname "$0")/.."
. compose/functions.sh

copy=${1:-$(compose run --rm --no-deps --no-TTY migrate sh -c 'ls /backups/school-*.zip | tail -n 1' </dev/null)}
[ -n "$copy" ] || { echo 'В /backups нет копий. There are no copies in /backups.' >&2; exit 1; }
echo "Копия / copy: $copy"
compose up --detach --wait database
compose stop service backup
drop school_restored
create school_restored
if ! as_owner postgresql://owner@database/school_restored python -m app restore "$copy" --in-place; then
    drop school_restored
    compose up --detach
    echo 'Копия не восстановлена, в реестре ничего не изменилось. Nothing was changed.' >&2
    exit 1
fi
former=school_before_$(date -u +%Y%m%d_%H%M%S)
sql --dbname postgres --command "ALTER DATABASE school RENAME TO $former" \
    --command 'ALTER DATABASE school_restored RENAME TO school'
compose up --detach --wait
compose exec --no-TTY service python -m app audit verify </dev/null
echo "Готово. Прежняя база / the former database: $former"
