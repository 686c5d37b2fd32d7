#!/bin/sh
# Try a copy: restore it into a throw-away database, which is dropped again, and say how long it took.
# sh compose/drill.sh [/backups/school-….zip]: without a name, the newest. The service goes on.
set -eu
cd "$(dirname "$0")/.."
. compose/functions.sh

trap 'drop school_drill' EXIT
drop school_drill
create school_drill
as_owner postgresql://owner@database/school python -m app drill "${1:-/backups}" \
    --database postgresql://owner@database/school_drill
