#!/bin/sh
# Lays the newest base backup before a moment into a folder, so that PostgreSQL, started on it, goes on to that moment and
# takes writes. Without a moment it goes as far as the archive does. restore.sh FOLDER ["2026-12-01 14:05:00+00"]
set -eu
folder=$1
moment=${2:-}
backups=${BACKUP_FOLDER:-/var/backups/plaudit}
umask 077
if test -e "$folder"; then
    echo "restore.sh: $folder is there: move it away first" >&2
    exit 1
fi
latest=$(date -u ${moment:+-d "$moment"} +%Y%m%d%H%M%S)
chosen=""
for base in "$backups"/base/*; do
    if test "$(basename "$base" | tr -d TZ)" -lt "$latest"; then chosen=$base; fi
done
if test -z "$chosen"; then
    echo "restore.sh: no base backup in $backups/base ended before ${moment:-now}" >&2
    exit 1
fi
cp -a "$chosen" "$folder"
cat >>"$folder/postgresql.auto.conf" <<END
restore_command = 'cp "$backups/wal/%f" "%p"'
recovery_target_action = 'promote'
${moment:+recovery_target_time = '$moment'}
END
touch "$folder/recovery.signal"
echo "$folder: from $chosen"
