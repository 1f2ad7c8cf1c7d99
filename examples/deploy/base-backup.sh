#!/bin/sh
# A base backup, checked, named by the moment it ended; older ones go, and with them the log that only they needed. As a
# user who may replicate. See docs/guides/backup.md.
set -eu
backups=${BACKUP_FOLDER:-/var/backups/plaudit}
programs=${PG:-$(pg_config --bindir 2>/dev/null || ls -d /usr/lib/postgresql/*/bin | tail -n 1)}
umask 077
part="$backups/base.part"
rm -rf "$part"
"$programs/pg_basebackup" --pgdata="$part" --checkpoint=fast --no-password
"$programs/pg_verifybackup" --quiet "$part"
mv "$part" "$backups/base/$(date -u +%Y%m%dT%H%M%SZ)"
ls -d "$backups"/base/* | head -n "-${BACKUP_KEPT:-7}" | xargs -r rm -rf
oldest=$(ls -d "$backups"/base/* | head -n 1)
segment=$(sed -n 's/^START WAL LOCATION: .* (file \([0-9A-F]*\))$/\1/p' "$oldest/backup_label")
"$programs/pg_archivecleanup" "$backups/wal" "$segment"
