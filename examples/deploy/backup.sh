#!/bin/sh
# A dump of the whole database, kept for so many days, and noted where /operator/setup looks. See docs/guides/backup.md.
# Needs PLAUDIT_OWNER_DATABASE_URL, and DATABASE_URL to note it; BACKUP_FOLDER and BACKUP_DAYS may say where and for how long. PLAUDIT names the command.
set -eu
folder=${BACKUP_FOLDER:-/var/backups/plaudit}
began=$(date -u +%Y-%m-%dT%H:%M:%S+00:00)
file="$folder/plaudit-$(date -u +%Y%m%dT%H%M%SZ).dump"
umask 077
trap 'rm -f "$file.part"' EXIT
mkdir -p "$folder"
"${PG_DUMP:-pg_dump}" --format=custom --file="$file.part" "${PLAUDIT_OWNER_DATABASE_URL:-$DATABASE_URL}"
"${PG_RESTORE:-pg_restore}" --list "$file.part" >/dev/null
mv "$file.part" "$file"
find "$folder" -name 'plaudit-*.dump' -mtime "+${BACKUP_DAYS:-14}" -delete
"${PLAUDIT:-/opt/plaudit/bin/plaudit}" backup taken --at "$began" --note "$file"
