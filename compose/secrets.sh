#!/bin/sh
# Write what docker compose needs: a random password for each role of the database, and .env,
# which says where they are. What is there already stays.
set -eu
cd "$(dirname "$0")/.."

# Compose mounts a file with its mode, and each container reads it as a user of its own: so the
# files are readable, and the folder lets nobody else of this machine reach them.
# tls is for a certificate of your own, if there is one.
mkdir -p secrets/tls
chmod 700 secrets
for role in owner school; do
    file=secrets/${role}_password
    # Where a file is missing, an `up` leaves an empty folder.
    [ ! -d "$file" ] || rmdir "$file"
    [ -s "$file" ] || head -c 32 /dev/urandom | base64 | tr -d '\n' >"$file"
    chmod 444 "$file"
done
grep -qs '^SN_SECRETS=' .env || echo 'SN_SECRETS=./secrets' >>.env
